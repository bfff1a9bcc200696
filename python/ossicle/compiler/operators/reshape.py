"""RESHAPE: the same bytes under another shape."""

from collections.abc import Sequence

from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.operator import Kernel, Operator, UnsupportedError


class Reshape(Operator):
    """Computes nothing: the planner lets the output share the input's memory."""

    name = "RESHAPE"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs = self.input(0)
        if inputs.data is not None:
            raise UnsupportedError("its input is a constant")
        if inputs.dtype != self.output.dtype or inputs.dtype not in ("int8", "uint8"):
            raise UnsupportedError(f"from {inputs.dtype} to {self.output.dtype} is not supported")
        if inputs.elements != self.output.elements:
            shapes = f"{inputs.dimensions} and {self.output.dimensions}"
            raise UnsupportedError(
                f"its input and output, {shapes}, differ in their number of elements"
            )

    @property
    def is_alias(self) -> bool:
        """Always."""
        return True

    def kernel(self) -> Kernel:
        """There is none."""
        raise AssertionError("an alias has no kernel")

    def reference(self, values: Sequence[Array]) -> Array:
        """Reshape."""
        return values[0].reshape(self.output.shape)
