"""Hypothesis draws of networks for boards: many shapes of layer to one firmware.

The sizes are those at which kernels in assembly change course: odd and even channels, rows of every
remainder, windows of one to seven taps, strides, padding, clamps of every kind.
"""

from dataclasses import dataclass
from math import prod, sqrt
from typing import Any

import numpy as np
from drawn import ACTIVATIONS, SEEDS, ZERO_POINTS, Draw, activation, factors
from drawn_elements import multiplied, quantize
from drawn_windows import SAME, VALID
from flatbuffer import ModelBuilder
from hypothesis import strategies as st
from layers import GROWING, LAST, LAYERS

IMAGE_LAYERS = ("conv_2d", "conv_2d", "conv_2d", "depthwise_conv_2d", "depthwise_conv_2d")
JOINS = {"ADD", "SUB", "MUL", "MAXIMUM", "MINIMUM"}  # may draw another input, a board has one
GROWS = {*GROWING, "RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"}
STATES = ("SVDF", "UNIDIRECTIONAL_SEQUENCE_LSTM")
OTHERS = sorted(LAYERS.keys() - {*LAST, *GROWS, *JOINS})
IMAGES_ONLY = {"AVERAGE_POOL_2D", "MAX_POOL_2D", "CONV_2D", "DEPTHWISE_CONV_2D"}
MOST_CHANNELS = 40
STRIDES = st.sampled_from([1, 1, 1, 1, 2, 3])
WEIGHTS = ((-128, 128), (-128, 128), (-128, 128), (-30, 31), (-3, 4), (127, 128), (-128, -127))
# Of most of these a clamp leaves several numbers.
POINTS = st.one_of(ZERO_POINTS, st.integers(-128, 40), st.just(-128))
FUSED = st.one_of(ACTIVATIONS, st.sampled_from([0, 1]))
# Beside powers of two, which make ties and so tell roundings apart.
FACTORS = (1.0, 1.0, 1.0, 1.0 + 2.0**-13, 0.83, 2.0**-9, 0.3)
BIASES = (0, 100, 3000, 3000, 2**16, 2**28)


@dataclass(frozen=True)
class Room:
    """What a board has room for.

    Attributes:
        elements: of a tensor.
        weights: of a layer.
        layers: of a network.
    """

    elements: int
    weights: int
    layers: int


@st.composite
def networks(draw: Draw, room: Room) -> bytes:
    """Draw a network of one input and one output; a layer reads any tensor that stands."""
    height, width = draw(st.integers(1, 20)), draw(st.integers(1, 20))
    drawn = _Network.of(draw, room, (draw(st.sampled_from([1, 1, 1, 2])), height, width))
    for _ in range(draw(st.integers(1, room.layers))):
        drawn.add_layer()
    return drawn.finished()


@st.composite
def remembering_networks(draw: Draw, room: Room) -> bytes:
    """Draw a layer that keeps a state, alone or in a chain, perhaps with another one."""
    drawn = _Network.of(draw, room, (1, draw(st.integers(1, 4)), draw(st.integers(1, 4))))
    others = draw(st.integers(0, room.layers))
    for _ in range(draw(st.integers(0, others))):
        drawn.add_layer()
    drawn.add_state()
    for _ in range(others):
        draw(st.sampled_from([drawn.add_layer, drawn.add_state]))()
    return drawn.finished()


def _channels(most: int) -> st.SearchStrategy[int]:
    most = max(1, min(most, MOST_CHANNELS))
    return st.one_of(st.integers(1, min(most, 9)), st.integers(1, most))


@dataclass
class _Network:
    """A model that grows layer by layer; every tensor of it may be read again."""

    draw: Draw
    model: ModelBuilder
    room: Room
    standing: list[int]

    @classmethod
    def of(cls, draw: Draw, room: Room, shape: tuple[int, int, int]) -> "_Network":
        """Begin with an input of some channels."""
        model = ModelBuilder()
        depth = draw(_channels(room.elements // prod(shape)))
        return cls(draw, model, room, [activation(draw, model, (*shape, depth))])

    def finished(self) -> bytes:
        """Return the file: from the first tensor to the last."""
        return self.model.finish(self.standing[:1], self.standing[-1:])

    def add_state(self) -> None:
        """Add a layer that keeps a state, on the last tensor."""
        layer = LAYERS[self.draw(st.sampled_from(STATES))][0]
        self.standing.append(layer(self.draw, self.model, self.standing[-1]))

    def add_layer(self) -> None:
        kind = self.draw(st.sampled_from([*IMAGE_LAYERS, "fully_connected", "join", "other"]))
        images = [index for index in self.standing if len(self._shape(index)) == 4]
        fitting = images if kind in IMAGE_LAYERS else self.standing
        others = st.sampled_from([self.standing[0], *fitting])
        source = fitting[-1] if self.draw(st.booleans()) else self.draw(others)
        self.standing.append(getattr(self, f"_{kind}")(source))

    def _shape(self, index: int) -> tuple[int, ...]:
        return self.model.tensors[index].shape

    def _join(self, source: int) -> int:
        """Add an ADD, SUB or MUL of two tensors of one shape, or of one tensor and itself."""
        shape = self._shape(source)
        partners = [index for index in self.standing if self._shape(index) == shape]
        pair = [source, self.draw(st.sampled_from(partners))]
        name = self.draw(st.sampled_from(["ADD", "ADD", "SUB", "MUL"]))
        if name == "MUL":
            return multiplied(self.draw, self.model, *pair)
        largest = max(self.model.tensors[index].scales[0] for index in pair)
        scale = float(np.float32(largest * self.draw(st.sampled_from([0.37, 1.0, 1.5, 5.0]))))
        output = self.model.tensor(shape, scale=scale, zero_point=self.draw(POINTS))
        options = {"FusedActivationFunction": self.draw(FUSED)}
        self.model.operator(name, pair, [output], (f"{name.capitalize()}Options", options))
        return output

    def _other(self, source: int) -> int:
        """Add any other layer that does not grow."""
        rank = len(self._shape(source))
        names = [name for name in OTHERS if rank == 4 or name not in IMAGES_ONLY]
        name = self.draw(st.sampled_from(names))
        layer = quantize if name == "QUANTIZE" else LAYERS[name][0]
        return layer(self.draw, self.model, source)

    def _fully_connected(self, source: int) -> int:
        """Add a FULLY_CONNECTED of rows of the last axis, or of the whole tensor."""
        shape = self._shape(source)
        is_whole = prod(shape) <= self.room.weights and self.draw(st.booleans())
        depth, rows = (prod(shape), (1,)) if is_whole else (shape[-1], shape[:-1])
        most = min(self.room.elements // prod(rows), self.room.weights // depth)
        units = self.draw(_channels(most))
        given, output = self._weighted(source, (units, depth), 0, (*rows, units))
        options = {"FusedActivationFunction": self.draw(FUSED), "KeepNumDims": not is_whole}
        self.model.operator("FULLY_CONNECTED", given, [output], ("FullyConnectedOptions", options))
        return output

    def _conv_2d(self, source: int) -> int:
        batches, _, _, depth = self._shape(source)
        taps, size, options = self._window(source, st.integers(1, 7))
        positions = batches * prod(size)
        most = min(self.room.elements // positions, self.room.weights // (prod(taps) * depth))
        channels = self.draw(_channels(most))
        shape = (batches, *size, channels)
        given, output = self._weighted(source, (channels, *taps, depth), 0, shape)
        self.model.operator("CONV_2D", given, [output], ("Conv2DOptions", options))
        return output

    def _depthwise_conv_2d(self, source: int) -> int:
        batches, _, _, depth = self._shape(source)
        taps, size, options = self._window(source, st.one_of(st.just(3), st.integers(1, 7)))
        is_large = batches * prod(size) * depth * 3 > self.room.elements
        multiplier = 1 if is_large else self.draw(st.sampled_from([1, 1, 1, 2, 3]))
        channels = depth * multiplier
        shape = (batches, *size, channels)
        given, output = self._weighted(source, (1, *taps, channels), 3, shape)
        kind = ("DepthwiseConv2DOptions", {**options, "DepthMultiplier": multiplier})
        self.model.operator("DEPTHWISE_CONV_2D", given, [output], kind)
        return output

    def _window(
        self, source: int, taps: st.SearchStrategy[int]
    ) -> tuple[tuple[int, ...], tuple[int, ...], dict[str, int]]:
        """Draw a window; return its taps, the output's height and width, and the options."""
        padding = self.draw(st.sampled_from([SAME, SAME, VALID]))
        is_square = self.draw(st.booleans())
        count, stride = self.draw(taps), self.draw(STRIDES)
        axes = []
        for length in self._shape(source)[1:3]:
            if not is_square:
                count, stride = self.draw(taps), self.draw(STRIDES)
            axes.append(self._axis(length, padding, count, stride))
        options = {
            "Padding": padding,
            **dict(zip(("StrideH", "StrideW"), (axis[1] for axis in axes), strict=True)),
            **dict(
                zip(("DilationHFactor", "DilationWFactor"), (axis[2] for axis in axes), strict=True)
            ),
            "FusedActivationFunction": self.draw(FUSED),
        }
        return tuple(axis[0] for axis in axes), tuple(axis[3] for axis in axes), options

    def _axis(self, length: int, padding: int, taps: int, stride: int) -> tuple[int, ...]:
        """Return taps, stride, dilation and the output's length."""
        taps = taps if padding == SAME else min(taps, length)
        dilation = self.draw(st.sampled_from([1, 1, 1, 1, 2]))
        reach = (taps - 1) * dilation + 1
        if padding == VALID and reach > length:
            dilation, reach = 1, taps
        output = -(-length // stride) if padding == SAME else (length - reach) // stride + 1
        return taps, stride, dilation, output

    def _weighted(
        self, source: int, shape: tuple[int, ...], axis: int, output: tuple[int, ...]
    ) -> tuple[list[int], int]:
        """Add weights, biases and an output whose scale suits them; sums stay within 30 bits."""
        random = np.random.default_rng(self.draw(SEEDS))
        weights = random.integers(*self.draw(st.sampled_from(WEIGHTS)), shape).astype(np.int8)
        channels = shape[axis]
        biases = np.array([_within(random, most) for most in random.choice(BIASES, channels)])
        given, factor = self.model.tensors[source].scales[0], self._factor(weights, axis)
        scale = float(np.float32(self.draw(factors(-7, -1))))
        steps = random.integers(0, 4, channels if self.draw(st.booleans()) else 1)
        scales = [float(np.float32(factor * scale / given * 2.0**-step)) for step in steps]
        products = [float(np.float32(given * of_weights)) for of_weights in scales]
        inputs = [
            source,
            self.model.constant(weights, scale=scales, axis=axis),
            self.model.constant(biases.astype(np.int32), scale=products),
        ]
        return inputs, self.model.tensor(output, scale=scale, zero_point=self.draw(POINTS))

    def _factor(self, weights: Any, axis: int) -> float:
        """Draw a factor by which most sums of random bytes become other bytes."""
        taps = weights.size / weights.shape[axis]
        spread = 74.0 * sqrt(1.0 + taps * np.mean(np.square(weights, dtype=np.float64)))
        return float(2.0 ** np.round(np.log2(40.0 / spread)) * self.draw(st.sampled_from(FACTORS)))


def _within(random: np.random.Generator, most: int) -> int:
    return int(random.integers(-most, most + 1))
