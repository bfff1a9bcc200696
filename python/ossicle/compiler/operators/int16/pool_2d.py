"""AVERAGE_POOL_2D and MAX_POOL_2D on int16."""

from dataclasses import replace

from ossicle.compiler.operators import pool_2d
from ossicle.compiler.operators.operator import Kernel
from ossicle.compiler.operators.spatial import RowByRow
from ossicle.compiler.target import Target


class _Int16(pool_2d.Pool2D):
    dtype = "int16"
    header = "ossicle_pool_2d_16"
    largest_window = 1 << 15  # elements: 32768 times as many still fit 31 bits

    def kernel(self) -> Kernel:
        """Return the call of one of the functions of ossicle_pool_2d_16.c."""
        return replace(super().kernel(), sources=(f"{self.header}.c",))

    def kernel_for(self, target: Target) -> Kernel:
        """There is one."""
        del target
        return self.kernel()


class AveragePool2D(_Int16, pool_2d.AveragePool2D):
    """The mean over the window, rounded to nearest, ties away from zero."""

    function = "ossicle_average_pool_2d_16"


class MaxPool2D(_Int16, pool_2d.MaxPool2D):
    """The largest value in the window."""

    function = "ossicle_max_pool_2d_16"

    def row_by_row(self) -> RowByRow | None:
        """A row begins as the lowest int8, so all rows under a window are needed at once."""
        return pool_2d.Pool2D.row_by_row(self)
