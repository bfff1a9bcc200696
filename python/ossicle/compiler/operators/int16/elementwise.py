"""ADD, SUB and MUL on int16, with broadcasting."""

from dataclasses import replace

from ossicle.compiler.graph import Node
from ossicle.compiler.operators import add, mul
from ossicle.compiler.operators.operator import Field, Kernel, UnsupportedError
from ossicle.compiler.target import Target


class Sum(add.Sum):
    """Operands of 16 bits are shifted left by 15: both stay below 2^30, and so does their sum."""

    dtype = "int16"
    headroom_bits = 15

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        if self.options(self.options_table).PotScaleInt16():
            raise UnsupportedError("scales that must be powers of two are not supported")

    def kernel(self) -> Kernel:
        """Return the call of ossicle_add_16 or ossicle_sub_16."""
        (_, *left), (_, *right), output = self._left, self._right, self._output
        fields = {
            name: {"multiplier": factor[0], "shift": factor[1]}
            for name, factor in (("left", left), ("right", right), ("output", output))
        }
        limits = {"minimum": self.minimum, "maximum": self.maximum}
        call = self.call(
            f"{self.function}_16", "ossicle_add_16.h", "ossicle_add_16_layer", {**fields, **limits}
        )
        return replace(call, sources=("ossicle_add_16.c",))

    def kernel_for(self, target: Target) -> Kernel:
        """There is one."""
        del target
        return self.kernel()


class Add(Sum, add.Add):
    """The sum."""


class Sub(Sum, add.Sub):
    """The left operand less the right one."""


class Mul(mul.Mul):
    """The product, at most 2^30: there is no room for a shift to the left."""

    dtype = "int16"
    largest_shift = 0

    def kernel(self) -> Kernel:
        """Return the call of ossicle_mul_16."""
        fields: dict[str, Field] = {
            "multiplier": self._multiplier,
            "shift": self._shift,
            "minimum": self.minimum,
            "maximum": self.maximum,
        }
        return self.call("ossicle_mul_16", "ossicle_mul_16.h", "ossicle_mul_16_layer", fields)
