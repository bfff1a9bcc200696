"""Magnitude, and mean and scale of each band: features in other units, as exact as before."""

import dataclasses

import numpy as np
import pytest
from frontend_sounds import all_sounds

from ossicle.frontend import FrontEnd, FrontendSpec, emit_tables, reference

SPEC = FrontendSpec()
SOUNDS = all_sounds(SPEC.sample_rate, SPEC.sample_rate)
LEVELS = reference.log_mel(SOUNDS["white noise"], SPEC)
MEAN = tuple(LEVELS.mean(axis=1).tolist())
SCALE = tuple((1 / LEVELS.std(axis=1)).tolist())
NORMALISED = {
    "mean": FrontendSpec(band_mean_db=MEAN, level_floor_db=-50.0, level_range_db=80.0),
    "scale": FrontendSpec(band_scale=tuple(np.linspace(0.75, 1.5, 40).tolist())),
    "deviations": FrontendSpec(
        band_mean_db=MEAN, band_scale=SCALE, level_floor_db=-10.0, level_range_db=16.0
    ),
    "magnitude": FrontendSpec(spectrum="magnitude", level_floor_db=-45.0, level_range_db=45.0),
    "magnitude, mean and scale": FrontendSpec(
        spectrum="magnitude", band_mean_db=tuple(np.linspace(-30, -10, 40).tolist()),
        band_scale=tuple(np.linspace(0.1, 0.2, 40).tolist()), level_floor_db=-4.0,
        level_range_db=8.0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NORMALISED)
def test_features_are_exact(name):
    """Off by one at most, and that in fewer than one cell in a thousand of all sounds together."""
    spec = NORMALISED[name]
    cells = unequal = 0
    for title, pcm in SOUNDS.items():
        exact = reference.log_mel(pcm, spec)
        step = reference.steps(exact, spec)
        difference = FrontEnd(spec)(pcm[None])[0] - reference.features(exact, spec).astype(int)
        assert abs(difference).max() <= 1, title
        counted = (step > -128.5) & (step < 127.5)
        cells += counted.sum()
        unequal += (difference[counted] != 0).sum()
    assert cells > 1000
    assert unequal / cells < 0.001


def test_normalised_noise_has_mean_0_and_deviation_1():
    spec = NORMALISED["deviations"]
    features = FrontEnd(spec)(SOUNDS["white noise"][None])[0]
    value = (features.astype(float) + 128) * spec.level_step_db + spec.level_floor_db
    half_a_step = spec.level_step_db / 2
    assert np.abs(value.mean(axis=1)).max() < half_a_step
    assert np.abs(value.std(axis=1) - 1).max() < half_a_step


def test_half_the_logarithm_over_half_the_range_is_the_same():
    """The dB of a magnitude, the root of a power, are half of the power's."""
    half = FrontendSpec(spectrum="magnitude", level_floor_db=-48.0, level_range_db=48.0)
    assert tables(half) == tables(SPEC)


def test_ones_and_zeros_change_no_table():
    plain = dataclasses.replace(SPEC, band_mean_db=(0.0,) * 40, band_scale=(1.0,) * 40)
    assert tables(plain) == tables(SPEC)


def test_only_different_scales_take_a_table():
    assert "ossicle_frontend_steps" not in emit_tables(NORMALISED["mean"])
    assert "ossicle_frontend_steps[40]" in emit_tables(NORMALISED["scale"])


def tables(spec):
    """Return the header without the specification in its comment."""
    return emit_tables(spec).partition(" */\n")[2]
