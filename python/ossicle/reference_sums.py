"""SUM by TFLite's reference kernel of MEAN, as its own takes signed integers for unsigned ones.

The sum of n numbers is the mean of the 2^k numbers that zeros make of them, of a scale 2^k times
finer. MEAN's kernel divides its multiplier by the count after it has shifted it left by k bits, so
the quotient is SUM's multiplier, to the last bit, and the rest of both is the same formula.
"""

from math import prod
from typing import Any

import flatbuffers
import numpy as np

from ossicle.tensorflow import tflite_schema


def has_sums(model: bytes) -> bool:
    """Whether a `.tflite` file has a SUM."""
    schema = tflite_schema()
    read = schema.Model.GetRootAs(model)
    codes = (read.OperatorCodes(i) for i in range(read.OperatorCodesLength()))
    kinds = {max(code.BuiltinCode(), code.DeprecatedBuiltinCode()) for code in codes}
    return schema.BuiltinOperator.SUM in kinds


def with_means_for_sums(model: bytes) -> bytes:
    """Return a `.tflite` file with PAD, MEAN and RESHAPE for each SUM; tensors keep their number.

    The RESHAPE gives the mean's integers the scale of the sum.
    """
    rewriting = _Rewriting(model)
    for graph in rewriting.model.subgraphs:
        graph.operators = [new for old in graph.operators for new in rewriting.of(graph, old)]
    builder = flatbuffers.Builder(len(model))
    builder.Finish(rewriting.model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


class _Rewriting:
    """A model as objects, whose operators are replaced."""

    def __init__(self, model: bytes) -> None:
        self._schema = tflite_schema()
        self.model = self._schema.ModelT.InitFromPackedBuf(model)
        names = ("SUM", "PAD", "MEAN", "RESHAPE")
        self._codes = {name: getattr(self._schema.BuiltinOperator, name) for name in names}

    def of(self, graph: Any, operator: Any) -> list[Any]:
        """Return what takes an operator's place: itself unless it is a SUM."""
        code = self.model.operatorCodes[operator.opcodeIndex]
        if max(code.builtinCode, code.deprecatedBuiltinCode) != self._codes["SUM"]:
            return [operator]
        given, axes = operator.inputs
        (result,) = operator.outputs
        grown, counts, factor = self._grown(graph, given, axes)
        mean = self._scaled(graph, result, 1 / factor)
        keep = self._schema.ReducerOptionsT(keepDims=operator.builtinOptions.keepDims)
        return [
            self._operator("PAD", [given, counts], grown, self._schema.PadOptionsT()),
            self._operator("MEAN", [grown, axes], mean, keep),
            self._operator("RESHAPE", [mean], result, self._shape_of(graph, result)),
        ]

    def _grown(self, graph: Any, given: int, axes: int) -> tuple[int, int, int]:
        """Add the padded tensor and the constant of its paddings; return how many become one."""
        source = graph.tensors[given]
        content = bytes(self.model.buffers[graph.tensors[axes].buffer].data)
        reduced = {int(axis) % len(source.shape) for axis in np.frombuffer(content, np.int32)}
        lengths = [
            1 << (int(length) - 1).bit_length() if axis in reduced else int(length)
            for axis, length in enumerate(source.shape)
        ]
        behind = [new - int(old) for new, old in zip(lengths, source.shape, strict=True)]
        paddings = np.array([[0, count] for count in behind], dtype=np.int32)
        grown = self._added(graph, lengths, source.type, source.quantization)
        counts = self._added(graph, paddings.shape, self._schema.TensorType.INT32, None, paddings)
        return grown, counts, prod(lengths[axis] for axis in reduced)

    def _scaled(self, graph: Any, like: int, factor: float) -> int:
        tensor = graph.tensors[like]
        old = tensor.quantization
        scale = [np.float32(one) * np.float32(factor) for one in old.scale]
        finer = self._schema.QuantizationParametersT(scale=scale, zeroPoint=old.zeroPoint)
        return self._added(graph, tensor.shape, tensor.type, finer)

    def _shape_of(self, graph: Any, tensor: int) -> Any:
        return self._schema.ReshapeOptionsT(newShape=[int(n) for n in graph.tensors[tensor].shape])

    def _added(self, graph: Any, shape: Any, kind: int, affine: Any, data: Any = None) -> int:
        buffer = 0
        if data is not None:
            content = np.frombuffer(data.tobytes(), np.uint8)
            self.model.buffers.append(self._schema.BufferT(data=content))
            buffer = len(self.model.buffers) - 1
        tensor = self._schema.TensorT(list(map(int, shape)), kind, buffer, "", affine)
        graph.tensors.append(tensor)
        return len(graph.tensors) - 1

    def _operator(self, name: str, inputs: list[int], output: int, options: Any) -> Any:
        kind = type(options).__name__.removesuffix("T")
        code, codes = self._codes[name], self.model.operatorCodes
        codes.append(self._schema.OperatorCodeT(deprecatedBuiltinCode=code, builtinCode=code))
        number = getattr(self._schema.BuiltinOptions, kind)
        return self._schema.OperatorT(len(codes) - 1, inputs, [output], number, options)
