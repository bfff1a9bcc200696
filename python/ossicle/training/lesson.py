"""What a descent learns from: windows, what is done to them, and who teaches."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ossicle.models import INPUT_SCALE, INPUT_ZERO_POINT
from ossicle.training.augment import Augmentation
from ossicle.training.pairs import Pairing
from ossicle.training.step import Floats, Stage
from ossicle.training.teacher import Teacher
from ossicle.training.windows import Windows

Batch = tuple[Floats, ...]
"""Inputs [n, bands, frames, 1], targets [n, classes] and, with a teacher, its own [n, classes]."""


@dataclass(frozen=True)
class Lesson:
    """The batches of a descent.

    Attributes:
        windows: the training windows, at least one.
        stage: batch size, seed, label smoothing.
        classes: how many there are.
        augmentation: what is done to each batch; None leaves the windows as they are.
        teacher: whom to learn from besides the labels; None for nobody.
        pairing: each batch is made of pairs, all first halves before the second ones; None: singly.
    """

    windows: Windows
    stage: Stage
    classes: int
    augmentation: Augmentation | None = None
    teacher: Teacher | None = None
    pairing: Pairing | None = None

    @property
    def batch(self) -> int:
        """Windows a step."""
        return min(self.stage.batch, len(self.windows))

    @property
    def steps(self) -> int:
        """Whole batches an epoch."""
        return len(self.windows) // self.batch

    def epoch(self, number: int) -> Iterator[Batch]:
        """Yield the whole batches of one epoch, in an order that seed and number decide."""
        random = np.random.default_rng((self.stage.seed, number))
        order = self._order(random)
        targets = self._targets()
        for step in range(self.steps):
            rows = order[step * self.batch : (step + 1) * self.batch]
            features, wanted = self.windows.features[rows], targets[rows]
            if self.augmentation is None:
                yield self._taught(as_input(features), wanted)
            else:
                yield self._taught(*self.augmentation(features, wanted, random))

    def _order(self, random: np.random.Generator) -> npt.NDArray[np.int64]:
        if self.pairing is None:
            return random.permutation(len(self.windows))
        return self.pairing.rows(self.batch, random)

    def _targets(self) -> Floats:
        """Return smoothed labels [n, classes], with a teacher's stored words behind them.

        Side by side, so that augmentation mixes them alike.
        """
        share = np.float32(self.stage.label_smoothing)
        labels = np.eye(self.classes, dtype=np.float32)[self.windows.label]
        labels = labels * (1 - share) + share / self.classes
        if self.teacher is None or self.teacher.stored is None:
            return labels
        return np.concatenate([labels, self.teacher.stored], axis=1)

    def _taught(self, inputs: Floats, targets: Floats) -> Batch:
        if self.teacher is None:
            return inputs, targets
        labels, stored = targets[:, : self.classes], targets[:, self.classes :]
        return inputs, labels, self.teacher.says(inputs, stored)


def as_input(features: npt.NDArray[Any]) -> Floats:
    """Return the real numbers that features stand for, [n, bands, frames, 1]."""
    real = (features.astype(np.float32) - INPUT_ZERO_POINT) * np.float32(INPUT_SCALE)
    return real[..., np.newaxis]
