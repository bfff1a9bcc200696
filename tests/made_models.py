"""Models that the tests convert themselves: some that Ossicle takes, and some that it refuses."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ossicle.tensorflow import keras, make_deterministic, quietly, tensorflow

REFUSED = ("float", "dynamic_range", "unsupported")

Network = Callable[[Any], tuple[Any, Any]]
"""A function from `keras.layers` to input and output."""


def write_models(folder: Path) -> None:
    """Write these models.

    int8: most supported operators, and room to spare in 16 KB of RAM.
    awkward: odd sizes everywhere, for kernels that take two or four of something at a time.
    heavy: 51 million multiply-accumulates, far beyond the challenge's limit, on a board with room.
    long: 328 KB of weights, more than the smallest board's flash.
    two: two inputs, which C can have and a device cannot.
    REFUSED: the network of int8 in float and with float activations; and one with ELU.
    float.keras: the network of int8 before the conversion.
    """
    small = _keras(_small)
    with quietly():
        small.save(folder / "float.keras")
    contents = {
        "int8": _int8(small),
        "awkward": _int8(_keras(_awkward)),
        "heavy": _int8(_keras(_heavy)),
        "long": _int8(_keras(_long)),
        "two": _int8(_keras(_two)),
        "float": _convert(small),
        "dynamic_range": _convert(small, optimised=True),
        "unsupported": _int8(_keras(_with_elu)),
    }
    for name, content in contents.items():
        (folder / f"{name}.tflite").write_bytes(content)


def _small(layers: Any) -> tuple[Any, Any]:
    given = layers.Input((8, 8, 2), batch_size=1)
    x = layers.ZeroPadding2D(1)(given)
    x = layers.Conv2D(6, 3, strides=2, activation="relu")(x)
    y = layers.DepthwiseConv2D(3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(2)(layers.Add()([x, y]))
    # 1536 weights: TFLite's dynamic range leaves layers of fewer than 1024 in float.
    x = layers.Dense(64, activation="relu")(layers.Flatten()(x))
    return given, layers.Dense(4, activation="softmax")(x)


def _awkward(layers: Any) -> tuple[Any, Any]:
    given = layers.Input((9, 5, 3), batch_size=1)
    x = layers.Conv2D(5, 3, padding="same")(given)
    x = layers.DepthwiseConv2D(3, padding="same", activation="relu")(x)
    x = layers.Conv2D(8, 1, activation="relu6")(x)
    x = layers.DepthwiseConv2D(3, strides=2, padding="same")(x)
    y = layers.DepthwiseConv2D(3, padding="same")(x)
    x = layers.Subtract()([layers.Add()([x, y]), x])
    x = layers.Conv2D(7, (3, 2), padding="same", activation="relu")(x)
    x = layers.DepthwiseConv2D((2, 3), depth_multiplier=2)(x)
    x = layers.Conv2D(12, (2, 1), strides=(2, 1), padding="same")(x)
    x = layers.DepthwiseConv2D((1, 2), padding="same")(x)
    x = layers.GlobalAveragePooling2D()(x)
    for units in (8, 20, 5):
        x = layers.Dense(units)(x)
    return given, x


def _two(layers: Any) -> tuple[Any, Any]:
    given = [layers.Input((4, 4, 2), batch_size=1) for _ in range(2)]
    return given, layers.Add()(given)


def _with_elu(layers: Any) -> tuple[Any, Any]:
    given = layers.Input((8, 8, 2), batch_size=1)
    return given, layers.ELU()(layers.Conv2D(3, 3)(given))


def _heavy(layers: Any) -> tuple[Any, Any]:
    given = layers.Input((32, 32, 32), batch_size=1)
    return given, layers.Conv2D(32, 7, padding="same")(given)


def _long(layers: Any) -> tuple[Any, Any]:
    given = layers.Input((640,), batch_size=1)
    return given, layers.Dense(512)(given)


def _keras(network: Network) -> Any:
    make_deterministic(0)
    keras().backend.reset_uids()
    return keras().Model(*network(keras().layers))


def _int8(network: Any) -> bytes:
    random = np.random.default_rng(0)
    shapes = [tensor.shape for tensor in network.inputs]
    samples = [[random.normal(0, 1, s).astype(np.float32) for s in shapes] for _ in range(20)]
    return _convert(network, optimised=True, calibration=samples)


def _convert(network: Any, *, optimised: bool = False, calibration: Any = None) -> bytes:
    tf = tensorflow()
    with warnings.catch_warnings(), quietly():
        warnings.simplefilter("ignore")  # the converter's own
        converter = tf.lite.TFLiteConverter.from_keras_model(network)
        if optimised:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if calibration is not None:
            converter.representative_dataset = lambda: calibration
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
            converter.inference_input_type = converter.inference_output_type = tf.int8
        return bytes(converter.convert())
