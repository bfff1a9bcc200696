"""Cross-validation: the whole way to a bundle for each fold and each seed, in processes of its own.

A run is one fold held out and one seed; its bundle, its metrics and its checkpoints lie in a folder
that carries both in its name. A run that is finished is not repeated, one that was interrupted goes
on from its checkpoint. Runs know nothing of each other, so any number of them may go on side by
side, and the results are the same.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ossicle import __version__
from ossicle.datasets import Corpus
from ossicle.errors import DataError
from ossicle.files import write_atomically
from ossicle.processes import side_by_side
from ossicle.quantize.pipeline import make_bundle
from ossicle.training import Recipe, prepare
from ossicle.training.checkpoint import Epoch, peek
from ossicle.training.recipe import lineage

RECIPE = "recipe.toml"
WORK = "work"  # the folder of checkpoints and float models, one a run
POLL_SECONDS = 1.0  # how often a checkpoint is looked at, to tell how far a run is


@dataclass(frozen=True)
class Run:
    """One fold held out (0: none), one seed."""

    fold: int
    seed: int

    @property
    def name(self) -> str:
        """The name of its folder."""
        return f"fold{self.fold}_seed{self.seed}"


@dataclass(frozen=True)
class State:
    """How far a run is.

    Attributes:
        history: the epochs so far; told whenever a checkpoint is written.
        metrics: of its bundle; None until it is finished.
    """

    run: Run
    history: list[Epoch]
    metrics: dict[str, Any] | None


Watch = Callable[[Sequence[State]], None]


def runs_of(corpus: Corpus, recipe: Recipe, folds: Sequence[int] | None = None) -> list[Run]:
    """Return the runs of a cross-validation, fold by fold.

    Args:
        corpus: whose folds are held out; fold 0 only trains.
        recipe: whose seeds each fold is trained with.
        folds: which folds; None: every one.

    Raises:
        DataError: a fold does not exist, lacks a class, or shares a recording with the others.
    """
    chosen = [fold for fold in corpus.folds if fold > 0] if folds is None else list(folds)
    if not chosen:
        raise DataError(f"{corpus.name}: has no fold to test on, only fold 0, for training")
    for fold in chosen:
        corpus.split(fold)
    return [Run(fold, seed) for fold in chosen for seed in recipe.seeds]


def claim(out: Path, recipe: Recipe) -> None:
    """Take a folder for the results of a recipe.

    Raises:
        DataError: it holds something else, or the results of another recipe.
    """
    file, text = out / RECIPE, recipe.to_toml()
    if file.is_file():
        if file.read_text(encoding="utf-8") != text:
            raise DataError(f"{out}: holds the results of another recipe; choose another folder")
    elif out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DataError(f"{out}: is in the way and holds no results; choose another folder")
    write_atomically(file, text)


@dataclass(frozen=True)
class Validation:
    """A cross-validation, as each of its processes gets it.

    Attributes:
        corpus: what to learn and to be tested on.
        recipe: what to make.
        out: the folder of the results, claimed before.
        features: a folder that keeps features.
        key: the `identity` of corpus and recipe.
        earlier: the float models of the recipe that was trained before, if the recipe names one.
    """

    corpus: Corpus
    recipe: Recipe
    out: Path
    features: Path
    key: str
    earlier: Path | None = None

    def make(self, run: Run) -> tuple[Run, dict[str, Any]]:
        """Do one run and return its metrics."""
        made = make_bundle(
            self.corpus,
            self.out / run.name,
            work=self.work(run),
            test_fold=run.fold or None,
            recipe=self.recipe,
            seed=run.seed,
            features=self.features,
            earlier=self.earlier,
            note={"identity": self.key},
        )
        return run, dict(made.metrics)

    def finished(self, run: Run) -> dict[str, Any] | None:
        """Return the metrics of a run whose bundle is there; None if it is not, or is another's."""
        try:
            text = (self.out / run.name / "metrics.json").read_text(encoding="utf-8")
            metrics: dict[str, Any] = json.loads(text)
            return metrics if metrics["identity"] == self.key else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def state(self, run: Run, metrics: dict[str, Any] | None) -> State:
        """Return how far a run is."""
        if metrics is not None:
            return State(run, metrics["history"]["float"], metrics)
        return State(run, peek(self.work(run) / "float.npz"), None)

    def work(self, run: Run) -> Path:
        """Return the folder of a run's checkpoints."""
        return self.out / WORK / run.name


def cross_validate(
    validation: Validation, runs: Sequence[Run], *, jobs: int, watch: Watch
) -> list[dict[str, Any]]:
    """Make every run's bundle, `jobs` of them at a time, and return their metrics.

    `watch` is called with the state of every run, about once a second.

    Raises:
        OssicleError: the first that a run raised; the others are stopped.
    """
    done = {run: metrics for run in runs if (metrics := validation.finished(run))}
    waiting = [run for run in runs if run not in done]
    recipe = validation.recipe
    prepare(validation.corpus, recipe.spec, recipe.cutting, validation.features)  # once for all
    with side_by_side(max(1, min(jobs, len(waiting))), "--jobs") as pool:
        pending = {pool.submit(validation.make, run) for run in waiting}
        while pending:
            ended, pending = wait(pending, POLL_SECONDS, FIRST_COMPLETED)
            done |= dict(future.result() for future in ended)
            watch([validation.state(run, done.get(run)) for run in runs])
    watch([validation.state(run, done[run]) for run in runs])
    return [done[run] for run in runs]


def identity(corpus: Corpus, recipe: Recipe) -> str:
    """Hash what decides the results: the recipe and those before it, the clips, our version."""
    recipes = "\0".join(member.to_toml() for member in lineage(recipe))
    digest = hashlib.sha256(f"{__version__}\0{recipes}".encode())
    for clip in corpus.clips:
        told = (clip.path.name, clip.path.stat().st_size, clip.label, clip.fold, clip.recording)
        digest.update(repr(told).encode())
    return digest.hexdigest()
