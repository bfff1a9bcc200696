"""Reports on a bundle, and the whole demo."""

from pathlib import Path
from typing import Any

from ossicle.compiler import Target
from ossicle.console import console
from ossicle.datasets import Corpus
from ossicle.device import boards
from ossicle.device import program as programs
from ossicle.device.boards import Board
from ossicle.device.program import Program
from ossicle.files import require_writable
from ossicle.report import results
from ossicle.workflow.learning import require_tools
from ossicle.workflow.recordings import corpus, default_fold


def report(
    program: Program, recordings: Corpus, out: Path, *, fold: int | None, board: Board
) -> dict[str, Any]:
    """Score, prove and measure a bundle; write `report.html` and `report.json` into `out`.

    Raises:
        DataError: the recordings do not fit the bundle.
        BudgetError: the bundle does not fit the board.
        OutputError: `out` cannot be written.
    """
    from ossicle.report.page import write

    require_writable(out)
    gathered = results.gather(program, recordings, fold=fold, board=board)
    write(gathered, out)
    return gathered.figures()


def latent(program: Program, recordings: Corpus, out: Path, **options: Any) -> dict[str, Any]:
    """Look at a bundle's latent spaces; write `latent.html` and `latent.json` into `out`.

    Args:
        program: of a bundle.
        recordings: of at least two devices.
        out: the folder.
        **options: of `ossicle.report.latent.gather`.

    Raises:
        DataError: the recordings do not fit the bundle, are too few or of one device.
        ModelError: the model has no such layers.
        OutputError: `out` cannot be written.
    """
    from ossicle.report.latent import gather
    from ossicle.report.latent.page import figures, write

    require_writable(out)
    found = gather(program, recordings, **options)
    write(found, out)
    return figures(found)


def latent_summary(figures: dict[str, Any], out: Path) -> str:
    """Say in a few lines what the latent spaces show."""
    devices, matrix = figures["data"]["devices"], figures["distances"]["energy"]
    pairs = [
        (matrix[row][column], f"{devices[row]} and {devices[column]}")
        for row in range(len(devices))
        for column in range(row)
        if matrix[row][column] is not None
    ]
    lines = [f"{figures['data']['windows']} windows of {len(devices)} devices"]
    if pairs:
        far, near = max(pairs), min(pairs)
        lines.append(
            f"energy distance in f, classes apart = 1: farthest {far[1]} ({far[0]:.2f}), "
            f"nearest {near[1]} ({near[0]:.2f})"
        )
    return "\n".join([*lines, f"page: {out / 'latent.html'}"])


def demo(out: Path, *, data: Path | None, fold: int | None, board: str) -> dict[str, Any]:
    """Go the whole way from recordings to a report.

    Raises:
        OssicleError: whatever is missing or wrong; what can be known is said before the training.
    """
    from ossicle.workflow.training import DEFAULT_RECIPE, train

    on = boards.board(board)
    require_tools()
    require_writable(out)
    recordings = corpus(data)
    chosen = default_fold(recordings) if fold is None else fold
    console.rule("train and quantise")
    train(recordings, out / "bundle", fold=chosen, recipe=DEFAULT_RECIPE, jobs=1)
    program = programs.load_bundle(out / "bundle", Target.of(on.core))
    console.rule(f"prove and measure on {on.name}")
    return report(program, recordings, out, fold=chosen, board=on)


def summary(figures: dict[str, Any], out: Path) -> str:
    """Say in a few lines what a report holds."""
    accuracy, parity, budget = figures["accuracy"], figures["parity"], figures["budget"]
    known = {name: value for name, value in accuracy.items() if value is not None}
    scores = ", ".join(f"{name} {value:.1%}" for name, value in known.items())
    differ = ", ".join(
        f"{parity[f'{stage}_mismatches']:,} {stage}"
        for stage in ("feature", "layer", "output", "vote")
    )
    return "\n".join(
        [
            f"accuracy: {scores}",
            f"parity: {parity['windows']} windows; mismatches: {differ}",
            f"cost: {budget['macs']:,} MAC, {budget['instructions_per_inference']:,} instructions, "
            f"{budget['flash_bytes']:,} bytes flash, {budget['ram_bytes']:,} RAM, "
            f"{budget['stack_bytes']:,} stack",
            f"report: {out / 'report.html'}",
        ]
    )
