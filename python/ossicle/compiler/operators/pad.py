"""PAD and PADV2: a border of zeros, or of another value."""

from collections.abc import Sequence

import numpy as np

from ossicle.compiler.graph import Array, Node, Tensor
from ossicle.compiler.operators.operator import (
    Kernel,
    Operator,
    UnsupportedError,
    padded_to,
    require_int8,
    require_quantised,
    require_same_quantisation,
    require_shape,
)

RANK = 5  # OSSICLE_PAD_RANK


def checked_paddings(operator: Operator) -> list[tuple[int, int]]:
    """Return the counts before and behind each axis, or refuse them or the output's shape."""
    shape = operator.input(0).shape
    paddings = operator.constant(1, "paddings", ("int32", "int64"))
    if paddings.shape != (len(shape), 2) or paddings.min(initial=0) < 0:
        raise UnsupportedError("its paddings are not two counts for each dimension")
    counts = [(int(before), int(after)) for before, after in paddings]
    sizes = zip(counts, shape, strict=True)
    require_shape(operator.output, [before + size + after for (before, after), size in sizes])
    return counts


class Pad(Operator):
    """Real zeros around the input: in int8, the zero point."""

    name = "PAD"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs = self.input(0)
        self._check_types(inputs)
        require_same_quantisation(inputs, self.output)
        self._paddings = checked_paddings(self)
        # An int16 is an axis of two bytes.
        self._bytes = [] if inputs.dtype == "int8" else [2]
        self._input_shape = padded_to(RANK, [*inputs.shape, *self._bytes], 1)

    def _check_types(self, inputs: Tensor) -> None:
        dtype = "int16" if self.output.dtype == "int16" else "int8"
        require_quantised(inputs, "input", (dtype,))
        require_quantised(self.output, "output", (dtype,))

    @property
    def border(self) -> int:
        """The value of the border."""
        return self.output.affine.zero_point

    def kernel(self) -> Kernel:
        """Return the call of ossicle_pad."""
        before = [count for count, _ in self._paddings]
        return Kernel(
            function="ossicle_pad",
            header="ossicle_pad.h",
            sources=("ossicle_pad.c",),
            descriptor="ossicle_pad_layer",
            fields={
                "input_shape": self._input_shape,
                "output_shape": padded_to(RANK, [*self.output.shape, *self._bytes], 1),
                "before": padded_to(RANK, [*before, *(0 for _ in self._bytes)], 0),
                "border": self.border,
            },
            constants=(),
            operands=(self.input(0),),
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Pad."""
        return np.pad(values[0], self._paddings, constant_values=self.border)


class PadV2(Pad):
    """A constant around the input, given in the input's scale."""

    name = "PADV2"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        given = self.input(2, "border")
        require_int8(given, "border")
        require_same_quantisation(given, self.output)
        if given.elements != 1:
            raise UnsupportedError(f"its border is {given.dimensions}, not one value")
        self._border = int(self.constant(2, "border", ("int8",)).reshape(-1)[0])

    @property
    def border(self) -> int:
        """The value of the border."""
        return self._border
