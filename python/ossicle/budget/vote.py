"""What the vote of a bundle's windows costs on a board, beside front end and network."""

from ossicle.budget.verdict import fitting_image
from ossicle.device import elf
from ossicle.device.boards import Board
from ossicle.device.instructions import count
from ossicle.device.program import Program
from ossicle.errors import DeviceError


def vote_cost(program: Program, board: Board) -> dict[str, int]:
    """Build the firmware, count its vote, and read the ELF.

    Returns:
        hearing: instructions of front end and network for a window; instructions_a_window to add
        one that is not silent to the vote, instructions_a_label to tell the largest total;
        flash_bytes of the vote's code and tables, ram_bytes of its totals.

    Raises:
        BudgetError: the bundle does not fit the board.
        DeviceError: the device failed, or has more classes than can vote.
    """
    image = fitting_image(program, board)
    linked, counts = elf.read(image), count(image, board)
    if counts.vote is None or counts.frontend is None:
        raise DeviceError(f"{program.name}: has more classes than can vote on a device")
    code = linked.bytes_of("code", "ossicle_vote_") + linked.bytes_of("code", "vote_")
    return {
        "hearing": counts.inference + counts.frontend,
        "instructions_a_window": counts.vote[0],
        "instructions_a_label": counts.vote[1],
        "flash_bytes": code + linked.bytes_of("constant", "vote_"),
        "ram_bytes": linked.bytes_of("bss", "app_vote"),
    }
