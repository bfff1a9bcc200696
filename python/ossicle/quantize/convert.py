"""Keras to int8 TFLite: post-training quantisation, and the checks that every export must pass."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from ossicle.errors import ModelError
from ossicle.models import INPUT_SCALE, INPUT_ZERO_POINT
from ossicle.tensorflow import quietly, tensorflow
from ossicle.training.fit import as_input

Int8 = npt.NDArray[np.int8]

CALIBRATION_WINDOWS = 200
OUTPUT_QUANTISATION = (1 / 256, -128)  # TFLite's fixed choice for a softmax


def post_training(model: Any, calibration: Int8) -> bytes:
    """Quantise a trained model without training it further.

    Args:
        model: a Keras model from as_input(features) to probabilities.
        calibration: int8 features [n, bands, frames] of training windows, on which the ranges of
            the activations are measured (minimum and maximum). The range of the input is not
            measured: a window that holds both -128 and 127 is added, so that it is the whole of
            int8.

    Returns:
        The `.tflite` file.

    Raises:
        ModelError: the exported model is not what the front end needs.
    """
    extremes = np.zeros_like(calibration[:1])
    extremes.flat[0], extremes.flat[1] = -128, 127

    def representative() -> Iterator[list[npt.NDArray[np.float32]]]:
        for window in np.concatenate([extremes, calibration]):
            yield [as_input(window[np.newaxis])]

    return convert(model, representative)


def spread(features: Int8, windows: int = CALIBRATION_WINDOWS) -> Int8:
    """Return so many of `features`, spread evenly; all of them if there are fewer."""
    count = min(windows, len(features))
    chosen: Int8 = features[np.linspace(0, len(features) - 1, count).astype(int)]
    return chosen


def convert(model: Any, representative: Callable[[], Iterator[Any]] | None = None) -> bytes:
    """Convert to int8 in, int8 out, for one window at a time, and check the result.

    Without `representative` the model must bring its own ranges (fake quantisation). The batch is
    fixed to one before the conversion: otherwise the file would compute the shape of each
    reshaping at run time.
    """
    tf = tensorflow()
    with quietly():
        specification = tf.TensorSpec([1, *model.input_shape[1:]], tf.float32)
        function = tf.function(lambda x: model(x, training=False))
        concrete = function.get_concrete_function(specification)
        converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], model)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.inference_input_type = tf.int8
        converter.inference_output_type = tf.int8
        if representative:
            converter.representative_dataset = representative
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        content = bytes(converter.convert())
    require_quantisation(content)
    return content


def require_quantisation(content: bytes) -> None:
    """Check that an exported model takes the front end's integers and gives int8 probabilities.

    Raises:
        ModelError: another quantisation of the input or the output; the message gives both.
    """
    (given, wanted), (output, fixed) = (
        (quantisation(content, "input"), (INPUT_SCALE, INPUT_ZERO_POINT)),
        (quantisation(content, "output"), OUTPUT_QUANTISATION),
    )
    if given != wanted:
        raise ModelError(
            f"the exported model's input has (scale, zero point) {given}, not {wanted}"
        )
    if output != fixed:
        raise ModelError(
            f"the exported model's output has (scale, zero point) {output}, not {fixed}"
        )


def quantisation(content: bytes, side: str) -> tuple[float, int]:
    """Return (scale, zero point) of the "input" or the "output" of an int8 model.

    Raises:
        ModelError: it is not int8.
    """
    with quietly():
        interpreter = tensorflow().lite.Interpreter(model_content=content)
        (detail,) = getattr(interpreter, f"get_{side}_details")()
    if detail["dtype"] is not np.int8:
        raise ModelError(f"the exported model's {side} is {detail['dtype'].__name__}, not int8")
    scale, zero_point = detail["quantization"]
    return float(scale), int(zero_point)
