"""Whom a student learns from besides the labels."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ossicle.errors import DataError
from ossicle.tensorflow import keras, tensorflow
from ossicle.training.step import Floats, Softening

Hear = Callable[[Floats], Floats]
"""Real inputs [n, bands, frames, 1] -> probabilities [n, classes]."""


@dataclass(frozen=True)
class Teacher:
    """One teacher, or the mean of several.

    Attributes:
        identity: a hash of what it knows: with another teacher a training is another training.
        softening: how much the student listens.
        hear: what its part that hears says of any inputs, augmented ones as well; None: no part.
        stored: float32 [training windows, classes]: what its other part said of each window once;
            None: no part. Augmentation mixes this as it mixes the labels.
        stored_share: of what was said once, where there are both.
    """

    identity: str
    softening: Softening
    hear: Hear | None = None
    stored: Floats | None = None
    stored_share: float = 0.5

    def __post_init__(self) -> None:
        if self.hear is None and self.stored is None:
            raise DataError("a teacher hears, or has said what it says")

    def says(self, inputs: Floats, stored: Floats) -> Floats:
        """Return the probabilities [n, classes] that it teaches.

        Args:
            inputs: of the student, [n, bands, frames, 1].
            stored: what was said once of these inputs, mixed as they are; empty if nothing was.
        """
        if self.hear is None:
            return stored
        heard = self.hear(inputs)
        if self.stored is None:
            return heard
        share = np.float32(self.stored_share)
        return np.asarray((1 - share) * heard + share * stored, np.float32)


def ensemble(groups: Sequence[Sequence[Any]]) -> Hear:
    """Return a function to the mean over groups of the mean probabilities of their Keras models.

    All of them take the same inputs.
    """
    tf = tensorflow()
    for model in itertools.chain(*groups):
        if len(model.input_shape) == 4:  # convolutions to the end hear windows of any length
            model.input_spec = keras().layers.InputSpec(shape=(None, model.input_shape[1], None, 1))

    def mean(words: list[Any]) -> Any:
        return words[0] if len(words) == 1 else tf.reduce_mean(tf.stack(words), axis=0)

    @tf.function(reduce_retracing=False)  # type: ignore[untyped-decorator]
    def said(inputs: Any) -> Any:
        return mean([mean([model(inputs, training=False) for model in each]) for each in groups])

    def hear(inputs: Floats) -> Floats:
        return np.asarray(said(inputs), np.float32)

    return hear


def distribution(logits: npt.NDArray[Any]) -> Floats:
    """Return softmax(logits) along the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), np.float32)
