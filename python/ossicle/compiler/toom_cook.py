"""Toom-Cook convolution: fewer products for several neighbouring outputs, in exact integers.

A filter of r taps over a row gives m neighbouring outputs from n = m + r - 1 elements. That is the
transpose of multiplying a polynomial of r coefficients by one of m: the product has n, so it is
known by its values at n points, each of which is one product. So n products do, instead of m * r:

    y = A^T [(G g) * (B^T d)]      A: (points, outputs), G: (points, taps), B^T: (points, elements)

The matrices are of fractions. Here B^T and G are integers; what remains is one factor a point,
which goes into A. Filters of many taps are cut into sections. At a point that several sections
have, their products are summed before A is applied, as A is the same.

Source: A. L. Toom, "The complexity of a scheme of functional elements realizing the multiplication
of integers", 1963; S. A. Cook, "On the minimum computation time of functions", 1966; for filters S.
Winograd, "Arithmetic complexity of computations", 1980, and A. Lavin and S. Gray, "Fast algorithms
for convolutional neural networks", 2016.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm
from typing import TypeAlias

Point: TypeAlias = tuple[int, int]  # a / b; b = 0 is infinity
Row: TypeAlias = tuple[int, ...]

MOST_POINTS = 8  # with more, transformed inputs leave 16 bits
MOST_SECTIONS = 3  # OSSICLE_TOOM_UNITS holds 24 rows of points
_PAIRS: tuple[Point, ...] = ((1, 1), (2, 1), (1, 2))


def points_of(count: int) -> tuple[Point, ...]:
    """Return pairs of a point and its negative, then infinity, then 0 if the count is even."""
    pairs = [((a, b), (-a, b)) for a, b in _PAIRS[: (count - 1) // 2]]
    ends: tuple[Point, ...] = ((1, 0), (0, 1)) if count % 2 == 0 else ((1, 0),)
    return (*(point for pair in pairs for point in pair), *ends)


@dataclass(frozen=True)
class Section:
    """Neighbouring taps of the filter.

    Attributes:
        start: the first of them.
        taps: how many.
        data: B^T by point: integers without a common divisor.
        filters: G by point: integers.
    """

    start: int
    taps: int
    data: dict[Point, Row]
    filters: dict[Point, Row]


@dataclass(frozen=True)
class Form:
    """A Toom-Cook convolution.

    Attributes:
        outputs: how many neighbouring outputs it gives, at least two.
        taps: of the filter, at least two.
    """

    outputs: int
    taps: int

    @property
    def name(self) -> str:
        """Outputs, and taps of each section."""
        return "_".join(str(n) for n in (self.outputs, *self._lengths))

    @property
    def elements(self) -> int:
        """Neighbouring elements of the row that the outputs are made of."""
        return self.outputs + self.taps - 1

    @property
    def _lengths(self) -> tuple[int, ...]:
        count = -(-self.taps // (MOST_POINTS + 1 - self.outputs))
        short, longer = divmod(self.taps, count)
        return tuple(short + (i < longer) for i in range(count))

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The parts of the filter."""
        made, start = [], 0
        for taps in self._lengths:
            rows = _inverse_transposed(points_of(self.outputs + taps - 1))
            data = {point: row for point, (_, row) in rows.items()}
            filters = {
                point: tuple(int(factor / self._factors[point]) * n for n in _powers(point, taps))
                for point, (factor, _) in rows.items()
            }
            made.append(Section(start, taps, data, filters))
            start += taps
        return tuple(made)

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """The points of all sections, one and its negative side by side."""
        return tuple(self._factors)

    @cached_property
    def _factors(self) -> dict[Point, Fraction]:
        """What A's columns are multiplied by: the largest that leaves integers to all sections."""
        counts = {self.outputs + taps - 1 for taps in self._lengths}
        rows = [_inverse_transposed(points_of(count)) for count in sorted(counts, reverse=True)]
        ordered = points_of(MOST_POINTS)
        points = sorted({p for section in rows for p in section}, key=ordered.index)
        return {p: _common([section[p][0] for section in rows if p in section]) for p in points}

    def sections_at(self, point: Point) -> tuple[Section, ...]:
        """Return the sections that have a point."""
        return tuple(section for section in self.sections if point in section.data)

    @property
    def products(self) -> int:
        """Products for the outputs under one filter of one channel."""
        return sum(len(section.data) for section in self.sections)

    @cached_property
    def denominator(self) -> int:
        """The outputs' common denominator."""
        return lcm(*(value.denominator for row in self._outputs() for value in row))

    @property
    def join(self) -> tuple[Row, ...]:
        """A^T times the denominator, by output: integers."""
        return tuple(tuple(int(v * self.denominator) for v in row) for row in self._outputs())

    @property
    def shift(self) -> int:
        """Powers of two in the denominator."""
        return (self.denominator & -self.denominator).bit_length() - 1

    @property
    def inverse(self) -> int:
        """The inverse modulo 2^32 of the odd rest of the denominator."""
        return pow(self.denominator >> self.shift, -1, 2**32)

    @property
    def growth(self) -> int:
        """How many times as large as an element a transformed one can be."""
        return max(sum(map(abs, row)) for part in self.sections for row in part.data.values())

    def _outputs(self) -> Iterator[list[Fraction]]:
        powers = {point: _powers(point, self.outputs) for point in self.points}
        for output in range(self.outputs):
            yield [powers[point][output] * self._factors[point] for point in self.points]


def forms(taps: int) -> Iterator[Form]:
    """Give all forms for a filter that spare products."""
    for outputs in range(2, MOST_POINTS):
        form = Form(outputs, taps)
        if form.products < outputs * taps and len(form.sections) <= MOST_SECTIONS:
            yield form


def _powers(point: Point, count: int) -> Row:
    """Return a^i * b^(count - 1 - i)."""
    a, b = point
    return tuple(a**i * b ** (count - 1 - i) for i in range(count))


def _inverse_transposed(points: Sequence[Point]) -> dict[Point, tuple[Fraction, Row]]:
    """Return B^T by point, each row as a factor and integers without a common divisor."""
    inverse = _inverted([[Fraction(n) for n in _powers(point, len(points))] for point in points])
    return {
        point: _primitive(row)
        for point, row in zip(points, zip(*inverse, strict=True), strict=True)
    }


def _inverted(matrix: list[list[Fraction]]) -> list[list[Fraction]]:
    """Invert a matrix by Gauss-Jordan elimination."""
    size = len(matrix)
    rows = [[*row, *(Fraction(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for column in range(size):
        pivot = next(i for i in range(column, size) if rows[i][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for i in range(size):
            if i != column:
                factor = rows[i][column]
                rows[i] = [
                    value - factor * other
                    for value, other in zip(rows[i], rows[column], strict=True)
                ]
    return [row[size:] for row in rows]


def _primitive(row: Sequence[Fraction]) -> tuple[Fraction, Row]:
    factor = _common(row)
    return factor, tuple(int(value / factor) for value in row)


def _common(values: Sequence[Fraction]) -> Fraction:
    """Return the largest positive fraction of which all values are multiples."""
    denominator = lcm(*(value.denominator for value in values))
    return Fraction(gcd(*(int(value * denominator) for value in values)), denominator)
