"""The baseline of DCASE 2022 Challenge, Task 1 (low-complexity acoustic scene classification).

Source: I. Martín-Morató et al., "Low-complexity acoustic scene classification in DCASE 2022
Challenge", DCASE Workshop 2022, arXiv:2206.03835: three 7x7 convolutions with batch normalisation,
two poolings, one hidden dense layer, on 40 mel bands of one second.
"""

from typing import Any

from ossicle.models.registry import Published, System
from ossicle.tensorflow import keras

MEL_BANDS = 40
FRAMES = 51  # one second at a hop of 20 ms, centred frames
PUBLISHED_CLASSES = 10
PUBLISHED_PARAMETERS = (800, 64, 12560, 64, 25120, 128, 6500, 1010)

MACS = 29_203_560
"""Multiply-accumulates of one inference with ten classes.

Every output element of a convolution counts kernel height x kernel width x input channels (taps
that fall on the padding too), every output of a dense layer its inputs; biases, batch
normalisation (folded into the convolutions), pooling and softmax count nothing.
"""


def build(classes: int, *, bands: int = MEL_BANDS, frames: int = FRAMES) -> Any:
    """Return the baseline as an untrained `tf_keras.Model`.

    Args:
        classes: number of outputs, at least 2.
        bands: mel bands, at least 20, which its two poolings leave one of.
        frames: at least 50, for the same reason.

    Returns:
        A model from [n, bands, frames, 1] to [n, classes] probabilities.

    Raises:
        ValueError: fewer than two classes, or too few bands or frames.
    """
    if classes < 2:
        raise ValueError(f"a classifier needs at least two classes, not {classes}")
    if bands < 20 or frames < 50:
        raise ValueError(f"its poolings need 20 bands and 50 frames, not {bands} and {frames}")
    k = keras()
    k.backend.reset_uids()  # layers are numbered from 1 each time: their names go into the export
    inputs = k.Input((bands, frames, 1))
    x = _convolution(inputs, 16)
    x = _convolution(x, 16)
    x = _pool(x, (5, 5))
    x = _convolution(x, 32)
    x = _pool(x, (4, 10))
    x = k.layers.Flatten()(x)
    x = k.layers.Dense(100, activation="relu")(x)
    x = k.layers.Dropout(0.3)(x)
    x = k.layers.Dense(classes)(x)
    outputs = k.layers.Softmax()(x)
    return k.Model(inputs, outputs, name="dcase2022_baseline")


def _convolution(x: Any, channels: int) -> Any:
    layers = keras().layers
    x = layers.Conv2D(channels, (7, 7), padding="same")(x)
    x = layers.BatchNormalization()(x)
    return layers.ReLU()(x)


def _pool(x: Any, size: tuple[int, int]) -> Any:
    layers = keras().layers
    return layers.Dropout(0.3)(layers.MaxPooling2D(size)(x))


def parameters_by_layer(model: Any) -> tuple[int, ...]:
    """Return the parameter count of each layer that has any, in order."""
    return tuple(layer.count_params() for layer in model.layers if layer.count_params())


SYSTEM = System(
    name="dcase2022_baseline",
    title="baseline of DCASE 2022 task 1",
    source="Martín-Morató et al., DCASE Workshop 2022, arXiv:2206.03835",
    build=build,
    published=Published(PUBLISHED_CLASSES, MEL_BANDS, FRAMES, sum(PUBLISHED_PARAMETERS), MACS),
)
