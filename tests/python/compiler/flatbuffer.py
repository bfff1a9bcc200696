"""Builds `.tflite` files field by field, for tests that need what no converter would write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import flatbuffers
import numpy as np
import tflite

Array = np.ndarray[Any, np.dtype[Any]]
Options = tuple[str, Mapping[str, Any]]


@dataclass
class TensorSpec:
    """What will be written of a tensor; a constant has `data`."""

    shape: tuple[int, ...]
    dtype: str
    scales: list[float]
    zero_points: list[int]
    axis: int
    name: bytes
    variable: bool
    data: bytes = b""


@dataclass
class _Operator:
    name: str
    inputs: Sequence[int]
    outputs: Sequence[int]
    options: Options | None
    intermediates: Sequence[int]


@dataclass
class ModelBuilder:
    """Collects tensors and operators; `finish` gives the file's bytes."""

    graphs: int = 1
    inputs: list[int] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    tensors: list[TensorSpec] = field(default_factory=list)
    _operators: list[_Operator] = field(default_factory=list)

    def tensor(
        self,
        shape: Sequence[int],
        *,
        dtype: str = "int8",
        scale: float | Sequence[float] | None = 1.0,
        zero_point: int | Sequence[int] = 0,
        axis: int = 0,
        name: str | bytes = "",
        variable: bool = False,
    ) -> int:
        """Add an activation and return its index; `scale` None leaves the quantisation out."""
        scales = [] if scale is None else np.atleast_1d(scale).tolist()
        points = np.broadcast_to(zero_point, len(scales)).tolist() if scales else []
        text = name.encode() if isinstance(name, str) else name
        spec = TensorSpec(tuple(shape), dtype, scales, points, axis, text, variable)
        self.tensors.append(spec)
        return len(self.tensors) - 1

    def constant(self, values: Array, **quantisation: Any) -> int:
        """Add a constant and return its index."""
        index = self.tensor(
            values.shape, dtype=str(values.dtype), **{"scale": None, **quantisation}
        )
        self.tensors[index].data = values.tobytes()
        return index

    def operator(
        self,
        name: str,
        inputs: Sequence[int],
        outputs: Sequence[int],
        options: Options | None = None,
        intermediates: Sequence[int] = (),
    ) -> None:
        """Add an operator; `options` is the name and the fields of a table of the schema."""
        self._operators.append(_Operator(name, inputs, outputs, options, intermediates))

    def finish(self, inputs: Sequence[int] = (), outputs: Sequence[int] = ()) -> bytes:
        """Return the file of a graph with these inputs and outputs, besides those noted before."""
        to = flatbuffers.Builder(1024)
        contents = self._contents()
        buffers = [_buffer(to, data) for data in contents]
        codes = [_code(to, operator.name) for operator in self._operators]
        graph = self._graph(to, [*self.inputs, *inputs], [*self.outputs, *outputs])
        model = _table(
            to,
            "Model",
            Version=3,
            OperatorCodes=_vector(to, codes),
            Subgraphs=_vector(to, [graph] * self.graphs),
            Buffers=_vector(to, buffers),
        )
        to.Finish(model, b"TFL3")
        return bytes(to.Output())

    def _contents(self) -> list[bytes]:
        """Return the buffers; equal constants share one, and the first is empty by convention."""
        return list(dict.fromkeys([b"", *(tensor.data for tensor in self.tensors)]))

    def _graph(self, to: Any, inputs: Sequence[int], outputs: Sequence[int]) -> int:
        buffers = {data: index for index, data in enumerate(self._contents())}
        tensors = [_tensor(to, tensor, buffers[tensor.data]) for tensor in self.tensors]
        operators = [_operator(to, op, index) for index, op in enumerate(self._operators)]
        return _table(
            to,
            "SubGraph",
            Tensors=_vector(to, tensors),
            Inputs=_numbers(to, inputs, np.int32),
            Outputs=_numbers(to, outputs, np.int32),
            Operators=_vector(to, operators),
        )


def _table(to: Any, kind: str, **fields: Any) -> int:
    getattr(tflite, f"{kind}Start")(to)
    for name, value in fields.items():
        getattr(tflite, f"{kind}Add{name}")(to, value)
    return int(getattr(tflite, f"{kind}End")(to))


def _vector(to: Any, offsets: Sequence[int]) -> int:
    to.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        to.PrependUOffsetTRelative(offset)
    return int(to.EndVector())


def _numbers(to: Any, values: Sequence[Any], dtype: Any) -> int:
    return int(to.CreateNumpyVector(np.asarray(values, dtype=dtype)))


def _buffer(to: Any, data: bytes) -> int:
    if not data:
        return _table(to, "Buffer")
    to.StartVector(1, len(data), 16)  # the schema's force_align
    to.head -= len(data)
    to.Bytes[to.head : to.head + len(data)] = data
    return _table(to, "Buffer", Data=int(to.EndVector()))


def _code(to: Any, name: str) -> int:
    number = getattr(tflite.BuiltinOperator, name, None)
    if number is None:
        custom = tflite.BuiltinOperator.CUSTOM
        text = to.CreateString(name)
        return _table(to, "OperatorCode", CustomCode=text, BuiltinCode=custom, Version=1)
    return _table(
        to, "OperatorCode", DeprecatedBuiltinCode=min(number, 127), BuiltinCode=number, Version=1
    )


def _tensor(to: Any, tensor: TensorSpec, buffer: int) -> int:
    fields = {"Shape": _numbers(to, tensor.shape, np.int32), "Name": to.CreateString(tensor.name)}
    if tensor.scales:
        fields["Quantization"] = _table(
            to,
            "QuantizationParameters",
            Scale=_numbers(to, tensor.scales, np.float32),
            ZeroPoint=_numbers(to, tensor.zero_points, np.int64),
            QuantizedDimension=tensor.axis,
        )
    kind = getattr(tflite.TensorType, tensor.dtype.upper())
    return _table(to, "Tensor", Type=kind, Buffer=buffer, IsVariable=tensor.variable, **fields)


def _operator(to: Any, operator: _Operator, code: int) -> int:
    fields = {
        "OpcodeIndex": code,
        "Inputs": _numbers(to, operator.inputs, np.int32),
        "Outputs": _numbers(to, operator.outputs, np.int32),
    }
    if operator.intermediates:
        fields["Intermediates"] = _numbers(to, operator.intermediates, np.int32)
    if operator.options is not None:
        kind, values = operator.options
        fields["BuiltinOptionsType"] = getattr(tflite.BuiltinOptions, kind)
        fields["BuiltinOptions"] = _table(to, kind, **_with_vectors(to, values))
    return _table(to, "Operator", **fields)


def _with_vectors(to: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _numbers(to, value, np.int32) if isinstance(value, list | tuple) else value
        for name, value in values.items()
    }
