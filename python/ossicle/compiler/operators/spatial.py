"""Layers on images that can be taken row by row; or by columns, as rows of the images turned."""

from abc import abstractmethod
from copy import copy
from dataclasses import dataclass, replace
from typing import TypeVar

from ossicle.compiler.graph import Tensor
from ossicle.compiler.operators.operator import Operator

_Spatial = TypeVar("_Spatial", bound="Spatial")


@dataclass(frozen=True)
class RowNeed:
    """Which rows of an input row y of the output needs: `reach` from y * stride - padding on."""

    stride: int
    reach: int
    padding: int

    def is_padded(self, height: int, rows: int) -> bool:
        """Whether some of `rows` rows of output need rows outside the input's `height`."""
        return self.padding > 0 or (rows - 1) * self.stride - self.padding + self.reach > height


@dataclass(frozen=True)
class RowByRow:
    """A layer taken row by row.

    Attributes:
        operator: computes one row of output from the rows that it needs.
        needs: of each of the activations, for a part of a row.
        parts: calls that make a row, which begins as the lowest int8 everywhere.
    """

    operator: Operator
    needs: tuple[RowNeed, ...]
    parts: int = 1


class Spatial(Operator):
    """A layer whose activations and output are NHWC images."""

    @abstractmethod
    def row_by_row(self) -> RowByRow | None:
        """Return how the layer computes one row; None where it cannot be taken so."""

    @abstractmethod
    def transposed(self: _Spatial) -> _Spatial:
        """Return the layer of images whose rows are the columns; only asked where rows serve."""

    def _with_heights(self: _Spatial, inputs: int, output: int) -> _Spatial:
        """Return the operator with other heights of its activations and its output."""

        def cut(tensor: Tensor, height: int) -> Tensor:
            return replace(tensor, shape=(1, height, *tensor.shape[2:]))

        given = (cut(t, inputs) if t in self.activations else t for t in self.node.inputs)
        made = tuple(cut(tensor, output) for tensor in self.outputs)
        clone = copy(self)
        clone.node = replace(self.node, inputs=tuple(given), outputs=made)
        return clone

    def _turned(self: _Spatial) -> _Spatial:
        """Return the operator of transposed activations."""
        given = (t.transposed if t in self.activations else t for t in self.node.inputs if t)
        made = tuple(tensor.transposed for tensor in self.outputs)
        clone = copy(self)
        clone.node = replace(self.node, inputs=tuple(given), outputs=made)
        return clone
