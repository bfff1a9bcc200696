"""SPLIT, SPLIT_V and UNPACK: a tensor in pieces along an axis."""

from collections.abc import Sequence
from itertools import accumulate
from math import prod

import numpy as np
import tflite

from ossicle.compiler.graph import Array, Node, Tensor
from ossicle.compiler.operators.move import Box, Move, parted
from ossicle.compiler.operators.operator import UnsupportedError


class Parts(Move):
    """Pieces of a tensor, each an output."""

    several_outputs = True

    def part(self, source: Tensor, axis: int, lengths: Sequence[int]) -> None:
        """Check that the pieces of these lengths along an axis are the whole, one an output."""
        self.check([source])
        self._axis = self.checked_axis(axis, len(source.shape))
        self._lengths = list(lengths)
        whole = source.shape[self._axis]
        if len(lengths) != len(self.outputs) or min(lengths) < 1 or sum(lengths) != whole:
            raise UnsupportedError(
                f"{len(self.outputs)} outputs are not pieces {self._lengths} of {whole}"
            )
        for output, length in zip(self.outputs, lengths, strict=True):
            shape = self.piece(source.shape, self._axis, length)
            if output.shape != shape:
                wanted = "x".join(map(str, shape)) or "scalar"
                raise UnsupportedError(f"a piece is {output.dimensions} where {wanted} is expected")

    def piece(self, shape: tuple[int, ...], axis: int, length: int) -> tuple[int, ...]:
        """Return the shape of a piece."""
        return (*shape[:axis], length, *shape[axis + 1 :])

    def boxes(self) -> list[Box]:
        """Return the outputs as columns of the input's rows."""
        shape = self.sources[0].shape
        inner = prod(shape[self._axis + 1 :])
        return parted(prod(shape[: self._axis]), [length * inner for length in self._lengths])

    def reference(self, values: Sequence[Array]) -> tuple[Array, ...]:
        """Split."""
        whole = values[self.node.inputs.index(self.sources[0])]
        pieces = np.split(whole, list(accumulate(self._lengths))[:-1], axis=self._axis)
        return tuple(
            piece.reshape(output.shape) for piece, output in zip(pieces, self.outputs, strict=True)
        )


class Split(Parts):
    """As many pieces as outputs, all of one length."""

    name = "SPLIT"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        source, axis = self.input(1), self.constant(0, "axis", ("int32",)).reshape(-1)
        count = self.options(tflite.SplitOptions).NumSplits()
        if axis.size != 1 or count != len(self.outputs):
            raise UnsupportedError("its axis is not one number, or its outputs are not as many")
        place = self.checked_axis(int(axis[0]), len(source.shape))
        self.part(source, place, [source.shape[place] // count] * count)


class SplitV(Parts):
    """Pieces whose lengths are listed; -1, once, is what remains."""

    name = "SPLIT_V"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        source = self.input(0)
        given = self.constant(1, "lengths", ("int32", "int64")).reshape(-1).tolist()
        axis = self.constant(2, "axis", ("int32",)).reshape(-1)
        if axis.size != 1:
            raise UnsupportedError("its axis is not one number")
        place = self.checked_axis(int(axis[0]), len(source.shape))
        rest = source.shape[place] - sum(length for length in given if length != -1)
        self.part(source, place, [rest if length == -1 else length for length in given])


class Unpack(Parts):
    """Pieces of length 1, whose axis is left out."""

    name = "UNPACK"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        source, options = self.input(0), self.options(tflite.UnpackOptions)
        if options.Num() != len(self.outputs):
            raise UnsupportedError("its outputs are not as many as it says")
        self.part(source, options.Axis(), [1] * len(self.outputs))

    def piece(self, shape: tuple[int, ...], axis: int, length: int) -> tuple[int, ...]:
        """Return the shape of a piece: without the axis."""
        del length
        return (*shape[:axis], *shape[axis + 1 :])
