"""CONV_2D: two-dimensional convolution, plain, dilated or grouped."""

from collections.abc import Iterator, Sequence

import numpy as np
import tflite

from ossicle.compiler.arithmetic import integers
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators import mve
from ossicle.compiler.operators.conv_2d_rows import Rows
from ossicle.compiler.operators.conv_2d_tiled import Style, Tiled
from ossicle.compiler.operators.conv_2d_toom import Toom, toom_cook
from ossicle.compiler.operators.convolution import Convolution
from ossicle.compiler.operators.operator import Kernel, UnsupportedError
from ossicle.compiler.operators.window import windows
from ossicle.compiler.target import Target

LARGEST_TILE = 48  # positions; more would hardly spread the widening of a filter further


class Conv2D(Convolution):
    """input NHWC, weights OHWI, output NHWC; accumulated in int32, requantised twice-rounded."""

    name = "CONV_2D"

    option_table = tflite.Conv2DOptions
    channel_axis = 0

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        depth, of_a_group = self.input(0).shape[3], self.input(1).shape[3]
        if depth % of_a_group or self.output.shape[3] % (depth // of_a_group):
            raise UnsupportedError(
                f"{depth} input channels do not divide into groups of {of_a_group}"
            )
        self.groups = depth // of_a_group

    @property
    def macs(self) -> int:
        """Output elements times filter taps times channels of a group."""
        return self.output.elements * int(self._weighted.weights[0].size)

    def kernel(self) -> Kernel:
        """Return the call of ossicle_conv_2d."""
        return Kernel(
            function="ossicle_conv_2d",
            header="ossicle_conv_2d.h",
            sources=("ossicle_conv_2d.c",),
            descriptor="ossicle_conv_2d_layer",
            fields={
                **self.geometry(),
                "output_channels": self.output.shape[3],
                "groups": self.groups,
                **self._weighted.fields(),
            },
            constants=self._weighted.constants(),
            operands=(self.input(0),),
        )

    def kernel_for(self, target: Target) -> Kernel:
        """Return the call whose work, scratch memory and tables weigh least."""
        if target.extension == "mve" and (kernel := mve.conv_2d(self, self._weighted, target)):
            return kernel
        tables = self._weighted.rescaled()
        if self.groups > 1 or tables is None:
            return self.kernel()
        widths = (False,) if target.optimize == "balanced" else (False, True)
        styles = [Style(is_wide, target.optimize == "ram") for is_wide in widths]
        has_dsp = target.extension != "portable"
        ways: list[Tiled | Rows | Toom] = [
            way for style in styles for way in self._ways(style, by_rows=has_dsp)
        ]
        if target.optimize == "speed" and target.extension == "dsp":
            ways += toom_cook(self, self._weighted, tables)
        best = min(
            ways,
            key=lambda way: target.price(way.work, way.scratch_bytes, way.flash_bytes),
        )
        return best.kernel(tables)

    def _ways(self, style: Style, *, by_rows: bool) -> Iterator[Tiled | Rows]:
        """Give all sizes of tile, even and no larger than pays, and all numbers of rows.

        Small code is one kernel for all layers; and rows only pay where a word is a product of two.
        """
        positions = self.height.output * self.width.output
        for tile in range(2, min(LARGEST_TILE, positions + positions % 2) + 1, 2):
            yield Tiled(self, self._weighted, tile, style)
        if by_rows and Rows.serve(self) and not style.is_small:
            for rows in range(1, self.height.output + 1):
                yield Rows(self, self._weighted, rows, style)

    def reference(self, values: Sequence[Array]) -> Array:
        """Convolve by gathering windows; padding is a true zero, that is the zero point."""
        offset = integers(values[0]) + self._weighted.input_offset
        gathered, _ = windows(offset, self.height, self.width)
        batches, rows, columns = gathered.shape[:3]
        grouped = gathered.reshape(*gathered.shape[:5], self.groups, -1)
        weights = integers(self._weighted.weights)
        weights = weights.reshape(self.groups, -1, *weights.shape[1:])
        sums = np.einsum("nyxhwgi,gohwi->nyxgo", grouped, weights)
        sums = sums.reshape(batches, rows, columns, -1) + self._weighted.bias_row()
        return np.asarray(self._weighted.outputs(sums))
