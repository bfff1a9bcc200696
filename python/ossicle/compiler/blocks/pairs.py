"""Two positions under two filters: the block of `ossicle_conv_2d_tiled`.

Both operands are interleaved by quads of four elements (ossicle_quads.h), so that one load-multiple
brings a quad of both rows: ten instructions for sixteen products.
"""

from ossicle.compiler.blocks.thumb import Block, Rounding, unrolled

MOST_QUADS = 20  # a pass; 800 bytes of code
FEW_QUADS = 4  # a pass, where code is to be small

# Offsets of the members of ossicle_pairs.
PATCHES, FILTERS, OUTPUT, COUNT, STEPS, CHANNELS, QUADS = 0, 4, 8, 12, 16, 24, 28

QUAD = (
    "ldmia r0!, {r2-r5}",
    "ldmia r1!, {r6-r9}",
    "smlad r10, r2, r6, r10",
    "smlad r11, r2, r7, r11",
    "smlad r12, r3, r6, r12",
    "smlad lr, r3, r7, lr",
    "smlad r10, r4, r8, r10",
    "smlad r11, r4, r9, r11",
    "smlad r12, r5, r8, r12",
    "smlad lr, r5, r9, lr",
)


def passes(quads: int, *, is_small: bool) -> tuple[int, int]:
    """Return how many of a row's quads come before the block's loop, and how many in a pass of it.

    Small code has two blocks for rows of all lengths: one for multiples of four, one for the rest.
    """
    if is_small:
        return 0, FEW_QUADS if quads % FEW_QUADS == 0 else 1
    return unrolled(quads, MOST_QUADS)


def pairs(before: int, step: int, rounding: Rounding) -> Block:
    """Return the block that has as many quads before its loop and in a pass of it."""
    length = f"{4 * before} elements" + (f" and {4 * step} in turn" if step else "")
    return Block(
        name=f"ossicle_pairs_{before}_{step}{rounding.suffix}",
        title=f"positions by twos under two filters of {length}.",
        header="ossicle_pairs.h",
        work="ossicle_pairs",
        assembly=[*_begin(), *_multiply(before, step), *_finish(rounding)],
        twin=f"ossicle_pairs_in_c(work, {rounding.arguments})",
    )


def _begin() -> list[str]:
    """Stack: the work, the channels, the pairs left, the output, the end of the filters."""
    return [
        "push {r0-r11, lr}",
        "sub sp, #4",
        f"ldr r3, [r0, #{FILTERS}]",
        f"ldr r2, [r0, #{QUADS}]",
        "add r3, r3, r2, lsl #4",
        f"ldrd r1, r2, [r0, #{OUTPUT}]",
        "strd r2, r1, [sp, #8]",
        f"ldr r1, [r0, #{CHANNELS}]",
        "strd r0, r1, [sp]",
        "str r3, [sp, #16]",
        f"ldr r0, [r0, #{PATCHES}]",
        "1:",
        "ldrd r3, r2, [sp]",
        "ldrd r10, r11, [r2]",
        f"ldr r1, [r3, #{FILTERS}]",
        "mov r12, r10",
        "mov lr, r11",
    ]


def _multiply(before: int, step: int) -> list[str]:
    code = [line for _ in range(before) for line in QUAD]
    if step:
        code += ["2:", *(line for _ in range(step) for line in QUAD)]
        code += ["ldr r2, [sp, #16]", "cmp r1, r2", "bne 2b"]
    return code


def _finish(rounding: Rounding) -> list[str]:
    """The second filter and the second position are stored first.

    Steps of zero then leave the first ones where there is no second.
    """
    return [
        "ldrd r3, r4, [sp]",
        "add r4, #8",
        "ldm r4, {r4-r9}",
        f"ldrd r1, r3, [r3, #{STEPS}]",
        "ldr r2, [sp, #12]",
        *rounding.instructions("lr", "r7", "r8", "r9"),
        *rounding.instructions("r11", "r7", "r8", "r9"),
        *rounding.instructions("r12", "r4", "r5", "r6"),
        *rounding.instructions("r10", "r4", "r5", "r6"),
        "add r3, r2",
        "strb lr, [r3, r1]",
        "strb r11, [r3]",
        "strb r12, [r2, r1]",
        "strb r10, [r2]",
        "add r2, r2, r1, lsl #1",
        "ldr r3, [sp, #8]",
        "subs r3, #1",
        "strd r3, r2, [sp, #8]",
        "bne 1b",
        "add sp, #20",
        "pop {r4-r11, pc}",
    ]
