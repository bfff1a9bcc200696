"""Augmentation: what a training hears that was never recorded. docs/augmentation.md shows it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ossicle.frontend import FrontendSpec
from ossicle.training.augment.features import Features
from ossicle.training.augment.spectra import Floats, Generator
from ossicle.training.augment.waveform import Waveform

__all__ = ["Augmentation", "Features", "Waveform"]


@dataclass(frozen=True)
class Augmentation:
    """The augmentation of features that one front end computed; `fit` calls it on each batch."""

    features: Features
    spec: FrontendSpec

    def __call__(
        self, features: npt.NDArray[np.int8], targets: Floats, rng: Generator
    ) -> tuple[Floats, Floats]:
        """Return float32 inputs [n, bands, frames, 1] and targets; see `Features.apply`."""
        return self.features.apply(features, targets, self.spec, rng)

    @property
    def changes_length(self) -> bool:
        """Whether the inputs have another number of frames than the features."""
        return self.features.crop_frames > 0
