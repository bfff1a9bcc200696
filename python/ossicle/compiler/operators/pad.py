"""PAD: a border of zeros."""

from collections.abc import Sequence

import numpy as np

from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.operator import (
    Kernel,
    Operator,
    UnsupportedError,
    padded_to,
    require_int8,
    require_same_quantisation,
    require_shape,
)

RANK = 5  # OSSICLE_PAD_RANK


class Pad(Operator):
    """Real zeros around the input: in int8, the zero point."""

    name = "PAD"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs = self.input(0)
        require_int8(inputs, "input")
        require_int8(self.output, "output")
        require_same_quantisation(inputs, self.output)
        paddings = self.constant(1, "paddings", ("int32", "int64"))
        if paddings.shape != (len(inputs.shape), 2) or paddings.min() < 0:
            raise UnsupportedError("its paddings are not two counts for each dimension")
        self._paddings = [(int(before), int(after)) for before, after in paddings]
        sizes = zip(self._paddings, inputs.shape, strict=True)
        self._input_shape = padded_to(RANK, inputs.shape, 1)
        require_shape(self.output, [before + size + after for (before, after), size in sizes])

    def kernel(self) -> Kernel:
        """Return the call of ossicle_pad."""
        return Kernel(
            function="ossicle_pad",
            header="ossicle_pad.h",
            sources=("ossicle_pad.c",),
            descriptor="ossicle_pad_layer",
            fields={
                "input_shape": self._input_shape,
                "output_shape": padded_to(RANK, self.output.shape, 1),
                "before": padded_to(RANK, [before for before, _ in self._paddings], 0),
                "zero_point": self.output.affine.zero_point,
            },
            constants=(),
            operands=(self.input(0),),
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Pad with the zero point."""
        return np.pad(values[0], self._paddings, constant_values=self.output.affine.zero_point)
