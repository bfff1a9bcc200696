"""The project's own: a depthwise-separable residual network for the log-mel of 32 kHz sound.

Two 3x3 convolutions, depthwise-separable blocks with batch normalisation and ReLU6 (as MobileNet:
A. G. Howard et al., arXiv:1704.04861), an addition round each block that keeps its shape (as
ResNet: K. He et al., arXiv:1512.03385), a 1x1 convolution to the classes, and the mean over time
and frequency. Being convolutions to the end, the same weights hear windows of any length: they can
learn from short crops and judge a whole clip.

Each layer has an int8 operator of its own that can be trained quantisation-aware, so that nothing
is lost on the way to the device.
"""

from dataclasses import dataclass
from typing import Any

from ossicle.models.registry import Published, System
from ossicle.tensorflow import keras

MEL_BANDS = 64
FRAMES = 251  # five seconds at a hop of 20 ms, centred frames
MOMENTUM = 0.95  # of the batches' means and deviations; Keras's 0.99 outlasts a short training

KEEP, HALVE, LOWER = (1, 1), (2, 2), (2, 1)
"""What a block does to (bands, frames)."""

Strides = tuple[int, int]


@dataclass(frozen=True)
class Widths:
    """The channels of a variant: of the two convolutions, and of each block with its strides."""

    stem: tuple[int, int]
    blocks: tuple[tuple[int, Strides], ...]


SIZES = {
    "medium": Widths(
        (16, 32),
        (
            (64, HALVE), (64, KEEP), (64, KEEP), (112, HALVE), (112, KEEP),
            (144, LOWER), (144, KEEP), (144, KEEP),
        ),
    ),
    "small": Widths(
        (12, 20), ((32, HALVE), (32, KEEP), (56, HALVE), (56, KEEP), (80, LOWER), (80, KEEP))
    ),
}  # fmt: skip


def build(
    classes: int, *, bands: int = MEL_BANDS, frames: int = FRAMES, size: str = "medium"
) -> Any:
    """Return an untrained `tf_keras.Model`.

    Args:
        classes: number of outputs, at least 2.
        bands: mel bands, at least 32, which the strides leave one of.
        frames: at least 8, for the same reason.
        size: "medium", 100,368 weights for ten classes, or "small", 23,024.

    Returns:
        A model from [n, bands, frames, 1] to [n, classes] probabilities.

    Raises:
        ValueError: fewer than two classes, too few bands or frames, or another size.
    """
    if classes < 2:
        raise ValueError(f"a classifier needs at least two classes, not {classes}")
    if bands < 32 or frames < 8:
        raise ValueError(f"its strides need 32 bands and 8 frames, not {bands} and {frames}")
    if size not in SIZES:
        raise ValueError(f"size must be one of {', '.join(SIZES)}, not {size!r}")
    widths, k = SIZES[size], keras()
    k.backend.reset_uids()  # layers are numbered from 1 each time: their names go into the export
    inputs = k.Input((bands, frames, 1))
    x = _convolution(inputs, widths.stem[0], HALVE)
    x = _convolution(x, widths.stem[1], LOWER)
    for channels, strides in widths.blocks:
        x = _block(x, channels, strides)
    x = k.layers.Conv2D(classes, 1)(x)
    x = k.layers.GlobalAveragePooling2D()(x)
    outputs = k.layers.Softmax()(x)
    return k.Model(inputs, outputs, name=f"separable_resnet_{size}")


def _convolution(x: Any, channels: int, strides: Strides) -> Any:
    convolution = keras().layers.Conv2D(channels, 3, strides, padding="same", use_bias=False)
    return _normalised(convolution(x))


def _block(x: Any, channels: int, strides: Strides) -> Any:
    layers = keras().layers
    if strides == LOWER:  # TensorFlow's depthwise convolution strides alike both ways, or not
        x, strides = layers.MaxPooling2D(LOWER)(x), KEEP
    y = _normalised(layers.DepthwiseConv2D(3, strides, padding="same", use_bias=False)(x))
    y = _normalised(layers.Conv2D(channels, 1, use_bias=False)(y))
    return layers.Add()([x, y]) if x.shape == y.shape else y


def _normalised(x: Any) -> Any:
    layers = keras().layers
    return layers.ReLU(6.0)(layers.BatchNormalization(momentum=MOMENTUM)(x))


SYSTEM = System(
    name="separable_resnet",
    title="Ossicle's depthwise-separable residual network",
    source="Ossicle: python/ossicle/models/separable_resnet.py",
    build=build,
    published=Published(
        classes=10, bands=MEL_BANDS, frames=FRAMES, parameters=106_906, macs=22_491_904
    ),
)
