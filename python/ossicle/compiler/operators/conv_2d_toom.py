"""CONV_2D by ossicle_conv_2d_toom: where it is exact, its tables, and what it will cost."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import gcd

import numpy as np

from ossicle.compiler.arithmetic import Integers, integers
from ossicle.compiler.blocks.sums import sums, sums_step
from ossicle.compiler.blocks.toom import join, split
from ossicle.compiler.graph import Array
from ossicle.compiler.operators.conv_2d_tiled import filter_tables, interleaved
from ossicle.compiler.operators.convolution import Convolution
from ossicle.compiler.operators.operator import Constant, Kernel, Reference, Symbol
from ossicle.compiler.operators.weighted import Rescaled, Weighted
from ossicle.compiler.operators.window import Axis
from ossicle.compiler.toom_cook import Form, Point, Section, forms
from ossicle.compiler.work import Work


class Lines:
    """A layer as lines along one of its axes.

    Attributes:
        along, across: the axis of a line, and the other one.
        input_steps, output_steps: bytes from an element to the next, and from a line to the next.
    """

    def __init__(self, layer: Convolution, is_transposed: bool) -> None:
        order = -1 if is_transposed else 1
        self.along, self.across = (layer.width, layer.height)[::order]
        self.depth, self.channels = layer.input(0).shape[3], layer.output.shape[3]
        self.input_steps = (self.depth, self.depth * layer.width.input)[::order]
        self.output_steps = (self.channels, self.channels * layer.width.output)[::order]
        self._taps_last = (0, 2, 1, 3) if is_transposed else (0, 1, 2, 3)

    @property
    def fits(self) -> bool:
        """Whether windows move by one element along a line."""
        steps = (self.along.stride, self.along.dilation, self.across.dilation)
        return steps == (1, 1, 1) and self.along.output > 1 and self.along.filter > 1

    def windows(self, layer: Convolution, weights: Array) -> Integers:
        """Return weights, (filter, tap), as (filter, line, tap, channel)."""
        shape = (-1, layer.height.filter, layer.width.filter, self.depth)
        return integers(weights).reshape(shape).transpose(self._taps_last)


@dataclass(frozen=True, eq=False)
class Filters:
    """A layer's filters at the points of a form.

    Attributes:
        at_points: G of every section that has the point: (filter, line, section, channel).
        largest_sum: the most that a filter makes of inputs of magnitude 1.
    """

    form: Form
    at_points: dict[Point, Integers]
    largest_sum: int

    @classmethod
    def of(cls, form: Form, windows: Integers) -> "Filters":
        """Transform filters, (filter, line, tap, channel)."""

        def at(point: Point, section: Section) -> Integers:
            taps = windows[:, :, section.start : section.start + section.taps]
            return np.asarray(np.einsum("flkc,k->flc", taps, integers(section.filters[point])))

        at_points = {
            point: np.stack([at(point, section) for section in form.sections_at(point)], axis=2)
            for point in form.points
        }
        return cls(form, at_points, int(np.abs(windows).sum(axis=(1, 2, 3)).max()))

    def are_exact(self, largest_input: int) -> bool:
        """Whether no output can come out wrong.

        Transformed inputs and filters must fit int16, and each sum times the power of two that is
        shifted out must lie within 32 bits; all between may wrap around.

        Args:
            largest_input: the largest magnitude of an input less its zero point.
        """
        largest_filter = max(int(np.abs(values).max()) for values in self.at_points.values())
        return (
            self.form.growth * largest_input < 2**15
            and largest_filter < 2**15
            and (self.largest_sum * largest_input) << self.form.shift < 2**31
        )

    def by_pairs(self) -> Array:
        """Return them as they are multiplied: (pair, quad, filter, 4)."""
        tables = []
        for values in self.at_points.values():
            whole = np.pad(values, ((0, 0),) * 3 + ((0, -values.shape[3] % 4),))
            tables.append(interleaved(whole.reshape(len(whole), -1)))
        return np.concatenate(tables, axis=1)


class Toom:
    """A layer computed by Toom-Cook convolution.

    Args:
        layer: an ungrouped convolution.
        weighted: its requantisation.
        lines: the axes.
        filters: what blocks of outputs are computed by, proved to be exact.
        strip: lines of outputs for which the image is transformed once.
    """

    def __init__(
        self,
        layer: Convolution,
        weighted: Weighted,
        lines: Lines,
        filters: Filters,
        strip: int,
    ) -> None:
        self._layer, self._weighted, self._lines, self._strip = layer, weighted, lines, strip
        self._filters, self._form = filters, filters.form
        self._quads = -(-lines.depth // 4)
        self._sections = [len(self._form.sections_at(point)) for point in self._form.points]

    @property
    def scratch_bytes(self) -> int:
        """What transformed lines, sums, and an element of padding take."""
        units = self._form.products * self._lines_under(self._strip) * 16 * self._quads
        return units + 16 * len(self._form.points) * self._strip + 4 * self._quads

    @property
    def flash_bytes(self) -> int:
        """Flash for the filters."""
        return 2 * sum(values.size for values in self._filters.at_points.values())

    @property
    def work(self) -> Work:
        """An estimate: loops times counts of emulated runs."""
        form, across = self._form, self._lines.across
        points, channels = len(form.points), self._lines.channels
        blocks = -(-self._lines.along.output // form.outputs)
        pairs = -(-blocks // 2) * -(-channels // 2)  # of blocks under pairs of filters
        strips = -(-across.output // self._strip)
        quads = across.filter * form.products * self._quads
        turns = quads / sums_step(self._quads_of_a_point)
        line = quads * Work(10, 18) + turns * Work(3, 6) + points * Work(16, 28)
        products = across.output * line + strips * points * Work(178, 245)
        joined = across.output * (points * Work(0.8, 0.8) + form.outputs * Work(14, 17))
        return self._splitting(blocks, strips) + pairs * products + blocks * channels * joined

    def _splitting(self, blocks: int, strips: int) -> Work:
        """Of the image, and of moving what the next strip needs as well."""
        across, products = self._lines.across, self._form.products
        line = products * (self._quads * Work(23, 29.5) + Work(74, 97))
        if self._lines.depth % 4:
            line += Work(226, 427)
        kept = (strips - 1) * max(across.filter - across.stride, 0) * -(-blocks // 2)
        return across.input * blocks * line + kept * products * self._quads * Work(9, 16)

    @cached_property
    def _quads_of_a_point(self) -> int:
        """What the quads that are summed at each point are a multiple of."""
        return self._lines.across.filter * self._quads * gcd(*self._sections)

    def _lines_under(self, lines: int) -> int:
        return (lines - 1) * self._lines.across.stride + self._lines.across.filter

    def kernel(self, tables: Rescaled) -> Kernel:
        """Return the call."""
        blocks = (
            split(self._form),
            sums(self._quads_of_a_point),
            join(self._form, self._weighted.rounding()),
        )
        (input_step, input_line), (output_step, output_line) = (
            self._lines.input_steps,
            self._lines.output_steps,
        )
        table, references = filter_tables(self._filters.by_pairs(), is_wide=True)
        return Kernel(
            function="ossicle_conv_2d_toom",
            header="ossicle_conv_2d_toom.h",
            sources=("ossicle_conv_2d_toom.c",),
            descriptor="ossicle_conv_2d_toom_layer",
            fields={
                "batches": self._layer.output.shape[0],
                "along": self._lines.along.fields(),
                "across": self._lines.across.fields(),
                "input_step": input_step,
                "output_step": output_step,
                "input_line": input_line,
                "output_line": output_line,
                "input_channels": self._lines.depth,
                "output_channels": self._lines.channels,
                "input_offset": self._weighted.input_offset,
                "filters": references["wide_filters"],
                "biases": Reference("biases"),
                "output": self._weighted.output_fields(),
                "outputs": self._form.outputs,
                "points": len(self._form.points),
                "sections": Reference("sections"),
                "lines": self._strip,
                **{
                    member: Symbol(block.name)
                    for member, block in zip(("split", "sums", "join"), blocks, strict=True)
                },
            },
            constants=(
                table,
                Constant("sections", "int8_t", np.array(self._sections)),
                *tables.constants(),
            ),
            operands=(self._layer.input(0),),
            blocks=blocks,
            scratch_bytes=self.scratch_bytes,
        )


def toom_cook(layer: Convolution, weighted: Weighted, tables: Rescaled) -> Iterator[Toom]:
    """Give all ways to compute an ungrouped layer that its weights prove to be exact."""
    for is_transposed in (False, True):
        lines = Lines(layer, is_transposed)
        for form in forms(lines.along.filter) if lines.fits else ():
            filters = Filters.of(form, lines.windows(layer, tables.weights))
            if filters.are_exact(weighted.largest_input):
                for strip in _strips(lines.across):
                    yield Toom(layer, weighted, lines, filters, strip)


def _strips(across: Axis) -> list[int]:
    """Return the numbers of lines that divide the outputs into strips of about the same size."""
    return sorted({-(-across.output // count) for count in range(1, across.output + 1)})
