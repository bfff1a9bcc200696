"""Four positions of a line under two filters, for Helium: the block of `ossicle_conv_2d_mve`.

VMLADAVA adds sixteen products to a register, of which eight serve. What is loaded of a line serves
all positions that have a tap on it: windows of three that move by one column take twelve loads for
twenty-four such instructions. The sums become outputs in registers, four positions to a vector.
"""

from collections.abc import Iterator

from ossicle.compiler.blocks.fours_pointers import FourPointers, OnePointer, Shape
from ossicle.compiler.blocks.thumb import Block, Rounding, unrolled

MOST_PRODUCTS = 96  # VMLADAVA a pass; about 700 bytes of code

FILTERS, CHANNELS, OUTPUT_STEP, ZERO_POINT, OFFSETS = 4, 8, 12, 24, 28  # of ossicle_fours
# By position, by filter: even registers, as the instruction wants.
_SUMS = (("r0", "r2"), ("r4", "r6"), ("r8", "r10"), ("r12", "lr"))


def fours(shape: Shape, rounding: Rounding, *, is_whole: bool) -> Block:
    """Return the block.

    Args:
        shape: of the strip, one that `is_served`.
        rounding: of the outputs.
        is_whole: whether positions always come by whole fours.
    """
    pointers = OnePointer(shape, shape.load) if shape.load else FourPointers(shape)
    suffix = ("" if is_whole else "_ragged") + rounding.suffix
    words = "_words" if shape.load == "vldrw.32" else ""
    return Block(
        name=f"ossicle_fours_{'_'.join(map(str, shape.numbers))}{words}{suffix}",
        title=f"positions by fours under two filters of {shape.steps} steps.",
        header="ossicle_fours.h",
        work="ossicle_fours",
        assembly=[
            *("push {r0, r4-r11, lr}", "vpush {d8-d15}", "mov r11, r0"),
            *(f"vldrh.u16 q6, [r11, #{OFFSETS}]", f"ldr r1, [r11, #{ZERO_POINT}]"),
            *("vdup.16 q7, r1", *pointers.begin),
            *("1:", *pointers.reload, f"ldr r3, [r11, #{FILTERS}]"),
            *_multiply(pointers, shape),
            *pointers.reload,
            *_requantise(rounding),
            *_store(pointers, is_whole),
            "bgt 1b",
            *(*pointers.end, "vpop {d8-d15}", "pop {r0, r4-r11, pc}"),
        ],
        twin=f"ossicle_fours_in_c(work, (ossicle_fours_shape){{{', '.join(map(str, shape.numbers))}"
        f"}}, {rounding.arguments})",
        extension="mve",
    )


def _multiply(pointers: OnePointer | FourPointers, shape: Shape) -> Iterator[str]:
    """The first step begins the sums; so one is before the loop."""
    most = max(1, MOST_PRODUCTS // (8 * shape.taps))
    before, in_turn = shape.steps, 0
    if shape.steps > most:
        before, in_turn = unrolled(shape.steps - 1, max(1, most // 2))
        before += 1
    yield from _step(pointers, begins=True)
    for _ in range(before - 1):
        yield from _step(pointers, begins=False)
    if in_turn:
        yield f"movw {pointers.passes}, #{(shape.steps - before) // in_turn}"
        yield "2:"
        for _ in range(in_turn):
            yield from _step(pointers, begins=False)
        yield f"subs {pointers.passes}, #1"
        yield "bne 2b"


def _step(pointers: OnePointer | FourPointers, *, begins: bool) -> Iterator[str]:
    """Sixteen elements of each tap: the filters in q0 and q1."""
    for number, (vector, load) in enumerate(pointers.vectors()):
        if number % 4 == 0:
            yield from ("vldrb.8 q0, [r3], #16", "vldrb.8 q1, [r3], #16")
        yield from load
        product = "vmladav.s8" if begins and number < 4 else "vmladava.s8"
        for sum_register, weights in zip(_SUMS[3 - number % 4], ("q0", "q1"), strict=True):
            yield f"{product} {sum_register}, {weights}, {vector}"


def _requantise(rounding: Rounding) -> Iterator[str]:
    """Sums of both filters to q0 and q1, and these to bytes in turn, in the halves of q0."""
    for vector, (a, b, c, d) in zip(("q0", "q1"), zip(*_SUMS, strict=True), strict=True):
        yield f"vmov {vector}[2], {vector}[0], {a}, {c}"
        yield f"vmov {vector}[3], {vector}[1], {b}, {d}"
    yield from (f"ldr r3, [r11, #{CHANNELS}]", "ldm r3, {r0, r2, r4, r6, r8, r10}")
    channels = (("q0", "r0", "r2", "r4"), ("q1", "r6", "r8", "r10"))
    for vector, bias, multiplier, shift in channels:
        yield f"vadd.i32 {vector}, {vector}, {bias}"
        yield f"vqrdmulh.s32 {vector}, {vector}, {multiplier}"
        if not rounding.is_relu:
            yield f"vshr.s32 q2, {vector}, #31"
            yield f"vadd.i32 {vector}, {vector}, q2"
        yield f"vrshl.s32 {vector}, {shift}"
    yield from ("vqmovnb.s32 q0, q0", "vqmovnt.s32 q0, q1", "vqadd.s16 q0, q0, q7")
    for bound, instruction, is_end in (
        (rounding.minimum, "vmax.s16", rounding.minimum == -128),
        (rounding.maximum, "vmin.s16", rounding.maximum == 127),
    ):
        if not is_end:
            number = f"vmov.i16 q1, #{bound}" if bound >= 0 else f"vmvn.i16 q1, #{~bound}"
            yield from (number, f"{instruction} q0, q0, q1")
    yield "vqmovnb.s16 q0, q0"


def _store(pointers: OnePointer | FourPointers, is_whole: bool) -> Iterator[str]:
    """The low bytes of q0's halves; then on to the next positions."""
    output, outputs = pointers.output, pointers.outputs
    yield f"ldr r4, [r11, #{OUTPUT_STEP}]"
    if pointers.keep:
        yield f"ldrd {output}, {outputs}, [sp]"
    if is_whole:
        yield f"vstrb.16 q0, [{output}, q6]"
    else:
        yield from (f"vctp.16 {outputs}", "vpst", f"vstrbt.16 q0, [{output}, q6]")
    yield from pointers.advance
    yield from (f"add {output}, r4", f"subs {outputs}, #8", *pointers.keep)
