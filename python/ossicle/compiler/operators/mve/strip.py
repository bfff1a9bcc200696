"""Strips: what lies under a sliding filter, as the kernels for Helium gather it."""

from dataclasses import dataclass, replace

from ossicle.compiler.operators.mve.tables import VECTOR
from ossicle.compiler.operators.operator import Field
from ossicle.compiler.operators.window import Axis

SUMS = 16  # bytes a position: the sums of four channels


@dataclass(frozen=True)
class Strip:
    """The geometry of ossicle_strip_mve.h.

    Attributes:
        channels: of the input.
        pixel: bytes from a pixel to the one below.
        block: output positions that the kernel multiplies at a time.
        tile: output positions of a row that are computed together.
        rows: output rows until the strip is gathered anew.
    """

    height: Axis
    width: Axis
    channels: int
    pixel: int
    block: int
    tile: int
    rows: int = 1

    @property
    def step(self) -> int:
        """Columns from one patch to the next."""
        shares = self.width.dilation == 1 and self.width.stride < self.width.filter
        return self.width.stride if shares else self.width.filter

    @property
    def positions(self) -> int:
        """Positions of a tile, as whole blocks."""
        return -(-self.tile // self.block) * self.block

    @property
    def sums_bytes(self) -> int:
        """The sums of four channels."""
        return self.positions * SUMS

    @property
    def bytes(self) -> int:
        """Patches, the way that they move, and what their last vector reads beyond them."""
        columns = (self.positions - 1) * self.step + self.width.filter
        moves = (self.rows - 1) * self.height.stride
        return (columns * self.height.filter + moves) * self.pixel + VECTOR - 1

    @property
    def may_move(self) -> bool:
        """Whether the next row's strip can be this one, moved."""
        is_row = self.tile == self.width.output
        return is_row and self.height.dilation == 1 and self.height.stride < self.height.filter

    def fields(self, zero_point: int) -> dict[str, Field]:
        """Return the C descriptor `ossicle_strip_mve`."""
        return {
            "height": self.height.fields(),
            "width": self.width.fields(),
            "channels": self.channels,
            "zero_point": zero_point,
            "tile": self.tile,
            "rows": self.rows,
            "step": self.step,
        }

    def fitted(self, limit: int, strips: int) -> "Strip":
        """Return the strip of most positions, then of most rows, that scratch memory has room for.

        Args:
            limit: bytes for the sums and `strips` such strips; a block may take more.
            strips: how many there are.
        """
        strip = self
        while strip.tile > self.block and strip.sums_bytes + strips * strip.bytes > limit:
            strip = replace(strip, tile=(strip.tile - 1) // self.block * self.block)
        if not strip.may_move:
            return strip
        room = max(0, limit - strip.sums_bytes - strips * strip.bytes)
        of_a_row = strips * strip.height.stride * strip.pixel
        return replace(strip, rows=min(strip.height.output, 1 + room // of_a_row))
