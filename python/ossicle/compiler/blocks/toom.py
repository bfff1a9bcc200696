"""The transforms of a Toom-Cook convolution as C, written out from its matrices.

Two int16 share a word as low + 2^16 * high, an ordinary number modulo 2^32: sums and multiples of
such words are those of both halves at once. A low half below zero borrows from the high one; this
is put right once, when the word is stored (ossicle_toom.h).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ossicle.compiler.blocks.function import Function
from ossicle.compiler.blocks.thumb import Rounding
from ossicle.compiler.toom_cook import Form, Section


@dataclass(frozen=True)
class Transform(Function):
    """A generated function in C.

    Attributes:
        lines: of its body.
    """

    lines: Sequence[str]

    @property
    def definition(self) -> str:
        """The function."""
        return "\n".join([f"void {self.name}(const {self.work} *work) {{", *self.lines, "}\n"])


def split(form: Form) -> Transform:
    """Return B^T: what the elements under one block of outputs are at each point."""
    lines = [
        "  const int8_t *const *const columns = work->columns;",
        "  int16_t *const *const to = work->to;",
        "  const uint32_t offset = work->offset;",
        "  int32_t at = 0;",
        "  for (int32_t channel = 0; channel < work->channels; channel += 4) {",
        "    for (int32_t odd = 0; odd < 2; ++odd, at += 4) {",
    ]
    for number, section in enumerate(form.sections):
        lines += ["      {", *(f"        {line}" for line in _section(form, number, section))]
        lines.append("      }")
    return Transform(
        name=f"ossicle_toom_split_{form.name}",
        title=f"the elements under {form.outputs} outputs of {form.taps} taps, at points.",
        header="ossicle_toom.h",
        work="ossicle_toom_split",
        lines=[*lines, "    }", "  }"],
    )


def join(form: Form, rounding: Rounding) -> Transform:
    """Return A^T: the outputs of a block under one filter, line after line."""
    lines = [
        "  const uint32_t *from = work->sums;",
        "  int8_t *output = work->output;",
        "  const ossicle_rescale rescale = work->rescale;",
        "  const int32_t bias = work->bias;",
        "  for (int32_t i = work->lines; i > 0; --i, output += work->line_step) {",
        *(f"    {line}" for line in _outputs(form, rounding)),
        f"    from += {4 * len(form.points)};",
        "  }",
    ]
    return Transform(
        name=f"ossicle_toom_join_{form.name}{rounding.clamp_suffix}",
        title=f"{form.outputs} outputs of {form.taps} taps, from sums at points.",
        header="ossicle_toom.h",
        work="ossicle_toom_join",
        lines=lines,
    )


def _section(form: Form, number: int, section: Section) -> Iterator[str]:
    points = [point for point in form.points if point in section.data]
    rows = [section.data[point] for point in points]
    names = [f"d{i}" for i in range(len(points))]
    for i, name in enumerate(names):
        column = section.start + i
        yield f"const uint32_t {name} = ossicle_toom_pair(columns[{column}] + channel, odd);"
    units = [unit for unit, of in enumerate(_units(form)) if of[1] == number]
    pairs = (len(points) - 1) // 2 * 2
    for i in range(0, pairs, 2):
        halves = [(a + b) // 2 for a, b in zip(*rows[i : i + 2], strict=True)]
        others = [(a - b) // 2 for a, b in zip(*rows[i : i + 2], strict=True)]
        yield f"const uint32_t p{i} = {_sum(halves, names, 'offset')};"
        yield f"const uint32_t q{i} = {_sum(others, names, 'offset')};"
        yield f"ossicle_toom_store(to[{units[i]}] + at, p{i} + q{i});"
        yield f"ossicle_toom_store(to[{units[i + 1]}] + at, p{i} - q{i});"
    for i in range(pairs, len(points)):
        total = _sum(rows[i], names, "offset")
        yield f"ossicle_toom_store(to[{units[i]}] + at, {total});"


def _units(form: Form) -> list[tuple[int, int]]:
    """Return number of point and of section of each unit of a line."""
    return [
        (number, form.sections.index(section))
        for number, point in enumerate(form.points)
        for section in form.sections_at(point)
    ]


def _outputs(form: Form, rounding: Rounding) -> Iterator[str]:
    points = len(form.points)
    pairs = (points - 1) // 2 * 2
    for i in range(points):
        yield f"const uint32_t m{i} = from[{4 * i}];"
    for i in range(0, pairs, 2):
        yield f"const uint32_t p{i} = m{i} + m{i + 1}, q{i} = m{i} - m{i + 1};"
    for output, row in enumerate(form.join):
        factors, names = list(row[pairs:]), [f"m{i}" for i in range(pairs, points)]
        for i in range(0, pairs, 2):
            factors.append(row[i])
            names.append(f"{'p' if row[i] == row[i + 1] else 'q'}{i}")
        inverse = "" if form.inverse == 1 else f" * {form.inverse}U"
        yield f"const uint32_t s{output} = ({_sum(factors, names)}){inverse};"
    for output in range(form.outputs):
        total = f"bias + ((int32_t)s{output} >> {form.shift})"
        yield f"const int8_t y{output} = ossicle_rescaled(&rescale, {total}, {rounding.arguments});"
    for output in reversed(range(form.outputs)):
        yield f"output[work->places[{output}]] = y{output};"


def _sum(factors: Sequence[int], names: Sequence[str], offset: str = "") -> str:
    """Return the sum of multiples of words, less that of `offset` with each."""
    terms = [pair for pair in zip(factors, names, strict=True) if pair[0]]
    if offset and sum(factors):
        terms.append((-sum(factors), offset))
    terms.sort(key=lambda term: term[0] < 0)
    text = "".join(
        f" {'-' if factor < 0 else '+'} {f'{abs(factor)}U * ' if abs(factor) > 1 else ''}{name}"
        for factor, name in terms
    )
    return text[3:] if terms[0][0] > 0 else f"0U{text}"
