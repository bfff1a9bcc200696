"""RELU and its kin: clamped, or bent at zero."""

from typing import ClassVar

import numpy as np
import tflite

from ossicle.compiler.arithmetic import Integers, requantise_twice
from ossicle.compiler.graph import Node, Tensor
from ossicle.compiler.operators.lookup import Lookup, offset_factor
from ossicle.compiler.operators.operator import UnsupportedError
from ossicle.compiler.quantisation import activation_range


class Relu(Lookup):
    """(q - zero point) times input scale / output scale, rounded twice, clamped."""

    name = "RELU"
    activation: ClassVar[int] = tflite.ActivationFunctionType.RELU

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self._factor = offset_factor(float32_factor(self.input(0), self.output))

    @property
    def clamped_to(self) -> tuple[int, int]:
        """The same range as a fused activation's."""
        return activation_range(self.activation, self.output)

    def steps(self, offset: Integers) -> Integers:
        """Requantise."""
        return requantise_twice(offset, *self._factor)


class Relu6(Relu):
    """RELU up to 6."""

    name = "RELU6"
    activation = tflite.ActivationFunctionType.RELU6


class ReluN1To1(Relu):
    """The identity between -1 and 1."""

    name = "RELU_N1_TO_1"
    activation = tflite.ActivationFunctionType.RELU_N1_TO_1


class LeakyRelu(Lookup):
    """The same without a clamp, and by another factor, times alpha, below the zero point."""

    name = "LEAKY_RELU"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        alpha = self.options(tflite.LeakyReluOptions).Alpha()
        slope = float32_factor(self.input(0), self.output, alpha)
        self._factor = offset_factor(float32_factor(self.input(0), self.output))
        multiplier, shift = offset_factor(abs(slope))
        self._slope = (-multiplier if slope < 0 else multiplier, shift)

    def steps(self, offset: Integers) -> Integers:
        """Requantise each side by its factor."""
        above, below = (
            requantise_twice(offset, *self._factor),
            requantise_twice(offset, *self._slope),
        )
        return np.where(offset >= 0, above, below)


def float32_factor(inputs: Tensor, output: Tensor, alpha: float = 1.0) -> float:
    """Give input scale * alpha / output scale; not in double precision, as elsewhere."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        scale = np.float32(inputs.affine.scale) * np.float32(alpha)
        factor = float(scale / np.float32(output.affine.scale))
    if not np.isfinite(factor):
        raise UnsupportedError(f"a scale factor of {factor} is out of range")
    return factor
