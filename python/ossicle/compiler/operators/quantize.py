"""QUANTIZE to int8, uint8 or int16: from another scale, or from float32."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ossicle.compiler.arithmetic import integers, requantise_twice
from ossicle.compiler.graph import Array, Node, Tensor
from ossicle.compiler.operators.operator import (
    Field,
    Kernel,
    Operator,
    UnsupportedError,
    requantise_fields,
    require_quantised,
    require_shape,
)


class Quantize(Operator):
    """(q - zero point) times input scale / output scale, rounded twice.

    Attributes:
        dtypes, output_dtypes: that input and output may have.
        function: the kernel.
        largest_shift: to the left; room for the output's zero point remains.
    """

    name = "QUANTIZE"
    dtypes: ClassVar[tuple[str, ...]] = ("int8", "uint8")
    output_dtypes: ClassVar[tuple[str, ...]] = ("int8", "uint8")
    function: ClassVar[str] = "ossicle_quantize"
    largest_shift: ClassVar[int] = 22  # |q - zero point| < 2^8

    @classmethod
    def of(cls, node: Node) -> Operator:
        """Return this operator, or the one that quantises float32."""
        source = node.inputs[0] if node.inputs else None
        if source is not None and source.dtype == "float32":
            return QuantizeFloat(node)
        is_wide = source is not None and source.dtype == "int16"
        return QuantizeInt16(node) if is_wide else cls(node)

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs = self.input(0)
        require_quantised(inputs, "input", self.dtypes)
        require_quantised(self.output, "output", self.output_dtypes)
        require_shape(self.output, inputs.shape)
        ratio = inputs.affine.scale / self.output.affine.scale
        self._multiplier, self._shift = requantise_fields(ratio)
        if self._shift > self.largest_shift:
            raise UnsupportedError("its output's scale is too small for its input's")

    def kernel(self) -> Kernel:
        """Return the call of the kernel."""
        return Kernel(
            function=self.function,
            header=f"{self.function}.h",
            sources=(f"{self.function}.c",),
            descriptor=f"{self.function}_layer",
            fields={
                "count": self.output.elements,
                "input_offset": -_signed_zero_point(self.input(0)),
                "multiplier": self._multiplier,
                "shift": self._shift,
                "zero_point": _signed_zero_point(self.output),
                **self.types(),
            },
            constants=(),
            operands=(self.input(0),),
        )

    def types(self) -> dict[str, Field]:
        """Return the end of the descriptor, which says of what type input and output are."""
        return {
            "input_flip": 0x80 if self.input(0).dtype == "uint8" else 0,
            "output_flip": 0x80 if self.output.dtype == "uint8" else 0,
        }

    def reference(self, values: Sequence[Array]) -> Array:
        """Requantise by the written arithmetic."""
        offset = integers(values[0]) - self.input(0).affine.zero_point
        scaled = requantise_twice(offset, integers(self._multiplier), integers(self._shift))
        limits = np.iinfo(self.output.dtype)
        clamped = np.clip(scaled + self.output.affine.zero_point, limits.min, limits.max)
        return np.asarray(clamped.astype(self.output.dtype))


class QuantizeInt16(Quantize):
    """From int16, to bytes or another scale."""

    dtypes, output_dtypes = ("int16",), ("int8", "int16")
    function = "ossicle_quantize_16"
    largest_shift = 14  # |q - zero point| <= 2^15

    def types(self) -> dict[str, Field]:
        """Return whether the output is int16 as well."""
        return {"is_wide": int(self.output.dtype == "int16")}


class QuantizeFloat(Operator):
    """float32 / scale at a model's beginning, rounded to nearest, ties away from zero."""

    name = "QUANTIZE"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs = self.input(0)
        if inputs.data is not None:
            raise UnsupportedError("its input is a constant")
        require_quantised(self.output, "output")
        require_shape(self.output, inputs.shape)

    def kernel(self) -> Kernel:
        """Return the call of ossicle_quantize_float or ossicle_quantize_float_16."""
        function = f"ossicle_quantize_float{suffix(self.output)}"
        return Kernel(
            function=function,
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
        """Divide in float32; what is not a number is the lowest integer."""
        with np.errstate(over="ignore"):
            steps = (values[0] / np.float32(self.output.affine.scale)).astype(np.float64)
        steps = np.nan_to_num(np.clip(steps, -(2**17), 2**17), nan=-(2**17))
        rounded = integers(np.trunc(steps + np.copysign(0.5, steps)))
        limits = np.iinfo(self.output.dtype)
        clamped = np.clip(rounded + self.output.affine.zero_point, limits.min, limits.max)
        return np.asarray(clamped.astype(self.output.dtype))


def suffix(tensor: Tensor) -> str:
    """Return what the kernels for a type of tensor are told apart by."""
    return "_16" if tensor.dtype == "int16" else ""


def _signed_zero_point(tensor: Tensor) -> int:
    return tensor.affine.zero_point - (128 if tensor.dtype == "uint8" else 0)
