"""MIRROR_PAD: a border that mirrors what lies inside."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import tflite

from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.move import Box, Move, dense
from ossicle.compiler.operators.operator import UnsupportedError
from ossicle.compiler.operators.pad import checked_paddings


class MirrorPad(Move):
    """REFLECT mirrors at the outermost elements, SYMMETRIC beside them, doubling these."""

    name = "MIRROR_PAD"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.check([self.input(0)])
        self._paddings = checked_paddings(self)
        mode = self.options(tflite.MirrorPadOptions).Mode()
        if mode not in (tflite.MirrorPadMode.REFLECT, tflite.MirrorPadMode.SYMMETRIC):
            raise UnsupportedError(f"mode number {mode} is not supported")
        self._beside = int(mode == tflite.MirrorPadMode.REFLECT)
        for counts, size in zip(self._paddings, self.input(0).shape, strict=True):
            if max(counts) > size - self._beside:
                raise UnsupportedError(f"{max(counts)} elements of border mirror more than {size}")

    def boxes(self) -> list[Box]:
        """Return the inside and, mirrored along one axis or several, its borders."""
        pieces = [self._spans(axis) for axis in range(len(self._paddings))]
        return [self._box(spans) for spans in product(*pieces)]

    def _spans(self, axis: int) -> list[tuple[int, int, range]]:
        """Return place in the output, length, and input indices of the pieces along an axis."""
        (before, after), size = self._paddings[axis], self.input(0).shape[axis]
        first, last = before - 1 + self._beside, size - 1 - self._beside
        pieces = [
            (0, before, range(first, first - before, -1)),
            (before, size, range(size)),
            (before + size, after, range(last, last - after, -1)),
        ]
        return [piece for piece in pieces if piece[1]]

    def _box(self, spans: Sequence[tuple[int, int, range]]) -> Box:
        inside, outside = dense(self.input(0).shape), dense(self.output.shape)
        both = list(zip(spans, inside, outside, strict=True))
        return Box(
            shape=[length for _, length, _ in spans],
            source=[indices.step * stride for (_, _, indices), stride, _ in both],
            target=outside,
            source_start=sum(indices.start * stride for (_, _, indices), stride, _ in both),
            target_start=sum(place * stride for (place, _, _), _, stride in both),
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Pad."""
        mode = "reflect" if self._beside else "symmetric"
        return np.pad(values[0], self._paddings, mode=mode)  # type: ignore[call-overload,no-any-return]
