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
        shape, self._options = self.input(0).shape, self.options(tflite.StridedSliceOptions)
        if self._options.EllipsisMask() or self._options.NewAxisMask() or self._options.Offset():
            raise UnsupportedError("has an ellipsis, a new axis, or ends counted from begins")
        self.ranges = [self._taken(axis, *given) for axis, given in enumerate(self._numbers())]
        self.ranges += [range(size) for size in shape[len(self.ranges) :]]
        kept = [len(r) for axis, r in enumerate(self.ranges) if not self._is_index(axis)]
        require_shape(self.output, kept)

    def _numbers(self) -> list[tuple[int, int, int]]:
        """Return begin, end and stride of the first axes."""
        rank = len(self.input(0).shape)
        given = [
            self.constant(index, what, ("int32",)).reshape(-1).tolist()
            for index, what in ((1, "begins"), (2, "ends"), (3, "strides"))
        ]
        if len(given[0]) > rank or len(set(map(len, given))) != 1:
            raise UnsupportedError(f"its begins, ends and strides do not fit {rank} axes")
        return list(zip(*given, strict=True))

    def _is_index(self, axis: int) -> bool:
        """Whether an axis is left out, by the one index that is taken of it."""
        return bool(self._options.ShrinkAxisMask() >> axis & 1)

    def _taken(self, axis: int, begin: int, end: int, step: int) -> range:
        """Return the indices that are taken of an axis; a masked end is that of the axis."""
        length = self.input(0).shape[axis]
        from_end, to_end = (
            bool(mask >> axis & 1) for mask in (self._options.BeginMask(), self._options.EndMask())
        )
        if self._is_index(axis):
            return _index(0 if from_end else begin, length, step)
        if step == 0:
            raise UnsupportedError("has a stride of 0")
        indices = range(length)[None if from_end else begin : None if to_end else end : step]
        if not indices:
            raise UnsupportedError(f"nothing is left of an axis of {length}")
        return indices


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
