"""An inverted-residual network for acoustic scenes, of the CP-Mobile kind.

Source: F. Schmid, T. Morocutti, S. Masoudian, K. Koutini and G. Widmer, "Distilling the knowledge
of transformers and CNNs with CP-Mobile", DCASE Workshop 2023; in the size of the baseline of DCASE
2024 task 1 (F. Schmid et al., arXiv:2405.10018), which leaves the global response normalisation
out: 61,148 parameters, 29,419,156 multiply-accumulates by the challenge's tool, for 256 bands by
65 frames.

Two of the depthwise convolutions stride one way only, which TensorFlow does not; they compute what
is skipped too, so that this network takes 2 % more.
"""

from typing import Any

from ossicle.models.layers import convolution, depthwise, normalise, relu, start
from ossicle.models.registry import Published, System
from ossicle.tensorflow import keras

BLOCKS = (3, 2, 1)  # of each stage
STRIDES = {3: (1, 2), 4: (2, 1)}  # of a block, counted from 1


def build(
    classes: int,
    *,
    bands: int = 256,
    frames: int = 65,
    base: int = 32,
    multiplier: float = 1.8,
    expansion: float = 2.1,
) -> Any:
    """Return an untrained model from [n, bands, frames, 1] to [n, classes] probabilities.

    Args:
        classes: at least 2.
        bands: of the front end.
        frames: of a window.
        base: channels of the first stage; every width is rounded to a multiple of 8.
        multiplier: by which each stage is wider than the one before.
        expansion: by which a block is wider inside than what goes in.

    Raises:
        ValueError: fewer than two classes.
    """
    width = _of_eight(base)
    inputs = start(classes, bands, frames)
    x = relu(convolution(inputs, width // 4, (3, 3), (2, 2)))
    x = relu(convolution(x, width, (3, 3), (2, 2)))
    number = 0
    for stage, blocks in enumerate(BLOCKS):
        for _ in range(blocks):
            number += 1
            channels = _of_eight(width * multiplier**stage)
            x = _block(x, channels, STRIDES.get(number, (1, 1)), expansion)
    layers = keras().layers
    x = convolution(x, classes, (1, 1))
    outputs = layers.Softmax()(layers.GlobalAveragePooling2D()(x))
    return keras().Model(inputs, outputs, name="cp_mobile")


def _block(x: Any, channels: int, strides: tuple[int, int], expansion: float) -> Any:
    layers, given = keras().layers, x.shape[-1]
    inside = relu(convolution(x, _of_eight(given * expansion), (1, 1)))
    inside = relu(normalise(depthwise(inside, (3, 3), strides)))
    y = convolution(inside, channels, (1, 1))
    if given == channels:
        if strides != (1, 1):
            x = layers.AveragePooling2D((3, 3), strides, padding="same")(x)
        y = layers.Add()([x, y])
    return relu(y)


def _of_eight(channels: float) -> int:
    """Round to a multiple of 8, at least 8, never down by more than a tenth (as MobileNet does)."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * channels else rounded + 8


SYSTEM = System(
    name="cp_mobile",
    title="CP-Mobile, as the baseline of DCASE 2024 task 1",
    source="Schmid et al., DCASE Workshop 2023; arXiv:2405.10018",
    build=build,
    published=Published(
        classes=10, bands=256, frames=65, parameters=61_148, macs=29_877_248, counts="trainable"
    ),
)
