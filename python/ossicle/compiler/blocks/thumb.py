"""What all blocks in assembly share: their frame, and the requantisation of one sum."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ossicle.compiler.blocks.function import Function

_SOURCE = """\
{condition}

__attribute__((naked)) void {name}(__attribute__((unused)) const {work} *work) {{
  __asm volatile(
{assembly});
}}

#else

void {name}(const {work} *work) {{ {twin}; }}

#endif
"""


_CONDITIONS = {
    "dsp": '#include "ossicle_dsp.h"\n\n#if OSSICLE_HAS_DSP',
    "mve": "#if defined(__ARM_FEATURE_MVE)",
}


@dataclass(frozen=True)
class Block(Function):
    """A generated function in assembly.

    Attributes:
        assembly: the instructions, one a line.
        twin: the C expression that does the same.
        extension: the instructions that the core must have.
    """

    assembly: Sequence[str]
    twin: str
    extension: Literal["dsp", "mve"] = "dsp"

    @property
    def definition(self) -> str:
        """Assembly where the core has it, the twin elsewhere."""
        return _SOURCE.format(
            condition=_CONDITIONS[self.extension],
            name=self.name,
            work=self.work,
            assembly="\n".join(f'      "{line}\\n"' for line in self.assembly),
            twin=self.twin,
        )


@dataclass(frozen=True)
class Rounding:
    """How sums become int8: `ossicle_output_rule` in ossicle_requantise_block.h.

    Attributes:
        is_relu: the lowest output is the zero point, so that how a negative sum is rounded does not
            matter: all of them are clamped to it.
        minimum, maximum: of the output.
    """

    is_relu: bool
    minimum: int
    maximum: int

    @property
    def suffix(self) -> str:
        """A part of the block's name."""
        return ("_relu" if self.is_relu else "") + self.clamp_suffix

    @property
    def clamp_suffix(self) -> str:
        """The same where negative sums are rounded as any other."""
        return "" if self._is_int8 else f"_{self.minimum}_{self.maximum}".replace("-", "m")

    @property
    def arguments(self) -> str:
        """The last arguments of the twin."""
        return f"{self.minimum}, {self.maximum}"

    @property
    def _is_int8(self) -> bool:
        return (self.minimum, self.maximum) == (-128, 127)

    def instructions(self, total: str, multiplier: str, half: str, shift: str) -> list[str]:
        """Return the code that turns the register `total` into its int8.

        SMMLAR adds the sum itself to the sum times (2 * multiplier - 2^32) / 2^32, rounded: that is
        the rounded sum * multiplier / 2^31 in one instruction, since a whole number is added. The
        zero point is part of `half`.
        """
        code = [f"smmlar {total}, {total}, {multiplier}, {total}"]
        if not self.is_relu:
            code.append(f"add {total}, {total}, {total}, asr #31")
        return [*code, f"add {total}, {half}", *self.shifted([total], shift)]

    def scaled(self, totals: Sequence[str], multiplier: str, half: str) -> list[str]:
        """Return the code that multiplies sums that are doubled already, before `shifted`.

        Of doubled sums SMMULR is the high product. SMMLAR adds half to it at once, where a negative
        one need not be told from the others.
        """
        if self.is_relu:
            return [f"smmlar {total}, {total}, {multiplier}, {half}" for total in totals]
        return [
            line
            for total in totals
            for line in (
                f"smmulr {total}, {total}, {multiplier}",
                f"add {total}, {total}, {total}, asr #31",
                f"add {total}, {half}",
            )
        ]

    def shifted(self, totals: Sequence[str], shift: str) -> list[str]:
        """Return the code that shifts and clamps scaled sums."""
        code = []
        for total in totals:
            code += [f"asr {total}, {shift}", f"ssat {total}, #8, {total}"]
            code += [] if self._is_int8 else self._clamp(total)
        return code

    def _clamp(self, total: str) -> list[str]:
        return [
            f"cmp {total}, #{self.minimum}",
            "it lt",
            f"movlt {total}, #{self.minimum}",
            f"cmp {total}, #{self.maximum}",
            "it gt",
            f"movgt {total}, #{self.maximum}",
        ]


def unrolled(count: int, most: int) -> tuple[int, int]:
    """Split `count` steps of at most `most` a pass: (steps before the loop, steps a pass).

    The steps a pass divide what is left; 0 stands for no loop.
    """
    if count <= most:
        return count, 0
    step = max(divisor for divisor in range(1, most + 1) if count % divisor == 0)
    return (0, step) if 2 * step > most else (count % most, most)
