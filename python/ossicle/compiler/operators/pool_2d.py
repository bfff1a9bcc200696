"""AVERAGE_POOL_2D and MAX_POOL_2D."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, TypeVar

import numpy as np
import tflite

from ossicle.compiler.arithmetic import Integers, integers
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators import mve
from ossicle.compiler.operators.operator import (
    Kernel,
    UnsupportedError,
    require_same_quantisation,
    require_shape,
)
from ossicle.compiler.operators.spatial import RowByRow, RowNeed, Spatial
from ossicle.compiler.operators.weighted import fused_range
from ossicle.compiler.operators.window import Axis, described, windows
from ossicle.compiler.target import Target

_Pool2D = TypeVar("_Pool2D", bound="Pool2D")


class Pool2D(Spatial):
    """What both poolings share: NHWC in and out, the same quantisation, padding left out."""

    function: ClassVar[str]
    header: ClassVar[str] = "ossicle_pool_2d"
    largest_window: ClassVar[int] = 1 << 23  # elements: 128 times as many still fit 31 bits
    accumulates = False

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs = self.input(0)
        self.require_activation(inputs, "input")
        self.require_activation(self.output, "output")
        require_same_quantisation(inputs, self.output)
        if len(inputs.shape) != 4:
            raise UnsupportedError("its input must have four dimensions")
        options = self.options(tflite.Pool2DOptions)
        batches, rows, columns, channels = inputs.shape
        padding = options.Padding()
        self.height = Axis.of(rows, options.FilterHeight(), options.StrideH(), 1, padding)
        self.width = Axis.of(columns, options.FilterWidth(), options.StrideW(), 1, padding)
        require_shape(self.output, (batches, self.height.output, self.width.output, channels))
        if self.height.filter * self.width.filter >= self.largest_window:
            raise UnsupportedError("its window is too large")
        self.minimum, self.maximum = fused_range(options.FusedActivationFunction(), self.output)

    @property
    def detail(self) -> str:
        """Window size and stride."""
        return described(self.height, self.width)

    def row_by_row(self) -> RowByRow | None:
        """Padding is left out of a pooling, so there must be none above and below."""
        need = RowNeed(self.height.stride, self.height.reach, self.height.padding)
        padded = need.is_padded(self.height.input, self.height.output)
        if self.output.shape[0] != 1 or padded:
            return None
        row = self._with_heights(self.height.reach, 1)
        row.height = self.height.alone()
        return RowByRow(row, (need,))

    def transposed(self: _Pool2D) -> _Pool2D:
        """The window is turned with the image."""
        turned = self._turned()
        turned.height, turned.width = self.width, self.height
        return turned

    def kernel(self) -> Kernel:
        """Return the call of the pooling kernel."""
        return Kernel(
            function=self.function,
            header=f"{self.header}.h",
            sources=(f"{self.function}.c",),
            descriptor=f"{self.header}_layer",
            fields={
                "batches": self.output.shape[0],
                "height": self.height.fields(),
                "width": self.width.fields(),
                "channels": self.output.shape[3],
                "minimum": self.minimum,
                "maximum": self.maximum,
                "accumulates": int(self.accumulates),
            },
            constants=(),
            operands=(self.input(0),),
        )

    def kernel_for(self, target: Target) -> Kernel:
        """Return the Helium kernel for a core that has it."""
        plain = self.kernel()
        return mve.pool_2d(plain) if target.extension == "mve" else plain

    def reference(self, values: Sequence[Array]) -> Array:
        """Pool over the taps that lie on the input."""
        gathered, mask = windows(integers(values[0]), self.height, self.width)
        pooled = self._pool(gathered, mask[None, ..., None])
        return np.clip(pooled, self.minimum, self.maximum).astype(self.dtype)

    @abstractmethod
    def _pool(self, gathered: Integers, mask: Integers) -> Integers:
        """Reduce the window axes 3 and 4."""


class AveragePool2D(Pool2D):
    """The mean over the window, rounded to nearest, ties away from zero."""

    name = "AVERAGE_POOL_2D"
    function = "ossicle_average_pool_2d"

    def _pool(self, gathered: Integers, mask: Integers) -> Integers:
        sums = gathered.sum(axis=(3, 4))
        counts = mask.sum(axis=(3, 4))
        return integers(np.sign(sums) * ((np.abs(sums) + counts // 2) // counts))


class MaxPool2D(Pool2D):
    """The largest value in the window."""

    name = "MAX_POOL_2D"
    function = "ossicle_max_pool_2d"

    def row_by_row(self) -> RowByRow | None:
        """Windows that share no row take one row after the other, so that no more need be there."""
        rows = super().row_by_row()
        if rows is None or self.height.filter == 1 or self.height.stride != self.height.filter:
            return rows
        part = self._with_heights(1, 1)
        part.height = Axis(1, 1, 1, 1, 1, 0)
        part.accumulates = True
        return RowByRow(part, (RowNeed(1, 1, 0),), self.height.filter)

    def _pool(self, gathered: Integers, mask: Integers) -> Integers:
        return integers(np.where(mask == 1, gathered, np.iinfo(self.dtype).min).max(axis=(3, 4)))
