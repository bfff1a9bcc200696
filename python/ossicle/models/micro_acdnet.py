"""Micro-ACDNet: a network that hears the waveform itself, with four fifths of the channels pruned.

Source: M. Mohaimenuzzaman, C. Bergmeir, I. West and B. Meyer, "Environmental sound classification
on the edge: a pipeline for deep acoustic networks on extremely resource-constrained devices",
Pattern Recognition 133, 2023, arXiv:2103.03483: 131 K parameters and 14.8 M operations for 30,225
samples at 20 kHz and 50 classes. Two convolutions over time make features of 10 ms; these are then
looked at as a picture of channels by time.

It hears PCM, which no front end of Ossicle gives to a model yet: it can be built, converted and
compiled, but no bundle is made of it.
"""

from typing import Any

from ossicle.models.layers import convolution, relu, start
from ossicle.models.registry import Published, System
from ossicle.tensorflow import keras

WAVEFORM = (7, 20)
PICTURE = ((10,), (14, 22), (31, 35), (41, 51), (67, 69))
"""Channels of the convolutions before each pooling."""
LAST = 48


def build(
    classes: int, *, bands: int = 1, frames: int = 30_225, width: float = 1.0, column: int = 50
) -> Any:
    """Return an untrained model from [n, 1, samples, 1] to [n, classes] probabilities.

    Args:
        classes: at least 2.
        bands: 1, for the waveform has none.
        frames: samples at 20 kHz, at least 25,613, which the poolings leave four columns of.
        width: of all channels, relative to the paper's.
        column: positions of the second convolution that become one column: 10 ms at 20 kHz.

    Raises:
        ValueError: fewer than two classes, bands, or too few samples.
    """
    if bands != 1:
        raise ValueError(f"it hears PCM, which has no bands, not {bands}")
    layers = keras().layers
    inputs = x = start(classes, bands, frames)
    for channels, taps in zip(_scaled(WAVEFORM, width), (9, 5), strict=True):
        x = relu(convolution(x, channels, (1, taps), (1, 2), padding="valid"))
    x = layers.MaxPooling2D((1, column))(x)
    x = layers.Permute((3, 2, 1))(x)
    for group in PICTURE:
        for channels in _scaled(group, width):
            x = relu(convolution(x, channels, (3, 3)))
        x = layers.MaxPooling2D((2 if x.shape[1] > 1 else 1, 2))(x)
    (last,) = _scaled((LAST,), width)
    x = relu(convolution(layers.Dropout(0.2)(x), last, (1, 1)))
    x = layers.Flatten()(layers.AveragePooling2D((1, 4))(x))
    outputs = layers.Softmax()(layers.Dense(classes)(x))
    return keras().Model(inputs, outputs, name="micro_acdnet")


def _scaled(channels: tuple[int, ...], width: float) -> tuple[int, ...]:
    return tuple(max(2, round(count * width)) for count in channels)


SYSTEM = System(
    name="micro_acdnet",
    title="Micro-ACDNet, on the waveform",
    source="Mohaimenuzzaman et al., Pattern Recognition 133, 2023, arXiv:2103.03483",
    build=build,
    published=Published(
        classes=50, bands=1, frames=30_225, parameters=131_474, macs=14_286_134, counts="trainable"
    ),
    hears="PCM",
)
