"""Lines of outputs: which way the kernels for Helium go over an image."""

from dataclasses import dataclass

from ossicle.compiler.operators.convolution import Convolution
from ossicle.compiler.operators.window import Axis

BLOCK = 4  # output positions that the kernels compute at a time
LINE = 0.5  # of a block: what a line costs besides its blocks


@dataclass(frozen=True)
class Lines:
    """The lines of outputs that a kernel goes along: rows, or columns where these are longer.

    Attributes:
        across, along: the window's geometry.
        input_bytes, output_bytes: from a pixel to its neighbour, (across, along).
        are_columns: whether they are.
    """

    across: Axis
    along: Axis
    input_bytes: tuple[int, int]
    output_bytes: tuple[int, int]
    are_columns: bool

    @classmethod
    def of(cls, layer: Convolution) -> "Lines":
        """Return the lines that need the fewest blocks of positions."""
        _, _, columns, channels = layer.input(0).shape
        made = layer.output.shape[3]
        rows = cls(
            layer.height,
            layer.width,
            (columns * channels, channels),
            (layer.width.output * made, made),
            are_columns=False,
        )
        turned = rows._turned()
        return turned if turned._blocks < rows._blocks and turned.reaches else rows

    def _turned(self) -> "Lines":
        return Lines(self.along, self.across, self.input_bytes[::-1], self.output_bytes[::-1], True)

    @property
    def _blocks(self) -> float:
        return self.across.output * (-(-self.along.output // BLOCK) + LINE)

    @property
    def reaches(self) -> bool:
        """Whether the offsets of a block's outputs are below 2^16."""
        return (BLOCK - 1) * self.output_bytes[1] + 1 < 1 << 16

    @property
    def filter_axes(self) -> tuple[int, int]:
        """The axes of weights OHWI that lie along a line and across it."""
        return (1, 2) if self.are_columns else (2, 1)
