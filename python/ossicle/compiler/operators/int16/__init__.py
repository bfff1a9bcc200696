"""Operators on int16 activations, weights still int8, found by TFLite's name in `OPERATORS_INT16`.

Zero points are 0. They have portable kernels only. Operators that move elements take either type.
"""

from ossicle.compiler.operators.int16.conv_2d import Conv2D, DepthwiseConv2D
from ossicle.compiler.operators.int16.elementwise import Add, Mul, Sub
from ossicle.compiler.operators.int16.fully_connected import FullyConnected
from ossicle.compiler.operators.int16.mean import Mean, ReduceSum
from ossicle.compiler.operators.int16.pool_2d import AveragePool2D, MaxPool2D
from ossicle.compiler.operators.int16.relu import LeakyRelu, Relu, Relu6
from ossicle.compiler.operators.int16.sigmoid import Logistic, Tanh
from ossicle.compiler.operators.int16.softmax import Softmax
from ossicle.compiler.operators.operator import Operator

OPERATORS_INT16: dict[str, type[Operator]] = {
    kind.name: kind
    for kind in (
        Add,
        AveragePool2D,
        Conv2D,
        DepthwiseConv2D,
        FullyConnected,
        LeakyRelu,
        Logistic,
        MaxPool2D,
        Mean,
        Mul,
        ReduceSum,
        Relu,
        Relu6,
        Softmax,
        Sub,
        Tanh,
    )
}
