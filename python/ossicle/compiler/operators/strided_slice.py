"""STRIDED_SLICE and SLICE: the elements between two indices along each axis, in steps."""

from collections.abc import Sequence

import tflite

from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.move import Box, Move, dense
from ossicle.compiler.operators.operator import UnsupportedError, require_shape


class Sliced(Move):
    """A range of indices along each axis of the input."""

    ranges: list[range]

    def boxes(self) -> list[Box]:
        """Return the elements of all ranges."""
        strides = dense(self.input(0).shape)
        shape = [len(indices) for indices in self.ranges]
        source = [
            indices.step * stride for indices, stride in zip(self.ranges, strides, strict=True)
        ]
        first = sum(
            indices.start * stride for indices, stride in zip(self.ranges, strides, strict=True)
        )
        return [Box(shape, source, dense(shape), source_start=first)]

    def reference(self, values: Sequence[Array]) -> Array:
        """Take the ranges."""
        taken = values[0]
        for axis, indices in enumerate(self.ranges):
            taken = taken.take(list(indices), axis=axis)
        return taken.reshape(self.output.shape)


class StridedSlice(Sliced):
    """numpy's slicing, or an index where an axis is left out."""

    name = "STRIDED_SLICE"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.check([self.input(0)])
        shape, options = self.input(0).shape, self.options(tflite.StridedSliceOptions)
        if options.EllipsisMask() or options.NewAxisMask() or options.Offset():
            raise UnsupportedError("an ellipsis, a new axis or ends counted from begins")
        given = [
            self.constant(index, what, ("int32",)).reshape(-1).tolist()
            for index, what in ((1, "begins"), (2, "ends"), (3, "strides"))
        ]
        if any(len(numbers) > len(shape) for numbers in given) or len(set(map(len, given))) != 1:
            raise UnsupportedError(f"its begins, ends and strides do not fit {len(shape)} axes")
        dropped = options.ShrinkAxisMask()
        self.ranges = [range(size) for size in shape]
        for axis, (begin, end, step) in enumerate(zip(*given, strict=True)):
            masks = [bool(mask >> axis & 1) for mask in (options.BeginMask(), options.EndMask())]
            if dropped >> axis & 1:
                self.ranges[axis] = _index(0 if masks[0] else begin, shape[axis], step)
            else:
                self.ranges[axis] = _range(begin, end, step, shape[axis], masks)
        kept = [len(r) for axis, r in enumerate(self.ranges) if not dropped >> axis & 1]
        require_shape(self.output, kept)


class Slice(Sliced):
    """A beginning and a size along each axis; size -1 is up to the end."""

    name = "SLICE"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.check([self.input(0)])
        shape = self.input(0).shape
        begins, sizes = (
            self.constant(index, what, ("int32", "int64")).reshape(-1).tolist()
            for index, what in ((1, "begins"), (2, "sizes"))
        )
        if len(begins) != len(shape) or len(sizes) != len(shape):
            raise UnsupportedError(f"its begins and sizes do not fit {len(shape)} axes")
        self.ranges = []
        for begin, size, length in zip(begins, sizes, shape, strict=True):
            end = length if size == -1 else begin + size
            if not 0 <= begin < end <= length:
                raise UnsupportedError(f"begin {begin} and size {size} leave an axis of {length}")
            self.ranges.append(range(begin, end))
        require_shape(self.output, [len(indices) for indices in self.ranges])


def _index(begin: int, length: int, step: int) -> range:
    if not -length <= begin < length or step < 1:
        raise UnsupportedError(f"index {begin} by steps of {step} leaves an axis of {length}")
    return range(begin % length, begin % length + 1)


def _range(begin: int, end: int, step: int, length: int, masks: Sequence[bool]) -> range:
    if step == 0:
        raise UnsupportedError("a stride of 0")
    bounds = slice(None if masks[0] else begin, None if masks[1] else end, step)
    indices = range(length)[bounds]
    if not indices:
        raise UnsupportedError(f"nothing is left of an axis of {length}")
    return indices
