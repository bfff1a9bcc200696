"""What CONV_2D and DEPTHWISE_CONV_2D share: a window of weights that slides over NHWC."""

from typing import Any, ClassVar

from ossicle.compiler.graph import Node
from ossicle.compiler.operators.operator import Field, Operator, UnsupportedError, require_shape
from ossicle.compiler.operators.weighted import Weighted, optional
from ossicle.compiler.operators.window import Axis


class Convolution(Operator):
    """Weights of four dimensions whose second and third are the window's height and width.

    Attributes:
        option_table: the reader of the operator's options.
        channel_axis: the axis of the weights that is the output's channels.
    """

    option_table: ClassVar[Any]
    channel_axis: ClassVar[int]

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs, weights = self.input(0), self.input(1, "weights")
        if len(inputs.shape) != 4 or len(weights.shape) != 4:
            raise UnsupportedError("its input and weights must have four dimensions")
        options = self.options(self.option_table)
        batches, rows, columns, _ = inputs.shape
        _, filter_rows, filter_columns, _ = weights.shape
        padding = options.Padding()
        self.height = Axis.of(
            rows, filter_rows, options.StrideH(), options.DilationHFactor(), padding
        )
        self.width = Axis.of(
            columns, filter_columns, options.StrideW(), options.DilationWFactor(), padding
        )
        channels = weights.shape[self.channel_axis]
        require_shape(self.output, (batches, self.height.output, self.width.output, channels))
        self._weighted = Weighted(
            inputs,
            weights,
            optional(node.inputs, 2),
            self.output,
            channel_axis=self.channel_axis,
            activation=options.FusedActivationFunction(),
        )

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self._weighted.parameters

    @property
    def detail(self) -> str:
        """Filter size and stride."""
        size = f"{self.height.filter}x{self.width.filter}"
        return f"{size}, stride {self.height.stride}x{self.width.stride}"

    def geometry(self) -> dict[str, Field]:
        """Return the beginning of the layer's descriptor."""
        return {
            "batches": self.output.shape[0],
            "height": self.height.fields(),
            "width": self.width.fields(),
            "input_channels": self.input(0).shape[3],
        }
