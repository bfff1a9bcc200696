"""QUANTIZE to int8 or uint8: from another 8-bit scale, or from float32."""

from collections.abc import Sequence

import numpy as np

from ossicle.compiler.arithmetic import integers, requantise_twice
from ossicle.compiler.graph import Array, Node, Tensor
from ossicle.compiler.operators.operator import (
    Kernel,
    Operator,
    UnsupportedError,
    requantise_fields,
    require_byte,
    require_shape,
)


class Quantize(Operator):
    """(q - zero point) times input scale / output scale, rounded twice."""

    name = "QUANTIZE"

    @classmethod
    def of(cls, node: Node) -> Operator:
        """Return this operator, or the one that quantises float32."""
        source = node.inputs[0] if node.inputs else None
        is_float = source is not None and source.dtype == "float32"
        return QuantizeFloat(node) if is_float else cls(node)

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs = self.input(0)
        require_byte(inputs, "input")
        require_byte(self.output, "output")
        require_shape(self.output, inputs.shape)
        ratio = inputs.affine.scale / self.output.affine.scale
        self._multiplier, self._shift = requantise_fields(ratio)
        if self._shift > 22:
            # |q - zero point| < 2^8, so 22 bits up leave room for the output's zero point.
            raise UnsupportedError("its output's scale is too small for its input's")

    def kernel(self) -> Kernel:
        """Return the call of ossicle_quantize."""
        inputs = self.input(0)
        return Kernel(
            function="ossicle_quantize",
            header="ossicle_quantize.h",
            sources=("ossicle_quantize.c",),
            descriptor="ossicle_quantize_layer",
            fields={
                "count": self.output.elements,
                "input_offset": -_signed_zero_point(inputs),
                "multiplier": self._multiplier,
                "shift": self._shift,
                "zero_point": _signed_zero_point(self.output),
                "input_flip": 0x80 if inputs.dtype == "uint8" else 0,
                "output_flip": 0x80 if self.output.dtype == "uint8" else 0,
            },
            constants=(),
            operands=(inputs,),
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Requantise by the written arithmetic."""
        offset = integers(values[0]) - self.input(0).affine.zero_point
        scaled = requantise_twice(offset, integers(self._multiplier), integers(self._shift))
        limits = np.iinfo(self.output.dtype)
        clamped = np.clip(scaled + self.output.affine.zero_point, limits.min, limits.max)
        return np.asarray(clamped.astype(self.output.dtype))


class QuantizeFloat(Operator):
    """float32 / scale at a model's beginning, rounded to nearest, ties away from zero."""

    name = "QUANTIZE"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs = self.input(0)
        if inputs.data is not None:
            raise UnsupportedError("its input is a constant")
        require_byte(self.output, "output")
        require_shape(self.output, inputs.shape)

    def kernel(self) -> Kernel:
        """Return the call of ossicle_quantize_float."""
        return Kernel(
            function="ossicle_quantize_float",
            header="ossicle_float.h",
            sources=("ossicle_quantize_float.c",),
            descriptor="ossicle_float_layer",
            fields={
                "count": self.output.elements,
                "scale": self.output.affine.scale,
                "zero_point": _signed_zero_point(self.output),
                "flip": 0x80 if self.output.dtype == "uint8" else 0,
            },
            constants=(),
            operands=(self.input(0),),
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Divide in float32; what is not a number is the lowest byte."""
        with np.errstate(over="ignore"):
            steps = (values[0] / np.float32(self.output.affine.scale)).astype(np.float64)
        steps = np.nan_to_num(np.clip(steps, -512, 512), nan=-512)
        rounded = integers(np.trunc(steps + np.copysign(0.5, steps)))
        limits = np.iinfo(self.output.dtype)
        clamped = np.clip(rounded + self.output.affine.zero_point, limits.min, limits.max)
        return np.asarray(clamped.astype(self.output.dtype))


def _signed_zero_point(tensor: Tensor) -> int:
    return tensor.affine.zero_point - (128 if tensor.dtype == "uint8" else 0)
