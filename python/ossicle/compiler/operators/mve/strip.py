"""Strips: what lies under a sliding filter, as the kernels for Helium gather it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TypeVar

from ossicle.compiler.operators.mve.lines import BLOCK, Lines
from ossicle.compiler.operators.mve.tables import VECTOR
from ossicle.compiler.operators.operator import Field
from ossicle.compiler.target import Target
from ossicle.compiler.work import Work

GATHERING = Work.usual(5)  # of a vector of a pixel


_Strip = TypeVar("_Strip", bound="Strip")


@dataclass(frozen=True)
class Strip(ABC):
    """The geometry of ossicle_strip_mve.h.

    Attributes:
        channels: bytes of a pixel.
        tile: output positions of a line that are computed together.
        turns: output lines until the strip is gathered anew.
    """

    lines: Lines
    channels: int
    tile: int
    turns: int = 1

    @property
    @abstractmethod
    def columns(self) -> int:
        """Columns that belong to the filter at one position; 0: positions share them."""

    @property
    @abstractmethod
    def slices(self) -> int:
        """Parts of a pixel that are gathered one after the other."""

    @property
    @abstractmethod
    def below(self) -> int:
        """Bytes from a pixel to the next one across the lines."""

    @property
    @abstractmethod
    def column(self) -> int:
        """Bytes from a pixel to the next one along them."""

    @property
    @abstractmethod
    def bytes(self) -> int:
        """What the strip takes, the way that it moves, and what is read beyond it."""

    @property
    def step(self) -> int:
        """Columns from a position to the next."""
        return self.columns or self.lines.along.stride

    @property
    def width(self) -> int:
        """Columns of a tile, which are whole blocks."""
        positions = -(-self.tile // BLOCK) * BLOCK
        return (positions - 1) * self.step + (self.columns or self.lines.along.reach)

    @property
    def moves(self) -> int:
        """Pixels by which the strip moves until it is gathered anew."""
        return (self.turns - 1) * self.lines.across.stride

    @property
    def _may_move(self) -> bool:
        """Whether the next line's strip can be this one, moved."""
        across = self.lines.across
        is_line = self.tile == self.lines.along.output
        return is_line and across.dilation == 1 and across.stride < across.filter

    def fields(self, zero_point: int) -> dict[str, Field]:
        """Return the C descriptor `ossicle_strip_mve`."""
        across_bytes, along_bytes = self.lines.input_bytes
        return {
            "across": self.lines.across.fields(),
            "along": self.lines.along.fields(),
            "across_bytes": across_bytes,
            "along_bytes": along_bytes,
            "zero_point": zero_point,
            "tile": self.tile,
            "lines": self.turns,
            "columns": self.columns,
        }

    @property
    def pixels(self) -> int:
        """Pixels, or slices of them, that are gathered in an inference."""
        across, along = self.lines.across, self.lines.along
        anew = -(-across.output // self.turns)
        rows = anew * across.filter + (across.output - anew) * across.stride
        return rows * self.slices * -(-along.output // self.tile) * self.width

    def fitted(self: _Strip, target: Target, limit: int, strips: int = 1) -> _Strip:
        """Return the strip of most positions that scratch memory has room for, at the best price.

        Args:
            target: weighs gathering anew against memory.
            limit: bytes for `strips` such strips; a block may take more.
            strips: how many there are.
        """
        strip = self
        while strip.tile > BLOCK and strips * strip.bytes > limit:
            strip = replace(strip, tile=(strip.tile - 1) // BLOCK * BLOCK)
        most = strip.lines.across.output if strip._may_move else 1
        ways = [replace(strip, turns=turns) for turns in range(1, most + 1)]
        fitting = [way for way in ways if strips * way.bytes <= limit] or ways[:1]
        return min(fitting, key=lambda way: way._price(target, strips))

    def _price(self, target: Target, strips: int) -> float:
        return target.price(self.pixels * strips * GATHERING, strips * self.bytes, 0)


@dataclass(frozen=True)
class Columns(Strip):
    """Columns one after the other, so that what is under the filter are bytes side by side."""

    @property
    def columns(self) -> int:
        """Shared where the filter's columns are neighbours and positions overlap."""
        along = self.lines.along
        return 0 if along.dilation == 1 and along.stride < along.filter else along.filter

    @property
    def slices(self) -> int:
        """Pixels are gathered as a whole."""
        return 1

    @property
    def below(self) -> int:
        """Pixels of a column side by side."""
        return self.channels

    @property
    def column(self) -> int:
        """As high as the filter."""
        return self.lines.across.filter * self.channels

    @property
    def bytes(self) -> int:
        """The last vector may read almost all of its bytes beyond."""
        return self.width * self.column + self.moves * self.below + VECTOR - 1


@dataclass(frozen=True)
class Planes(Strip):
    """Rows of columns of a vector, so that what is loaded of a row serves several taps.

    The channels are a multiple of 16: a pixel's slices, each of a vector, are rows of their own.
    """

    @property
    def columns(self) -> int:
        """Shared by filters of several."""
        return 1 if self.lines.along.filter == 1 else 0

    @property
    def slices(self) -> int:
        """Vectors of a pixel."""
        return self.channels // VECTOR

    @property
    def slice_bytes(self) -> int:
        """A row of one slice."""
        return self.width * VECTOR

    @property
    def below(self) -> int:
        """The rows of all slices."""
        return self.slices * self.slice_bytes

    @property
    def column(self) -> int:
        """A vector."""
        return VECTOR

    @property
    def bytes(self) -> int:
        """Whole vectors."""
        return (self.lines.across.filter + self.moves) * self.below
