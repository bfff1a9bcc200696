"""Networks of layers side by side, of the sizes at which the kernels for Helium change course."""

from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any, TypeVar

import numpy as np
from flatbuffer import ModelBuilder

T = TypeVar("T")
SAME, VALID = 0, 1
ZERO_POINTS = (-128, 127, 0, -7, 90)
IMAGE_SCALE, WEIGHTS_SCALE = 2.0**-4, 2.0**-6
# Beside powers of two, which make ties and so tell roundings apart.
FACTORS = (1.0, 1.0, 1.0 + 2.0**-13, 0.83, 2.0**-9, 0.3)
BIASES = (0, 100, 3000, 3000, 2**28)
WEIGHTS = ((-128, 128), (-3, 4), (-30, 31), (-128, 128), (-3, 4), (127, 128), (-128, -127))
ACTIVATIONS = (0, 0, 1, 3)  # NONE lets all ties through

WINDOW = {"StrideH": 1, "StrideW": 1, "DilationHFactor": 1, "DilationWFactor": 1}
# Filter, stride and dilation (height, width), padding.
Window = tuple[tuple[int, int], tuple[int, int], tuple[int, int], int]
WINDOWS: tuple[Window, ...] = (
    ((1, 1), (1, 1), (1, 1), VALID),
    ((3, 3), (1, 1), (1, 1), SAME),
    ((3, 3), (2, 2), (1, 1), SAME),
    ((1, 1), (2, 3), (1, 1), SAME),
    ((4, 2), (1, 1), (1, 2), SAME),
    ((2, 3), (1, 1), (2, 1), VALID),
    ((5, 4), (3, 1), (1, 1), SAME),
    ((7, 7), (1, 1), (1, 1), SAME),
    ((2, 2), (2, 3), (1, 1), VALID),
)


class Layers:
    """A model of one input whose layers all read it, or one another.

    Attributes:
        image: the index of the input, a tensor of `shape`.
    """

    def __init__(self, shape: tuple[int, int, int, int], seed: int) -> None:
        self.model = ModelBuilder()
        self._random = np.random.default_rng(seed)
        zero_point = ZERO_POINTS[seed % len(ZERO_POINTS)]
        self.image = self.model.tensor(shape, scale=IMAGE_SCALE, zero_point=zero_point)
        self.model.inputs.append(self.image)

    def _weighted(
        self, shape: tuple[int, ...], axis: int, output: tuple[int, ...], per_channel: bool
    ) -> tuple[list[int], int]:
        """Weights, biases and the output's tensor; accumulators within 30 bits."""
        low, high = self._one_of(WEIGHTS)
        weights = self._random.integers(low, high, shape).astype(np.int8)
        channels = shape[axis] if per_channel else 1
        scales = [
            WEIGHTS_SCALE * 2.0 ** -float(self._random.integers(0, 4)) for _ in range(channels)
        ]
        most = self._one_of(BIASES)
        biases = self._random.integers(-most, most + 1, shape[axis]).astype(np.int32)
        scale = IMAGE_SCALE * WEIGHTS_SCALE / self._factor(weights, axis)
        given = [
            self.image,
            self.model.constant(weights, scale=scales, axis=axis),
            self.model.constant(biases, scale=[IMAGE_SCALE * scale for scale in scales]),
        ]
        return given, self.model.tensor(output, scale=scale, zero_point=self._one_of(ZERO_POINTS))

    def _factor(self, weights: Any, axis: int) -> float:
        """Return a factor by which most sums of random bytes become other bytes."""
        taps = weights.size / weights.shape[axis]
        spread = 74.0 * np.sqrt(1.0 + taps * np.mean(np.square(weights, dtype=np.float64)))
        return float(2.0 ** np.round(np.log2(40.0 / spread)) * self._one_of(FACTORS))

    def conv_2d(self, channels: int, window: Window) -> int:
        """Add a CONV_2D of the image."""
        taps, size, options = self._window(window)
        depth = self._shape[3]
        shape = (self._shape[0], *size, channels)
        given, output = self._weighted((channels, *taps, depth), 0, shape, per_channel=True)
        self.model.operator("CONV_2D", given, [output], ("Conv2DOptions", options))
        return output

    def depthwise_conv_2d(self, multiplier: int, window: Window) -> int:
        """Add a DEPTHWISE_CONV_2D of the image."""
        taps, size, options = self._window(window)
        channels = self._shape[3] * multiplier
        shape = (self._shape[0], *size, channels)
        given, output = self._weighted((1, *taps, channels), 3, shape, per_channel=True)
        options = {**options, "DepthMultiplier": multiplier}
        self.model.operator(
            "DEPTHWISE_CONV_2D", given, [output], ("DepthwiseConv2DOptions", options)
        )
        return output

    def fully_connected(self, units: int, per_channel: bool) -> int:
        """Add a FULLY_CONNECTED of the image's pixels."""
        shape = (*self._shape[:3], units)
        given, output = self._weighted((units, self._shape[3]), 0, shape, per_channel)
        options = {"FusedActivationFunction": self._one_of(ACTIVATIONS), "KeepNumDims": True}
        self.model.operator("FULLY_CONNECTED", given, [output], ("FullyConnectedOptions", options))
        return output

    def pool_2d(self, name: str, window: Window) -> int:
        """Add a pooling of the image."""
        taps, size, options = self._window(window)
        options = {key: options[key] for key in options if not key.startswith("Dilation")}
        options |= {"FilterHeight": taps[0], "FilterWidth": taps[1]}
        spec = self.model.tensors[self.image]
        output = self.model.tensor(
            (self._shape[0], *size, self._shape[3]), scale=spec.scales, zero_point=spec.zero_points
        )
        self.model.operator(name, [self.image], [output], ("Pool2DOptions", options))
        return output

    def sum_of_two(self, name: str, left: int, right: int, factor: float) -> int:
        """Add an ADD or SUB of two tensors of one shape."""
        specs = [self.model.tensors[index] for index in (left, right)]
        scale = float(np.float32(max(spec.scales[0] for spec in specs) * factor))
        output = self.model.tensor(
            specs[0].shape, scale=scale, zero_point=self._one_of(ZERO_POINTS)
        )
        options = {"FusedActivationFunction": self._one_of(ACTIVATIONS)}
        self.model.operator(name, [left, right], [output], (f"{name.capitalize()}Options", options))
        return output

    def _one_of(self, choices: Sequence[T]) -> T:
        return choices[int(self._random.integers(0, len(choices)))]

    @property
    def _shape(self) -> tuple[int, ...]:
        return self.model.tensors[self.image].shape

    def _window(self, window: Window) -> tuple[tuple[int, int], list[int], dict[str, Any]]:
        """Return taps, the output's height and width, and the options."""
        taps, strides, dilations, padding = window
        size = []
        for length, tap, stride, dilation in zip(
            self._shape[1:3], taps, strides, dilations, strict=True
        ):
            reach = (tap - 1) * dilation + 1
            size.append(-(-length // stride) if padding == SAME else (length - reach) // stride + 1)
        options = {
            "Padding": padding,
            "StrideH": strides[0],
            "StrideW": strides[1],
            "DilationHFactor": dilations[0],
            "DilationWFactor": dilations[1],
            "FusedActivationFunction": self._one_of(ACTIVATIONS),
        }
        return taps, size, options


KINDS = {
    "CONV_2D": ("Conv2DOptions", WINDOW),
    "DEPTHWISE_CONV_2D": ("DepthwiseConv2DOptions", {**WINDOW, "DepthMultiplier": 48}),
    "FULLY_CONNECTED": ("FullyConnectedOptions", {"KeepNumDims": True}),
}


def ties(activation: int) -> ModelBuilder:
    """Build a model whose accumulators, its biases, lie at every tie between outputs and beside."""
    model = ModelBuilder()
    model.inputs.append(model.tensor((1, 1, 4, 16)))
    halves = np.arange(-255, 256, 2)
    for ratio in (4, 6, 22, 98, 1000, 2**14):
        biases = np.concatenate([halves * (ratio // 2) + beside for beside in (-1, 0, 1)])
        count = len(biases)
        shapes = ((count, 1, 1, 16), (1, 1, 1, count), (count, 16))
        for (name, (table, options)), shape in zip(KINDS.items(), shapes, strict=True):
            given = [
                model.inputs[0],
                model.constant(np.zeros(shape, np.int8), scale=1.0),
                model.constant(biases.astype(np.int32), scale=1.0),
            ]
            output = model.tensor((1, 1, 4, count), scale=float(ratio))
            fields = {**options, "FusedActivationFunction": activation}
            model.operator(name, given, [output], (table, fields))
            model.outputs = [output]
    return model


def network(shape: tuple[int, int, int, int], seed: int) -> ModelBuilder:
    """Build a model that has every kernel for Helium on an image of a shape, in many windows."""
    layers = Layers(shape, seed)
    channels = cycle((4, 5, 2, 7, 16, 1, 3, 9))
    made = []
    for window in _fitting(shape, WINDOWS):
        made.append(layers.conv_2d(next(channels), window))
        layers.depthwise_conv_2d(1, window)
        if window[2] == (1, 1):
            layers.pool_2d("MAX_POOL_2D", window)
            layers.pool_2d("AVERAGE_POOL_2D", window)
    layers.depthwise_conv_2d(3, WINDOWS[1])
    for units, per_channel in ((1, False), (6, True), (8, False), (11, True)):
        layers.fully_connected(units, per_channel)
    for name in ("ADD", "SUB"):
        for factor in (1.0, 0.37, 5.0):
            layers.sum_of_two(name, layers.image, layers.image, factor)
    same = layers.conv_2d(shape[3], WINDOWS[1])
    layers.sum_of_two("ADD", same, layers.image, 1.5)
    layers.model.outputs = [layers.sum_of_two("SUB", layers.image, same, 0.8)]
    return layers.model


def _fitting(shape: tuple[int, ...], windows: tuple[Window, ...]) -> Iterator[Window]:
    for window in windows:
        taps, _, dilations, padding = window
        reach = [(tap - 1) * dilation + 1 for tap, dilation in zip(taps, dilations, strict=True)]
        if padding == SAME or all(r <= n for r, n in zip(reach, shape[1:3], strict=True)):
            yield window
