"""Train the float model of a corpus."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ossicle.console import console
from ossicle.datasets import Corpus
from ossicle.errors import DataError
from ossicle.models import build, files
from ossicle.tensorflow import make_deterministic
from ossicle.training.adapt import constrained
from ossicle.training.augment.copies import with_copies
from ossicle.training.checkpoint import Epoch
from ossicle.training.distil import teacher_of
from ossicle.training.earlier import Earlier, take_weights
from ossicle.training.fit import Watch, fit
from ossicle.training.prune import pruned
from ossicle.training.recipe import Recipe
from ossicle.training.split import Split, split
from ossicle.training.step import Stage
from ossicle.training.windows import Windows


@dataclass(frozen=True)
class Trained:
    """A float model, who it learnt from, and how it went."""

    model: Any
    parts: Split
    history: list[Epoch]


def train(
    corpus: Corpus,
    windows: Windows,
    *,
    test_fold: int | None,
    recipe: Recipe,
    seed: int,
    work: Path,
    earlier: Path | None = None,
    watch: Watch | None = None,
) -> Trained:
    """Train the recipe's model on all folds but one.

    An interrupted training goes on where it was when it is called again with the same arguments;
    the result is the same to the bit on the same kind of processor.

    Args:
        corpus: what to learn.
        windows: of that corpus, from `prepare`.
        test_fold: the fold that is not looked at; None trains on everything.
        recipe: what to train and how.
        seed: of weights, order, dropout and the held-out recordings.
        work: a folder for the checkpoints, `float.npz` and, if channels are taken out,
            `pruned.npz`, and for the trained model, `float.keras`.
        earlier: the float models of the recipe that was trained before, if the recipe names one.
        watch: is told the history after each epoch, as `fit` has it.

    Raises:
        DataError: the fold does not exist, a class is missing on one side, the loss diverged, or
            the recipe's teacher cannot teach, or its first weights are missing or do not fit.
        ModelError: the recipe's model cannot be built for these windows, or not be pruned.
    """
    share = recipe.validation_share
    parts = split(corpus, windows, test_fold=test_fold, validation_share=share, seed=seed)
    parts = _with_copies(parts, corpus, recipe, seed)
    make_deterministic(seed)
    bands, frames = windows.features.shape[1:]
    network = recipe.model
    model = build(
        network.name, len(corpus.labels), bands=bands, frames=frames, options=network.options
    )
    models = Earlier(test_fold or 0, seed, earlier)
    if network.weights:
        _begin(model, network.weights, models, recipe)
    teacher = teacher_of(recipe.distillation, parts.training, corpus, models)
    wanted = recipe.adaptation
    constraint = constrained(wanted, corpus, parts.training) if wanted else None

    def descend(stage: Stage, checkpoint: str, watch: Watch | None = None) -> list[Epoch]:
        return fit(
            model,
            parts.training,
            parts.validation,
            stage,
            work / checkpoint,
            augmentation=recipe.augmenting(),
            teacher=teacher,
            constraint=constraint,
            watch=watch,
        )

    history = descend(recipe.stage("training", seed), "float.npz", watch)
    if recipe.pruning.share:
        model = pruned(model, recipe.pruning.share)
        history = history + descend(recipe.stage_after_pruning(seed), "pruned.npz")
    files.save(model, work / "float.keras")
    return Trained(model, parts, history)


def _begin(model: Any, weights: str, models: Earlier, recipe: Recipe) -> None:
    """Take first weights; those of other classes must be learnt anew."""
    if take_weights(model, weights, models):
        return
    if not recipe.schedule.epochs:
        raise DataError(f"{weights} tells other classes apart, and epochs = 0 learns none anew")
    console.print(f"{weights} tells other classes apart: the last layer begins as it was drawn")


def _with_copies(parts: Split, corpus: Corpus, recipe: Recipe, seed: int) -> Split:
    """Add altered copies of the training recordings, if the recipe asks for them."""
    waveform = recipe.augmentation.waveform
    if not waveform.copies:
        return parts
    heard = with_copies(parts.training, corpus, recipe.spec, recipe.cutting, waveform, seed=seed)
    return replace(parts, training=heard)
