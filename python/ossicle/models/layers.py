"""What the published networks are made of."""

from typing import Any

from ossicle.tensorflow import keras

Pair = tuple[int, int]


def start(classes: int, bands: int, frames: int) -> Any:
    """Return the input [n, bands, frames, 1] of a network; layers are numbered from 1 again.

    Raises:
        ValueError: fewer than two classes.
    """
    if classes < 2:
        raise ValueError(f"a classifier needs at least two classes, not {classes}")
    keras().backend.reset_uids()  # the layers' names go into the export
    return keras().Input((bands, frames, 1))


def convolution(x: Any, channels: int, kernel: Pair, strides: Pair = (1, 1), **options: Any) -> Any:
    """Convolve, with zeros around unless told otherwise, and normalise; without a bias."""
    given = {"padding": "same", "use_bias": False, **options}
    return keras().layers.BatchNormalization()(
        keras().layers.Conv2D(channels, kernel, strides, **given)(x)
    )


def depthwise(x: Any, kernel: Pair, strides: Pair = (1, 1), **options: Any) -> Any:
    """Convolve each channel by itself, with zeros around, without a bias.

    TensorFlow's depthwise convolution strides alike both ways. Other strides take what they skip
    out afterwards: the same numbers, for the price of those that nobody asks for.
    """
    layers = keras().layers
    alike = strides if strides[0] == strides[1] else (1, 1)
    given = {"padding": "same", "use_bias": False, **options}
    x = layers.DepthwiseConv2D(kernel, alike, **given)(x)
    return x if alike == strides else layers.MaxPooling2D((1, 1), strides)(x)


def relu(x: Any) -> Any:
    """Rectify, as a layer of its own, which quantisation-aware training asks for."""
    return keras().layers.ReLU()(x)


def normalise(x: Any) -> Any:
    """Batch normalisation."""
    return keras().layers.BatchNormalization()(x)


def dense_end(x: Any, classes: int) -> Any:
    """Mean over bands and frames, a dense layer and a softmax of its own."""
    layers = keras().layers
    x = layers.GlobalAveragePooling2D()(x)
    return layers.Softmax()(layers.Dense(classes)(x))
