"""Learning: a training, a cross-validation, a search."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ossicle import bundle
from ossicle.console import console
from ossicle.datasets import Corpus
from ossicle.device import boards
from ossicle.device.emulator import qemu
from ossicle.device.firmware import cross_compiler
from ossicle.files import require_writable, write_atomically
from ossicle.paths import BUILD

DEFAULT_RECIPE = "dcase2022"


def train(
    recordings: Corpus,
    out: Path,
    *,
    fold: int | None,
    recipe: str | Path,
    **changes: Any,
) -> dict[str, Any]:
    """Train, quantise and write a bundle and its results; return its metrics.

    Args:
        recordings: what to learn.
        out: the bundle's folder; beside it are `<out>.results`, and, in `<out>.work`, what an
            interrupted run needs.
        fold: the fold that is held out; None trains on everything.
        recipe: a .toml file, or the name of a recipe that comes with Ossicle.
        **changes: to the recipe, as `Recipe.changed` has them.

    Raises:
        DataError: the recipe, the recordings or the fold cannot be used.
        BundleError: something else is in the way at `out`.
        OutputError: nothing can be written there.
    """
    from ossicle.quantize.pipeline import make_bundle
    from ossicle.report.folds import write_single
    from ossicle.training.recipe import load

    chosen = load(recipe).changed(**changes)
    bundle.require_replaceable(out)
    require_writable(out.parent)
    if fold is not None:
        recordings.split(fold)  # refuses here, not after minutes of work
    place = out.resolve()  # "." has no name to put `.work` behind
    made = make_bundle(
        recordings,
        place,
        work=place.with_name(f"{place.name}.work"),
        test_fold=fold,
        recipe=chosen,
        features=BUILD / "features",
    )
    write_single(place.with_name(f"{place.name}.results"), recordings, chosen, made)
    return dict(made.metrics)


def cross_validate(
    recordings: Corpus,
    out: Path,
    *,
    folds: list[int] | None,
    recipe: str | Path,
    jobs: int,
    **changes: Any,
) -> dict[str, Any]:
    """Make a bundle for each fold and seed, and write `results.json` and `results.md` into `out`.

    Args:
        recordings: what to learn and to be tested on.
        out: the folder of the results; an interrupted call goes on from it.
        folds: which folds are held out, one after the other; None: all but 0, which only trains.
        recipe: a .toml file, or the name of a recipe that comes with Ossicle.
        jobs: how many run side by side.
        **changes: to the recipe, as `Recipe.changed` has them.

    Raises:
        DataError: the recipe, the recordings or a fold cannot be used, or a training diverged.
        OutputError: nothing can be written in `out`.
    """
    from rich.live import Live

    from ossicle.quantize import folds as validation
    from ossicle.report.folds import TensorBoard, gather, live_table, write
    from ossicle.training.recipe import load

    chosen = load(recipe).changed(**changes)
    runs = validation.runs_of(recordings, chosen, folds)
    require_writable(out)
    validation.claim(out, chosen)
    key = validation.identity(recordings, chosen)
    whole = validation.Validation(recordings, chosen, out, BUILD / "features", key)
    board = TensorBoard(out / "tensorboard")
    with Live(console=console, auto_refresh=False) as live:

        def watch(states: Sequence[validation.State]) -> None:
            board.write(states)
            live.update(live_table(states, chosen.schedule.epochs), refresh=True)

        metrics = validation.cross_validate(whole, runs, jobs=jobs, watch=watch)
    figures = gather(recordings, chosen, runs, metrics)
    write(out, figures)
    return figures


def search(
    recordings: Corpus,
    out: Path,
    *,
    space: str | Path,
    board: str,
    fold: int | None,
    trials: int,
    workers: int,
    ray: str | None,
) -> dict[str, Any]:
    """Search a space; write `results.json`, `results.md` and the winner's `best.toml` into `out`.

    Args:
        recordings: what to learn.
        out: the folder of the results; an interrupted search goes on from it.
        space: a .toml file, or the name of a space that comes with Ossicle.
        board: what every candidate must fit.
        fold: the fold that is neither learnt from nor decided by; None: there is none.
        trials: how many there are to be in the end.
        workers: how many run side by side.
        ray: the address of a Ray cluster, or "local"; None: processes of this machine.

    Raises:
        DataError: the space, the recordings or the fold cannot be used, or nothing fitted.
        OutputError: nothing can be written in `out`.
    """
    from ossicle import search as searching
    from ossicle.search import results as found

    wanted, on = searching.load(space), boards.board(board)
    require_tools()
    if fold is not None:
        recordings.split(fold)
    require_writable(out)
    whole = searching.Search(
        wanted, recordings, fold, on, out.resolve(), BUILD / "features", trials
    )
    rows = found.rows(searching.run(whole, workers=workers, ray=ray))
    best = found.winner(wanted, rows)
    figures = {"board": on.name, "test_fold": fold, "trials": rows, "best": best.to_json()}
    write_atomically(out / "results.json", json.dumps(figures, indent=1) + "\n")
    write_atomically(out / "results.md", found.markdown(wanted, rows))
    write_atomically(out / "best.toml", best.to_toml())
    return figures


def training_summary(metrics: dict[str, Any], out: Path) -> str:
    """Say in a few lines what a training gave."""
    lines = [f"{out}: {metrics['chosen']} int8 model, trained on {metrics['data']['name']}"]
    lines.append(f"{out}.results: results.md, results.json, tensorboard")
    if metrics["test"]:
        scores = (f"{name} {score['accuracy']:.1%}" for name, score in metrics["test"].items())
        lines.append(f"clips of test fold {metrics['data']['test_fold']}: {', '.join(scores)}")
    return "\n".join(lines)


def require_tools() -> None:
    """Look for the compiler and the emulator, which are wanted only after the training."""
    cross_compiler()
    qemu()
