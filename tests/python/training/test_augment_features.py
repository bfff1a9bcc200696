import dataclasses

import numpy as np
import pytest

from ossicle.errors import DataError
from ossicle.frontend import FrontendSpec
from ossicle.frontend.stages import Pcen
from ossicle.training.augment import Augmentation, Features, spectra
from ossicle.training.lesson import as_input

SPEC = FrontendSpec.of_milliseconds(16000, 40, 20, mel_bands=12)
EVERYTHING = Features(
    crop_frames=(20,), between_class=0.5, mixup=0.5, mixup_clips=3, noise=0.5, equaliser_db=6,
    gain_db=6, time_shift=0.5, time_stretch=0.2, frequency_shift=2, mix_style=0.5, mask_frames=5,
    mask_bands=3, masks=2,
)  # fmt: skip


@pytest.fixture
def batch():
    rng = np.random.default_rng(0)
    features = rng.integers(-128, 128, (16, SPEC.mel_bands, 30)).astype(np.int8)
    return features, np.eye(4, dtype=np.float32)[np.arange(16) % 4]


def test_nothing_is_what_the_device_sees(batch):
    features, targets = batch
    inputs, same = Features().apply(features, targets, SPEC, np.random.default_rng(0))
    assert np.array_equal(inputs, as_input(features))
    assert inputs.dtype == np.float32
    assert np.array_equal(same, targets)


def test_the_same_seed_gives_the_same_batch(batch):
    augmentation = Augmentation(EVERYTHING, SPEC)
    first, second, other = (augmentation(*batch, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_the_model_gets_integers_of_the_front_end_and_distributions(batch):
    features, targets = (array.copy() for array in batch)
    inputs, wanted = EVERYTHING.apply(features, targets, SPEC, np.random.default_rng(3))
    assert inputs.shape == (16, SPEC.mel_bands, 20, 1)
    steps = inputs / SPEC.input_scale + SPEC.input_zero_point
    assert np.array_equal(steps, np.rint(steps))
    assert steps.min() >= -128
    assert steps.max() <= 127
    assert np.allclose(wanted.sum(axis=1), 1, atol=1e-6)
    assert np.array_equal(features, batch[0])  # what came in is not written to
    assert np.array_equal(targets, batch[1])


@pytest.mark.parametrize(
    ("key", "value"),
    [("mixup", 1.5), ("mixup_clips", 1), ("masks", -1), ("gain_db", float("nan"))],
)
def test_a_value_out_of_range_is_refused_by_name(key, value):
    with pytest.raises(DataError, match=f"{key} must lie in .*, not {value}"):
        Features(**{key: value})


def test_features_that_are_no_levels_are_refused():
    spec = dataclasses.replace(SPEC, pcen=Pcen())
    with pytest.raises(DataError, match="works on log-mel levels, not behind pcen"):
        Augmentation(Features(gain_db=3), spec)


def test_equally_loud_sounds_are_mixed_by_their_ratio():
    """With G1 = G2 the paper's p is r, and the powers are weighted r^2 to (1 - r)^2."""
    power = np.ones((2, 3, 4), np.float32) * np.array([1, 1], np.float32)[:, None, None]
    power[0, 0], power[1, 1] = 0, 0  # so that both have the same mean over bands
    targets = np.eye(2, dtype=np.float32)
    mixed, wanted = spectra.between_class(np.random.default_rng(0), power, targets, 1.0)
    r = wanted[0, 0]
    assert 0.05 < r < 0.95
    assert wanted[0, 1] == pytest.approx(1 - r)
    weight = r**2 / (r**2 + (1 - r) ** 2)
    assert mixed[0, 0] == pytest.approx(1 - weight, abs=1e-5)
    assert mixed[0, 1] == pytest.approx(weight, abs=1e-5)
    assert mixed[0, 2] == pytest.approx(1, abs=1e-5)


def test_a_loud_sound_is_turned_down_to_be_heard_in_the_ratio():
    """What is 40 dB louder gets a weight that leaves it as loud as the ratio says."""
    power = np.array([1e4, 1.0], np.float32)[:, None, None] * np.ones((2, 2, 2), np.float32)
    targets = np.eye(2, dtype=np.float32)
    mixed, wanted = spectra.between_class(np.random.default_rng(0), power, targets, 1.0)
    r = float(wanted[0, 0])
    p = 1 / (1 + 100 * (1 - r) / r)
    assert mixed[0, 0, 0] == pytest.approx(
        (p**2 * 1e4 + (1 - p) ** 2) / (p**2 + (1 - p) ** 2), rel=1e-4
    )


@pytest.mark.parametrize("clips", [2, 4])
def test_mixup_keeps_what_an_example_mostly_is(clips):
    level = np.eye(8, dtype=np.float32)[:, :, None]
    mixed, targets = spectra.mixup(
        np.random.default_rng(0), level, np.eye(8, dtype=np.float32), 1.0, alpha=0.5, clips=clips
    )
    assert np.array_equal(targets.argmax(axis=1), np.arange(8))
    assert np.allclose(mixed[:, :, 0], targets)  # levels and targets by the same weights


def test_a_share_of_none_changes_nothing(batch):
    features, targets = batch
    level = features.astype(np.float32)
    rng = np.random.default_rng(0)
    mixed, same = spectra.between_class(rng, level, targets, 0.0)
    assert np.array_equal(mixed, level)
    assert np.array_equal(same, targets)
    assert np.array_equal(spectra.mix_style(rng, level, 0.0, 0.4), level)
    assert np.array_equal(spectra.add_noise(rng, level, 0.0, 0.0), level)


def test_a_crop_goes_on_with_the_start():
    features = np.tile(np.arange(10, dtype=np.int8), (50, 2, 1))
    cut = spectra.crop(np.random.default_rng(0), features, 4)
    assert cut.shape == (50, 2, 4)
    assert np.array_equal((cut[:, :, 1:] - cut[:, :, :-1]) % 10, np.ones((50, 2, 3)))
    assert len(set(cut[:, 0, 0].tolist())) == 10


def test_noise_is_as_loud_as_it_was_asked_to_be():
    power = np.ones((200, 16, 50), np.float32)
    noisy = spectra.add_noise(np.random.default_rng(0), power, 1.0, 10.0) - power
    loudest = 10 * np.log10(noisy.mean(axis=2).max())
    assert 10 < loudest < 10 + 15 + 3  # the equaliser's 15 dB, and 50 frames' scatter
    assert (noisy >= 0).all()


def test_an_equaliser_is_smooth_and_within_its_strength():
    gains = spectra.equaliser(np.random.default_rng(0), 100, 33, 6.0)
    assert gains.shape == (100, 33, 1)
    assert np.abs(gains).max() <= 6
    assert np.abs(np.diff(gains, axis=1)).max() <= 12 / 8 + 1e-5  # 8 bands between two points


def test_mix_style_takes_over_mean_and_deviation_of_each_band():
    rng = np.random.default_rng(0)
    level = rng.normal(size=(2, 3, 4000)).astype(np.float32)
    level[1] = 5 * level[1] - 30
    styled = spectra.mix_style(np.random.default_rng(1), level, 1.0, 0.4)
    mean, deviation = styled[0].mean(axis=1), styled[0].std(axis=1)
    weight = 1 + mean / 30  # mean = weight * 0 + (1 - weight) * -30
    assert np.allclose(deviation, weight + (1 - weight) * 5, atol=0.3)


def test_masks_hide_stripes_at_the_mean():
    level = np.random.default_rng(0).normal(size=(40, 10, 20)).astype(np.float32)
    masked = spectra.mask(np.random.default_rng(1), level, frames=6, bands=0, times=1)
    hidden = (masked != level).all(axis=1)
    assert np.array_equal((masked != level).any(axis=1), hidden)  # whole columns
    assert 1 < hidden.sum(axis=1).mean() < 5
    assert hidden.sum(axis=1).max() <= 6
    means = np.broadcast_to(level.mean(axis=(1, 2), keepdims=True), level.shape)
    assert np.array_equal(masked, np.where(hidden[:, None, :], means, level))


def test_masks_wider_than_an_example_are_cut_to_it():
    level = np.ones((3, 4, 5), np.float32)
    masked = spectra.mask(np.random.default_rng(1), level, frames=100, bands=100, times=2)
    assert np.array_equal(masked, level)


def test_a_shift_in_time_is_a_roll_and_in_frequency_a_move():
    level = np.zeros((1, 5, 8), np.float32)
    level[0, 2, 3] = 1
    still = spectra.warp(np.random.default_rng(0), level, shift=0, stretch=0, bands=0)
    assert np.array_equal(still, level)
    moved = spectra.warp(np.random.default_rng(0), level, shift=1, stretch=0, bands=0)
    assert moved.sum() == pytest.approx(1, abs=1e-5)
    assert moved[0, 2].sum() == pytest.approx(1, abs=1e-5)
    lifted = spectra.warp(np.random.default_rng(0), level, shift=0, stretch=0, bands=2)
    assert lifted[0, :, 3].sum() == pytest.approx(1, abs=1e-5)


def test_each_batch_is_given_one_of_the_lengths(batch):
    features, targets = batch
    rng = np.random.default_rng(0)
    lengths = {
        Features(crop_frames=(10, 20, 30)).apply(features, targets, SPEC, rng)[0].shape[2]
        for _ in range(30)
    }
    assert lengths == {10, 20, 30}


def test_a_crop_is_hidden_in_proportion(batch):
    features, targets = np.full_like(batch[0], 127), batch[1]
    features[:, :, ::2] = -128  # so that what is hidden, at the mean, is neither
    hidden = {}
    for length in (10, 30):
        masked = Features(crop_frames=(length,), mask_frames=15)
        inputs, _ = masked.apply(features, targets, SPEC, np.random.default_rng(0))
        there = np.isin(inputs, as_input(np.array([[[-128, 127]]], np.int8)))
        hidden[length] = (~there).all(axis=(1, 3)).sum(axis=1).max()
    assert hidden[10] <= 5 < hidden[30] <= 15


@pytest.mark.parametrize("lengths", [(0,), (50, -1), (100_001,)])
def test_a_crop_of_no_length_is_refused(lengths):
    with pytest.raises(DataError, match="crop_frames must lie in 1 to"):
        Features(crop_frames=lengths)
