"""The figures that are held against other inference engines: the model alone, nothing around it.

A firmware image with the model is compared with the same firmware around an empty model, so what
remains is what the model brings: its code, its constants, its arena, its static data.
"""

from dataclasses import dataclass

from ossicle.budget.empty import EMPTY_ARENA, empty_image
from ossicle.budget.verdict import fitting_image
from ossicle.device import elf
from ossicle.device.boards import Board
from ossicle.device.instructions import count
from ossicle.device.program import Program


@dataclass(frozen=True)
class Bench:
    """What a model brings to a firmware.

    Attributes:
        instructions: of one inference.
        cycles: by the core's published timings; None where there are none.
        macs: multiply-accumulates of one inference.
        ram_bytes: arena and static data, without stack; the model's input lies in the arena.
        code_bytes: flash that is neither constants nor there without the model.
        constant_bytes: weights, biases, requantisation tables and constant operands in flash.
        last_frame: instructions from the last frame to the output; None without frames.
    """

    instructions: int
    cycles: int | None
    macs: int
    ram_bytes: int
    code_bytes: int
    constant_bytes: int
    last_frame: int | None = None

    def figures(self) -> dict[str, int]:
        """Return the figures of `ossicle bench --json`."""
        return {name: value for name, value in vars(self).items() if value is not None}


def bench(program: Program, board: Board) -> Bench:
    """Measure a model on a board, without front end.

    Raises:
        BudgetError: it does not fit the board.
        DeviceError: the device failed, or the model has several inputs or outputs.
    """
    bare = Program(program.name, program.model, program.compiled, None)
    image = fitting_image(bare, board)
    linked, empty = elf.read(image), elf.read(empty_image(board))
    tables = set(program.compiled.constant_symbols)
    constants = sum(symbol.size for symbol in linked.symbols if symbol.name in tables)
    counts = count(image, board)
    return Bench(
        instructions=counts.inference,
        cycles=counts.cycles,
        macs=program.compiled.macs,
        ram_bytes=linked.ram_bytes - empty.ram_bytes + EMPTY_ARENA,
        code_bytes=linked.flash_bytes - empty.flash_bytes - constants,
        constant_bytes=constants,
        last_frame=counts.last_frame,
    )
