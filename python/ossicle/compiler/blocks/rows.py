"""Three positions side by side under two filters: the block of `ossicle_conv_2d_rows`.

A row of the window is a correlation along the image's row. What is loaded of the image serves all
three positions: for seven taps, nine words of image and seven pairs of filter words make forty-two
SMLAD. The words lie in planes (ossicle_rows.h), so that one load brings neighbours.
"""

from collections.abc import Iterator

from ossicle.compiler.blocks.thumb import Block, Rounding

MOST_TAPS = 32  # in a pass of the loop over planes, if that holds several
FEW_TAPS = 8  # where code is to be small

# Offsets of the members of ossicle_rows.
PLANES, FILTERS, FILTERS_END, THREES_END, TWOS_END, STEPS, BIASES, RESCALE = (
    *(0, 4, 8),
    *(16, 20),
    *(24, 32, 40),
)
_WINDOW = ("r4", "r5", "r6", "r7")  # word w of the plane is in the register w modulo 4
_SUMS = (("r8", "r9"), ("r10", "r11"), ("r12", "lr"))  # by position, by filter


def rows(taps: int, plane_bytes: int, planes: int, most: int, rounding: Rounding) -> Block:
    """Return the block for windows of `taps` along a row.

    Args:
        taps: at least one.
        plane_bytes: from one plane to the next that is summed over.
        planes: how many planes are summed over, or a divisor of it.
        most: taps in a pass of the loop over planes, if that holds several.
        rounding: of the outputs.
    """
    fitting = (n for n in range(2, planes + 1) if planes % n == 0 and n * taps <= most)
    passes = max(fitting, default=1)
    plane = {n: list(_plane(n, taps, plane_bytes)) * passes for n in (2, 3)}
    return Block(
        name=f"ossicle_rows_{taps}_{plane_bytes}_{passes}{rounding.suffix}",
        title=f"positions by threes and twos under two filters of {taps} taps along a row.",
        header="ossicle_rows.h",
        work="ossicle_rows",
        assembly=[*_begin(), *_threes(plane[3], rounding), *_twos(plane[2], rounding)],
        twin=f"ossicle_rows_in_c(work, {taps}, {plane_bytes // 4}, {rounding.arguments})",
    )


def _begin() -> list[str]:
    """Stack: the work, the first plane at the position, the output, the end of the filters."""
    return [
        "push {r0-r11, lr}",
        f"ldr r1, [r0, #{PLANES}]",
        f"ldrd r3, r2, [r0, #{FILTERS_END}]",
        "strd r1, r2, [sp, #4]",
        "str r3, [sp, #12]",
    ]


def _threes(planes: list[str], rounding: Rounding) -> list[str]:
    return [
        "1:",
        *("ldrd r0, r1, [sp]", f"ldr r2, [r0, #{THREES_END}]", "cmp r1, r2", "beq 3f"),
        *_start(3),
        *("2:", *planes, "ldr r2, [sp, #12]", "cmp r1, r2", "bne 2b"),
        *_finish(3, rounding),
        "b 1b",
    ]


def _twos(planes: list[str], rounding: Rounding) -> list[str]:
    return [
        "3:",
        *("ldrd r0, r1, [sp]", f"ldr r2, [r0, #{TWOS_END}]", "cmp r1, r2", "beq 5f"),
        *_start(2),
        *("4:", *planes, "ldr r2, [sp, #12]", "cmp r1, r2", "bne 4b"),
        *_finish(2, rounding),
        "b 3b",
        *("5:", "add sp, #16", "pop {r4-r11, pc}"),
    ]


def _start(positions: int) -> Iterator[str]:
    """From r0, the work, and r1, the first plane at the position."""
    yield f"ldrd r8, r9, [r0, #{BIASES}]"
    for first, second in _SUMS[1:positions]:
        yield f"mov {first}, r8"
        yield f"mov {second}, r9"
    yield f"ldr r2, [r0, #{FILTERS}]"
    yield "mov r0, r1"
    yield "mov r1, r2"


def _plane(positions: int, taps: int, plane_bytes: int) -> Iterator[str]:
    """One plane: word t + p lies under tap t of position p."""
    words = taps + positions - 1
    loaded = 0
    for tap in range(taps):
        if loaded < tap + positions:
            count = min(2 if loaded else 4, words - loaded)
            registers = [_WINDOW[(loaded + i) % 4] for i in range(count)]
            loaded += count
            yield from _load(registers, plane_bytes - 4 * (words - count), loaded == words)
        yield "ldmia r1!, {r2, r3}"
        for position in range(positions):
            word = _WINDOW[(tap + position) % 4]
            for sum_register, weight in zip(_SUMS[position], ("r2", "r3"), strict=True):
                yield f"smlad {sum_register}, {word}, {weight}, {sum_register}"


def _load(registers: list[str], step: int, is_last: bool) -> Iterator[str]:
    """Load neighbours; the last load of a plane steps to the next plane, at no cost if it can."""
    if is_last and len(registers) == 1 and step <= 255:
        yield f"ldr {registers[0]}, [r0], #{step}"
    elif is_last and len(registers) == 2 and step <= 1020:
        yield f"ldrd {registers[0]}, {registers[1]}, [r0], #{step}"
    else:
        yield f"ldmia r0!, {{{', '.join(registers)}}}"
        if is_last:
            yield f"add r0, r0, #{step - 4 * len(registers)}"


def _finish(positions: int, rounding: Rounding) -> Iterator[str]:
    """The second filter's outputs first: a step of zero then leaves the first one's."""
    yield from ("ldr r0, [sp]", f"add r2, r0, #{RESCALE}", "ldm r2, {r2-r7}")
    for first, second in _SUMS[:positions]:
        yield from rounding.instructions(second, "r5", "r6", "r7")
        yield from rounding.instructions(first, "r2", "r3", "r4")
    yield from (f"ldrd r3, r4, [r0, #{STEPS}]", "ldr r2, [sp, #8]", "add r4, r2")
    for base, of in (("r4", 1), ("r2", 0)):
        for sums, place in zip(_SUMS[:positions], ("", ", r3", ", r3, lsl #1"), strict=False):
            yield f"strb {sums[of]}, [{base}{place}]"
    yield "add r2, r2, r3, lsl #1"
    if positions == 3:
        yield "add r2, r3"
    yield from ("ldr r1, [sp, #4]", f"add r1, #{4 * positions}", "strd r1, r2, [sp, #4]")
