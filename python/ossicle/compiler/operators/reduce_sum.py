"""SUM: the sum over some axes."""

from ossicle.compiler.operators.mean import Mean
from ossicle.compiler.operators.operator import requantise_fields


class ReduceSum(Mean):
    """The sum of (q - zero point) times input scale / output scale, rounded twice."""

    name = "SUM"

    def _factor(self) -> tuple[int, int]:
        return requantise_fields(self.input(0).affine.scale / self.output.affine.scale)
