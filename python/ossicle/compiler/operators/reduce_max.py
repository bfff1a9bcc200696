"""REDUCE_MAX: the largest value along some axes."""

from collections.abc import Sequence

import numpy as np

from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.operator import Kernel, require_same_quantisation
from ossicle.compiler.operators.reduction import Reduction


class ReduceMax(Reduction):
    """Compares; nothing is rounded, since input and output share scale and zero point."""

    name = "REDUCE_MAX"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        require_same_quantisation(self.input(0), self.output)

    def kernel(self) -> Kernel:
        """Return the call of ossicle_reduce_max."""
        return Kernel(
            function="ossicle_reduce_max",
            header="ossicle_reduce_max.h",
            sources=("ossicle_reduce_max.c",),
            descriptor="ossicle_reduce_max_layer",
            fields=self.walks,
            constants=(),
            operands=(self.input(0),),
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Compare."""
        return np.asarray(values[0].max(axis=self.axes)).reshape(self.output.shape)
