"""DS-CNN: depthwise-separable convolutions for keywords.

Source: Y. Zhang, N. Suda, L. Lai and V. Chandra, "Hello Edge: keyword spotting on
microcontrollers", 2017, arXiv:1711.07128; in the size of MLPerf Tiny's keyword spotting (C.
Banbury et al., NeurIPS Datasets and Benchmarks 2021, arXiv:2106.07597): a 10x4 convolution with
strides of 2, four separable blocks of 64 channels, on 49 frames of 10 coefficients.
"""

from typing import Any

from ossicle.models.layers import convolution, dense_end, depthwise, normalise, relu, start
from ossicle.models.registry import Published, System
from ossicle.tensorflow import keras


def build(
    classes: int, *, bands: int = 10, frames: int = 49, channels: int = 64, blocks: int = 4
) -> Any:
    """Return an untrained model from [n, bands, frames, 1] to [n, classes] probabilities.

    Args:
        classes: at least 2.
        bands: of the front end.
        frames: of a window.
        channels: of every convolution.
        blocks: depthwise-separable ones after the first convolution.

    Raises:
        ValueError: fewer than two classes.
    """
    layers = keras().layers
    inputs = start(classes, bands, frames)
    x = relu(convolution(inputs, channels, (4, 10), (2, 2), use_bias=True))
    x = layers.Dropout(0.2)(x)
    for _ in range(blocks):
        x = relu(normalise(depthwise(x, (3, 3), use_bias=True)))
        x = relu(convolution(x, channels, (1, 1), use_bias=True))
    outputs = dense_end(layers.Dropout(0.4)(x), classes)
    return keras().Model(inputs, outputs, name="ds_cnn")


SYSTEM = System(
    name="ds_cnn",
    title="DS-CNN, as in MLPerf Tiny",
    source="Zhang et al., arXiv:1711.07128; Banbury et al., arXiv:2106.07597",
    build=build,
    published=Published(classes=12, bands=10, frames=49, parameters=24_908, macs=2_656_768),
)
