"""PCEN, MFCC, deltas and calibration: near librosa's, the same streamed, nothing where not asked.

Tolerance: as of test_frontend_accuracy.py, and PCEN's logarithms and powers are wrong by 2**-17 of
a value at most, of steps of 1/32 of a unit: too little for more than one cell in a thousand.
"""

import dataclasses

import numpy as np
import pytest
from frontend_sounds import all_sounds
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ossicle.errors import FrontendError
from ossicle.frontend import FrontEnd, FrontendSpec, emit_tables, reference
from ossicle.frontend.stages import Calibration, Deltas, Mfcc, Pcen

SMALL = FrontendSpec(
    sample_rate=16000, window_length=400, hop_length=160, fft_length=512, mel_bands=24, fmax=8000.0
)
SOUNDS = all_sounds(8000, 16000)
STAGED = {
    "pcen": {"pcen": Pcen()},
    "pcen of magnitudes": {"pcen": Pcen(smoothing=0.05, r=0.25), "spectrum": "magnitude"},
    "pcen in units of full scale": {"pcen": Pcen(full_scale=1.0, alpha=0.7, delta=0.1, range=4.0)},
    "pcen that forgets at once": {"pcen": Pcen(smoothing=1.0, alpha=1.0)},
    "mfcc": {"mfcc": Mfcc()},
    "mfcc, normalised": {
        "mfcc": Mfcc(12, mean_db=tuple(range(-60, 60, 10)), scale=tuple(np.geomspace(0.1, 1, 12)))
    },
    "deltas": {"deltas": Deltas()},
    "mfcc and two deltas": {"mfcc": Mfcc(20), "deltas": Deltas(width=5, order=2)},
    "pcen and deltas": {"pcen": Pcen(), "deltas": Deltas(width=3, scale=1.0)},
    "calibration": {"calibration": Calibration(tuple(np.linspace(-12, 12, 24)))},
    "calibrated pcen": {"pcen": Pcen(), "calibration": Calibration((20.0,) * 24)},
}


def made(name):
    return dataclasses.replace(SMALL, **STAGED[name])


def differences(spec, pcm):
    """Return how many cells are unclipped, how many of these differ, and the largest difference."""
    exact = reference.log_mel(pcm, spec)
    step = reference.steps(exact, spec)
    difference = FrontEnd(spec)(pcm[None])[0] - reference.features(exact, spec).astype(int)
    counted = (step > -128.5) & (step < 127.5)
    return counted.sum(), (difference[counted] != 0).sum(), abs(difference).max()


@pytest.mark.parametrize("name", STAGED)
def test_features_are_exact(name):
    """Off by one at most, and that in fewer than one cell in a thousand of all sounds together."""
    cells = unequal = 0
    for title, pcm in SOUNDS.items():
        counted, wrong, largest = differences(made(name), pcm)
        assert largest <= 1, title
        cells, unequal = cells + counted, unequal + wrong
    assert cells > 1000
    assert unequal / cells < 0.001


@st.composite
def staged_specs(draw):
    window = draw(st.integers(300, 512))  # shorter ones feel the FFT's roundings: docs/frontend.md
    stage = draw(st.sampled_from(["pcen", "mfcc", "none"]))
    deltas = st.builds(Deltas, st.sampled_from([3, 5, 9, 17]), st.integers(1, 2), st.floats(0.5, 4))
    pcen = st.builds(
        Pcen, st.floats(0.01, 1), st.floats(0.5, 1), st.floats(0.1, 10), st.floats(0.1, 1),
        eps=st.floats(1e-6, 1), range=st.floats(4, 50),
    )  # fmt: skip
    mfcc = st.builds(Mfcc, st.integers(10, 16), scale=st.just(()))
    try:
        return dataclasses.replace(
            SMALL,
            window_length=window,
            hop_length=draw(st.integers(window // 3, window)),
            mel_bands=draw(st.integers(16, 30)),
            spectrum=draw(st.sampled_from(["power", "magnitude"])),
            pcen=draw(pcen) if stage == "pcen" else None,
            mfcc=draw(mfcc) if stage == "mfcc" else None,
            deltas=draw(st.none() | deltas),
        )
    except FrontendError:
        assume(False)
        raise


@settings(max_examples=6, deadline=None, derandomize=True)
@given(staged_specs(), st.integers(0, 3000))
def test_drawn_stages_are_near_exact_and_the_same_streamed(spec, cut):
    sounds = np.stack([SOUNDS[name][:4000] for name in ("white noise", "rising sweep", "a click")])
    batch = FrontEnd(spec)(sounds)
    cells = unequal = 0
    for sound, features in zip(sounds, batch, strict=True):
        stream = FrontEnd(spec).stream()
        columns = [stream.push(sound[:cut]), stream.push(sound[cut:]), stream.flush()]
        assert np.array_equal(np.concatenate(columns, axis=1), features)
        counted, wrong, largest = differences(spec, sound)
        assert largest <= 1
        cells, unequal = cells + counted, unequal + wrong
    assert unequal <= max(2, 0.005 * cells)


@pytest.mark.parametrize("name", ["pcen", "mfcc and two deltas", "pcen and deltas"])
def test_a_second_sound_begins_anew_after_the_flush(name):
    stream = FrontEnd(made(name)).stream()
    first, second = (
        [stream.push(SOUNDS["white noise"]), stream.flush()] for _ in range(2)
    )  # fmt: skip
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize("samples", [0, 1, 159, 160, 700])
def test_short_sounds_have_as_many_columns_as_without_deltas(samples):
    """The first and the last frame repeat as often as is needed."""
    spec = made("mfcc and two deltas")
    stream = FrontEnd(spec).stream()
    sound = SOUNDS["white noise"][:samples]
    columns = np.concatenate([stream.push(sound), stream.flush()], axis=1)
    assert columns.shape == (60, SMALL.frames(samples))
    assert np.array_equal(columns, FrontEnd(spec)(sound[None])[0])
    alone = FrontEnd(made("mfcc"))(SOUNDS["silence"][None, :1])[0]
    assert alone.shape == (13, 1)


@pytest.mark.parametrize(("order", "late"), [(1, 4), (2, 8)])
def test_columns_come_as_late_as_deltas_need(order, late):
    spec = dataclasses.replace(SMALL, deltas=Deltas(order=order))
    stream = FrontEnd(spec).stream()
    complete = [stream.push(SOUNDS["white noise"][:200]).shape[1]]
    complete += [
        stream.push(SOUNDS["white noise"][160 * t + 40 : 160 * t + 200]).shape[1]
        for t in range(1, 12)
    ]
    assert complete == [0] * late + [1] * (12 - late)


@pytest.mark.parametrize("order", [1, 2])
def test_deltas_are_by_the_formula_of_htk(order):
    """Of values whose outer frames repeat without end; here written as the sum it is."""
    half, frames = 2, SMALL.frames(8000)
    spec = dataclasses.replace(SMALL, deltas=Deltas(width=5, order=order, scale=3.0))
    level = reference.log_mel(SOUNDS["rising sweep"], SMALL)
    rows = np.split(reference.steps(level, spec), order + 1)
    values = np.clip(rows[0], -128, 128 - 2**-8)
    slopes = values[:, np.clip(np.arange(-40, frames + 40), 0, frames - 1)]
    for row in rows[1:]:
        slopes = sum(
            n * (np.roll(slopes, -n, axis=1) - np.roll(slopes, n, axis=1))
            for n in range(1, half + 1)
        ) / (2 * (1 + 4))
        assert np.allclose(row, 3 * slopes[:, 40:-40])


def test_calibration_is_as_if_the_sound_were_louder():
    """A gain of 10 log10(4) dB is a sound of twice the amplitude, to the last integer but one."""
    quiet = SOUNDS["white noise"] // 2
    louder = dataclasses.replace(SMALL, calibration=Calibration((20 * np.log10(2),) * 24))
    difference = FrontEnd(louder)(quiet[None]) - FrontEnd(SMALL)(2 * quiet[None]).astype(int)
    assert abs(difference).max() <= 1 and (difference != 0).mean() < 0.001


def test_calibration_costs_nothing():
    header = emit_tables(made("calibration"))
    plain = emit_tables(SMALL)
    assert [line for line in header.splitlines() if "#define" in line] == [
        line for line in plain.splitlines() if "#define" in line
    ]
    assert len(header.partition("*/")[2]) < len(plain.partition("*/")[2]) + 100


@pytest.mark.parametrize("bands", [16, 23, 40])
def test_mfcc_of_silence_is_far_from_the_middle_between_two_features(bands):
    spec = dataclasses.replace(SMALL, mel_bands=bands, mfcc=Mfcc())
    features = FrontEnd(spec)(SOUNDS["silence"][None])[0]
    assert (features[0] == -128).all() and (features[1:] == 0).all()
    assert differences(spec, SOUNDS["a click"])[1] <= 1


def test_pcen_of_silence_is_the_bottom_and_an_onset_stands_out():
    spec = made("pcen")
    assert (FrontEnd(spec)(SOUNDS["silence"][None]) == -128).all()
    onset = np.concatenate([SOUNDS["white noise at -60 dBFS"], SOUNDS["white noise"]])
    features = FrontEnd(spec)(onset[None])[0]
    before, at, after = features[:, 10:40], features[:, 50], features[:, 90:]
    assert at.min() > before.max() and at.mean() > after.mean() + 50
