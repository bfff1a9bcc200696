"""ARG_MAX: where along an axis the largest value is."""

from collections.abc import Sequence
from math import prod

import numpy as np

from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.operator import (
    Kernel,
    Operator,
    UnsupportedError,
    require_int8,
    require_shape,
)


class ArgMax(Operator):
    """The index of the largest value, the lowest of several, as int32 or int64."""

    name = "ARG_MAX"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs, rank = self.input(0), len(self.input(0).shape)
        require_int8(inputs, "input")
        if self.output.dtype not in ("int32", "int64"):
            raise UnsupportedError(f"its output is {self.output.dtype}, not int32 or int64")
        given = self.constant(1, "axis", ("int32", "int64")).reshape(-1)
        if given.size != 1 or not -rank <= given[0] < rank:
            raise UnsupportedError(f"its axis {given.tolist()} is no axis of {rank} dimensions")
        self._axis = int(given[0]) % rank
        require_shape(self.output, inputs.shape[: self._axis] + inputs.shape[self._axis + 1 :])

    def kernel(self) -> Kernel:
        """Return the call of ossicle_arg_max."""
        shape = self.input(0).shape
        return Kernel(
            function="ossicle_arg_max",
            header="ossicle_arg_max.h",
            sources=("ossicle_arg_max.c",),
            descriptor="ossicle_arg_max_layer",
            fields={
                "rows": prod(shape[: self._axis]),
                "length": shape[self._axis],
                "columns": prod(shape[self._axis + 1 :]),
                "is_wide": int(self.output.dtype == "int64"),
            },
            constants=(),
            operands=(self.input(0),),
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Compare; numpy takes the lowest index as well."""
        found = values[0].argmax(axis=self._axis).astype(self.output.dtype)
        return np.asarray(found).reshape(self.output.shape)
