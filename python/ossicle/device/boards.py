"""The boards that firmware can be built for: one folder each under firmware/boards."""

import json
from dataclasses import dataclass
from pathlib import Path

from ossicle.errors import BoardError
from ossicle.paths import FIRMWARE

BOARDS = FIRMWARE / "boards"


@dataclass(frozen=True)
class Board:
    """A board as its board.json describes it.

    Attributes:
        name: the folder's name, as in `--board qemu_m4`.
        title: what it is, for people.
        core: the processor core, e.g. `cortex-m4`.
        flash_bytes: flash that a program may take; the linker enforces it.
        ram_bytes: RAM that a program may take, its stack included; the linker enforces it.
        stack_bytes: how much of that RAM is the stack's.
        clock_hz: the core's clock on the chip that the board stands for; the emulated one has its
            own (`build.f_cpu`), which times its UART.
        qemu_machine: the machine of `qemu-system-arm -M`.
    """

    name: str
    title: str
    core: str
    flash_bytes: int
    ram_bytes: int
    stack_bytes: int
    clock_hz: int
    qemu_machine: str


def boards() -> list[Board]:
    """Return all boards, sorted by name.

    Raises:
        BoardError: a board.json is damaged.
    """
    return [_read(path) for path in sorted(BOARDS.glob("*/board.json"))]


def board(name: str) -> Board:
    """Return the board called `name`.

    Raises:
        BoardError: there is none, or its board.json is damaged.
    """
    known = {path.parent.name: path for path in sorted(BOARDS.glob("*/board.json"))}
    if name not in known:
        raise BoardError(f"{name}: no such board; there are {', '.join(known)}")
    return _read(known[name])


def _read(path: Path) -> Board:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        build, upload = manifest["build"], manifest["upload"]
        return Board(
            name=path.parent.name,
            title=str(manifest["name"]),
            core=str(build["cpu"]),
            flash_bytes=int(upload["maximum_size"]),
            ram_bytes=int(upload["maximum_ram_size"]),
            stack_bytes=int(build["stack_bytes"]),
            clock_hz=int(manifest["stands_for"]["clock_hz"]),
            qemu_machine=str(manifest["emulator"]["machine"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BoardError(f"{path}: not a board description: {error!r}") from error
