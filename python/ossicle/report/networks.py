"""The networks of the registry with what they cost, measured, and what they score, as trained.

`python -m ossicle.report.networks --board qemu_m4` measures them, `--results FOLDER...` takes
scores out of the results folders of trainings; either writes the table of docs/models.md.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from ossicle.budget import bench
from ossicle.compiler import Target, compile_model
from ossicle.console import track
from ossicle.device import boards
from ossicle.device.boards import Board
from ossicle.device.program import Program
from ossicle.errors import BudgetError
from ossicle.files import write_atomically
from ossicle.models import System, build, systems
from ossicle.models.size import macs
from ossicle.paths import PROJECT
from ossicle.quantize.untrained import untrained
from ossicle.report.scores import keep_scores, scores

COSTS = Path(__file__).resolve().parents[1] / "models" / "costs.json"
"""What each network costs on one board, as `main` has measured it."""
DOCUMENT = PROJECT / "docs" / "models.md"
BEGIN, END = "<!-- the table -->\n", "<!-- its end -->\n"

Row = dict[str, Any]


def listed(board: Board | None) -> list[Row]:
    """Return a row for each network.

    Args:
        board: measure RAM and instructions there; None takes what `main` has measured.

    Raises:
        ToolMissingError: the compiler or the emulator is missing.
    """
    known = systems()
    costs = measured() if board is None else measure(list(known.values()), board)
    told = scores()
    return [
        {**_size(found), **costs.get(name, {}), "score": "; ".join(told.get(name, {}).values())}
        for name, found in known.items()
    ]


def text(rows: list[Row]) -> str:
    """Return the rows as a table in Markdown."""
    lines = [
        "| model | | input | parameters | MACs | RAM | instructions | score | source |",
        "|---|---|---|---:|---:|---:|---:|---|---|",
    ]
    for row in rows:
        cells = [row["model"], row["title"], row["input"], *map(_number, (
            row["parameters"], row["macs"], row.get("ram_bytes"), row.get("instructions")
        )), row["score"], row["source"]]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    on = ", ".join(sorted({row["board"] for row in rows if "board" in row}))
    return "\n".join([*lines, "", f"RAM in bytes and instructions of one inference on {on}."])


def write(rows: list[Row]) -> None:
    """Keep the costs of the rows, and put their table into the document."""
    costs = {
        row["model"]: {name: row[name] for name in ("board", "ram_bytes", "instructions")}
        for row in rows
    }
    write_atomically(COSTS, json.dumps(costs, indent=1) + "\n")
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    write_atomically(DOCUMENT, f"{before}{BEGIN}{text(rows)}\n{END}{after}")


def _number(value: int | str | None) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value:,}"


def _size(found: System) -> Row:
    told = found.published
    model = build(
        found.name, told.classes, bands=told.bands, frames=told.frames, options=told.options
    )
    return {
        "model": found.name,
        "title": found.title,
        "source": found.source,
        "input": f"{told.bands} x {told.frames} {found.hears}",
        "parameters": model.count_params(),
        "macs": macs(model),
    }


def measure(known: list[System], board: Board) -> dict[str, Row]:
    """Return board, RAM and instructions of networks with random weights, by their names.

    Raises:
        ToolMissingError: the compiler or the emulator is missing.
    """
    rows = {}
    for found in track(known, f"networks on {board.name}", len(known)):
        told = found.published
        content = untrained(
            found.name, told.classes, bands=told.bands, frames=told.frames, options=told.options
        )
        compiled = compile_model(content, found.name, found.name, Target.of(board.core))
        program = Program(found.name, content, compiled, None)
        rows[found.name] = {"board": board.name, **_cost(program, board)}
    return rows


def _cost(program: Program, board: Board) -> Row:
    try:
        figures = bench(program, board).figures()
    except BudgetError:
        needed = f"{program.compiled.plan.arena_bytes:,} needed"
        return {"ram_bytes": needed, "instructions": "does not fit"}
    return {name: figures[name] for name in ("ram_bytes", "instructions")}


def measured() -> dict[str, Row]:
    """Return what `main` has measured: board, RAM and instructions by the network's name."""
    costs: dict[str, Row] = json.loads(COSTS.read_text(encoding="utf-8"))
    return costs


def main() -> None:
    """Measure, take scores, and write the table."""
    parser = argparse.ArgumentParser(
        description="costs and scores, and the table of docs/models.md"
    )
    parser.add_argument("--board", help="measure costs there: a folder of firmware/boards")
    parser.add_argument("--results", nargs="+", type=Path, default=[], help="folders of trainings")
    arguments = parser.parse_args()
    keep_scores(arguments.results)
    write(listed(boards.board(arguments.board) if arguments.board else None))


if __name__ == "__main__":
    main()
