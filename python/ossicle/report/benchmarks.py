"""`make bench`: what models cost with Ossicle and with the interpreter that most people use.

The peer's figures were measured once, on the same emulator with the same compiler: TensorFlow Lite
Micro (August 2026) with CMSIS-NN (July 2026), its release flags, arm-none-eabi-gcc 12.2, QEMU 7.2.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np

from ossicle.budget import Bench, bench
from ossicle.compiler import Frames, Optimize, Target, compile_model
from ossicle.console import console
from ossicle.device.boards import Board, boards
from ossicle.device.program import Program
from ossicle.errors import BudgetError, DataError
from ossicle.files import write_atomically
from ossicle.report.frontend_costs import frontend_section, judged

SMALL_RAM = 32_768  # bytes; a board with less is given what `--optimize ram` makes
CHOICES: tuple[Optimize, ...] = get_args(Optimize)


@dataclass(frozen=True)
class Peer:
    """TensorFlow Lite Micro with CMSIS-NN: instructions on M4 and M55, arena and code on the M4."""

    m4: int
    m55: int
    ram_bytes: int
    code_bytes: int


PEERS = {
    "dcase": Peer(64_046_397, 9_980_123, 71_364, 46_528),
    "kws": Peer(7_696_881, 1_784_165, 22_820, 53_652),
    "vww": Peer(24_101_961, 6_433_391, 100_708, 53_652),
    "ic": Peer(29_865_293, 4_813_072, 54_996, 51_424),
    "ad": Peer(582_940, 149_930, 2_580, 27_308),
}


@dataclass(frozen=True)
class Limits:
    """What a model should cost at most.

    Attributes:
        speed, balanced, m55: instructions: of these choices on the M4, of `speed` on the M55.
        ram_bytes: of `ram` on the M4, which may take `RAM_SLOWDOWN` times `balanced`.
        ram_code, speed_code: bytes of code of these choices on the M4.
    """

    speed: int
    balanced: int
    m55: int
    ram_bytes: int
    ram_code: int
    speed_code: int


RAM_SLOWDOWN = 1.6
TARGETS = {
    "dcase": Limits(12_500_000, 20_000_000, 4_200_000, 12_000, 10_000, 18_000),
    "kws": Limits(3_000_000, 3_200_000, 900_000, 10_500, 10_000, 16_000),
    "vww": Limits(9_000_000, 9_500_000, 3_200_000, 40_000, 12_000, 20_000),
    "ic": Limits(8_500_000, 10_500_000, 1_900_000, 24_000, 12_000, 20_000),
    "ad": Limits(380_000, 400_000, 90_000, 1_000, 4_000, 6_000),
}

# The files of the MLPerf Tiny benchmark, as published.
FILES = {
    "kws": "kws_ref_model.tflite",
    "vww": "vww_96_int8.tflite",
    "ic": "pretrainedResnet_quant.tflite",
    "ad": "ad01_int8.tflite",
}

# What a frame of sound is in their inputs.
FRAMES: dict[str, Frames] = {"dcase": "columns", "kws": "rows"}

HEAD = """# Benchmarks

Made by `make bench` (it needs `OSSICLE_MODELS`, or `ossicle fetch mlperf_tiny`); do not edit.

Instructions of one inference, counted on the emulated core; they repeat exactly. Cycles are the
published timings of a core's instructions, summed over what was executed: flash without
wait states. RAM is arena and static data without stack, the input inside the arena. Code is what
the linked image has more than the same firmware around an empty model, without constants. Outputs
equal TFLite's reference kernels bit for bit (`ossicle parity MODEL --board BOARD`). `ram`,
`balanced` and `speed` are what `--optimize` chooses. ✓ and ✗ say whether a figure keeps the
project's target for it, which stands behind it; `ram` may take 1.6 times the instructions of
`balanced`. The peer is TensorFlow Lite Micro (August 2026) with CMSIS-NN (July 2026), its release
flags, on the same emulator with the same compiler (arm-none-eabi-gcc 12.2).

`dcase` is the DCASE 2022 task 1 baseline with random weights; the others are the models of MLPerf
Tiny: keyword spotting, visual wake words, image classification, anomaly detection.
"""


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description="Write the benchmark tables.")
    parser.add_argument("models", type=Path, help="a folder with the models of MLPerf Tiny")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks.md"))
    arguments = parser.parse_args()
    write_atomically(arguments.out, page(contents(arguments.models)))


def contents(folder: Path) -> dict[str, bytes]:
    """Return the models' bytes by their short names."""
    given = {name: _found(folder, file) for name, file in FILES.items()}
    return {"dcase": _baseline(), **{name: path.read_bytes() for name, path in given.items()}}


def page(models: dict[str, bytes]) -> str:
    """Measure every model on every board and return the page."""
    known = {board.name: board for board in boards()}
    lines = [HEAD, "## Cortex-M4", "", *_m4_table(models, known["qemu_m4"])]
    lines += ["", "## Frame by frame", "", *_frame_table(models, known["qemu_m4"])]
    lines += ["", "## Every core", "", *_core_table(models, list(known.values()))]
    lines += ["", "## The front end", "", *frontend_section(list(known.values()))]
    return "\n".join(lines) + "\n"


def _m4_table(models: dict[str, bytes], board: Board) -> Iterator[str]:
    yield (
        "| model | MACs | | instructions | cycles | instructions a MAC | of the peer's | RAM "
        "| of the peer's | code | constants |"
    )
    yield "|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for name, content in models.items():
        measured = {choice: _bench(name, content, board, choice) for choice in CHOICES}
        yield from (_m4_row(name, choice, measured) for choice in CHOICES)
        peer, macs = PEERS[name], measured["balanced"].macs
        yield (
            f"| | | peer | {peer.m4:,} | | {peer.m4 / macs:.2f} | | {peer.ram_bytes:,} | "
            f"| {peer.code_bytes:,} | |"
        )


def _m4_row(name: str, choice: Optimize, measured: dict[Optimize, Bench]) -> str:
    found, peer, limits = measured[choice], PEERS[name], TARGETS[name]
    slowest = int(RAM_SLOWDOWN * measured["balanced"].instructions)
    instructions = {"ram": slowest, "balanced": limits.balanced, "speed": limits.speed}
    code = {"ram": limits.ram_code, "speed": limits.speed_code}
    return (
        f"| {name} | {found.macs:,} | `{choice}` "
        f"| {judged(found.instructions, instructions[choice])} | {found.cycles:,} "
        f"| {found.instructions / found.macs:.2f} | {found.instructions / peer.m4:.0%} "
        f"| {judged(found.ram_bytes, limits.ram_bytes if choice == 'ram' else None)} "
        f"| {found.ram_bytes / peer.ram_bytes:.0%} "
        f"| {judged(found.code_bytes, code.get(choice))} | {found.constant_bytes:,} |"
    )


def _frame_table(models: dict[str, bytes], board: Board) -> Iterator[str]:
    yield (
        "Compiled with `--optimize ram --frames`, for the Cortex-M4: what each frame completes is "
        "computed when it comes.\n"
    )
    yield "| model | a frame | instructions, all frames | from the last frame to the output | RAM |"
    yield "|---|---|---:|---:|---:|"
    for name, frames in FRAMES.items():
        if name in models:
            found = _bench(name, models[name], board, "ram", frames)
            last = found.last_frame or 0
            yield (
                f"| {name} | {frames[:-1]} | {found.instructions:,} "
                f"| {last:,} ({last / found.instructions:.0%}) | {found.ram_bytes:,} |"
            )


def _core_table(models: dict[str, bytes], known: list[Board]) -> Iterator[str]:
    yield (
        "Instructions, and cycles of cores that take them one after the other; a dash where the "
        "model does not fit the board.\n"
    )
    yield f"| board | core | | {' | '.join(models)} |"
    yield f"|---|---|---|{'---:|' * len(models)}"
    for board in known:
        yield from _core_rows(models, board, "ram" if board.ram_bytes < SMALL_RAM else "balanced")
        if board.core == "cortex-m55":
            yield from _core_rows(models, board, "speed")
    for core, figures in (
        ("cortex-m4", [PEERS[name].m4 for name in models]),
        ("cortex-m55", [PEERS[name].m55 for name in models]),
    ):
        yield f"| | {core} | peer | {' | '.join(f'{figure:,}' for figure in figures)} |"


def _core_rows(models: dict[str, bytes], board: Board, choice: Optimize) -> Iterator[str]:
    found = {name: _fitting(name, content, board, choice) for name, content in models.items()}
    limits = {name: TARGETS[name].m55 if choice == "speed" else None for name in models}
    counted = [
        judged(one.instructions, limits[name]) if one else "–" for name, one in found.items()
    ]
    yield f"| `{board.name}` | {board.core} | `{choice}` | {' | '.join(counted)} |"
    cycles = [one.cycles if one else None for one in found.values()]
    if any(cycles):
        cells = [f"{number:,}" if number else "–" for number in cycles]
        yield f"| | | cycles | {' | '.join(cells)} |"


def _fitting(name: str, content: bytes, board: Board, choice: Optimize) -> Bench | None:
    try:
        return _bench(name, content, board, choice)
    except BudgetError:
        return None


def _bench(
    name: str, content: bytes, board: Board, choice: Optimize, frames: Frames | None = None
) -> Bench:
    console.print(", ".join((name, choice, board.name, *([f"by {frames}"] if frames else []))))
    target = Target.of(board.core, choice, frames)
    compiled = compile_model(content, f"{name}.tflite", name, target)
    return bench(Program(name, content, compiled, None), board)


def _found(folder: Path, file: str) -> Path:
    path = folder / file
    if not path.is_file():
        found = sorted(folder.rglob(file))
        if not found:
            raise DataError(f"{folder}: holds no {file}; `ossicle fetch mlperf_tiny` brings it")
        path = found[0]
    return path


def _baseline() -> bytes:
    """The DCASE baseline with random weights: what it costs does not depend on what it learnt."""
    from ossicle.models import dcase2022_baseline
    from ossicle.quantize import post_training
    from ossicle.tensorflow import make_deterministic

    make_deterministic(0)
    random = np.random.default_rng(0)
    features = random.integers(-128, 128, (64, 40, 51), dtype=np.int8)
    return post_training(dcase2022_baseline.build(10), features)


if __name__ == "__main__":
    main()
