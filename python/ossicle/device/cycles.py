"""Cycles: what a core's published timings (timings.py) give for the instructions it executes.

What is not in the tables and not modelled: wait states of flash and contention on the bus, stalls
of loads whose address was computed by the instruction before, penalties of unaligned accesses and
of 32-bit instructions at odd halfwords, IT instructions that cost nothing, full write buffers.
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ossicle.device.timings import REFILL, TIMINGS, Table, Timings
from ossicle.errors import BuildError
from ossicle.tools import find

_LINE = re.compile(r" *([0-9a-f]+):\t(\S+)(?:\t([^@;\t]*))?")
_LOAD = re.compile(r"ldr(?!d)|vldr")
_STORE = re.compile(r"str(?!d)|vstr")
_SEVERAL = re.compile(r"v?(ldm|stm|push|pop)")
_CONDITION = "(eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al)?"
_BRANCH = re.compile(rf"(b|bl|bx|blx|cbn?z){_CONDITION}(\.[nw])?$")


@dataclass(frozen=True)
class Instruction:
    """An instruction as it is disassembled.

    Attributes:
        address: where it lies.
        mnemonic: such as "ldrb.w".
        operands: such as "r0, [r1, #4]".
    """

    address: int
    mnemonic: str
    operands: str

    @property
    def is_load(self) -> bool:
        """Whether it loads one word or less."""
        return _LOAD.match(self.mnemonic) is not None

    @property
    def is_store(self) -> bool:
        """Whether it stores one word or less."""
        return _STORE.match(self.mnemonic) is not None

    @property
    def target(self) -> str:
        """The first operand."""
        return self.operands.partition(",")[0]

    @property
    def is_branch(self) -> bool:
        """Whether another instruction may follow than the next one."""
        writes_pc = self.target == "pc" or re.search(r"\bpc\b[^\[\]]*}$", self.operands)
        is_table = self.mnemonic.startswith(("tbb", "tbh"))
        return bool(_BRANCH.match(self.mnemonic) or is_table or writes_pc)

    def cycles(self, timings: Timings) -> int:
        """Return what it takes on its own; a branch, if it is not taken."""
        if _SEVERAL.match(self.mnemonic):
            return 1 + _listed(self.operands)
        return self._found(timings.table, 1)

    def refill(self, timings: Timings) -> int:
        """Return what more it takes where another instruction follows than the next one."""
        return self._found(timings.refills, REFILL) if self.is_branch else 0

    def _found(self, table: Table, otherwise: int) -> int:
        text = f"{self.mnemonic} {self.operands}"
        fitting = (cycles for pattern, cycles in table if pattern.match(text))
        return next(fitting, otherwise)


def costs(program: Path, core: str) -> Iterator[tuple[int, int, int]]:
    """Give address, cycles, and cycles more of a branch that is taken, of each instruction.

    Where the core's loads are pipelined, one is followed by a load or a store in one cycle less,
    unless the latter's address is what was loaded.

    Args:
        program: an ELF file.
        core: one of TIMINGS.

    Raises:
        ToolMissingError: there is no binutils for Arm.
        BuildError: the program cannot be disassembled.
    """
    timings, before = TIMINGS[core], None
    for instruction in _disassembled(program):
        cycles = instruction.cycles(timings)
        if timings.are_pipelined and before is not None and _pipelined(before, instruction):
            cycles = max(1, cycles - 1)
        yield instruction.address, cycles, instruction.refill(timings)
        before = instruction


def _pipelined(before: Instruction, after: Instruction) -> bool:
    if not before.is_load or not (after.is_load or after.is_store):
        return False
    address = after.operands.partition("[")[2]
    return re.search(rf"\b{re.escape(before.target)}\b", address) is None


def _disassembled(program: Path) -> Iterator[Instruction]:
    objdump = find("arm-none-eabi-objdump", "binutils for Arm (Debian/Ubuntu: gcc-arm-none-eabi)")
    command = [objdump, "-d", "--no-show-raw-insn", str(program)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise BuildError(f"{program}: cannot be disassembled: {result.stderr.strip()}")
    for line in result.stdout.splitlines():
        if found := _LINE.match(line):
            yield Instruction(int(found[1], 16), found[2], found[3] or "")


def _listed(operands: str) -> int:
    """Count the registers between braces: {r0, r4-r7, s16-s31}."""
    inside = operands.partition("{")[2].partition("}")[0]
    count = 0
    for part in inside.split(","):
        first, _, last = part.strip().partition("-")
        count += int(last[1:]) - int(first[1:]) + 1 if last else 1
    return count
