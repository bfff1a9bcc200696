"""LOGISTIC and TANH: through float32, as TFLite fills the tables of its reference kernels."""

from abc import abstractmethod
from typing import Any

import numpy as np

from ossicle.compiler.arithmetic import Integers, integers
from ossicle.compiler.graph import Node
from ossicle.compiler.operators.lookup import Lookup
from ossicle.compiler.operators.operator import UnsupportedError

Floats = np.ndarray[Any, np.dtype[np.float32]]


class ThroughFloat(Lookup):
    """Every step rounded to float32; to int8 by the output scale's inverse, ties away from zero."""

    @abstractmethod
    def function(self, value: Floats) -> Floats:
        """Compute the function of real numbers."""

    def steps(self, offset: Integers) -> Integers:
        """Dequantise, compute, quantise."""
        with np.errstate(over="ignore"):  # a huge scale: infinite, and both functions at their ends
            real = np.float32(self.input(0).affine.scale) * offset.astype(np.float32)
        inverse = np.float32(1) / np.float32(self.output.affine.scale)
        steps = (self.function(real) * inverse).astype(np.float64)
        return integers(np.trunc(steps + np.copysign(0.5, steps)))


class Logistic(ThroughFloat):
    """1 / (1 + e^-x)."""

    name = "LOGISTIC"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        if self.output.affine.scale != 1 / 256:  # as TFLite's kernels insist
            raise UnsupportedError("its output's scale must be 1/256")

    def function(self, value: Floats) -> Floats:
        """Round e^-x to float32 first; beyond float32 it is infinite, and the function 0."""
        with np.errstate(over="ignore"):
            power = np.exp(-value.astype(np.float64)).astype(np.float32)
        return np.asarray(np.float32(1) / (np.float32(1) + power))


class Tanh(ThroughFloat):
    """The hyperbolic tangent."""

    name = "TANH"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        if self.output.affine.scale < 2.0**-30:
            raise UnsupportedError("its output's scale is too small: 1 takes 31 bits")

    def function(self, value: Floats) -> Floats:
        """Round the exact value to float32."""
        return np.tanh(value.astype(np.float64)).astype(np.float32)
