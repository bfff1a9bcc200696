"""Figures against limits: the board's, and those of the DCASE challenge."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ossicle.device import program as programs
from ossicle.device.boards import Board
from ossicle.device.program import Program
from ossicle.errors import BudgetError

# DCASE 2022 Challenge, Task 1, Low-Complexity Acoustic Scene Classification: at most 128,000 int8
# parameters (the 128 K of the rules) and 30 million multiply-accumulates for one second of sound.
DCASE_PARAMETERS = 128_000
DCASE_MACS = 30_000_000


@dataclass(frozen=True)
class Verdict:
    """A figure held against a limit.

    Attributes:
        name: of the figure.
        value: the figure.
        limit: it may be this at most.
        authority: whose limit it is.
        unit: of both.
    """

    name: str
    value: int
    limit: int
    authority: str
    unit: str

    @property
    def fits(self) -> bool:
        """Whether the figure is within the limit."""
        return self.value <= self.limit

    def figures(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {**vars(self), "fits": self.fits}

    def __str__(self) -> str:
        """Say it in a line."""
        share = 100.0 * self.value / self.limit
        said = "fits" if self.fits else f"EXCEEDED by {self.value - self.limit:,}"
        what = f"{self.name} {self.value:,} of {self.limit:,} {self.unit}"
        return f"{what} ({share:.1f} %, {self.authority}): {said}"


def challenge_verdicts(program: Program) -> list[Verdict]:
    """Hold a model against the limits of the DCASE challenge."""
    compiled, rules = program.compiled, "DCASE 2022 task 1"
    return [
        Verdict("parameters", compiled.parameters, DCASE_PARAMETERS, rules, "parameters"),
        Verdict("MACs", compiled.macs, DCASE_MACS, rules, "MAC"),
    ]


def require_fit(program: Program, board: Board) -> None:
    """Refuse, before anything is built, a model that cannot fit the board.

    Only what is certain counts here: the constants in flash, and in RAM the arena and the stack.
    What the code takes is known once it is linked; the linker then refuses what exceeds the board.

    Raises:
        BudgetError: a limit would be exceeded; says which and by how much.
    """
    compiled = program.compiled
    flash, ram = compiled.constant_bytes, compiled.plan.arena_bytes + board.stack_bytes
    for verdict in (
        Verdict("flash (constants)", flash, board.flash_bytes, board.name, "bytes"),
        Verdict("RAM (arena and stack)", ram, board.ram_bytes, board.name, "bytes"),
    ):
        if not verdict.fits:
            problem = f"{program.name}: does not fit {board.name}"
            raise BudgetError(f"{problem}: {verdict.name} {_excess(verdict)}")


def fitting_image(program: Program, board: Board, *, carrier: str = "semihosting") -> Path:
    """Build the firmware of a program that fits the board, and return its ELF file.

    Raises:
        DeviceError: the model has several inputs or outputs.
        BudgetError: it does not fit; before the build where that is certain, else from the linker.
        BuildError: the compiler failed.
    """
    _ = program.input  # raises for several
    require_fit(program, board)
    return programs.image(program, board, carrier=carrier)


def _excess(verdict: Verdict) -> str:
    over = verdict.value - verdict.limit
    return f"takes {verdict.value:,} of {verdict.limit:,} bytes, {over:,} too many"
