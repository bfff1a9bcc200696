"""From the bytes of a model to the C files of a library."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ossicle.compiler import memory, reader
from ossicle.compiler.emitter import constant_operands, emit, layer_symbol, operand_symbol
from ossicle.compiler.graph import Graph
from ossicle.compiler.memory import MemoryPlan
from ossicle.compiler.operators import understand
from ossicle.compiler.operators.operator import Operator, UnsupportedError
from ossicle.errors import ModelError
from ossicle.files import write_atomically


@dataclass(frozen=True)
class CompiledModel:
    """A compiled model.

    Attributes:
        prefix: what every global name of the generated C begins with.
        operators: the layers, in the order in which they run.
        files: name and content of each file of the library.
    """

    prefix: str
    graph: Graph
    operators: tuple[Operator, ...]
    plan: MemoryPlan
    files: Mapping[str, str]

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
        return sum(op.constant_bytes for op in self.operators) + sum(t.bytes for t in operands)

    @property
    def constant_symbols(self) -> tuple[str, ...]:
        """The C names of these tables."""
        layers = [
            f"{layer_symbol(self.prefix, operator)}_{table.name}"
            for operator in self.operators
            if not operator.is_alias
            for table in operator.kernel().constants
        ]
        operands = constant_operands(self.operators)
        return (*layers, *(operand_symbol(self.prefix, tensor) for tensor in operands))

    def write(self, folder: Path) -> None:
        """Write the library's files into `folder`, each by a temporary name."""
        for name, content in self.files.items():
            write_atomically(folder / name, content)


def compile_model(content: bytes, source: str, prefix: str | None = None) -> CompiledModel:
    """Compile an int8 `.tflite` model.

    Args:
        content: the bytes of the file.
        source: its path, for messages and for the default prefix.
        prefix: a C identifier; None derives one from the file's name.

    Raises:
        ModelError: the file is damaged or not supported; the message names the operator.
    """
    graph = reader.read(content, source)
    operators = tuple(_understood(graph))
    for tensor in (*graph.inputs, *graph.outputs):
        if tensor.dtype not in ("int8", "uint8"):
            problem = f"its input or output '{tensor.name}' is {tensor.dtype}, not int8"
            raise ModelError(f"{source}: {problem}: convert it with int8 input and output")
    plan = memory.plan(graph, operators)
    name = _prefix(prefix if prefix is not None else Path(source).stem)
    return CompiledModel(name, graph, operators, plan, emit(name, graph, operators, plan, content))


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


def _prefix(name: str) -> str:
    identifier = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if not identifier or identifier[0].isdigit():
        identifier = f"model_{identifier}".rstrip("_")
    return identifier
