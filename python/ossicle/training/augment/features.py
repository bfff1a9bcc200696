"""What happens to the features of a training batch: a table of the recipe, checked and applied.

The int8 features are turned back into the power of each mel band, where sounds add up as they do in
the air; after mixing, noise, gain and equaliser they become levels again, are moved, stretched and
masked, and go to the model rounded to the front end's integers, so that training sees nothing that
a device could not.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ossicle.frontend import FrontendSpec
from ossicle.training.augment import ranges, spectra
from ossicle.training.augment.spectra import Floats, Generator

Int8 = npt.NDArray[np.int8]

_DECIBEL = np.float32(10 / np.log(10))  # of a factor e in power
_INAUDIBLE = np.float32(1e-12)  # -120 dB, below every level floor in use; keeps log finite

_RANGES = {
    "between_class": (0, 1),
    "mixup": (0, 1),
    "mixup_alpha": (0.01, 10),
    "mixup_clips": (2, 8),
    "noise": (0, 1),
    "noise_loudest_db": (-60, 20),
    "equaliser_db": (0, 40),
    "gain_db": (0, 40),
    "time_shift": (0, 1),
    "time_stretch": (0, 0.9),
    "frequency_shift": (0, 64),
    "mix_style": (0, 1),
    "mix_style_alpha": (0.01, 10),
    "mask_frames": (0, 100_000),
    "mask_bands": (0, 256),
    "masks": (0, 16),
}


@dataclass(frozen=True)
class Features:
    """Augmentation of features; every default is "not at all".

    Attributes:
        crop_frames: so many frames, from a random place round the end, stand for the whole; of
            several lengths each batch is given one. None: all frames.
        between_class: share of the examples that are mixed as sounds mix (`spectra.between_class`).
        mixup: share of the examples whose levels are mixed (`spectra.mixup`).
        mixup_alpha: of the Gamma distribution of the weights; for two clips, of Beta.
        mixup_clips: how many clips are mixed, 2 to 8.
        noise: share of the examples that steady noise of a random colour is added to.
        noise_loudest_db: the loudest noise, in dB relative to the example's mean power.
        equaliser_db: the most that a random smooth equaliser takes or gives, in dB.
        gain_db: the most that a random gain takes or gives, in dB.
        time_shift: how far an example is moved in time at most, round the end, as a share of it.
        time_stretch: how much it is stretched or squeezed at most, as a share.
        frequency_shift: how far it is moved in frequency at most, in mel bands.
        mix_style: share of the examples that get the statistics by band of a mixture with another.
        mix_style_alpha: of the Beta distribution of that mixture.
        mask_frames: widest stripe hidden in time, in frames of the whole; of a crop in proportion.
        mask_bands: widest stripe hidden in frequency, in bands.
        masks: how many stripes in time.
    """

    crop_frames: tuple[int, ...] = ()
    between_class: float = 0.0
    mixup: float = 0.0
    mixup_alpha: float = 0.3
    mixup_clips: int = 2
    noise: float = 0.0
    noise_loudest_db: float = -10.0
    equaliser_db: float = 0.0
    gain_db: float = 0.0
    time_shift: float = 0.0
    time_stretch: float = 0.0
    frequency_shift: float = 0.0
    mix_style: float = 0.0
    mix_style_alpha: float = 0.4
    mask_frames: int = 0
    mask_bands: int = 0
    masks: int = 1

    def __post_init__(self) -> None:
        ranges.require(self, _RANGES)
        ranges.require_each("crop_frames", self.crop_frames, 1, 100_000)

    def apply(
        self, features: Int8, targets: Floats, spec: FrontendSpec, rng: Generator
    ) -> tuple[Floats, Floats]:
        """Augment a batch.

        Args:
            features: int8 [n, bands, frames].
            targets: float32 [n, classes].
            spec: the front end that computed the features.
            rng: where random numbers come from; the same state gives the same batch.

        Returns:
            float32 inputs of the model [n, bands, frames or one of crop_frames, 1], and targets.
        """
        whole = features.shape[2]
        if self.crop_frames:
            features = spectra.crop(rng, features, int(rng.choice(self.crop_frames)))
        mask_frames = round(self.mask_frames * features.shape[2] / whole)
        floor, span = _ranges(spec)
        level = np.asarray((features.astype(np.float32) + 128) * (span / 255) + floor, np.float32)
        level, targets = self._sound(rng, level, targets)
        level = self._picture(rng, np.maximum(level, floor), mask_frames)
        steps = np.clip(np.rint((level - floor) * (255 / span)) - 128, -128, 127)
        inputs = (steps - spec.input_zero_point) * np.float32(spec.input_scale)
        return inputs.astype(np.float32)[..., np.newaxis], targets

    def _sound(self, rng: Generator, level: Floats, targets: Floats) -> tuple[Floats, Floats]:
        """Do to levels what happens to a sound on its way to the microphone's converter."""
        if self.between_class or self.noise:
            power = np.exp(level / _DECIBEL)
            power, targets = spectra.between_class(rng, power, targets, self.between_class)
            power = spectra.add_noise(rng, power, self.noise, self.noise_loudest_db)
            level = np.log(power + _INAUDIBLE) * _DECIBEL
        n, bands, _ = level.shape
        gain = rng.uniform(-self.gain_db, self.gain_db, (n, 1, 1)).astype(np.float32)
        level = level + (gain + spectra.equaliser(rng, n, bands, self.equaliser_db))
        if self.mixup:
            alpha, clips = self.mixup_alpha, self.mixup_clips
            level, targets = spectra.mixup(
                rng, level, targets, self.mixup, alpha=alpha, clips=clips
            )
        return level, targets

    def _picture(self, rng: Generator, level: Floats, mask_frames: int) -> Floats:
        """Do to levels what is done to pictures."""
        if self.time_shift or self.time_stretch or self.frequency_shift:
            level = spectra.warp(
                rng,
                level,
                shift=self.time_shift,
                stretch=self.time_stretch,
                bands=self.frequency_shift,
            )
        if self.mix_style:
            level = spectra.mix_style(rng, level, self.mix_style, self.mix_style_alpha)
        if self.mask_bands or mask_frames:
            level = spectra.mask(rng, level, mask_frames, self.mask_bands, self.masks)
        return level


def _ranges(spec: FrontendSpec) -> tuple[Floats, Floats]:
    """Return level floor and level range of each band, in dB of power, [bands, 1]."""
    floors, spans = zip(*spec.band_ranges_db, strict=True)
    return (
        np.array(floors, np.float32)[:, np.newaxis],
        np.array(spans, np.float32)[:, np.newaxis],
    )
