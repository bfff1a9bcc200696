"""Gradient descent that repeats itself exactly and survives an interruption.

A descent is made of blocks of five epochs, or of a twentieth of them if that is more. At the start
of each block all random generators are seeded anew, with the seed and the block's first epoch. The
training step of a model with dropout is traced anew as well, because TensorFlow keeps the state of
dropout inside the traced function. After the block everything that the next depends on is written
to one file. So a descent that was stopped goes on at the last whole block, and ends with the same
bits as one that was not.
"""

import hashlib
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ossicle.console import console, progress_bar
from ossicle.errors import DataError
from ossicle.tensorflow import keras, make_deterministic, tensorflow
from ossicle.training.adapt import Constraint
from ossicle.training.augment import Augmentation
from ossicle.training.checkpoint import Checkpoint, Epoch, load, save
from ossicle.training.evaluate import SOFT, Predict, Score, Votes, vote_on
from ossicle.training.lesson import Batch, Lesson, as_input
from ossicle.training.step import Floats, Stage, Step, optimizer, training_step
from ossicle.training.teacher import Teacher
from ossicle.training.vote import Voting
from ossicle.training.windows import Windows

__all__ = ["Stage", "as_input", "fit", "predictor", "score_windows", "votes_of"]

BLOCK_EPOCHS = 5  # at least: a block costs a tracing, some seconds
BLOCKS = 20  # at most
SETTLED = 4 / 5  # of the epochs: from there the learning rate is below a tenth of its start
PREDICTION_BATCH = 256

Watch = Callable[[list[Epoch]], None]


def predictor(model: Any) -> Predict:
    """Return a function from int8 features [n, bands, frames] to probabilities [n, classes]."""
    tf = tensorflow()
    forward = tf.function(lambda x: model(x, training=False), reduce_retracing=True)

    def predict(features: npt.NDArray[np.int8]) -> Floats:
        batches = range(0, len(features), PREDICTION_BATCH)
        parts = [forward(as_input(features[i : i + PREDICTION_BATCH])).numpy() for i in batches]
        return np.concatenate(parts)

    return predict


def score_windows(predict: Predict, windows: Windows, how: Voting = SOFT) -> Score:
    """Score `predict` on a table of windows."""
    return votes_of(predict, windows, how).score()


def votes_of(predict: Predict, windows: Windows, how: Voting = SOFT) -> Votes:
    """Let `predict` answer a table of windows, and the windows of each clip vote."""
    return vote_on(
        predict,
        windows.features,
        clip=windows.clip,
        label=windows.label,
        active=windows.active,
        how=how,
    )


def fit(
    model: Any,
    training: Windows,
    validation: Windows | None,
    stage: Stage,
    checkpoint: Path,
    *,
    augmentation: Augmentation | None = None,
    teacher: Teacher | None = None,
    constraint: Constraint | None = None,
    watch: Watch | None = None,
) -> list[Epoch]:
    """Train `model` and leave it with the best weights it had.

    Best is the most validation windows right, the later epoch of equals, among the last fifth of
    the epochs; without validation it is the last epoch. Earlier epochs do not stand for election:
    they jump about, and among many that jump about one looks good by chance.

    Args:
        model: a Keras model from as_input(features) to probabilities.
        training: windows to descend on, at least one.
        validation: windows to choose the epoch by.
        stage: how.
        checkpoint: the file to go on from, and to write after every block of epochs.
        augmentation: what is done to each batch; None leaves the windows as they are. If it gives
            other lengths than the model was built for, the model must be convolutions to the end.
        teacher: whom to learn from besides the labels.
        constraint: what draws recording devices together; it makes the batches of pairs.
        watch: is told the history after each epoch; what it raises ends the descent.

    Returns:
        One entry an epoch: loss, and if there is validation, what `_validate` gives.

    Raises:
        DataError: the loss is no longer a number.
    """
    if not stage.epochs:
        return []  # no step, and so no schedule of its length
    pairing = constraint.pairing if constraint else None
    lesson = Lesson(training, stage, model.output_shape[-1], augmentation, teacher, pairing)
    descend = optimizer(model, stage, lesson.steps)
    identity = _identity(model, lesson, validation, constraint)
    state = _start(model, descend, identity, checkpoint)
    predict = predictor(model)
    if augmentation is not None and augmentation.changes_length:
        _hear_any_length(model)
    block = max(BLOCK_EPOCHS, math.ceil(stage.epochs / BLOCKS))
    softening, step = teacher.softening if teacher else None, None
    with progress_bar() as progress:
        task = progress.add_task(stage.name, total=stage.epochs, completed=len(state.history))
        while len(state.history) < stage.epochs:
            first = len(state.history)
            make_deterministic(stage.seed + first)
            if step is None or _draws(model):
                step = training_step(model, descend, softening, constraint)
            best, history = state.best, list(state.history)
            for epoch in range(first, min(first + block, stage.epochs)):
                entry = {"loss": _descend(step, lesson.epoch(epoch))}
                _require_number(entry["loss"], stage, epoch)
                if validation is not None:
                    entry |= _validate(predict, validation)
                history.append(entry)
                if _is_best(history, stage):
                    best = model.get_weights()
                progress.update(task, advance=1, description=_describe(stage, entry))
                if watch is not None:
                    watch(history)
            state = Checkpoint(
                state.identity, model.get_weights(), _values(descend.variables), best, history
            )
            save(checkpoint, state)
    model.set_weights(state.best)
    return state.history


def _draws(model: Any) -> bool:
    """Has the model a layer with random numbers of its own, as dropout has?"""
    layers, random = model.submodules, keras().__internal__.layers.BaseRandomLayer
    return any(isinstance(layer, random) for layer in layers)


def _hear_any_length(model: Any) -> None:
    """Let `model` be called on windows of other lengths than it was built for."""
    bands = model.input_shape[1]
    model.input_spec = keras().layers.InputSpec(shape=(None, bands, None, 1))


def _start(model: Any, descend: Any, identity: str, file: Path) -> Checkpoint:
    """Return the state in `file`, put into model and optimiser, or a new one."""
    found = load(file, identity)
    if found is None:
        return Checkpoint(
            identity, model.get_weights(), _values(descend.variables), model.get_weights(), []
        )
    model.set_weights(found.weights)
    for variable, value in zip(descend.variables, found.optimizer, strict=True):
        variable.assign(value)
    console.print(f"{file}: {len(found.history)} epochs are done already")
    return found


def _descend(step: Step, batches: Iterator[Batch]) -> float:
    """Take one step for each batch; return their mean loss."""
    losses = [step(*batch) for batch in batches]
    return float(np.mean([loss.numpy() for loss in losses]))


def _validate(predict: Predict, validation: Windows) -> Epoch:
    result = score_windows(predict, validation)
    return {
        "validation_log_loss": result.log_loss,
        "validation_accuracy": result.accuracy,
        "validation_window_accuracy": result.window_accuracy,
    }


def _is_best(history: list[Epoch], stage: Stage) -> bool:
    """Was the last epoch as good as all settled ones before? Without validation, always."""
    settled = history[int(SETTLED * stage.epochs) :]
    right = [entry.get("validation_window_accuracy", 0.0) for entry in settled]
    return not right or right[-1] >= max(right)


def _require_number(loss: float, stage: Stage, epoch: int) -> None:
    if not math.isfinite(loss):
        raise DataError(
            f"{stage.name}: the loss is {loss} after epoch {epoch + 1}; "
            f"lower the learning rate ({stage.learning_rate})"
        )


def _describe(stage: Stage, entry: Epoch) -> str:
    told = f"{stage.name}: loss {entry['loss']:.3f}"
    if "validation_accuracy" in entry:
        told += f", validation {entry['validation_accuracy']:.1%}"
    return told


def _values(variables: Any) -> list[npt.NDArray[Any]]:
    return [variable.numpy() for variable in variables]


def _identity(
    model: Any, lesson: Lesson, validation: Windows | None, constraint: Constraint | None
) -> str:
    """Hash all that decides how the descent ends."""
    teacher = lesson.teacher and lesson.teacher.identity
    told = f"{lesson.stage} {lesson.augmentation} {teacher} {constraint and constraint.identity}"
    rules = f"{tensorflow().__version__} {BLOCK_EPOCHS} {BLOCKS} {SETTLED}"
    digest = hashlib.sha256(f"{told} {rules}".encode())
    for weight in model.get_weights():
        digest.update(weight.tobytes())
    for windows in filter(None, (lesson.windows, validation)):
        digest.update(windows.features.tobytes() + windows.label.tobytes())
        digest.update(windows.clip.tobytes() + windows.active.tobytes())
    return digest.hexdigest()
