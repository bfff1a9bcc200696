"""Quantisation-aware training: the model learns with the rounding of its int8 self in place."""

from pathlib import Path
from typing import Any

import numpy as np

from ossicle.errors import ModelError
from ossicle.models import INPUT_SCALE, INPUT_ZERO_POINT
from ossicle.quantize.convert import Int8, convert
from ossicle.tensorflow import keras, model_optimization, quietly
from ossicle.training.augment import Augmentation
from ossicle.training.checkpoint import Epoch
from ossicle.training.fit import Stage, as_input, fit
from ossicle.training.windows import Windows

INPUT_RANGE = (
    INPUT_SCALE * (-128 - INPUT_ZERO_POINT),
    INPUT_SCALE * (127 - INPUT_ZERO_POINT),
)


def quantisation_aware(
    model: Any,
    training: Windows,
    validation: Windows | None,
    stage: Stage,
    checkpoint: Path,
    *,
    calibration: Int8,
    augmentation: Augmentation | None = None,
) -> tuple[bytes, list[Epoch]]:
    """Train a copy of `model` further with fake quantisation, and convert it.

    Args:
        model: a trained Keras model; it is left as it is.
        training: windows to descend on.
        validation: windows to choose the epoch by.
        stage: how.
        checkpoint: the file to go on from and to write to.
        calibration: int8 features [n, bands, frames] on which the first ranges are measured.
        augmentation: what is done to each batch, as `fit` has it.

    Returns:
        The `.tflite` file, and the history as `fit` gives it.

    Raises:
        DataError: the loss is no longer a number.
        ModelError: the exported model is not what the front end needs.
    """
    aware = with_fake_quantisation(model, calibration)
    history = fit(aware, training, validation, stage, checkpoint, augmentation=augmentation)
    return convert(aware), history


def with_fake_quantisation(model: Any, calibration: Int8) -> Any:
    """Return a copy of `model` that rounds weights and activations as its int8 self would.

    The library starts every range at -6 to 6 and moves it by a thousandth a step, so a short
    training would spend itself on finding ranges. They are therefore set to what the float model
    gives for `calibration` [n, bands, frames]; the input's to that of the front end's int8, which
    no input leaves, so that it stays there and the quantisation of the input comes out exact.

    Every activation must be a layer of its own or a dense layer's ReLU: the output of each layer in
    the float model is what the fake quantisation of the same layer rounds.
    """
    with quietly():
        keras().backend.reset_uids()  # or the name of the added layer counts the calls
        copy = keras().models.clone_model(model)
        copy.set_weights(model.get_weights())
        try:
            aware = model_optimization().quantization.keras.quantize_model(copy)
        except (RuntimeError, ValueError, NotImplementedError) as error:
            reason = (str(error).strip().splitlines() or [repr(error)])[0]
            raise ModelError(
                f"the library cannot train {model.name} quantisation-aware ({reason}); "
                'set method = "ptq" in [quantisation]'
            ) from error
    ranges = {f"quant_{name}": found for name, found in _output_ranges(model, calibration).items()}
    for layer in aware.layers:
        if type(layer).__name__ == "QuantizeLayer":
            _set_range(layer, INPUT_RANGE)
        elif layer.name in ranges:
            _set_range(layer, ranges[layer.name])
    return aware


def _output_ranges(model: Any, calibration: Int8) -> dict[str, tuple[float, float]]:
    """Return the least and the greatest output of each layer, zero included, by layer name."""
    probe = keras().Model(model.inputs, [layer.output for layer in model.layers])
    outputs = probe(as_input(calibration), training=False)
    return {
        layer.name: (min(0.0, float(np.min(output))), max(0.0, float(np.max(output))))
        for layer, output in zip(model.layers, outputs, strict=True)
    }


def _set_range(layer: Any, found: tuple[float, float]) -> None:
    """Set the range of a layer's activations; that of its weights, ...kernel_..., follows them."""
    for weight in layer.weights:
        name = weight.name.rsplit("/", maxsplit=1)[-1]
        if name.endswith("_min:0") and "kernel" not in name:
            weight.assign(found[0])
        elif name.endswith("_max:0") and "kernel" not in name:
            weight.assign(found[1])
