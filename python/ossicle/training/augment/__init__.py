"""Augmentation: what a training hears that was never recorded. docs/augmentation.md shows it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ossicle.errors import DataError
from ossicle.frontend import FrontendSpec
from ossicle.training.augment.features import Features
from ossicle.training.augment.spectra import Floats, Generator
from ossicle.training.augment.waveform import Waveform

__all__ = ["Augmentation", "Features", "Waveform"]


_LATER_STAGES = ("pcen", "mfcc", "deltas")


@dataclass(frozen=True)
class Augmentation:
    """The augmentation of features that one front end computed; `fit` calls it on each batch.

    Raises:
        DataError: on construction, when the front end gives something else than log-mel levels.
    """

    features: Features
    spec: FrontendSpec

    def __post_init__(self) -> None:
        if stages := [name for name in _LATER_STAGES if getattr(self.spec, name) is not None]:
            raise DataError(
                f"augmentation of features works on log-mel levels, not behind {stages[0]}; "
                "take that out of the front end, or augment the waveform"
            )

    def __call__(
        self, features: npt.NDArray[np.int8], targets: Floats, rng: Generator
    ) -> tuple[Floats, Floats]:
        """Return float32 inputs [n, bands, frames, 1] and targets; see `Features.apply`."""
        return self.features.apply(features, targets, self.spec, rng)

    @property
    def changes_length(self) -> bool:
        """Whether the inputs have another number of frames than the features."""
        return bool(self.features.crop_frames)
