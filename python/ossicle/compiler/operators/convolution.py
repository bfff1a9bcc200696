"""What CONV_2D and DEPTHWISE_CONV_2D share: a window of weights that slides over NHWC."""

from typing import Any, ClassVar, TypeVar

from ossicle.compiler.graph import Node
from ossicle.compiler.operators.operator import (
    Field,
    UnsupportedError,
    require_shape,
)
from ossicle.compiler.operators.spatial import RowByRow, RowNeed, Spatial
from ossicle.compiler.operators.weighted import Weighted, optional
from ossicle.compiler.operators.window import Axis, described

_Convolution = TypeVar("_Convolution", bound="Convolution")


class Convolution(Spatial):
    """Weights of four dimensions whose second and third are the window's height and width.

    Attributes:
        option_table: the reader of the operator's options.
        channel_axis: the axis of the weights that is the output's channels.
        weights: what they are multiplied with, and how their sums become outputs.
    """

    option_table: ClassVar[Any]
    channel_axis: ClassVar[int]
    weights: ClassVar[type[Weighted]] = Weighted

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs, weights = self.input(0), self.input(1, "weights")
        if len(inputs.shape) != 4 or len(weights.shape) != 4:
            raise UnsupportedError("its input and weights must have four dimensions")
        options = self.options(self.option_table)
        strides = (options.StrideH(), options.StrideW())
        dilations = (options.DilationHFactor(), options.DilationWFactor())
        self.height, self.width = (
            self._axis(axis, strides[axis], dilations[axis], options.Padding()) for axis in (0, 1)
        )
        batches, channels = inputs.shape[0], weights.shape[self.channel_axis]
        require_shape(self.output, (batches, self.height.output, self.width.output, channels))
        self._weighted = self.weights(
            inputs,
            weights,
            optional(node.inputs, 2),
            self.output,
            channel_axis=self.channel_axis,
            activation=options.FusedActivationFunction(),
        )

    def _axis(self, axis: int, stride: int, dilation: int, padding: int) -> Axis:
        """Return the geometry along the height (0) or the width (1)."""
        length, taps = self.input(0).shape[axis + 1], self.input(1).shape[axis + 1]
        if self.node.blocks is None:
            return Axis.of(length, taps, stride, dilation, padding)
        apart = self.node.blocks.length(axis, length)
        inner = Axis.of(apart, taps, stride, dilation, padding)
        return inner.of_the_whole(length, self.node.blocks, axis)

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self._weighted.parameters

    @property
    def detail(self) -> str:
        """Filter size and stride."""
        return described(self.height, self.width)

    def row_by_row(self) -> RowByRow | None:
        """Padding above and below is rows of the zero point."""
        if self.output.shape[0] != 1:
            return None
        row = self._with_heights(self.height.reach, 1)
        row.height = self.height.alone()
        need = RowNeed(self.height.stride, self.height.reach, self.height.padding)
        return RowByRow(row, (need,))

    def transposed(self: _Convolution) -> _Convolution:
        """The window is turned with the image."""
        turned = self._turned()
        turned.height, turned.width = self.width, self.height
        turned._weighted = self._weighted.transposed()
        return turned

    def geometry(self) -> dict[str, Field]:
        """Return the beginning of the layer's descriptor."""
        return {
            "batches": self.output.shape[0],
            "height": self.height.fields(),
            "width": self.width.fields(),
            "input_channels": self.input(0).shape[3],
        }
