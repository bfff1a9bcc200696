"""SB-CNN made small for microcontrollers: strides in place of poolings, depthwise convolutions.

Source: J. Nordby, "Environmental sound classification on microcontrollers using convolutional
neural networks", master's thesis, Norwegian University of Life Sciences, 2019, tables of chapters
4 and 5: 60 bands by 31 frames (720 ms at 22,050 Hz), each stage with half as many channels again
as the one before, the last without padding, 64 hidden units.

The thesis tells sizes in bytes of float32 on the device. "Stride-DS-24" takes 184.64 KiB, which
are 47,268 numbers: the 47,208 of this network after batch normalisation is folded into it, and a
bias for each of the 60 depthwise channels that the thesis' converter added. "Stride" takes 381.15
KiB: 97,575. Its tool counts 477,236 and 2,980,798 operations; it leaves the depthwise taps out and
counts activations.
"""

from typing import Any, Literal

from ossicle.models.layers import convolution, depthwise, normalise, relu, start
from ossicle.models.registry import Published, System
from ossicle.tensorflow import keras

GROWTH = 1.5
Kind = Literal["separable", "standard"]


def build(
    classes: int,
    *,
    bands: int = 60,
    frames: int = 31,
    filters: int = 24,
    kind: Kind = "separable",
    hidden: int = 64,
) -> Any:
    """Return an untrained model from [n, bands, frames, 1] to [n, classes] probabilities.

    Args:
        classes: at least 2.
        bands: at least 17, which strides and kernels leave one of.
        frames: at least 17, for the same reason.
        filters: of the first stage.
        kind: "separable" has depthwise-separable convolutions from the second stage on ("Stride-DS"
            of the thesis), "standard" has none ("Stride").
        hidden: units of the dense layer.

    Raises:
        ValueError: fewer than two classes, too few bands or frames, or another kind.
    """
    if kind not in ("separable", "standard"):
        raise ValueError(f"kind must be separable or standard, not {kind!r}")
    layers = keras().layers
    inputs = start(classes, bands, frames)
    x = relu(convolution(inputs, filters, (5, 5), (2, 2), use_bias=True))
    for stage, padding in ((1, "same"), (2, "valid")):
        channels = int(filters * GROWTH**stage)
        if kind == "standard":
            x = convolution(x, channels, (5, 5), (2, 2), padding=padding, use_bias=True)
        else:
            x = depthwise(x, (5, 5), (2, 2), padding=padding)
            x = normalise(layers.Conv2D(channels, 1)(x))
        x = relu(x)
    x = layers.Dense(hidden, activation="relu")(layers.Flatten()(x))
    outputs = layers.Softmax()(layers.Dense(classes)(layers.Dropout(0.5)(x)))
    return keras().Model(inputs, outputs, name=f"strided_{kind}")


SYSTEM = System(
    name="strided",
    title="Stride-DS of the microcontroller thesis",
    source="Nordby, master's thesis, Norwegian University of Life Sciences, 2019",
    build=build,
    published=Published(classes=10, bands=60, frames=31, parameters=47_664, macs=539_920),
)
