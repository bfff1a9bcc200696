"""MAXIMUM and MINIMUM of two tensors of one scale, with broadcasting."""

from collections.abc import Sequence

import numpy as np

from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.broadcast import Elementwise
from ossicle.compiler.operators.operator import Kernel, require_same_quantisation

HEADER, LAYER = "ossicle_maximum_minimum.h", "ossicle_maximum_minimum_layer"


class Maximum(Elementwise):
    """The larger of two: nothing is rounded, since all three tensors share scale and zero point."""

    name = "MAXIMUM"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        require_same_quantisation(self.left, self.output)
        require_same_quantisation(self.right, self.output)

    def kernel(self) -> Kernel:
        """Return the call of ossicle_maximum."""
        return self.call("ossicle_maximum", HEADER, LAYER, {})

    def reference(self, values: Sequence[Array]) -> Array:
        """Compare."""
        return np.maximum(values[0], values[1])


class Minimum(Maximum):
    """The smaller of two."""

    name = "MINIMUM"

    def kernel(self) -> Kernel:
        """Return the call of ossicle_minimum."""
        return self.call("ossicle_minimum", HEADER, LAYER, {})

    def reference(self, values: Sequence[Array]) -> Array:
        """Compare."""
        return np.minimum(values[0], values[1])
