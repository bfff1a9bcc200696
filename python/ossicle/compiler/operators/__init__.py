"""The operators that Ossicle compiles: one file each, found by TFLite's name in `OPERATORS`."""

from ossicle.compiler.graph import Node
from ossicle.compiler.operators.add import Add, Sub
from ossicle.compiler.operators.arg_max import ArgMax
from ossicle.compiler.operators.concatenation import Concatenation, Pack
from ossicle.compiler.operators.conv_2d import Conv2D
from ossicle.compiler.operators.depthwise_conv_2d import DepthwiseConv2D
from ossicle.compiler.operators.dequantize import Dequantize
from ossicle.compiler.operators.fully_connected import FullyConnected
from ossicle.compiler.operators.hard_swish import HardSwish
from ossicle.compiler.operators.int16 import OPERATORS_INT16
from ossicle.compiler.operators.logistic import Logistic, Tanh
from ossicle.compiler.operators.maximum import Maximum, Minimum
from ossicle.compiler.operators.mean import Mean
from ossicle.compiler.operators.mirror_pad import MirrorPad
from ossicle.compiler.operators.mul import Mul
from ossicle.compiler.operators.operator import Operator, UnsupportedError
from ossicle.compiler.operators.pad import Pad, PadV2
from ossicle.compiler.operators.pool_2d import AveragePool2D, MaxPool2D
from ossicle.compiler.operators.prelu import Prelu
from ossicle.compiler.operators.quantize import Quantize
from ossicle.compiler.operators.reduce_max import ReduceMax
from ossicle.compiler.operators.reduce_sum import ReduceSum
from ossicle.compiler.operators.relu import LeakyRelu, Relu, Relu6, ReluN1To1
from ossicle.compiler.operators.reshape import ExpandDims, Reshape, Squeeze
from ossicle.compiler.operators.resize import ResizeBilinear, ResizeNearestNeighbor
from ossicle.compiler.operators.softmax import LogSoftmax, Softmax
from ossicle.compiler.operators.split import Split, SplitV, Unpack
from ossicle.compiler.operators.strided_slice import Slice, StridedSlice
from ossicle.compiler.operators.svdf import Svdf
from ossicle.compiler.operators.transpose import Transpose
from ossicle.compiler.operators.transpose_conv import TransposeConv
from ossicle.compiler.operators.unidirectional_sequence_lstm import UnidirectionalSequenceLstm

OPERATORS: dict[str, type[Operator]] = {
    kind.name: kind
    for kind in (
        Add,
        ArgMax,
        AveragePool2D,
        Concatenation,
        Conv2D,
        DepthwiseConv2D,
        Dequantize,
        ExpandDims,
        FullyConnected,
        HardSwish,
        LeakyRelu,
        LogSoftmax,
        Logistic,
        MaxPool2D,
        Maximum,
        Mean,
        Minimum,
        MirrorPad,
        Mul,
        Pack,
        Pad,
        PadV2,
        Prelu,
        Quantize,
        ReduceMax,
        ReduceSum,
        Relu,
        Relu6,
        ReluN1To1,
        Reshape,
        ResizeBilinear,
        ResizeNearestNeighbor,
        Slice,
        Softmax,
        Split,
        SplitV,
        Squeeze,
        StridedSlice,
        Sub,
        Svdf,
        Tanh,
        Transpose,
        TransposeConv,
        UnidirectionalSequenceLstm,
        Unpack,
    )
}

# What is refused for a reason of its own.
REFUSED = {
    "BATCH_TO_SPACE_ND": "is supported only behind a convolution that SPACE_TO_BATCH_ND precedes",
}


def understand(node: Node) -> Operator:
    """Turn a node of the file into an operator whose shapes and types have been checked.

    Raises:
        UnsupportedError: it is not supported; the message says why, without naming the node.
    """
    kind = OPERATORS.get(node.name)
    if any(tensor and tensor.dtype == "int16" for tensor in (*node.inputs, *node.outputs)):
        kind = OPERATORS_INT16.get(node.name, kind)
    if node.name in REFUSED:
        raise UnsupportedError(REFUSED[node.name])
    if kind is None:
        supported = ", ".join(OPERATORS)
        raise UnsupportedError(f"not supported; supported are {supported}")
    return kind.of(node)
