"""A strip of outputs of four channels under filters of 3 x 3: `ossicle_depthwise_conv_2d_3x3`.

The block goes down the strip, two columns of outputs at a time. Rows come by pairs (see the header
ossicle_depthwise_3x3.h). Of a column's pairs (a, b) and (c, d), one below the other, and the
filter's column (u, v, w), the upper output takes a u + b v by SMLAD and c w by SMLABT, the lower
one, which stride 2 and a single row have not, b u by SMLATB and c v + d w by SMLAD.
"""

from ossicle.compiler.blocks.thumb import Block, Rounding

# Offsets of the members of ossicle_depthwise_3x3, and the size of ossicle_depthwise_channel.
COLUMNS, FILTERS, CHANNELS, STEPS, WIDTH, PIXEL_STEP = 0, 8, 12, 16, 20, 24
CHANNEL_BYTES = 16

# The stack: four times the bias and what a step reloads; where a run down the strip begins and how
# many columns are left after it; the next channel's filter, table, pairs and output; the work.
MULTIPLIER, SHIFT, PIXEL, STEP, END, RUN, LEFT, FILTER, CHANNEL, NEXT, WORK, FRAME = (
    *(16, 24, 32, 40, 44),
    *(48, 56, 60, 64, 68, 76, 80),
)

_FILTER = (("r4", "r5"), ("r6", "r7"), ("r8", "r9"))  # a column's rows 0 and 1, rows 1 and 2
_OUTPUTS = (("r10", "r11"), ("r12", "lr"))  # of the left and the right column: upper, lower


def depthwise_3x3(down: int, across: int, pairs: int, rounding: Rounding) -> Block:
    """Return the block for strips of `pairs` pairs of rows.

    Args:
        down: the stride from one row of outputs to the next: 1, or 2 for a row a step.
        across: the stride from one column of outputs to the next, 1 or 2; no more than `down`.
        pairs: that the strip holds.
        rounding: of the outputs.
    """
    return Block(
        name=f"ossicle_depthwise_3x3_{down}_{across}_{pairs}{rounding.suffix}",
        title=f"depthwise convolution 3 x 3, stride {down} down and {across} across,\n"
        f" * strips of {2 * pairs} rows.",
        header="ossicle_depthwise_3x3.h",
        work="ossicle_depthwise_3x3",
        assembly=_strip(down, across, 16 * pairs, rounding),
        twin=f"ossicle_depthwise_3x3_in_c(work, {down}, {across}, {pairs}, {rounding.arguments})",
    )


def _strip(down: int, across: int, column: int, rounding: Rounding) -> list[str]:
    step = (
        _step_of_two_rows(column, 2, rounding)
        if down == 1
        else _step_of_one_row(column, across, rounding)
    )
    return [
        *_begin(down),
        "1:",
        *_begin_channel(column // 4),
        "blt 4f",
        "2:",
        *_run("3", step),
        *_next_columns(2 * across * column),
        "bge 2b",
        "4:",
        "adds r2, #1",  # -1: one column is left
        "bne 6f",
        *(_run("5", _step_of_two_rows(column, 1, rounding)) if down == 1 else _last_twice()),
        "6:",
        *_end(),
    ]


def _begin(down: int) -> list[str]:
    return [
        "push {r4-r11, lr}",
        f"sub sp, #{FRAME}",
        f"ldrd r2, r3, [r0, #{COLUMNS}]",
        f"strd r2, r3, [sp, #{NEXT}]",
        f"ldrd r2, r3, [r0, #{PIXEL_STEP}]",
        f"str r3, [sp, #{SHIFT + 4}]",
        "add r2, r3",
        f"str r2, [sp, #{PIXEL + 4}]",
        *(["lsl r3, #1"] if down == 1 else []),
        f"str r3, [sp, #{STEP}]",
        f"ldrd r2, r3, [r0, #{FILTERS}]",
        f"strd r2, r3, [sp, #{FILTER}]",
        f"str r0, [sp, #{WORK}]",
    ]


def _begin_channel(pairs_bytes: int) -> list[str]:
    return [
        f"ldrd r2, r3, [sp, #{FILTER}]",
        "ldm r2!, {r4-r9}",
        "ldm r3!, {r10-r12, lr}",
        f"strd r2, r3, [sp, #{FILTER}]",
        "strd r10, r10, [sp]",
        "strd r10, r10, [sp, #8]",
        f"strd r11, r12, [sp, #{MULTIPLIER}]",
        f"str lr, [sp, #{SHIFT}]",
        f"ldrd r0, r1, [sp, #{NEXT}]",
        f"strd r0, r1, [sp, #{RUN}]",
        f"add r2, r0, #{pairs_bytes}",
        "add r3, r1, #1",
        f"strd r2, r3, [sp, #{NEXT}]",
        f"ldr r2, [sp, #{WORK}]",
        f"ldrd r2, r3, [r2, #{WIDTH}]",
        f"str r3, [sp, #{PIXEL}]",
        "subs r2, #2",
        f"str r2, [sp, #{LEFT}]",
    ]


def _run(label: str, step: list[str]) -> list[str]:
    """Go down the strip; r0 is at a column's pairs, r1 at its output."""
    return [
        f"ldr r2, [sp, #{WORK}]",
        f"ldr r2, [r2, #{STEPS}]",
        "add r2, r0, r2, lsl #2",
        f"str r2, [sp, #{END}]",
        f"{label}:",
        *step,
        f"ldrd r2, r3, [sp, #{STEP}]",
        "add r1, r2",
        "cmp r0, r3",
        f"bne {label}b",
    ]


def _next_columns(bytes_right: int) -> list[str]:
    return [
        f"ldrd r0, r1, [sp, #{RUN}]",
        f"ldr r2, [sp, #{PIXEL}]",
        f"add r0, #{bytes_right}",
        "add r1, r1, r2, lsl #1",
        f"strd r0, r1, [sp, #{RUN}]",
        f"ldr r2, [sp, #{LEFT}]",
        "subs r2, #2",
        f"str r2, [sp, #{LEFT}]",
    ]


def _last_twice() -> list[str]:
    """Go on with a right column that is dropped: the left one's output is stored over it."""
    return [f"str r2, [sp, #{PIXEL}]", "b 2b"]


def _end() -> list[str]:
    return [
        f"ldr r2, [sp, #{CHANNEL}]",
        f"ldr r3, [sp, #{WORK}]",
        f"ldr r3, [r3, #{CHANNELS}]",
        f"add r3, #{4 * CHANNEL_BYTES}",
        "cmp r2, r3",
        "bne 1b",
        f"add sp, #{FRAME}",
        "pop {r4-r11, pc}",
    ]


def _load(column: int, column_bytes: int) -> str:
    """Load two pairs, one below the other; column 0 comes last and steps down."""
    return "ldrd r2, r3, " + (f"[r0, #{column * column_bytes}]" if column else "[r0], #4")


def _step_of_two_rows(column_bytes: int, columns: int, rounding: Rounding) -> list[str]:
    outputs = _OUTPUTS[:columns]
    totals = [total for pair in outputs for total in pair]
    code = [f"ldm sp, {{{', '.join(totals)}}}"]
    for column in (*range(1, columns + 2), 0):
        code.append(_load(column, column_bytes))
        for x, (upper, lower) in enumerate(outputs):
            if 0 <= column - x < 3:
                first, second = _FILTER[column - x]
                code += [
                    f"smlad {upper}, r2, {first}, {upper}",
                    f"smlabt {upper}, r3, {second}, {upper}",
                    f"smlatb {lower}, r2, {first}, {lower}",
                    f"smlad {lower}, r3, {second}, {lower}",
                ]
    code += [f"ldrd r2, r3, [sp, #{MULTIPLIER}]", *rounding.scaled(totals, "r2", "r3")]
    code += [f"ldrd r2, r3, [sp, #{SHIFT}]", *rounding.shifted(totals, "r2")]
    code += ["strb r10, [r1]", "strb r11, [r1, r3]"]
    if columns == 2:
        code += [f"ldrd r2, r3, [sp, #{PIXEL}]", "strb r12, [r1, r2]", "strb lr, [r1, r3]"]
    return code


def _step_of_one_row(column_bytes: int, across: int, rounding: Rounding) -> list[str]:
    totals = ["r10", "r11"]
    code = ["ldm sp, {r10, r11}"]
    for column in (*range(1, across + 3), 0):
        code.append(_load(column, column_bytes))
        for x, total in enumerate(totals):
            if 0 <= column - across * x < 3:
                first, second = _FILTER[column - across * x]
                code += [
                    f"smlad {total}, r2, {first}, {total}",
                    f"smlabt {total}, r3, {second}, {total}",
                ]
    code += [f"ldrd r2, r3, [sp, #{MULTIPLIER}]", *rounding.scaled(totals, "r2", "r3")]
    code += [f"ldr r2, [sp, #{SHIFT}]", *rounding.shifted(totals, "r2")]
    return [*code, f"ldr r2, [sp, #{PIXEL}]", "strb r11, [r1, r2]", "strb r10, [r1]"]
