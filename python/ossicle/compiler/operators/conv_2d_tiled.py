"""CONV_2D by ossicle_conv_2d_tiled: its tables, its scratch memory, and what it will cost."""

from dataclasses import dataclass

import numpy as np

from ossicle.compiler.blocks.pairs import pairs, passes
from ossicle.compiler.graph import Array
from ossicle.compiler.operators.convolution import Convolution
from ossicle.compiler.operators.operator import Constant, Field, Kernel, Reference, Symbol
from ossicle.compiler.operators.weighted import Rescaled, Weighted
from ossicle.compiler.operators.window import Axis
from ossicle.compiler.work import Work


@dataclass(frozen=True)
class Style:
    """How a layer's filters and code are laid out.

    Attributes:
        is_wide: whether the filters lie in flash as they are multiplied.
        is_small: whether code is to be small.
    """

    is_wide: bool
    is_small: bool


class Tiled:
    """A layer computed tile by tile.

    Args:
        layer: an ungrouped convolution.
        weighted: its weights and requantisation.
        tile: output positions gathered at once, even.
        style: how the layer's filters and code are laid out.
    """

    def __init__(self, layer: Convolution, weighted: Weighted, tile: int, style: Style) -> None:
        self._layer, self._weighted, self._tile, self._style = layer, weighted, tile, style
        self._is_wide = style.is_wide
        self._height, self._width = _flattened(layer)
        self._depth = layer.input(0).shape[3]
        self._taps = self._height.filter * self._width.filter * self._depth
        self._quads = -(-self._taps // 4)

    @property
    def _passes(self) -> tuple[int, int]:
        return passes(self._quads, is_small=self._style.is_small)

    @property
    def scratch_bytes(self) -> int:
        """What the patches, a pair of widened filters, and a patch of bytes take."""
        rows = self._tile + (0 if self._is_wide else 2)
        return rows * self._quads * 8 + (self._taps if self._depth % 4 else 0)

    @property
    def flash_bytes(self) -> int:
        """Flash for the filters."""
        pairs_of_filters = -(-self._layer.output.shape[3] // 2)
        return pairs_of_filters * self._quads * (16 if self._is_wide else 8)

    @property
    def work(self) -> Work:
        """An estimate: loops times counts of emulated runs."""
        positions = self._height.output * self._width.output
        pairs_of_filters = -(-self._layer.output.shape[3] // 2)
        before, step = self._passes
        turns = (self._quads - before) // step if step else 0
        block = self._quads * Work(10, 18) + turns * Work(3, 6) + Work(37.5, 61)
        filters = Work(55, 101) + (0 if self._is_wide else self._quads) * Work(7.5, 15)
        tiles = -(-positions // self._tile)
        in_pairs = pairs_of_filters * block + self._gathering
        edges = positions - self._height.whole_windows * self._width.whole_windows
        return (
            pairs_of_filters * tiles * filters
            + -(-positions // 2) * in_pairs
            + edges * self._gathering_beyond
        )

    @property
    def _gathering(self) -> Work:
        """Of the windows of two positions."""
        rows = self._height.filter * Work(76, 97)
        if self._depth % 4:
            return self._taps * Work(5.2, 6) + Work(380, 655) + rows
        return self._quads * Work(8.6, 13) + Work(167, 361) + rows

    @property
    def _gathering_beyond(self) -> Work:
        """More than that, of a window that does not lie on the image."""
        return Work(39, 66) if self._depth % 4 else self._height.filter * Work(82, 126)

    def kernel(self, tables: Rescaled) -> Kernel:
        """Return the call."""
        block = pairs(*self._passes, self._weighted.rounding())
        table, references = filter_tables(interleaved(tables.weights), self._is_wide)
        return Kernel(
            function="ossicle_conv_2d_tiled",
            header="ossicle_conv_2d_tiled.h",
            sources=("ossicle_conv_2d_tiled.c", "ossicle_quads.c"),
            descriptor="ossicle_conv_2d_tiled_layer",
            fields={
                **geometry(self._layer, (self._height, self._width)),
                "input_offset": self._weighted.input_offset,
                **references,
                "channels": Reference("channels"),
                "tile": self._tile,
                "block": Symbol(block.name),
            },
            constants=(table, tables.channels(self._weighted.bounds[0])),
            operands=(self._layer.input(0),),
            blocks=(block,),
            scratch_bytes=self.scratch_bytes,
        )


def geometry(layer: Convolution, axes: tuple[Axis, Axis]) -> dict[str, Field]:
    """Return the beginning of the descriptor of a layer whose height and width are `axes`."""
    height, width = axes
    return {
        "batches": layer.output.shape[0],
        "height": height.fields(),
        "width": width.fields(),
        "input_channels": layer.input(0).shape[3],
        "output_channels": layer.output.shape[3],
    }


def _flattened(layer: Convolution) -> tuple[Axis, Axis]:
    """Return height and width; a filter of one tap without stride sees one long row."""
    height, width = layer.height, layer.width
    if (height.filter, width.filter, height.stride, width.stride) != (1, 1, 1, 1):
        return height, width
    positions = height.output * width.output
    return Axis(1, 1, 1, 1, 1, 0), Axis(positions, positions, 1, 1, 1, 0)


def interleaved(weights: Array) -> Array:
    """Return filters by twos, quads of the first and of the second in turn, zeros at the end.

    Args:
        weights: (filters, taps).

    Returns:
        (pairs, quads, 2, 4).
    """
    filters, taps = weights.shape
    padded = np.pad(weights, ((0, filters % 2), (0, -taps % 4)))
    return padded.reshape(-(-filters // 2), 2, -1, 4).transpose(0, 2, 1, 3)


def filter_tables(filters: Array, is_wide: bool) -> tuple[Constant, dict[str, Field]]:
    """Return the table of interleaved filters and the two members of the descriptor that name it.

    Widened, they are in the order in which bytes unpack: elements 0 and 2 of both filters, then
    elements 1 and 3.
    """
    unpacked = filters[..., [0, 2, 1, 3]].reshape(*filters.shape[:3], 2, 2).swapaxes(2, 3)
    name, ctype, values = (
        ("wide_filters", "int16_t", unpacked) if is_wide else ("filters", "int8_t", filters)
    )
    names = ("filters", "wide_filters")
    return Constant(name, ctype, values), {n: Reference(n if n == name else None) for n in names}
