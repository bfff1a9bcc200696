"""CONV_2D by ossicle_conv_2d_rows: its tables, its scratch memory, and what it will cost."""

import numpy as np

from ossicle.compiler.blocks.rows import FEW_TAPS, MOST_TAPS
from ossicle.compiler.blocks.rows import rows as rows_block
from ossicle.compiler.graph import Array
from ossicle.compiler.operators.conv_2d_tiled import Style, filter_tables, geometry, interleaved
from ossicle.compiler.operators.convolution import Convolution
from ossicle.compiler.operators.operator import Kernel, Reference, Symbol
from ossicle.compiler.operators.weighted import Rescaled, Weighted
from ossicle.compiler.work import Work

CODE_BYTES = 2000  # of the kernel and a block


class Rows:
    """A layer computed row by row.

    Args:
        layer: one that `serve` allows.
        weighted: its weights and requantisation.
        rows: rows of outputs for which filters are widened once.
        style: how the layer's filters and code are laid out.
    """

    def __init__(self, layer: Convolution, weighted: Weighted, rows: int, style: Style) -> None:
        self._layer, self._weighted, self._rows, self._style = layer, weighted, rows, style
        self._is_wide = style.is_wide
        self._height, self._width = layer.height, layer.width
        self._depth = layer.input(0).shape[3]
        self._plane_words = self._width.output + self._width.filter - 1
        self._row_planes = 2 * (self._depth // 4) + -(-(self._depth % 4) // 2)
        is_single = self._depth == 1
        height = self._height.filter
        self._window_planes = -(-height // 2) if is_single else height * self._row_planes

    @staticmethod
    def serve(layer: Convolution) -> bool:
        """Whether the kernel can be used."""
        height, width = layer.height, layer.width
        steps = (width.stride, width.dilation, height.dilation)
        return steps == (1, 1, 1) and width.output > 1

    @property
    def _image_rows(self) -> int:
        spare = self._depth == 1 and self._height.filter % 2
        return (self._rows - 1) * self._height.stride + self._height.filter + spare

    @property
    def _filter_quads(self) -> int:
        return -(-self._window_planes * self._width.filter // 2)

    @property
    def scratch_bytes(self) -> int:
        """What planes and widened filters take."""
        planes = self._image_rows * self._row_planes * self._plane_words * 4
        return planes + (0 if self._is_wide else 16 * self._filter_quads)

    @property
    def flash_bytes(self) -> int:
        """Flash for the filters and for code that other layers do not share."""
        pairs = -(-self._layer.output.shape[3] // 2)
        return CODE_BYTES + pairs * self._filter_quads * (16 if self._is_wide else 8)

    @property
    def work(self) -> Work:
        """An estimate: loops times counts of emulated runs."""
        positions = self._width.output
        twos = {0: 0, 1: 2, 2: 1}[positions % 3]
        threes = (positions - 2 * twos) // 3
        planes = self._window_planes * self._share_inside
        row = threes * (planes * self._plane(3) + Work(63, 92)) + Work(92, 180)
        row += twos * (planes * self._plane(2) + Work(48, 76))
        passes = -(-self._height.output // self._rows)
        pairs = -(-self._layer.output.shape[3] // 2)
        filters = (0 if self._is_wide else self._filter_quads) * Work(6, 12) + Work(119, 156)
        of_pairs = pairs * (passes * filters + self._height.output * row)
        return of_pairs + self._widening(passes) + Work(870, 1200)

    def _widening(self, passes: int) -> Work:
        """Of the image, into planes that are zeros before: each time, if it has one channel."""
        is_single = self._depth == 1
        rest = 2 if is_single else self._depth % 4
        column = (self._depth // 4) * Work(9, 14) + rest * Work(6.4, 11.2)
        words = self._image_rows * self._row_planes * self._plane_words
        zeros = (passes if is_single else 1) * words
        return passes * self._image_rows * self._width.input * column + zeros * Work(4, 7)

    def _plane(self, positions: int) -> Work:
        """Of a plane under as many positions: a tap's two products each, its weights, the words."""
        taps = self._width.filter
        loads = max(0, taps + positions - 4) // 2
        return taps * Work(2 * positions + 1, 2 * positions + 4) + loads * Work(1, 1) + Work(2, 4)

    @property
    def _share_inside(self) -> float:
        """The share of the windows' rows that lie on the image; one channel takes all."""
        _, inside = self._height.positions()
        return 1.0 if self._depth == 1 else float(inside.mean())

    def kernel(self, tables: Rescaled) -> Kernel:
        """Return the call."""
        plane_words = (
            self._row_planes * self._plane_words * 2 if self._depth == 1 else self._plane_words
        )
        planes = self._window_planes if self._depth == 1 else self._row_planes
        block = rows_block(
            self._width.filter,
            4 * plane_words,
            planes,
            FEW_TAPS if self._style.is_small else MOST_TAPS,
            self._weighted.rounding(),
        )
        table, references = filter_tables(
            interleaved(self._in_words(tables.weights)), self._is_wide
        )
        return Kernel(
            function="ossicle_conv_2d_rows",
            header="ossicle_conv_2d_rows.h",
            sources=("ossicle_conv_2d_rows.c", "ossicle_quads.c"),
            descriptor="ossicle_conv_2d_rows_layer",
            fields={
                **geometry(self._layer, (self._height, self._width)),
                "input_offset": self._weighted.input_offset,
                **references,
                "biases": Reference("biases"),
                "output": self._weighted.output_fields(),
                "row_planes": self._row_planes,
                "window_planes": self._window_planes,
                "rows": self._rows,
                "block": Symbol(block.name),
            },
            constants=(table, *tables.constants()),
            operands=(self._layer.input(0),),
            blocks=(block,),
            scratch_bytes=self.scratch_bytes,
        )

    def _in_words(self, weights: Array) -> Array:
        """Order each filter's weights as planes are: (filters, elements), quads of two words."""
        filters = len(weights)
        taps = self._width.filter
        windows = weights.reshape(filters, self._height.filter, taps, self._depth)
        if self._depth == 1:
            words = self._rows_by_twos(windows[..., 0])
        else:
            words = self._channels_by_twos(windows)
        words = words.reshape(filters, -1, 2)  # (filter, word, half)
        words = np.pad(words, ((0, 0), (0, words.shape[1] % 2), (0, 0)))
        return words.reshape(filters, -1, 2, 2).transpose(0, 1, 3, 2).reshape(filters, -1)

    @staticmethod
    def _rows_by_twos(windows: Array) -> Array:
        """From (filter, row, tap) to (filter, plane, tap, half)."""
        filters, height, taps = windows.shape
        padded = np.pad(windows, ((0, 0), (0, height % 2), (0, 0)))
        return padded.reshape(filters, -1, 2, taps).transpose(0, 1, 3, 2)

    @staticmethod
    def _channels_by_twos(windows: Array) -> Array:
        """From (filter, row, tap, channel) to (filter, row, plane, tap, half)."""
        depth = windows.shape[3]
        whole = depth // 4 * 4
        fours = windows[..., :whole].reshape(*windows.shape[:3], -1, 4)[..., [0, 2, 1, 3]]
        rest = np.pad(windows[..., whole:], ((0, 0),) * 3 + ((0, depth % 2),))
        ordered = np.concatenate([fours.reshape(*windows.shape[:3], -1), rest], axis=3)
        planes = ordered.reshape(*windows.shape[:3], -1, 2)
        return planes.transpose(0, 1, 3, 2, 4)
