"""SB-CNN: three convolutions and a dense layer for environmental sounds.

Source: J. Salamon and J. P. Bello, "Deep convolutional neural networks and data augmentation for
environmental sound classification", IEEE Signal Processing Letters 24(3), 2017, arXiv:1608.04363:
5x5 kernels without padding, poolings of 4 bands by 2 frames after the first two, 64 hidden units,
dropout before both dense layers; 128 bands of 3 s at a hop of 23 ms. Each ReLU is put before its
pooling, which changes no number. The L2 penalty on the dense layers is the schedule's weight decay.
"""

from typing import Any

from ossicle.models.layers import relu, start
from ossicle.models.registry import Published, System
from ossicle.tensorflow import keras


def build(
    classes: int, *, bands: int = 128, frames: int = 128, filters: int = 24, hidden: int = 64
) -> Any:
    """Return an untrained model from [n, bands, frames, 1] to [n, classes] probabilities.

    Args:
        classes: at least 2.
        bands: at least 100, which kernels and poolings leave one of.
        frames: at least 32, for the same reason.
        filters: of the first convolution; the others have twice as many.
        hidden: units of the dense layer.

    Raises:
        ValueError: fewer than two classes, or too few bands or frames.
    """
    if bands < 100 or frames < 32:
        raise ValueError("its poolings need 100 bands and 32 frames")
    layers = keras().layers
    inputs = start(classes, bands, frames)
    x = layers.MaxPooling2D((4, 2))(relu(layers.Conv2D(filters, 5)(inputs)))
    x = layers.MaxPooling2D((4, 2))(relu(layers.Conv2D(2 * filters, 5)(x)))
    x = relu(layers.Conv2D(2 * filters, 5)(x))
    x = layers.Dropout(0.5)(layers.Flatten()(x))
    x = layers.Dropout(0.5)(layers.Dense(hidden, activation="relu")(x))
    outputs = layers.Softmax()(layers.Dense(classes)(x))
    return keras().Model(inputs, outputs, name="sb_cnn")


SYSTEM = System(
    name="sb_cnn",
    title="SB-CNN",
    source="Salamon and Bello, IEEE Signal Processing Letters 24(3), 2017, arXiv:1608.04363",
    build=build,
    published=Published(classes=10, bands=128, frames=128, parameters=241_434, macs=57_360_640),
)
"""The letter gives the layers; these are the numbers that follow from them."""
