"""BC-ResNet: one-dimensional convolutions in time, added to every band of the two-dimensional part.

Source: B. Kim, S. Chang, J. Lee and D. Sung, "Broadcasted residual learning for efficient keyword
spotting", Interspeech 2021, arXiv:2106.04140: BC-ResNet-1 with 9.2 K parameters, for 40 bands by
101 frames. Its sub-spectral normalisation (S. Chang et al., ICASSP 2021) has statistics of its own
for each of five parts of the bands.
"""

from typing import Any

from ossicle.models.layers import convolution, depthwise, normalise, relu, start
from ossicle.models.registry import Published, System
from ossicle.tensorflow import keras

SUB_BANDS = 5
STAGES = ((8, 2, 1), (12, 2, 2), (16, 4, 2), (20, 4, 1))
"""Channels, blocks and stride in frequency of each stage, for a scale of 1."""


def build(classes: int, *, bands: int = 40, frames: int = 101, scale: float = 1.0) -> Any:
    """Return an untrained model from [n, bands, frames, 1] to [n, classes] probabilities.

    Args:
        classes: at least 2.
        bands: a multiple of 40, so that five parts of them remain whole.
        frames: of a window.
        scale: of all widths; the paper's BC-ResNet-1, 1.5, 2, 3, 6, 8.

    Raises:
        ValueError: fewer than two classes, or another number of bands.
    """
    if bands % 40:
        raise ValueError(f"its five parts need a multiple of 40 bands, not {bands}")
    layers = keras().layers
    inputs = start(classes, bands, frames)
    x = relu(convolution(inputs, int(16 * scale), (5, 5), (2, 1)))
    for stage, (channels, blocks, stride) in enumerate(STAGES):
        for block in range(blocks):
            strides = (stride if block == 0 else 1, 1)
            x = _block(x, int(channels * scale), strides, dilation=2**stage)
    x = depthwise(layers.ZeroPadding2D((0, 2))(x), (5, 5), padding="valid")
    x = relu(convolution(x, int(32 * scale), (1, 1)))
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.Flatten()(layers.Conv2D(classes, 1)(x))
    return keras().Model(inputs, layers.Softmax()(x), name="bc_resnet")


def _block(x: Any, channels: int, strides: tuple[int, int], dilation: int) -> Any:
    layers, changes = keras().layers, x.shape[-1] != channels
    y = relu(convolution(x, channels, (1, 1))) if changes else x
    y = _sub_spectral(depthwise(y, (3, 1), strides))
    z = layers.AveragePooling2D((y.shape[1], 1))(y)
    z = normalise(depthwise(z, (1, 3), dilation_rate=(1, dilation)))
    z = layers.Multiply()([z, layers.Activation("sigmoid")(z)])  # swish
    z = layers.Conv2D(channels, 1, use_bias=False)(z)
    y = layers.Add()([y, layers.SpatialDropout2D(0.1)(z)])  # the same for every band
    return relu(y if changes else layers.Add()([y, x]))


def _sub_spectral(x: Any) -> Any:
    """Normalise each fifth of the bands by itself."""
    layers = keras().layers
    bands, frames, channels = x.shape[1:]
    parts = layers.Reshape((SUB_BANDS, bands // SUB_BANDS, frames, channels))(x)
    parts = layers.BatchNormalization(axis=[1, 4])(parts)
    return layers.Reshape((bands, frames, channels))(parts)


SYSTEM = System(
    name="bc_resnet",
    title="BC-ResNet-1",
    source="Kim et al., Interspeech 2021, arXiv:2106.04140",
    build=build,
    published=Published(
        classes=12, bands=40, frames=101, parameters=9_232, macs=2_542_756, counts="trainable"
    ),
)
