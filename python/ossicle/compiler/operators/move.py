"""What operators that only move elements share: the boxes that they copy, and the call for them."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import prod

import numpy as np

from ossicle.compiler.graph import Tensor
from ossicle.compiler.operators.broadcast import merge_axes
from ossicle.compiler.operators.operator import (
    Field,
    Kernel,
    Operator,
    Rows,
    UnsupportedError,
    padded_to,
    require_quantised,
    require_same_quantisation,
)

RANK = 5  # OSSICLE_COPY_RANK


@dataclass(frozen=True)
class Box:
    """Elements that lie in even steps along each axis, in an input and in an output.

    Attributes:
        shape: how many along each axis.
        source, target: elements from one to the next along each axis, on both sides.
        source_start, target_start: where the first lies.
    """

    shape: Sequence[int]
    source: Sequence[int]
    target: Sequence[int]
    source_start: int = 0
    target_start: int = 0

    def of_bytes(self, size: int) -> "Box":
        """Return the box of the bytes of elements that have `size` of them."""
        if size == 1:
            return self
        source, target = ([*(step * size for step in own), 1] for own in (self.source, self.target))
        starts = self.source_start * size, self.target_start * size
        return Box((*self.shape, size), source, target, *starts)

    def fields(self) -> dict[str, Field]:
        """Return the C descriptor `ossicle_box`, with as few and as long axes as there can be."""
        shape = padded_to(RANK, self.shape, 1)
        strides = [padded_to(RANK, own, 0) for own in (self.source, self.target)]
        merged, (source, target) = merge_axes(shape, strides)
        return {
            "shape": merged,
            "from": source,
            "to": target,
            "first": self.source_start,
            "target": self.target_start,
        }


class Move(Operator):
    """Copies elements, int8 or int16; all tensors share type, scale and zero point."""

    def check(self, sources: Sequence[Tensor]) -> None:
        """Refuse tensors that are not all of one type and scale; keep what is copied."""
        dtype = "int16" if self.output.dtype == "int16" else "int8"
        for tensor in (*sources, *self.outputs):
            require_quantised(tensor, f"tensor {tensor.index}", (dtype,))
            require_same_quantisation(tensor, self.output)
        # The bytes of an int16 are an axis of their own.
        padded_to(RANK if dtype == "int8" else RANK - 1, self.output.shape, 1)
        self.sources = tuple(sources)

    def checked_axis(self, given: int, rank: int) -> int:
        """Return an axis that may count from the end, or refuse it."""
        if not -rank <= given < rank:
            raise UnsupportedError(f"axis {given} is no axis of {rank} dimensions")
        return given % rank

    @abstractmethod
    def boxes(self) -> list[Box]:
        """Return what is copied: a box for each source or output where there are several."""

    def kernel(self) -> Kernel:
        """Return the call of ossicle_copy."""
        boxes = [box.of_bytes(np.dtype(self.output.dtype).itemsize) for box in self.boxes()]
        return Kernel(
            function="ossicle_copy",
            header="ossicle_copy.h",
            sources=("ossicle_copy.c",),
            descriptor="ossicle_copy_layer",
            fields={
                "count": len(boxes),
                "input_step": int(len(self.sources) > 1),
                "output_step": int(len(self.outputs) > 1),
                "boxes": Rows("ossicle_box", [box.fields() for box in boxes]),
            },
            constants=(),
            operands=self.sources,
            gathered=True,
        )


def dense(shape: Sequence[int]) -> list[int]:
    """Return the strides of a row-major tensor."""
    return [prod(shape[axis + 1 :]) for axis in range(len(shape))]


def joined(rows: int, lengths: Sequence[int]) -> list[Box]:
    """Return the boxes that join rows of these lengths, side by side."""
    whole, starts = sum(lengths), accumulate(lengths, initial=0)
    return [
        Box((rows, length), (length, 1), (whole, 1), target_start=start)
        for length, start in zip(lengths, starts, strict=False)
    ]


def parted(rows: int, lengths: Sequence[int]) -> list[Box]:
    """Return the boxes that part rows into pieces of these lengths."""
    return [
        Box(box.shape, box.target, box.source, box.target_start, box.source_start)
        for box in joined(rows, lengths)
    ]
