"""Sums of two rows under two filters, line after line: the block of `ossicle_conv_2d_toom`.

The operands are those of `pairs`; what differs is that the length is given, that neighbouring lines
share rows, and that sums are stored as they are.
"""

from ossicle.compiler.blocks.pairs import MOST_QUADS, QUAD
from ossicle.compiler.blocks.thumb import Block


def sums(quads: int) -> Block:
    """Return the block for lengths that are multiples of `quads` quads, or of a divisor of it."""
    step = sums_step(quads)
    return Block(
        name=f"ossicle_sums_{step}",
        title=f"sums of rows by twos under two filters, {4 * step} elements at a time.",
        header="ossicle_sums.h",
        work="ossicle_sums",
        assembly=[*_BEGIN, *(line for _ in range(step) for line in QUAD), *_END],
        twin="ossicle_sums_in_c(work)",
    )


def sums_step(quads: int) -> int:
    """Return the quads of a pass of the block's loop."""
    return max(divisor for divisor in range(1, MOST_QUADS + 1) if quads % divisor == 0)


# Stack: filters, filters' end, sums, sums' end, step, back.
_BEGIN = (
    "push {r4-r11, lr}",
    "ldm r0, {r1-r7}",
    "push {r2-r7}",
    "mov r0, r1",
    "1:",
    "ldr r1, [sp]",
    *(f"mov {register}, #0" for register in ("r10", "r11", "r12", "lr")),
    "2:",
)
_END = (
    *("ldr r2, [sp, #4]", "cmp r1, r2", "bne 2b"),
    *("ldrd r2, r3, [sp, #8]", "ldrd r4, r5, [sp, #16]"),
    "stm r2, {r10, r11, r12, lr}",
    *("add r2, r4", "sub r0, r5", "str r2, [sp, #8]"),
    *("cmp r2, r3", "bne 1b"),
    *("add sp, #24", "pop {r4-r11, pc}"),
)
