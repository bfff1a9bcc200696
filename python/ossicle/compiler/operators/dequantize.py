"""DEQUANTIZE: from 8 or 16 bits to float32, at the end of a model."""

from collections.abc import Sequence

import numpy as np

from ossicle.compiler.arithmetic import integers
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.operator import (
    Kernel,
    Operator,
    UnsupportedError,
    require_quantised,
    require_shape,
)
from ossicle.compiler.operators.quantize import suffix


class Dequantize(Operator):
    """scale * (q - zero point), rounded once to float32."""

    name = "DEQUANTIZE"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs = self.input(0)
        require_quantised(inputs, "input")
        if self.output.dtype != "float32":
            raise UnsupportedError(f"its output is {self.output.dtype}, not float32")
        require_shape(self.output, inputs.shape)

    def kernel(self) -> Kernel:
        """Return the call of ossicle_dequantize or ossicle_dequantize_16."""
        inputs = self.input(0)
        is_unsigned = inputs.dtype == "uint8"
        return Kernel(
            function=f"ossicle_dequantize{suffix(inputs)}",
            header="ossicle_float.h",
            sources=("ossicle_dequantize.c",),
            descriptor="ossicle_float_layer",
            fields={
                "count": inputs.elements,
                "scale": inputs.affine.scale,
                "zero_point": inputs.affine.zero_point - (128 if is_unsigned else 0),
                "flip": 0x80 if is_unsigned else 0,
            },
            constants=(),
            operands=(inputs,),
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Multiply; the product of a float32 and 17 bits is exact in a double."""
        affine = self.input(0).affine
        with np.errstate(over="ignore"):
            real = affine.scale * (integers(values[0]) - affine.zero_point)
            return np.asarray(real.astype(np.float32))
