"""Quantisation-aware training: the model learns with the rounding of its int8 self in place."""

from pathlib import Path
from typing import Any

import numpy as np

from ossicle.models import INPUT_SCALE, INPUT_ZERO_POINT
from ossicle.models.tensorflow import keras, model_optimization, quietly
from ossicle.quantize.convert import convert
from ossicle.training.checkpoint import Epoch
from ossicle.training.fit import Stage, fit
from ossicle.training.windows import Windows


def quantisation_aware(
    model: Any, training: Windows, validation: Windows | None, stage: Stage, checkpoint: Path
) -> tuple[bytes, list[Epoch]]:
    """Train a copy of `model` further with fake quantisation, and convert it.

    Args:
        model: a trained Keras model; it is left as it is.
        training: windows to descend on.
        validation: windows to choose the epoch by.
        stage: how.
        checkpoint: the file to go on from and to write to.

    Returns:
        The `.tflite` file, and the history as `fit` gives it.

    Raises:
        DataError: the loss is no longer a number.
        ModelError: the exported model is not what the front end needs.
    """
    aware = with_fake_quantisation(model)
    history = fit(aware, training, validation, stage, checkpoint)
    return convert(aware), history


def with_fake_quantisation(model: Any) -> Any:
    """Return a copy of `model` that rounds weights and activations as its int8 self would.

    The range of the input is set to that of the front end's int8, which no input leaves, so that it
    stays there and the quantisation of the input comes out exact.
    """
    with quietly():
        keras().backend.reset_uids()  # or the name of the added layer counts the calls
        copy = keras().models.clone_model(model)
        copy.set_weights(model.get_weights())
        aware = model_optimization().quantization.keras.quantize_model(copy)
    minimum, maximum = INPUT_SCALE * (np.array([-128.0, 127.0]) - INPUT_ZERO_POINT)
    for weight in _input_quantiser(aware).weights:
        if weight.name.endswith("_min:0"):
            weight.assign(minimum)
        elif weight.name.endswith("_max:0"):
            weight.assign(maximum)
    return aware


def _input_quantiser(aware: Any) -> Any:
    return next(layer for layer in aware.layers if type(layer).__name__ == "QuantizeLayer")
