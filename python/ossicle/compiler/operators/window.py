"""Sliding windows: padding, strides and dilation of convolutions and poolings along one axis."""

from dataclasses import dataclass

import numpy as np

from ossicle.compiler.arithmetic import Integers
from ossicle.compiler.graph import Blocks
from ossicle.compiler.operators.operator import Field, UnsupportedError

SAME, VALID = 0, 1  # TFLite's Padding
LARGEST_REACH = 1 << 26  # elements: positions stay far within 32 bits


@dataclass(frozen=True)
class Axis:
    """A window's geometry along height or width.

    Attributes:
        input, output: lengths of the axis.
        filter: taps of the window.
        padding: elements of padding before the first input element.
    """

    input: int
    output: int
    filter: int
    stride: int
    dilation: int
    padding: int

    @classmethod
    def of(cls, length: int, taps: int, stride: int, dilation: int, padding: int) -> "Axis":
        """Work out output length and padding by TFLite's rule.

        SAME gives ceil(input / stride) outputs and puts the smaller half of the padding first;
        VALID gives as many as fit without padding.
        """
        if stride < 1 or dilation < 1 or taps < 1:
            raise UnsupportedError(
                f"filter {taps}, stride {stride}, dilation {dilation} make no sense"
            )
        reach = (taps - 1) * dilation + 1
        if reach > LARGEST_REACH:
            raise UnsupportedError(f"a window that reaches over {reach} elements is too large")
        if padding == SAME:
            output = -(-length // stride)
            total = max((output - 1) * stride + reach - length, 0)
            return cls(length, output, taps, stride, dilation, total // 2)
        if padding == VALID:
            return cls(length, (length - reach) // stride + 1, taps, stride, dilation, 0)
        raise UnsupportedError(f"padding number {padding} is not supported")

    def of_the_whole(self, length: int, blocks: Blocks, axis: int) -> "Axis":
        """Return this convolution of blocks as one of the axis that they were taken from.

        Args:
            length: of that axis.
            blocks: how it was taken apart.
            axis: 0 for rows, 1 for columns.
        """
        step = blocks.shape[axis]
        dilation, reach = self.dilation * step, (self.filter - 1) * self.dilation * step + 1
        before = blocks.before[axis] + self.padding * step - blocks.cut_before[axis]
        output = self.output * step - blocks.cut_before[axis] - blocks.cut_after[axis]
        if self.stride != 1:
            raise UnsupportedError(f"a stride of {self.stride} between blocks is not supported")
        if not 0 <= before < reach or output - 1 - before >= length or reach > LARGEST_REACH:
            raise UnsupportedError("its blocks have other padding than a dilated window could have")
        return Axis(length, output, self.filter, 1, dilation, before)

    @property
    def reach(self) -> int:
        """Elements from the first tap of a window to its last, both included."""
        return (self.filter - 1) * self.dilation + 1

    @property
    def whole_windows(self) -> int:
        """How many windows have no tap on padding."""
        first = -(-self.padding // self.stride)
        last = min((self.input - self.reach + self.padding) // self.stride, self.output - 1)
        return max(0, last - first + 1)

    def alone(self) -> "Axis":
        """Return the axis of one window and the elements under it."""
        return Axis(self.reach, 1, self.filter, 1, self.dilation, 0)

    def fields(self) -> dict[str, Field]:
        """Return the C descriptor `ossicle_axis`."""
        return {
            "input": self.input,
            "output": self.output,
            "filter": self.filter,
            "stride": self.stride,
            "dilation": self.dilation,
            "padding": self.padding,
        }

    def positions(self) -> tuple[Integers, Integers]:
        """Return for each output and tap the input position, shape (output, filter), and a mask.

        The mask is 1 where the position lies on the input, 0 on padding (the position is then 0).
        """
        outputs = np.arange(self.output, dtype=np.int64)[:, None]
        taps = np.arange(self.filter, dtype=np.int64)[None, :]
        where = outputs * self.stride + taps * self.dilation - self.padding
        inside = (where >= 0) & (where < self.input)
        return np.where(inside, where, 0), inside.astype(np.int64)


def windows(values: Integers, height: Axis, width: Axis) -> tuple[Integers, Integers]:
    """Gather all windows of `values`.

    Args:
        values: (batch, height, width, channels).
        height: the geometry along the height.
        width: the geometry along the width.

    Returns:
        The windows (batch, out height, out width, filter height, filter width, channels), zero on
        padding, and the mask (out height, out width, filter height, filter width).
    """
    rows, rows_inside = height.positions()
    columns, columns_inside = width.positions()
    gathered = values[:, rows][:, :, :, columns]  # batch, oy, ky, ox, kx, channel
    gathered = gathered.transpose(0, 1, 3, 2, 4, 5)
    mask = rows_inside[:, None, :, None] * columns_inside[None, :, None, :]
    return gathered * mask[None, ..., None], mask


def described(height: Axis, width: Axis) -> str:
    """Say the window's size and stride, such as "7x7, stride 1x1"."""
    return f"{height.filter}x{width.filter}, stride {height.stride}x{width.stride}"
