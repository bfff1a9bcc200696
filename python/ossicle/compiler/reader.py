"""Read an int8 `.tflite` file into a `Graph`, trusting nothing in it.

The flatbuffer is read by the `tflite` package, generated from TensorFlow's published schema. That
package follows offsets without checking them, so a damaged file shows as one of the exceptions of
`DAMAGE`, or as counts and sizes that this module holds against the file's length before using them.
"""

import struct
from math import isfinite, prod
from typing import Any

import numpy as np
import tflite

from ossicle.compiler.graph import Array, Graph, Node, Quantisation, Tensor
from ossicle.errors import ModelError

DAMAGE = (struct.error, IndexError, ValueError, TypeError, OverflowError, AttributeError, KeyError)
DTYPES = {
    tflite.TensorType.FLOAT32: "float32",
    tflite.TensorType.FLOAT16: "float16",
    tflite.TensorType.INT8: "int8",
    tflite.TensorType.UINT8: "uint8",
    tflite.TensorType.INT16: "int16",
    tflite.TensorType.INT32: "int32",
    tflite.TensorType.INT64: "int64",
    tflite.TensorType.BOOL: "bool",
}
LARGEST_TENSOR = 1 << 26  # elements: far above any microcontroller, far below 32-bit overflow
MOST_TABLES = (
    1 << 14
)  # tensors or operators: entries may share bytes, so the file's size is no bound
MOST_NAMED = 1 << 10  # inputs or outputs of an operator
LONGEST_NAME = 80  # characters of a name that a message repeats


def read(content: bytes, source: str) -> Graph:
    """Read a model.

    Args:
        content: the bytes of a `.tflite` file.
        source: what messages call it, usually its path.

    Raises:
        ModelError: it is not a TFLite file, it is damaged, or it is more than one plain graph.
    """
    if content[4:8] != b"TFL3":
        raise ModelError(f"{source}: not a TensorFlow Lite model (its bytes 4 to 8 are not 'TFL3')")
    try:
        return _Reader(content, source).graph()
    except DAMAGE as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(f"{source}: a damaged TensorFlow Lite model ({reason})") from error


class _Reader:
    def __init__(self, content: bytes, source: str) -> None:
        self._source = source
        self._size = len(content)
        self._model: Any = tflite.Model.GetRootAs(content, 0)
        if self._model.SubgraphsLength() != 1:
            count = self._model.SubgraphsLength()
            raise ModelError(f"{source}: holds {count} graphs; Ossicle takes models of one")
        self._graph: Any = self._model.Subgraphs(0)

    def graph(self) -> Graph:
        count = self._count(self._graph.TensorsLength(), "tensors")
        tensors = tuple(self._tensor(index) for index in range(count))
        inputs = self._named(self._graph.InputsAsNumpy(), tensors, "the graph's inputs")
        outputs = self._named(self._graph.OutputsAsNumpy(), tensors, "the graph's outputs")
        operators = self._count(self._graph.OperatorsLength(), "operators")
        nodes = tuple(self._node(index, tensors) for index in range(operators))
        if not inputs or not outputs or not nodes:
            raise ModelError(f"{self._source}: a model without inputs, outputs or operators")
        graph = Graph(self._source, tensors, nodes, inputs, outputs)
        self._check_order(graph)
        return graph

    def _count(self, count: int, what: str) -> int:
        # Each entry of a vector of tables takes four bytes of the file at least.
        if not 0 <= count <= min(self._size // 4, MOST_TABLES):
            raise ModelError(f"{self._source}: damaged: claims {count} {what}")
        return count

    def _named(self, indices: Any, tensors: tuple[Tensor, ...], what: str) -> tuple[Tensor, ...]:
        found = self._optional(indices, tensors, what)
        if any(tensor is None for tensor in found):
            raise ModelError(f"{self._source}: damaged: {what} name no tensor")
        return tuple(tensor for tensor in found if tensor is not None)

    def _optional(
        self, indices: Any, tensors: tuple[Tensor, ...], what: str, may_be_empty: bool = False
    ) -> tuple[Tensor | None, ...]:
        if isinstance(indices, int):  # what the package gives for an absent vector
            return ()
        if len(indices) > MOST_NAMED:
            raise ModelError(f"{self._source}: {what} name {len(indices)} tensors")
        for index in indices:
            if not -1 <= index < len(tensors):
                raise ModelError(f"{self._source}: damaged: {what} name tensor {index}")
            if index >= 0 and not (tensors[index].elements or may_be_empty):
                problem = f"tensor {index} ({tensors[index].name}) is empty"
                raise ModelError(f"{self._source}: {what}: {problem}")
        return tuple(tensors[index] if index >= 0 else None for index in indices)

    def _tensor(self, index: int) -> Tensor:
        table = self._graph.Tensors(index)
        name = _printable(table.Name())
        label = f"{self._source}: tensor {index} ({name})"
        if table.ShapeLength() > 8:
            raise ModelError(f"{label}: has {table.ShapeLength()} dimensions; Ossicle takes 8")
        shape = () if table.ShapeIsNone() else tuple(int(size) for size in table.ShapeAsNumpy())
        if any(size < 0 for size in shape) or prod(shape) > LARGEST_TENSOR:
            raise ModelError(f"{label}: its shape {list(shape)} is not one that Ossicle takes")
        dtype = DTYPES.get(table.Type())
        if dtype is None:
            raise ModelError(f"{label}: its element type (number {table.Type()}) is not supported")
        if table.Sparsity() is not None:
            raise ModelError(f"{label}: sparse tensors are not supported")
        data = self._data(table.Buffer(), shape, dtype, label)
        if table.IsVariable() and data is not None:
            raise ModelError(f"{label}: is variable but holds values")
        quantisation = self._quantisation(table, shape, label)
        return Tensor(index, name, shape, dtype, quantisation, data, bool(table.IsVariable()))

    def _data(self, buffer: int, shape: tuple[int, ...], dtype: str, label: str) -> Array | None:
        if not 0 <= buffer < self._count(self._model.BuffersLength(), "buffers"):
            raise ModelError(f"{label}: names a buffer ({buffer}) that is not there")
        table = self._model.Buffers(buffer)
        if table.DataIsNone() or table.DataLength() == 0:
            return None
        expected = prod(shape) * np.dtype(dtype).itemsize
        if table.DataLength() != expected:
            found = table.DataLength()
            raise ModelError(f"{label}: holds {found} bytes where its shape takes {expected}")
        # A view, not a copy: a thousand tensors may name the same buffer.
        stored = np.dtype(dtype).newbyteorder("<")
        return np.asarray(table.DataAsNumpy()).view(stored).reshape(shape)

    def _quantisation(self, table: Any, shape: tuple[int, ...], label: str) -> Quantisation | None:
        parameters = table.Quantization()
        if parameters is None or parameters.ScaleIsNone() or parameters.ScaleLength() == 0:
            return None
        count, points = parameters.ScaleLength(), parameters.ZeroPointLength()
        if points != count:
            raise ModelError(f"{label}: {count} scales but {points} zero points")
        axis = int(parameters.QuantizedDimension())
        if count > 1 and (not 0 <= axis < len(shape) or shape[axis] != count):
            raise ModelError(f"{label}: {count} scales do not fit axis {axis} of its shape")
        scales = tuple(float(scale) for scale in parameters.ScaleAsNumpy())
        zero_points = tuple(int(point) for point in parameters.ZeroPointAsNumpy())
        if not all(isfinite(scale) and scale > 0 for scale in scales):
            raise ModelError(f"{label}: a quantisation scale is not a positive number")
        return Quantisation(scales, zero_points, axis)

    def _node(self, index: int, tensors: tuple[Tensor, ...]) -> Node:
        table = self._graph.Operators(index)
        opcode = table.OpcodeIndex()
        if not 0 <= opcode < self._count(self._model.OperatorCodesLength(), "operator codes"):
            raise ModelError(f"{self._source}: damaged: operator {index} has no operator code")
        name = _operator_name(self._model.OperatorCodes(opcode))
        what = f"operator {index} ({name})"
        return Node(
            index,
            name,
            self._optional(table.InputsAsNumpy(), tensors, what),
            self._named(table.OutputsAsNumpy(), tensors, what),
            table.BuiltinOptions(),
            table.BuiltinOptionsType(),
            self._optional(table.IntermediatesAsNumpy(), tensors, what, may_be_empty=True),
        )

    def _check_order(self, graph: Graph) -> None:
        for given in graph.inputs:
            if given.data is not None:
                problem = f"input tensor {given.index} is a constant"
                raise ModelError(f"{graph.source}: damaged: {problem}")
        known = {tensor.index for tensor in graph.inputs}
        for state in graph.states:
            if state.index in known:
                problem = f"variable tensor {state.index} is an input, or read more than once"
                raise ModelError(f"{graph.source}: {problem}")
            known.add(state.index)
        for node in graph.nodes:
            for tensor in node.inputs:
                if tensor is not None and tensor.data is None and tensor.index not in known:
                    problem = f"reads tensor {tensor.index}, which nothing has computed"
                    raise ModelError(f"{graph.source}: damaged: {node.label} {problem}")
            for tensor in node.outputs:
                if tensor.data is not None or tensor.index in known:
                    problem = f"writes tensor {tensor.index}, which is given already"
                    raise ModelError(f"{graph.source}: damaged: {node.label} {problem}")
            known |= {tensor.index for tensor in node.outputs}
        for tensor in graph.outputs:
            if tensor.index not in known or tensor in graph.states:
                problem = f"output tensor {tensor.index} is computed by no operator"
                raise ModelError(f"{graph.source}: damaged: {problem}")


def _operator_name(code: Any) -> str:
    if code.CustomCode():
        return f"custom {_printable(code.CustomCode())}"
    # Files written before the schema's version 3a have only the deprecated 8-bit field.
    number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    return f"{tflite.BUILTIN_OPCODE2NAME.get(number, f'number {number}')}"


def _printable(name: bytes | None) -> str:
    """Return a name from the file, fit for a one-line message: no line ends, no escapes, short."""
    text = (name or b"")[: 4 * LONGEST_NAME].decode("utf-8", "replace")[:LONGEST_NAME]
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
