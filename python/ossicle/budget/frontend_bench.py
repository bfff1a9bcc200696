"""What the front end alone costs on a board."""

from dataclasses import dataclass

from ossicle.budget.empty import empty_image
from ossicle.device import elf
from ossicle.device.boards import Board
from ossicle.device.instructions import count
from ossicle.errors import DeviceError
from ossicle.frontend import FrontendSpec, emit_tables
from ossicle.frontend.constants import halves

FRAMES = 26  # of the sound that is played: few enough for the smallest board


@dataclass(frozen=True)
class FrontendBench:
    """The front end's costs.

    Attributes:
        instructions: of a sound of white noise that arrives in pieces of 128 samples, over its
            frames.
        flash_bytes: code and tables.
        state_bytes: all that it remembers from one call to the next.
        frame_bytes: the same without the samples of the window: what computing a frame needs.
    """

    instructions: int
    flash_bytes: int
    state_bytes: int
    frame_bytes: int


def bench_front_end(spec: FrontendSpec, board: Board, *, small: bool = False) -> FrontendBench:
    """Measure the front end of a specification on a board.

    Args:
        spec: the front end.
        board: where.
        small: with the smallest tables.

    Raises:
        BudgetError: it does not fit the board.
        DeviceError: the device failed.
    """
    tables = emit_tables(spec, smallest=small)
    samples = (FRAMES - 1) * spec.hop_length
    image = empty_image(board, tables, samples, spec.features * FRAMES)
    counted = count(image, board).frontend_frame
    linked = elf.read(image)
    states = [symbol.size for symbol in linked.symbols if symbol.name == "frontend"]
    if counted is None or len(states) != 1:
        raise DeviceError(f"{image}: has no front end")
    prefix = "ossicle_frontend"
    sides = halves(spec)
    return FrontendBench(
        counted,
        linked.bytes_of("code", prefix) + linked.bytes_of("constant", prefix),
        states[0],
        states[0] - 2 * (sides.left + sides.right),
    )
