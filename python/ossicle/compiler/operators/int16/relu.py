"""RELU and its kin on int16: each side of zero has its factor."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import tflite

from ossicle.compiler.arithmetic import integers, requantise_twice, to_integer
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.operator import (
    Field,
    Kernel,
    Operator,
    UnsupportedError,
    requantise_fields,
    require_shape,
)
from ossicle.compiler.operators.relu import float32_factor
from ossicle.compiler.operators.weighted import fused_range

LARGEST_SHIFT = 15  # |input| <= 2^15, so 15 bits up leave 2^30


class LeakyRelu(Operator):
    """Input times input scale / output scale, below zero times alpha as well, rounded twice."""

    name = "LEAKY_RELU"
    dtype = "int16"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.require_activation(self.input(0), "input")
        self.require_activation(self.output, "output")
        require_shape(self.output, self.input(0).shape)
        factor = float32_factor(self.input(0), self.output)
        slope = self.slope(factor)
        self._above = _factor(factor)
        multiplier, shift = _factor(abs(slope))
        self._below = (-multiplier if slope < 0 else multiplier, shift)

    def slope(self, factor: float) -> float:
        """Return the factor below zero; `factor` is that above."""
        del factor
        alpha = self.options(tflite.LeakyReluOptions).Alpha()
        return float32_factor(self.input(0), self.output, alpha)

    @property
    def clamped_to(self) -> tuple[int, int]:
        """The range of the output."""
        return -(2**15), 2**15 - 1

    def kernel(self) -> Kernel:
        """Return the call of ossicle_leaky_relu_16."""
        minimum, maximum = self.clamped_to
        fields: dict[str, Field] = {
            "count": self.output.elements,
            "above": {"multiplier": self._above[0], "shift": self._above[1]},
            "below": {"multiplier": self._below[0], "shift": self._below[1]},
            "minimum": minimum,
            "maximum": maximum,
        }
        return Kernel(
            function="ossicle_leaky_relu_16",
            header="ossicle_leaky_relu_16.h",
            sources=("ossicle_leaky_relu_16.c",),
            descriptor="ossicle_leaky_relu_16_layer",
            fields=fields,
            constants=(),
            operands=(self.input(0),),
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Requantise each side by its factor."""
        given = integers(values[0])
        above, below = (
            requantise_twice(given, *map(integers, factor)) for factor in (self._above, self._below)
        )
        chosen = integers(np.where(given >= 0, above, below))
        return np.asarray(to_integer(chosen, 0, *self.clamped_to, self.dtype))


class Relu(LeakyRelu):
    """One factor on both sides, then clamped."""

    name = "RELU"
    activation: ClassVar[int] = tflite.ActivationFunctionType.RELU

    def slope(self, factor: float) -> float:
        """The same."""
        return factor

    @property
    def clamped_to(self) -> tuple[int, int]:
        """The same range as a fused activation's."""
        return fused_range(self.activation, self.output)


class Relu6(Relu):
    """RELU up to 6."""

    name = "RELU6"
    activation = tflite.ActivationFunctionType.RELU6


def _factor(real: float) -> tuple[int, int]:
    multiplier, shift = requantise_fields(real)
    if shift > LARGEST_SHIFT:
        raise UnsupportedError("its output's scale is too small for its input's")
    return multiplier, shift
