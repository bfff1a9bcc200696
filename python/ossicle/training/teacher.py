"""Whom a student learns from besides the labels."""

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
        hear: what it says of any inputs, augmented ones as well; None if it says nothing new.
        stored: float32 [training windows, classes]: what it said of each window once, if it says
            nothing new. Augmentation mixes this as it mixes the labels.
    """

    identity: str
    softening: Softening
    hear: Hear | None = None
    stored: Floats | None = None

    def __post_init__(self) -> None:
        if (self.hear is None) == (self.stored is None):
            raise DataError("a teacher either hears, or has said what it says")


def ensemble(models: Sequence[Any]) -> Hear:
    """Return a function to the mean probabilities of Keras models that take the same inputs."""
    tf = tensorflow()
    for model in models:
        if len(model.input_shape) == 4:  # convolutions to the end hear windows of any length
            model.input_spec = keras().layers.InputSpec(shape=(None, model.input_shape[1], None, 1))

    @tf.function(reduce_retracing=False)  # type: ignore[untyped-decorator]
    def mean(inputs: Any) -> Any:
        return tf.reduce_mean(tf.stack([model(inputs, training=False) for model in models]), axis=0)

    def hear(inputs: Floats) -> Floats:
        return np.asarray(mean(inputs), np.float32)

    return hear


def distribution(logits: npt.NDArray[Any]) -> Floats:
    """Return softmax(logits) along the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), np.float32)
