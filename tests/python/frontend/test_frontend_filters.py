"""DC blocking and pre-emphasis against their formulas in double precision, and what they cost."""

import numpy as np
import pytest
import scipy.signal
from frontend_sounds import all_sounds
from hypothesis import given, settings
from hypothesis import strategies as st

from ossicle.frontend import FrontEnd, FrontendSpec, emit_tables, reference
from ossicle.frontend.batch import load

RATE = 44100
BOTH = FrontendSpec(dc_blocking=0.995, pre_emphasis=0.97)
SOUNDS = all_sounds(RATE, RATE)


def filtered(pcm, **options):
    """Return the sound as the C puts it into the window."""
    result = pcm.copy()
    library = load(FrontendSpec(**options))
    library.ossicle_frontend_filter_sounds(result.ctypes.data, len(pcm), len(pcm), 0, 1)
    return result


@pytest.mark.parametrize("name", SOUNDS)
@pytest.mark.parametrize("coefficient", [0.5, 0.97, 0.99])
def test_pre_emphasis_is_half_of_the_difference(name, coefficient):
    """What rounding leaves over goes to the next sample: the errors' sum is their last rest."""
    q15 = round(coefficient * 2**15) / 2**15
    exact = scipy.signal.lfilter([0.5, -0.5 * q15], 1, SOUNDS[name].astype(float))
    error = exact - filtered(SOUNDS[name], pre_emphasis=coefficient)
    assert np.abs(error).max() < 1
    rest = np.cumsum(error)
    assert rest.min() > -1e-3 and rest.max() < 1  # cumsum's own rounding is below 1e-3


@pytest.mark.parametrize("name", SOUNDS)
@pytest.mark.parametrize("pole", [0.9, 0.995, 0.9999])
def test_dc_blocking_is_the_recursion(name, pole):
    """One unit of rounding; the mean, rounded down to Q15 in every step, is low by 1 / LEAK."""
    leak = round((1 - pole) * 2**15)
    exact = scipy.signal.lfilter([1, -1], [1, leak / 2**15 - 1], SOUNDS[name].astype(float))
    error = np.clip(exact, -(2**15), 2**15 - 1) - filtered(SOUNDS[name], dc_blocking=pole)
    assert np.abs(error).max() < 1 + 1 / leak


@pytest.mark.parametrize("level", [-(2**15), -1000, -1, 1, 2**15 - 1])
def test_a_constant_becomes_silence(level):
    features = FrontEnd(FrontendSpec(dc_blocking=0.995))(np.full((1, RATE), level, np.int16))[0]
    whole = FrontendSpec().frames(RATE) - 1  # the last window reaches behind the sound
    assert (features[:, whole // 2 : whole] == -128).all()


LOUD = [name for name in SOUNDS if "square" in name or name in {"white noise", "clipped noise"}]


@pytest.mark.parametrize("options", [{"dc_blocking": 0.995}, {"pre_emphasis": 0.97}])
@pytest.mark.parametrize(
    ("name", "least"), [*((name, 0.999) for name in LOUD), ("white noise at -60 dBFS", 0.92)]
)
def test_features_are_those_of_unrounded_filters(name, least, options):
    """Of a quiet sound the rounding to 16 bits, after the filters, moves levels near the floor."""
    spec = FrontendSpec(**options)
    exact = reference.log_mel(SOUNDS[name], spec)
    step = reference.steps(exact, spec)
    difference = FrontEnd(spec)(SOUNDS[name][None])[0] - reference.features(exact, spec).astype(int)
    counted = (step > -128.5) & (step < 127.5)
    assert abs(difference).max() <= 1
    assert np.mean(difference[counted] == 0) >= least


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 4000), max_size=8))
def test_the_filters_go_on_from_chunk_to_chunk(lengths):
    ends = np.cumsum(lengths, dtype=int)
    sound = SOUNDS["clipped noise"][: ends[-1] if len(ends) else 0]
    stream = FrontEnd(BOTH).stream()
    columns = [stream.push(chunk) for chunk in np.split(sound, ends[:-1])] + [stream.flush()]
    assert np.array_equal(np.concatenate(columns, axis=1), FrontEnd(BOTH)(sound[None])[0])


def test_after_the_flush_the_filters_have_forgotten():
    stream = FrontEnd(BOTH).stream()
    sound = SOUNDS["the least constant"][:5000]
    first, second = ((stream.push(sound), stream.flush()) for _ in range(2))
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


def test_sounds_of_a_batch_are_filtered_each_on_its_own():
    sounds = np.stack(list(SOUNDS.values()))[:, :5000]
    front_end = FrontEnd(BOTH)
    alone = [front_end(sound[None])[0] for sound in sounds]
    many = np.repeat(sounds, 5, axis=0)  # several threads
    assert np.array_equal(front_end(many), np.repeat(alone, 5, axis=0))


def test_no_filter_costs_nothing():
    without, both = load(FrontendSpec()), load(BOTH)
    assert not hasattr(without, "ossicle_frontend_filter")
    assert hasattr(both, "ossicle_frontend_filter")
    assert without.ossicle_frontend_state_bytes() == 8288
    assert both.ossicle_frontend_state_bytes() == 8288 + 16


def test_coefficients_are_q15():
    assert "DC_BLOCKING 164 " in emit_tables(BOTH)
    assert "PRE_EMPHASIS 31785 " in emit_tables(BOTH)
    assert "DC_BLOCKING 0 " in emit_tables(FrontendSpec())
    assert "PRE_EMPHASIS 0 " in emit_tables(FrontendSpec())
