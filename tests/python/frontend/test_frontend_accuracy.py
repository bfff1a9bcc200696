"""How near the fixed-point front end comes to librosa in double precision.

Tolerance: a feature is a rounded number, so where the exact level lies within the arithmetic's
error of the middle between two steps, the integer may be one off; further off, never. How often
that happens is bounded too: the logarithm's table is wrong by 0.00002 dB at most
(test_frontend_tables.py) of a step of 0.376 dB, and the roundings of the FFT matter only in cells
some 90 dB below the loudest band of their frame. Before the rounding to int8 a level may be wrong
by 0.005 dB with the default front end (0.003 was measured), and by 0.02 with the presets (0.013,
in the longest FFT with the narrowest filters).
"""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from frontend_sounds import all_sounds, as_pcm
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ossicle.errors import FrontendError
from ossicle.frontend import FrontEnd, FrontendSpec, reference
from ossicle.frontend.checks import WINDOWS
from ossicle.frontend.compare import error_db
from ossicle.frontend.presets import PRESETS, preset

SPEC = FrontendSpec()
SOUNDS = all_sounds(SPEC.sample_rate, SPEC.sample_rate)
LARGEST_ERROR_DB = 0.005
LARGEST_ERROR_OF_PRESETS_DB = 0.02


def compare(pcm, spec):
    """Return the share of unclipped cells that are equal, and the largest difference of all."""
    level = reference.log_mel(pcm, spec)
    step = reference.steps(level, spec)
    unclipped = (step > -128.5) & (step < 127.5)
    difference = FrontEnd(spec)(pcm[None])[0].astype(int) - reference.features(level, spec)
    return np.mean(difference[unclipped] == 0) if unclipped.any() else 1.0, abs(difference).max()


@pytest.mark.parametrize("name", SOUNDS)
def test_synthetic_sounds(name):
    equal, largest = compare(SOUNDS[name], SPEC)
    assert largest <= 1
    assert equal >= 0.999
    assert error_db(SOUNDS[name], reference.log_mel(SOUNDS[name], SPEC), SPEC) < LARGEST_ERROR_DB


@pytest.mark.parametrize("between", [0.0, 0.5])
def test_levels_of_full_scale_sines_before_they_are_rounded(between):
    for bin_number in range(3, 1020, 113):
        hz = (bin_number + between) * SPEC.sample_rate / SPEC.fft_length
        turns = hz * np.arange(SPEC.sample_rate) / SPEC.sample_rate
        sine = as_pcm(32767 * np.sin(2 * np.pi * turns))
        assert error_db(sine, reference.log_mel(sine, SPEC), SPEC) < LARGEST_ERROR_DB, hz


@pytest.mark.parametrize("name", PRESETS)
def test_levels_of_the_presets_before_they_are_rounded(name):
    spec = preset(name)
    for sound, pcm in all_sounds(spec.sample_rate, spec.sample_rate).items():
        error = error_db(pcm, reference.log_mel(pcm, spec), spec)
        assert error < LARGEST_ERROR_OF_PRESETS_DB, sound


def test_the_error_of_a_level_is_seen():
    """A reference that is a quarter of a decibel off, and one that hears what is not there."""
    noise = SOUNDS["white noise"]
    exact = reference.log_mel(noise, SPEC)
    assert error_db(noise, exact + 0.25, SPEC) == pytest.approx(0.25, abs=LARGEST_ERROR_DB)
    assert error_db(SOUNDS["silence"], exact, SPEC) > 96


@pytest.mark.parametrize("level_db", [0, -40, -60])
def test_recordings(level_db):
    folder = os.environ.get("OSSICLE_DATA")
    if folder is None:
        pytest.skip("OSSICLE_DATA is not set: no recordings to measure on")
    files = sorted(Path(folder).glob("**/*.ogg"))[::40]
    assert files, f"no .ogg file below {folder}"
    shares = []
    for file in files:
        sound, rate = soundfile.read(file, always_2d=True)
        spec = FrontendSpec(sample_rate=rate, fmax=rate / 2)
        mono = sound.mean(axis=1) / abs(sound).max() * 32767 * 10 ** (level_db / 20)
        pcm = as_pcm(mono)
        equal, largest = compare(pcm, spec)
        assert largest <= 1, file
        assert error_db(pcm, reference.log_mel(pcm, spec), spec) < LARGEST_ERROR_DB, file
        shares.append(equal)
    assert np.mean(shares) >= 0.9998


@st.composite
def specs(draw):
    rate = draw(st.sampled_from([8000, 16000, 22050, 44100, 48000]))
    fft = 2 ** draw(st.integers(8, 12))
    window = draw(st.integers(fft // 8, fft // 2)) * 2 - draw(st.integers(0, 1))
    fmin = draw(st.floats(0, rate / 4))
    try:
        return FrontendSpec(
            sample_rate=rate,
            fft_length=fft,
            window_length=window,
            hop_length=draw(st.integers(window // 3, window)),
            window=draw(st.sampled_from(WINDOWS)),
            mel_bands=draw(st.integers(8, 80)),
            mel_scale=draw(st.sampled_from(["slaney", "htk"])),
            mel_norm=draw(st.sampled_from(["none", "slaney"])),
            fmin=fmin,
            fmax=draw(st.floats(fmin, rate / 2)),
            level_floor_db=draw(st.floats(-90, -60)),
            level_range_db=draw(st.floats(40, 100)),
        )
    except FrontendError:
        assume(False)
        raise


@settings(max_examples=12, deadline=None, derandomize=True)
@given(specs())
def test_other_specifications(spec):
    for name, sound in all_sounds(3 * spec.fft_length, spec.sample_rate).items():
        equal, largest = compare(sound, spec)
        assert largest <= 1, name
        assert equal >= 0.98, name


@pytest.mark.parametrize(("amplitude", "level_db"), [(32767, 0.0), (16384, -6.02), (33, -59.94)])
def test_0_db_is_the_full_scale_sine(amplitude, level_db):
    """The lowest triangle holds one bin, at its peak; the sine has the frequency of that bin."""
    spec = FrontendSpec(
        sample_rate=16384, window_length=2048, hop_length=1024, fft_length=2048, mel_bands=8,
        fmin=496.0, fmax=568.0,
    )  # fmt: skip
    sine = as_pcm(amplitude * np.sin(2 * np.pi * 504 * np.arange(4096) / 16384))
    middle = reference.log_mel(sine, spec)[0, 1:-1]  # the outer frames hold half of a sine
    assert np.abs(middle - level_db).max() < 0.03  # of which most is the rounding to 16 bits
    assert (FrontEnd(spec)(sine[None])[0, 0, 1:-1] == round((level_db + 96) / 96 * 255) - 128).all()
