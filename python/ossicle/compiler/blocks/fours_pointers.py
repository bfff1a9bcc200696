"""Where the block `fours` has its pointers into a strip, and how it loads vectors beside them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

VECTOR = 16
BYTES_REACH, WORDS_REACH = 127, 508  # beside a pointer, of loads by bytes and by words
POSITIONS = range(4)

STRIP, OUTPUT = 0, 16  # offsets of members of ossicle_fours
_WINDOW = ("q2", "q3", "q4", "q5")
VECTORS_BYTES = 64  # of the vector registers that are kept on the stack


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
        """Whether there is a block: a pointer for each position serves one tap only.

        Its counter takes 16 bits.
        """
        return self.steps < 1 << 16 and (self.load is not None or self.taps == 1)

    @property
    def numbers(self) -> tuple[int, int, int, int, int]:
        """The members of ossicle_fours_shape."""
        return self.taps, self.steps, self.position, self.tap, self.step


class OnePointer:
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


class FourPointers:
    """Each position's vectors follow one another, of one tap; the outputs are kept on the stack.

    r1, r5, r7, r9: strip by position; r3: filters; r11: passes left, and the work.
    """

    passes, outputs, output = "r11", "r2", "r0"
    reload = (f"ldr r11, [sp, #{8 + VECTORS_BYTES}]",)
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
