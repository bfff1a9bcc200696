"""What functions of one int8 value share: the compiler computes all 256, the kernel looks up."""

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from ossicle.compiler.arithmetic import Integers, integers, to_int8
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.operator import (
    Constant,
    Kernel,
    Operator,
    Reference,
    UnsupportedError,
    requantise_fields,
    require_int8,
    require_shape,
)


class Lookup(Operator):
    """An int8 output for each int8 input, whatever stands around it."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        require_int8(self.input(0), "input")
        require_int8(self.output, "output")
        require_shape(self.output, self.input(0).shape)

    @abstractmethod
    def steps(self, offset: Integers) -> Integers:
        """Compute output - its zero point, before it is clamped, from input - its zero point."""

    @property
    def clamped_to(self) -> tuple[int, int]:
        """The range of the output."""
        return -128, 127

    def kernel(self) -> Kernel:
        """Return the call of ossicle_lookup."""
        every = np.arange(-128, 128).astype(np.int8)
        return Kernel(
            function="ossicle_lookup",
            header="ossicle_lookup.h",
            sources=("ossicle_lookup.c",),
            descriptor="ossicle_lookup_layer",
            fields={"count": self.output.elements, "table": Reference("table")},
            constants=(Constant("table", "int8_t", self.reference([every])),),
            operands=(self.input(0),),
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Compute each value by the written arithmetic."""
        offset = integers(values[0]) - self.input(0).affine.zero_point
        zero_point = self.output.affine.zero_point
        return np.asarray(to_int8(self.steps(offset), zero_point, *self.clamped_to))


def offset_factor(real: float) -> tuple[Integers, Integers]:
    """Write the factor of an offset as multiplier and shift, or refuse it.

    |input - zero point| < 2^8, so 22 bits up leave room for the output's zero point; TFLite's
    kernels would overflow beyond.
    """
    multiplier, shift = requantise_fields(real)
    if shift > 22:
        raise UnsupportedError("its output's scale is too small for its input's")
    return integers(multiplier), integers(shift)
