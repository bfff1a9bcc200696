"""Instructions that the emulated core executes: counted, exactly, and the same in every run.

Of cores whose timings are published (timings.py) their cycles are added up as well.
"""

import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ossicle.device import cycles, elf
from ossicle.device.boards import Board
from ossicle.device.emulator import Emulator, qemu
from ossicle.device.session import Hello, Session
from ossicle.device.timings import TIMINGS
from ossicle.errors import DeviceError
from ossicle.files import write_atomically
from ossicle.hostcc import shared_library
from ossicle.paths import BUILD

_MARKERS = (
    *("run_begin", "layer", "run_end", "frontend_begin", "frontend_end", "last_frame"),
    *("vote_begin", "vote_end"),
)
_PLUGIN = Path(__file__).parent / "plugin" / "ossicle_count.c"

TIMEOUT = 300.0
"""Seconds for one step under the counter, which slows the emulator about threefold."""


@dataclass(frozen=True)
class InstructionCounts:
    """Instructions; a marker and its call add less than 20 to each figure.

    Attributes:
        inference: one run of the model without an observer; frame by frame, if it takes frames.
        last_frame: the end of it, from the last frame on; where sound is heard frame by frame, all
            that comes after the last sample, front end included. None for a model that takes none.
        layers: each layer, from a second run that passes a marker after each.
        frontend: the front end over one whole sound; None for a model without one.
        frontend_frame: the same divided by the number of frames, rounded up; None without one.
        stack_bytes: the most stack that start-up, sound and inference have used.
        cycles: of that run; None of a core whose timings are not published.
        layer_cycles: of each layer, likewise.
        vote: what it takes to add a window to a vote, and to tell the label; None without a vote.
    """

    inference: int
    layers: tuple[int, ...]
    frontend: int | None
    frontend_frame: int | None
    stack_bytes: int
    last_frame: int | None = None
    cycles: int | None = None
    layer_cycles: tuple[int, ...] | None = None
    vote: tuple[int, int] | None = None


@dataclass(frozen=True)
class Mark:
    """A marker that was passed.

    Attributes:
        kind: its place in `_MARKERS`.
        instructions, cycles: executed before it; without published timings no cycles.
    """

    kind: int
    instructions: int
    cycles: int


def count(
    program: Path, board: Board, *, sound: NDArray[np.int16] | None = None
) -> InstructionCounts:
    """Run `program` on a sound (or, without front end, a raw input), and count.

    Args:
        program: the ELF file, built for semihosting.
        board: the board it was built for.
        sound: what to play, int16; default: white noise at a tenth of full scale.

    Raises:
        DeviceError: the program does not pass its markers, or fails.
        ToolMissingError: there is no QEMU, or no host compiler for its plugin.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "counts"
        options = plugin_options(report, _addresses(program))
        is_timed = board.core in TIMINGS
        if is_timed:
            options[-1] += f",costs={_write_costs(program, board.core, Path(folder))}"
        with Emulator(program, board, options=options) as emulator:
            session = Session(emulator, timeout=TIMEOUT)
            stack_bytes = _exercise(session, sound)
            emulator.wait(TIMEOUT)
        marks = read_marks(report)
    name = f"{program.name} on {board.name}"
    return _evaluate(marks, session.hello, stack_bytes, name, is_timed=is_timed)


def _write_costs(program: Path, core: str, folder: Path) -> Path:
    """Write what the plugin wants to know of each instruction, and return where."""
    file = folder / "costs"
    lines = (" ".join(map(str, cost)) for cost in sorted(cycles.costs(program, core)))
    file.write_text("\n".join(lines), encoding="ascii")
    return file


def plugin_options(report: Path, addresses: Sequence[int]) -> list[str]:
    """Return QEMU's options that load the counter; it writes to `report`.

    Args:
        report: a file whose path holds no comma.
        addresses: of the markers; their order gives them their numbers.

    Raises:
        ToolMissingError: there is no host compiler.
        BuildError: the plugin does not compile.
    """
    headers = BUILD / "host" / f"qemu-plugin-{_plugin_version()}"
    write_atomically(
        headers / "ossicle_plugin_version.h",
        f"/* Generated. */\n#define OSSICLE_PLUGIN_VERSION {_plugin_version()}\n",
    )
    library = shared_library("ossicle_count", [_PLUGIN], [headers])
    marks = "".join(f",mark={address:#x}" for address in addresses)
    return ["-plugin", f"{library},out={report}{marks}"]


def read_marks(report: Path) -> list[Mark]:
    """Return what the counter wrote, in order."""
    lines = report.read_text(encoding="ascii").splitlines()
    return [Mark(*map(int, line.split())) for line in lines]


def _plugin_version() -> int:
    """Return the plugin interface to declare: QEMU 9.0 refuses 1, earlier ones know only 1."""
    said = subprocess.run([qemu(), "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"version (\d+)\.", said)
    if found is None:
        raise DeviceError(f"{qemu()} --version says no version: {said.strip()[:80]!r}")
    return 2 if int(found[1]) >= 9 else 1


def _addresses(program: Path) -> list[int]:
    """Return where the markers lie; 1 (never executed) for those that the linker dropped."""
    read = elf.read(program)
    addresses = [read.address(f"app_mark_{name}") for name in _MARKERS]
    if addresses[0] is None:
        raise DeviceError(f"{program}: has no markers; it is not firmware of this project")
    return [1 if address is None else address for address in addresses]


def _exercise(session: Session, sound: NDArray[np.int16] | None) -> int:
    """Run as in use, then with a marker after each layer; return the stack of the former."""
    random = np.random.default_rng(0)
    if session.hello.has_frontend:
        noise = random.normal(0.0, 3276.7, session.hello.pcm_samples).astype(np.int16)
        session.infer_pcm(noise if sound is None else sound, vote=session.hello.has_vote)
    raw = random.integers(-128, 128, session.hello.input_bytes, dtype=np.int8)
    if not session.hello.has_frontend:
        session.infer_input(raw)
    if session.hello.has_vote:
        session.election()
    stack_bytes = session.stack().used
    session.mark_layers(raw)
    session.bye()
    return stack_bytes


def _evaluate(
    marks: list[Mark], hello: Hello, stack_bytes: int, name: str, *, is_timed: bool
) -> InstructionCounts:
    runs = list(_spans(marks, "run_begin", "run_end"))
    if len(runs) < 2 or (len(runs) > 2 and not hello.streams):
        raise DeviceError(f"{name}: passed the markers of {len(runs)} runs, not of 2")
    *heard, shown = runs  # where the model hears frame by frame, each frame is marked as a run
    stops = [shown[0], *_of_kind(marks, "layer")]
    if len(stops) != hello.layers + 1:
        raise DeviceError(f"{name}: marked {len(stops) - 1} layers, not {hello.layers}")
    lasts = _of_kind(marks, "last_frame")
    spans = _spans(marks, "frontend_begin", "frontend_end")
    frontend = sum(end.instructions - begin.instructions for begin, end in spans)
    votes = [e.instructions - b.instructions for b, e in _spans(marks, "vote_begin", "vote_end")]
    ready = heard[-1][1].instructions
    layer_cycles = tuple(after.cycles - before.cycles for before, after in pairwise(stops))
    return InstructionCounts(
        inference=sum(end.instructions - begin.instructions for begin, end in heard),
        layers=tuple(after.instructions - before.instructions for before, after in pairwise(stops)),
        frontend=frontend if hello.has_frontend else None,
        frontend_frame=-(-frontend // hello.frames) if hello.has_frontend else None,
        stack_bytes=stack_bytes,
        last_frame=max(0, ready - lasts[0].instructions) if lasts else None,
        cycles=sum(end.cycles - begin.cycles for begin, end in heard) if is_timed else None,
        layer_cycles=layer_cycles if is_timed else None,
        vote=(votes[0], votes[1]) if votes else None,
    )


def _of_kind(marks: list[Mark], name: str) -> list[Mark]:
    return [mark for mark in marks if _MARKERS[mark.kind] == name]


def _spans(marks: list[Mark], first: str, last: str) -> Iterator[tuple[Mark, Mark]]:
    """Return each `first` marker and the `last` marker that follows it."""
    return zip(_of_kind(marks, first), _of_kind(marks, last), strict=True)
