"""A network as the compiler sees it: tensors, operators in the order in which they run."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Quantisation:
    """An affine quantisation: real = scale * (integer - zero point).

    Attributes:
        scales: one for the whole tensor, or one for each index of `axis`; positive.
        zero_points: as many.
        axis: the axis that the scales belong to, where there are several.
    """

    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    axis: int = 0

    @property
    def scale(self) -> float:
        """The scale of a tensor that has one."""
        return self.scales[0]

    @property
    def zero_point(self) -> int:
        """The zero point of a tensor that has one."""
        return self.zero_points[0]


@dataclass(frozen=True)
class Tensor:
    """An activation (its `data` is None) or a constant.

    Attributes:
        index: its number in the file.
        dtype: numpy's name of the element type: "int8", "uint8", "int32", "float32", ...
        quantisation: None for plain integers such as shapes and axes.
        variable: whether it is a state, which an operator keeps from inference to inference.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: str
    quantisation: Quantisation | None
    data: Array | None
    variable: bool = False

    @property
    def elements(self) -> int:
        """How many elements the tensor has."""
        return prod(self.shape)

    @property
    def bytes(self) -> int:
        """How many bytes its elements take."""
        return self.elements * np.dtype(self.dtype).itemsize

    @property
    def affine(self) -> Quantisation:
        """The quantisation of a tensor that the reader has checked to have one."""
        assert self.quantisation is not None
        return self.quantisation

    @property
    def transposed(self) -> "Tensor":
        """The image, NHWC, with height and width exchanged."""
        batches, height, width, channels = self.shape
        return replace(self, shape=(batches, width, height, channels))

    @property
    def dimensions(self) -> str:
        """The shape as people write it: 1x40x51x16."""
        return "x".join(map(str, self.shape)) or "scalar"


@dataclass(frozen=True)
class Blocks:
    """What SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND did around a convolution that took them in.

    Each pair is of rows and columns.

    Attributes:
        shape: the distance of elements that lay side by side in the convolution's own input.
        before, after: elements of padding.
        cut_before, cut_after: elements cut off the output.
    """

    shape: tuple[int, int]
    before: tuple[int, int]
    after: tuple[int, int]
    cut_before: tuple[int, int]
    cut_after: tuple[int, int]

    def length(self, axis: int, whole: int) -> int:
        """Return the rows (axis 0) or columns (1) of a block that is taken from so many."""
        return (self.before[axis] + whole + self.after[axis]) // self.shape[axis]


@dataclass(frozen=True)
class Node:
    """One operator as it stands in the file, before its options are understood.

    Attributes:
        index: its number in the file, the layer number everywhere in Ossicle.
        name: TFLite's name of the operator, such as CONV_2D.
        inputs: tensors, None where an optional one is left out.
        options: the file's option table, a reader of the `tflite` package; None if there is none.
        options_kind: which table that is, a number of the schema's BuiltinOptions.
        intermediates: tensors of which only the quantisation counts.
        blocks: of a convolution that has taken the operators around it in.
    """

    index: int
    name: str
    inputs: tuple[Tensor | None, ...]
    outputs: tuple[Tensor, ...]
    options: Any
    options_kind: int
    intermediates: tuple[Tensor | None, ...] = ()
    blocks: Blocks | None = None

    @property
    def label(self) -> str:
        """How messages name it."""
        return f"operator {self.index} ({self.name})"


@dataclass(frozen=True)
class Graph:
    """A whole model: what comes in, what goes out, and the nodes in the order in which they run."""

    source: str
    tensors: tuple[Tensor, ...]
    nodes: tuple[Node, ...]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]

    @cached_property
    def activations(self) -> tuple[Tensor, ...]:
        """The tensors that live in the arena: the inputs, then what the nodes give."""
        given = [tensor for node in self.nodes for tensor in node.outputs]
        return (*self.inputs, *given)

    @cached_property
    def states(self) -> tuple[Tensor, ...]:
        """The tensors that live in the arena from inference to inference."""
        read = [tensor for node in self.nodes for tensor in node.inputs]
        return tuple(tensor for tensor in read if tensor and tensor.variable)
