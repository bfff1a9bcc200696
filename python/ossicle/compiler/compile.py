"""From the bytes of a model to the C files of a library."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ossicle.compiler import dilation, reader
from ossicle.compiler.choice import Choice, choose
from ossicle.compiler.emitter import emit
from ossicle.compiler.graph import Graph, Tensor
from ossicle.compiler.listing import constant_operands, layer_symbol, operand_symbol
from ossicle.compiler.memory_plan import MemoryPlan
from ossicle.compiler.operators import understand
from ossicle.compiler.operators.operator import (
    Kernel,
    Operator,
    UnsupportedError,
    require_quantised,
)
from ossicle.compiler.target import Target
from ossicle.errors import ModelError
from ossicle.files import write_atomically


@dataclass(frozen=True)
class CompiledModel:
    """A compiled model.

    Attributes:
        prefix: what every global name of the generated C begins with.
        operators: the layers, in the order in which they run.
        choice: their kernels, those that are computed depth first, and the memory plan.
        files: name and content of each file of the library.
    """

    prefix: str
    graph: Graph
    operators: tuple[Operator, ...]
    choice: Choice
    files: Mapping[str, str]

    @property
    def kernels(self) -> tuple[Kernel | None, ...]:
        """The call of each layer; None where nothing is computed."""
        return self.choice.kernels

    @property
    def plan(self) -> MemoryPlan:
        """The arena."""
        return self.choice.plan

    @property
    def shown(self) -> tuple[tuple[Operator, Tensor], ...]:
        """What an observer is shown: every output of every layer, in order.

        Of layers that are computed depth first, only the last one's: the others never exist.
        """
        rows = {layer for run in self.choice.runs for layer in range(*run.layers)}
        return tuple(
            (operator, output)
            for layer, operator in enumerate(self.operators)
            if layer not in rows
            for output in operator.outputs
        )

    @property
    def macs(self) -> int:
        """Multiply-accumulates of an inference."""
        return sum(operator.macs for operator in self.operators)

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return sum(operator.parameters for operator in self.operators)

    @property
    def constant_bytes(self) -> int:
        """Bytes of all tables: weights, biases, requantisation, constant operands."""
        operands = constant_operands(self.operators)
        tables = [table for kernel in self.kernels if kernel for table in kernel.constants]
        return sum(table.bytes for table in tables) + sum(t.bytes for t in operands)

    @property
    def constant_symbols(self) -> tuple[str, ...]:
        """The C names of these tables."""
        layers = [
            f"{layer_symbol(self.prefix, operator)}_{table.name}"
            for operator, kernel in zip(self.operators, self.kernels, strict=True)
            if kernel
            for table in kernel.constants
        ]
        operands = constant_operands(self.operators)
        return (*layers, *(operand_symbol(self.prefix, tensor) for tensor in operands))

    def write(self, folder: Path) -> None:
        """Write the library's files into `folder`, each by a temporary name."""
        for name, content in self.files.items():
            write_atomically(folder / name, content)


# Prefixes whose files or symbols would stand in for the firmware's own or for C99's headers, or
# whose target CMake keeps for itself.
_TAKEN = re.compile(
    "(app|main|ossicle)(_.*)?|assert|complex|ctype|errno|fenv|float|inttypes|iso646|limits|locale"
    "|math|setjmp|signal|stdarg|stdbool|stddef|stdint|stdio|stdlib|string|tgmath|time|wchar|wctype"
    "|all|clean|edit_cache|help|install|package|package_source|preinstall|rebuild_cache|test"
)


# What may go in and come out besides quantised bytes: QUANTIZE takes float32, DEQUANTIZE gives it,
# and ARG_MAX gives indices. All other operators refuse these.
UNQUANTISED = {"input": ("float32",), "output": ("float32", "int32", "int64")}
DEFAULT = Target()


def compile_model(
    content: bytes, source: str, prefix: str | None = None, target: Target = DEFAULT
) -> CompiledModel:
    """Compile an int8 `.tflite` model.

    Args:
        content: the bytes of the file.
        source: its path, for messages and for the default prefix.
        prefix: a C identifier; None derives one from the file's name.
        target: what for; without it, for a core with the DSP extension, balanced.

    Raises:
        ModelError: the file is damaged or not supported; the message names the operator. Or its
            input cannot come by frames.
    """
    graph = dilation.fuse(reader.read(content, source))
    operators = tuple(_understood(graph))
    _check_ends(graph)
    try:
        choice = choose(graph, operators, target)
    except UnsupportedError as refusal:
        raise ModelError(f"{graph.source}: {refusal}") from refusal
    name = _prefix(prefix if prefix is not None else Path(source).stem)
    files = emit(name, graph, operators, choice, content)
    return CompiledModel(name, graph, operators, choice, files)


def _understood(graph: Graph) -> list[Operator]:
    operators = []
    for node in graph.nodes:
        try:
            operators.append(understand(node))
        except UnsupportedError as refusal:
            raise ModelError(f"{graph.source}: {node.label}: {refusal}") from refusal
        except reader.DAMAGE as error:
            raise ModelError(f"{graph.source}: {node.label}: damaged ({error})") from error
    return operators


def _check_ends(graph: Graph) -> None:
    for tensors, end in ((graph.inputs, "input"), (graph.outputs, "output")):
        for tensor in tensors:
            if tensor.dtype in UNQUANTISED[end]:
                continue
            try:
                require_quantised(tensor, f"{end} '{tensor.name}'")
            except UnsupportedError as refusal:
                raise ModelError(
                    f"{graph.source}: the model cannot be compiled: {refusal}"
                ) from refusal


def _prefix(name: str) -> str:
    identifier = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if not identifier or identifier[0].isdigit() or _TAKEN.fullmatch(identifier):
        identifier = f"model_{identifier}".rstrip("_")
    return identifier
