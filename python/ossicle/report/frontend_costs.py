"""The front end's part of `make bench`: every core, both sets of tables, and this host."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from ossicle.budget.frontend_bench import FrontendBench, bench_front_end
from ossicle.console import console
from ossicle.device.boards import Board
from ossicle.frontend import FrontendSpec
from ossicle.frontend.presets import preset


@dataclass(frozen=True)
class FrontendLimits:
    """What the front end of a preset should cost at most on the Cortex-M4."""

    instructions: int
    flash_bytes: int
    ram_bytes: int | None = None


PRESETS = ("dcase2022", "speech")
LIMITS = {
    ("dcase2022", False): FrontendLimits(88_000, 19_000, 8_300),
    ("dcase2022", True): FrontendLimits(107_000, 10_500),
    ("speech", False): FrontendLimits(21_000, 7_000, 2_100),
}
M55_SHARE = 3  # the Cortex-M55, which has Helium, should take a third of the Cortex-M4's

HEAD = """White noise in pieces of 128 samples; a frame is a sound's instructions over its frames,
taking in a hop of samples included. Flash is code and tables; *small* is with
`-DOSSICLE_FRONTEND_SMALL`. RAM is what computing a frame needs, and in brackets the same with the
samples of the window, which is the whole state."""


def frontend_section(known: list[Board]) -> Iterator[str]:
    """Measure the front end on every board and on this host; yield the section's lines."""
    yield HEAD
    yield ""
    yield "| preset | board | core | tables | instructions a frame | flash | RAM |"
    yield "|---|---|---|---|---:|---:|---:|"
    for name in PRESETS:
        for small in (False, True):
            yield from _rows(name, small, known)
    yield ""
    yield from _host()


def _rows(name: str, small: bool, known: list[Board]) -> Iterator[str]:
    found = {board.name: _measured(preset(name), board, small) for board in known}
    for board in known:
        yield _row(name, small, board, found[board.name], found["qemu_m4"])


def _measured(spec: FrontendSpec, board: Board, small: bool) -> FrontendBench:
    console.print(f"front end, {spec.fft_length} points, {board.name}")
    return bench_front_end(spec, board, small=small)


def _row(name: str, small: bool, board: Board, cost: FrontendBench, m4: FrontendBench) -> str:
    limits = LIMITS.get((name, small)) if board.core == "cortex-m4" else None
    most = limits.instructions if limits else None
    if board.core == "cortex-m55" and not small:
        most = m4.instructions // M55_SHARE
    return (
        f"| `{name}` | `{board.name}` | {board.core} | {'small' if small else 'all'} "
        f"| {judged(cost.instructions, most)} "
        f"| {judged(cost.flash_bytes, limits.flash_bytes if limits else None)} "
        f"| {judged(cost.frame_bytes, limits.ram_bytes if limits else None)} "
        f"({cost.state_bytes:,}) |"
    )


def judged(value: int, limit: int | None) -> str:
    """Say a figure and whether it keeps its target, where it has one."""
    if limit is None:
        return f"{value:,}"
    return f"{value:,} ✓ ≤ {limit:,}" if value <= limit else f"{value:,} ✗ > {limit:,}"


def _host() -> Iterator[str]:
    """Measure in a process of its own, whose libraries have one thread each."""
    command = [sys.executable, "-m", "ossicle.frontend.benchmark", "--json"]
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    said = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, **one}
    ).stdout
    seconds: dict[str, float] = json.loads(said)
    yield "| on one core of the host that made this page | clips of 1 s a second |"
    yield "|---|---:|"
    for name, clips in seconds.items():
        yield f"| {name} | {clips:,.0f} |"
    ours, theirs = seconds["ossicle"], seconds["librosa"]
    yield ""
    yield f"That is {ours / theirs:.1f} times as many, in turns, by processor time (target: 5)."
