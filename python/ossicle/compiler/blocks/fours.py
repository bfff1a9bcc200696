"""Four positions of a line under two filters, for Helium: the block of `ossicle_conv_2d_mve`.

VMLADAVA adds sixteen products to a register, of which eight serve. What is loaded of a line serves
all positions that have a tap on it: windows of three that move by one column take twelve loads for
twenty-four such instructions. The sums become outputs in registers, four positions to a vector.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from ossicle.compiler.blocks.thumb import Block, Rounding, unrolled

VECTOR = 16
MOST_PRODUCTS = 96  # VMLADAVA a pass; about 700 bytes of code
BYTES_REACH, WORDS_REACH = 127, 508  # beside a pointer, of loads by bytes and by words
POSITIONS = range(4)

# Offsets of the members of ossicle_fours.
STRIP, FILTERS, CHANNELS, OUTPUT, ZERO_POINT, OFFSETS = 0, 4, 8, 16, 24, 28
# By position, by filter: even registers, as the instruction wants.
_SUMS = (("r0", "r2"), ("r4", "r6"), ("r8", "r10"), ("r12", "lr"))
_WINDOW = ("q2", "q3", "q4", "q5")
_VECTORS_BYTES = 64  # of the vector registers that are kept on the stack


@dataclass(frozen=True)
class Shape:
    """Where the vectors of a strip lie: ossicle_fours_shape.

    Attributes:
        taps: of a step, that positions may share.
        steps: each is a vector of all taps.
        position, tap, step: bytes from a position, a tap, a step to the next.
        has_words: whether the strip begins at a multiple of four bytes.
    """

    taps: int
    steps: int
    position: int
    tap: int
    step: int
    has_words: bool

    @property
    def load(self) -> str | None:
        """The instruction that loads any vector of a step beside a pointer, or None."""
        reach = 3 * self.position + (self.taps - 1) * self.tap
        if reach <= BYTES_REACH:
            return "vldrb.8"
        is_by_words = self.has_words and self.position % 4 == 0
        return "vldrw.32" if is_by_words and reach <= WORDS_REACH else None

    @property
    def is_served(self) -> bool:
        """Whether there is a block: a pointer for each position serves one tap only."""
        return self.load is not None or self.taps == 1

    @property
    def numbers(self) -> tuple[int, int, int, int, int]:
        """The members of ossicle_fours_shape."""
        return self.taps, self.steps, self.position, self.tap, self.step


class _OnePointer:
    """All vectors of a step lie beside one pointer, and the rest of the state is in registers.

    r1: strip; r3: filters; r5: passes left; r7: outputs left; r9: output; r11: the work.
    """

    passes, outputs, output = "r5", "r7", "r9"
    reload: ClassVar[Sequence[str]] = ()
    keep: ClassVar[Sequence[str]] = ()
    end: ClassVar[Sequence[str]] = ()

    def __init__(self, shape: Shape, load: str) -> None:
        self._shape, self._load = shape, load
        self.begin = (f"ldr r1, [r11, #{STRIP}]", f"ldrd r9, r7, [r11, #{OUTPUT}]")
        self.advance = list(_add("r1", 4 * shape.position - shape.steps * shape.step))

    def vectors(self) -> Iterator[tuple[str, list[str]]]:
        """Give for each tap and position, from the last to the first, a register and how it is got.

        The first vector is loaded last, so that this load may step on.
        """
        shape = self._shape
        taps = reversed(range(shape.taps))
        wanted = [p * shape.position + t * shape.tap for t in taps for p in reversed(POSITIONS)]
        held: dict[str, int] = {}
        for number, at in enumerate(wanted):
            register = next((name for name, what in held.items() if what == at), None)
            code: list[str] = []
            if register is None:
                register = _least_wanted(held, wanted[number:])
                held[register] = at
                code = self._loaded(register, at)
            yield register, code

    def _loaded(self, register: str, at: int) -> list[str]:
        step = self._shape.step
        if at:
            return [f"{self._load} {register}, [r1, #{at}]"]
        if step <= (BYTES_REACH if self._load == "vldrb.8" else WORDS_REACH):
            return [f"{self._load} {register}, [r1], #{step}"]
        return [f"{self._load} {register}, [r1]", *_add("r1", step)]


class _FourPointers:
    """Each position's vectors follow one another, of one tap; the outputs are kept on the stack.

    r1, r5, r7, r9: strip by position; r3: filters; r11: passes left, and the work.
    """

    passes, outputs, output = "r11", "r2", "r0"
    reload = (f"ldr r11, [sp, #{8 + _VECTORS_BYTES}]",)
    keep = ("strd r0, r2, [sp]",)
    end = ("add sp, #8",)
    _pointers = ("r1", "r5", "r7", "r9")

    def __init__(self, shape: Shape) -> None:
        self.begin = [f"ldrd r0, r2, [r11, #{OUTPUT}]", "strd r0, r2, [sp, #-8]!"]
        self.begin.append(f"ldr r1, [r11, #{STRIP}]")
        for before, pointer in zip(self._pointers, self._pointers[1:], strict=False):
            self.begin += [f"mov {pointer}, {before}", *_add(pointer, shape.position)]
        back = 4 * shape.position - shape.steps * VECTOR
        self.advance = [line for pointer in self._pointers for line in _add(pointer, back)]

    def vectors(self) -> Iterator[tuple[str, list[str]]]:
        """Give for each position, from the last to the first, a register and how it is loaded."""
        for position in reversed(POSITIONS):
            register = _WINDOW[position]
            yield register, [f"vldrb.8 {register}, [{self._pointers[position]}], #{VECTOR}"]


def fours(shape: Shape, rounding: Rounding, *, is_whole: bool) -> Block:
    """Return the block.

    Args:
        shape: of the strip, one that `is_served`.
        rounding: of the outputs.
        is_whole: whether positions always come by whole fours.
    """
    pointers = _OnePointer(shape, shape.load) if shape.load else _FourPointers(shape)
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


def _multiply(pointers: _OnePointer | _FourPointers, shape: Shape) -> Iterator[str]:
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


def _step(pointers: _OnePointer | _FourPointers, *, begins: bool) -> Iterator[str]:
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


def _store(pointers: _OnePointer | _FourPointers, is_whole: bool) -> Iterator[str]:
    """The low bytes of q0's halves; then on to the next positions."""
    output, outputs = pointers.output, pointers.outputs
    yield f"ldr r4, [r11, #{CHANNELS + 4}]"
    if pointers.keep:
        yield f"ldrd {output}, {outputs}, [sp]"
    if is_whole:
        yield f"vstrb.16 q0, [{output}, q6]"
    else:
        yield from (f"vctp.16 {outputs}", "vpst", f"vstrbt.16 q0, [{output}, q6]")
    yield from pointers.advance
    yield from (f"add {output}, r4", f"subs {outputs}, #8", *pointers.keep)


def _least_wanted(held: dict[str, int], wanted: list[int]) -> str:
    """Return a register that holds nothing, or what will not be wanted for longest."""
    for register in _WINDOW:
        if register not in held:
            return register
    return max(held, key=lambda r: wanted.index(held[r]) if held[r] in wanted else len(wanted))


def _add(register: str, number: int) -> Iterator[str]:
    """Add a number to a register, 4095 at a time."""
    instruction, left = ("add" if number > 0 else "sub"), abs(number)
    while left:
        part = min(left, 4095)
        yield f"{instruction}w {register}, {register}, #{part}"
        left -= part
