"""What every operator file gives: a checked node, its cost, its arithmetic, and its C."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np
import tflite

from ossicle.compiler.blocks.function import Function
from ossicle.compiler.graph import Array, Node, Tensor
from ossicle.compiler.quantisation import multiplier_and_shift
from ossicle.compiler.target import Target

Field: TypeAlias = "int | float | Reference | Symbol | Rows | Sequence[Field] | Mapping[str, Field]"


class UnsupportedError(Exception):
    """Why an operator cannot be compiled; the compiler adds the file and the operator's name."""


@dataclass(frozen=True)
class Constant:
    """A `static const` table of a layer.

    Attributes:
        name: what it is, such as "weights".
        ctype: the C element type.
        values: an integer array; its shape is lost in C.
    """

    name: str
    ctype: str
    values: Array

    @property
    def bytes(self) -> int:
        """Its size in flash."""
        return int(self.values.size) * np.dtype(self.ctype.removesuffix("_t")).itemsize


@dataclass(frozen=True)
class Reference:
    """A field of a layer's descriptor that points at its constant of that name; None is NULL."""

    constant: str | None


@dataclass(frozen=True)
class Symbol:
    """A field of a layer's descriptor that is a C name, such as a function's."""

    name: str


@dataclass(frozen=True)
class Rows:
    """A field of a layer's descriptor that points at an array of structs.

    Attributes:
        ctype: the C type of a struct.
        members: of each struct, in the order of their declaration.
    """

    ctype: str
    members: Sequence[Mapping[str, Field]]


@dataclass(frozen=True)
class Kernel:
    """A call of a kernel: `function(&descriptor, operands..., outputs...[, scratch])`.

    Attributes:
        header: the kernel's header; its sources are in `sources`, headers they need found by name.
        descriptor: the C type of the constant layer descriptor.
        fields: the descriptor's members in the order of their declaration.
        operands: input tensors; a constant one is emitted as the constant of its index.
        gathered: whether the operands are passed as one array of pointers and the outputs as
            another, as their number varies.
        blocks: functions that are generated for the layer's sizes; each in files of its own.
        scratch_bytes: memory that the kernel needs while it runs, its last argument; 0 for none.
    """

    function: str
    header: str
    sources: tuple[str, ...]
    descriptor: str
    fields: Mapping[str, Field]
    constants: tuple[Constant, ...]
    operands: tuple[Tensor, ...]
    gathered: bool = False
    blocks: tuple[Function, ...] = ()
    scratch_bytes: int = 0

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that the call wants."""
        return (self.header, *(f"{block.name}.h" for block in self.blocks))


class Operator(ABC):
    """One layer, understood: made from a node, it has checked everything that its kernel relies on.

    Subclasses raise `UnsupportedError` from their constructor for whatever they do not support.

    Attributes:
        name: TFLite's name of it.
        dtype: the element type of its activations, where it asks for one.
        several_outputs: whether it may have them.
        keeps_states: whether variable tensors are among its inputs.
    """

    name: ClassVar[str]
    dtype: ClassVar[str] = "int8"
    several_outputs: ClassVar[bool] = False
    keeps_states: ClassVar[bool] = False

    def __init__(self, node: Node) -> None:
        self.node = node
        if not node.outputs or (len(node.outputs) > 1 and not self.several_outputs):
            raise UnsupportedError(f"has {len(node.outputs)} outputs where one is expected")
        if self.states and not self.keeps_states:
            raise UnsupportedError("reads a variable tensor, which is the state of other operators")

    @classmethod
    def of(cls, node: Node) -> "Operator":
        """Return the operator that understands a node of this name."""
        return cls(node)

    @property
    def outputs(self) -> tuple[Tensor, ...]:
        """What the layer computes."""
        return self.node.outputs

    @property
    def output(self) -> Tensor:
        """What a layer of one output computes; the first of several."""
        return self.node.outputs[0]

    @property
    def activations(self) -> tuple[Tensor, ...]:
        """The inputs that live in the arena while they are needed."""
        given = (t for t in self.node.inputs if t is not None and t.data is None)
        return tuple(t for t in given if not t.variable)

    @property
    def states(self) -> tuple[Tensor, ...]:
        """The inputs that stay in the arena from inference to inference; it writes them as well."""
        return tuple(t for t in self.node.inputs if t is not None and t.variable)

    @property
    def is_alias(self) -> bool:
        """Whether the output is the input under another shape, so that nothing is computed."""
        return False

    @property
    def macs(self) -> int:
        """Multiply-accumulates, those on padding included (as DCASE counts them)."""
        return 0

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return 0

    @property
    def constant_bytes(self) -> int:
        """Flash for the layer's tables: weights, biases, requantisation."""
        return 0 if self.is_alias else sum(table.bytes for table in self.kernel().constants)

    @property
    def detail(self) -> str:
        """A word for the generated code, such as "7x7, stride 1x1"; may be empty."""
        return ""

    @abstractmethod
    def kernel(self) -> Kernel:
        """Return the portable C call; never asked of an alias."""

    def kernel_for(self, target: Target) -> Kernel:
        """Return the C call that serves a target best."""
        del target
        return self.kernel()

    @abstractmethod
    def reference(self, values: Sequence[Array]) -> Array | tuple[Array, ...]:
        """Compute the output from all inputs (None where left out) by the written arithmetic.

        An operator of several outputs returns a tuple of them; one that keeps states returns its
        outputs and what the states become.
        """

    def references(self, values: Sequence[Array]) -> tuple[Array, ...]:
        """Compute every output, then every state, as `reference` does."""
        found = self.reference(values)
        return found if isinstance(found, tuple) else (found,)

    def input(self, index: int, what: str = "input") -> Tensor:
        """Return an input that must be there."""
        tensor = self.node.inputs[index] if index < len(self.node.inputs) else None
        if tensor is None:
            raise UnsupportedError(f"its {what} is missing")
        return tensor

    def require_activation(self, tensor: Tensor, what: str) -> None:
        """Refuse an activation that is not of the operator's type, with one scale."""
        require_quantised(tensor, what, (self.dtype,))

    def constant(self, index: int, what: str, dtypes: tuple[str, ...]) -> Array:
        """Return the value of an input that must be a constant of one of `dtypes`."""
        tensor = self.input(index, what)
        if tensor.data is None or tensor.dtype not in dtypes:
            raise UnsupportedError(f"its {what} must be a constant of type {' or '.join(dtypes)}")
        return tensor.data

    def options(self, reader: Any) -> Any:
        """Read the node's option table with a reader class of the `tflite` package."""
        if self.node.options is None:
            raise UnsupportedError("has no options")
        if self.node.options_kind != getattr(tflite.BuiltinOptions, reader.__name__):
            raise UnsupportedError(f"its options are not {reader.__name__}")
        table = reader()
        table.Init(self.node.options.Bytes, self.node.options.Pos)
        return table


# The zero points that there can be: TFLite's kernels of int16 know none but 0.
_ZERO_POINTS = {"int8": (-128, 127), "uint8": (0, 255), "int16": (0, 0)}


def require_int8(tensor: Tensor, what: str) -> None:
    """Refuse an activation that is not int8 with one scale and a zero point in range."""
    require_quantised(tensor, what, ("int8",))


def require_quantised(
    tensor: Tensor, what: str, dtypes: Sequence[str] = ("int8", "uint8", "int16")
) -> None:
    """Refuse an activation that is none of `dtypes` with one scale and a zero point in range."""
    if tensor.dtype not in dtypes:
        problem = f"its {what} is {tensor.dtype}, not {dtypes[0]}"
        if tensor.dtype.startswith("float"):
            problem += ": convert the model with full integer quantisation (int8 input and output)"
        raise UnsupportedError(problem)
    if tensor.quantisation is None or len(tensor.quantisation.scales) != 1:
        raise UnsupportedError(f"its {what} has no single quantisation scale")
    low, high = _ZERO_POINTS[tensor.dtype]
    if not low <= tensor.affine.zero_point <= high:
        raise UnsupportedError(
            f"its {what} has zero point {tensor.affine.zero_point}, out of range"
        )


def require_same_quantisation(inputs: Tensor, outputs: Tensor) -> None:
    """Refuse a layer that only moves or compares values but changes their scale."""
    if inputs.quantisation != outputs.quantisation:
        raise UnsupportedError("its input and output differ in scale or zero point")


def require_shape(output: Tensor, expected: Sequence[int]) -> None:
    """Refuse an output whose shape is not what the operator's rule gives."""
    if output.shape != tuple(expected):
        wanted = "x".join(map(str, expected))
        raise UnsupportedError(f"its output is {output.dimensions} where its inputs give {wanted}")


def padded_to(rank: int, values: Sequence[int], fill: int) -> list[int]:
    """Return `values` with leading `fill` up to `rank`; refuse more than `rank`."""
    if len(values) > rank:
        raise UnsupportedError(f"has {len(values)} dimensions; at most {rank} are supported")
    return [fill] * (rank - len(values)) + list(values)


def requantise_fields(real: float) -> tuple[int, int]:
    """`multiplier_and_shift`, or a refusal if the factor is too large to be meant."""
    multiplier, shift = multiplier_and_shift(real)
    if multiplier == 2**31 - 1:
        raise UnsupportedError(f"a scale factor of {real:.3g} is out of range")
    return multiplier, shift
