"""A training or a cross-validation of a recipe, after those that it goes on from."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.live import Live

from ossicle import bundle
from ossicle.console import console
from ossicle.datasets import Corpus
from ossicle.files import require_writable
from ossicle.paths import BUILD, FEATURE_CACHE
from ossicle.quantize import folds as validation
from ossicle.quantize.pipeline import make_bundle
from ossicle.report.folds import TensorBoard, gather, live_table, write, write_single
from ossicle.training import Recipe
from ossicle.training.recipe import lineage, load

DEFAULT_RECIPE = "dcase2022"


def train(
    recordings: Corpus,
    out: Path,
    *,
    fold: int | None,
    recipe: str | Path,
    jobs: int,
    earlier: Path | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """Train, quantise and write a bundle and its results; return its metrics.

    Args:
        recordings: what to learn.
        out: the bundle's folder; beside it are `<out>.results`, and, in `<out>.work`, what an
            interrupted run needs.
        fold: the fold that is held out; None trains on everything.
        recipe: a .toml file, or the name of a recipe that comes with Ossicle.
        jobs: how many of the trainings that come before it run side by side.
        earlier: the folder for the results of the recipe that comes before; None: one in
            `build/earlier`.
        **changes: to the recipe, as `Recipe.changed` has them.

    Raises:
        DataError: the recipe, the recordings or the fold cannot be used.
        BundleError: something else is in the way at `out`.
        OutputError: nothing can be written there.
    """
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
        features=FEATURE_CACHE,
        earlier=_earlier(recordings, chosen, [fold or 0], jobs, earlier),
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
    earlier: Path | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """Make a bundle for each fold and seed, and write `results.json` and `results.md` into `out`.

    Args:
        recordings: what to learn and to be tested on.
        out: the folder of the results; an interrupted call goes on from it.
        folds: which folds are held out, one after the other; None: all but 0, which only trains.
        recipe: a .toml file, or the name of a recipe that comes with Ossicle.
        jobs: how many run side by side.
        earlier: the folder for the results of the recipe that comes before; None: one in
            `build/earlier`.
        **changes: to the recipe, as `Recipe.changed` has them.

    Raises:
        DataError: the recipe, the recordings or a fold cannot be used, or a training diverged.
        OutputError: nothing can be written in `out`.
    """
    chosen = load(recipe).changed(**changes)
    runs = validation.runs_of(recordings, chosen, folds)
    metrics = _made(recordings, chosen, out, runs, jobs=jobs, earlier=earlier)
    figures = gather(recordings, chosen, runs, metrics)
    write(out, figures)
    return figures


def _earlier(
    recordings: Corpus, recipe: Recipe, folds: Sequence[int], jobs: int, out: Path | None
) -> Path | None:
    """Train what `recipe` goes on from with the same folds held out; return where its models are.

    Unless `out`, the folder of its results, is given, the folder's name has the hash of recordings
    and recipe: whoever needs the same finds it there.
    """
    line = lineage(recipe)
    if len(line) == 1:
        return None
    first = line[1]
    key = validation.identity(recordings, first)
    out = out or BUILD / "earlier" / f"{first.name}-{key[:12]}"
    console.print(f"{recipe.name} goes on from {first.name}: {out}")
    runs = [validation.Run(fold, seed) for fold in folds for seed in first.seeds]
    _made(recordings, first, out, runs, jobs=jobs)
    return out / validation.WORK


def _made(
    recordings: Corpus,
    recipe: Recipe,
    out: Path,
    runs: Sequence[validation.Run],
    *,
    jobs: int,
    earlier: Path | None = None,
) -> list[dict[str, Any]]:
    """Make the bundle of each run in `out`, telling how far they are; return their metrics.

    What the recipe goes on from is trained only for the folds of runs that are not finished.
    """
    require_writable(out)
    validation.claim(out, recipe)
    key = validation.identity(recordings, recipe)
    whole = validation.Validation(recordings, recipe, out, FEATURE_CACHE, key)
    if folds := sorted({run.fold for run in runs if not whole.finished(run)}):
        before = _earlier(recordings, recipe, folds, jobs, earlier)
        whole = replace(whole, earlier=before)
    board = TensorBoard(out / "tensorboard")
    with Live(console=console, auto_refresh=False) as live:

        def watch(states: Sequence[validation.State]) -> None:
            board.write(states)
            live.update(live_table(states, recipe.schedule.epochs), refresh=True)

        return validation.cross_validate(whole, runs, jobs=jobs, watch=watch)
