"""Distillation: who teaches a student, read from files that a recipe names.

A teacher is a Keras model (`.keras`), which hears the same augmented windows as the student (L.
Beyer et al., "Knowledge distillation: a good teacher is patient and consistent", CVPR 2022); or a
bundle, a `.tflite` model or an `.npz` of logits, which say once what they hear in each training
window. Several of them teach as their mean.
"""

import hashlib
import itertools
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ossicle import bundle
from ossicle.datasets import Corpus
from ossicle.errors import DataError
from ossicle.models import files
from ossicle.tensorflow import quietly, tensorflow
from ossicle.training.earlier import Earlier
from ossicle.training.fit import as_input
from ossicle.training.step import Floats, Softening
from ossicle.training.stored_logits import from_logits
from ossicle.training.teacher import Hear, Teacher, ensemble
from ossicle.training.windows import Windows

BUNDLE_MODEL = "model.tflite"


@dataclass(frozen=True)
class Distillation:
    """A table of the recipe.

    Attributes:
        teachers: paths of teachers, as `Earlier.files_of` reads them: `{fold}` is the test fold, so
            that a student is only taught by who has not heard it either. None: no distillation.
        temperature: both sides are softened by it, at least 1.
        weight: of the teachers' word, 0 to 1; the labels have the rest.
    """

    teachers: tuple[str, ...] = ()
    temperature: float = 2.0
    weight: float = 0.5

    def __post_init__(self) -> None:
        if not 1 <= self.temperature <= 100:
            raise DataError(f"temperature must lie in 1 to 100, not {self.temperature}")
        if not 0 <= self.weight <= 1:
            raise DataError(f"weight must lie in 0 to 1, not {self.weight}")


def teacher_of(
    table: Distillation, training: Windows, corpus: Corpus, earlier: Earlier
) -> Teacher | None:
    """Return the teacher of a training; None if its recipe names none.

    Args:
        table: of the recipe.
        training: the windows that are learnt from.
        corpus: whose they are.
        earlier: where the teachers are, and which fold none of them may have heard.

    Raises:
        DataError: a teacher is missing, has other labels, has heard the test fold, or cannot hear
            these windows; the message names it.
        ModelError: a Keras file that cannot be loaded.
    """
    if not table.teachers:
        return None
    named = [earlier.files_of(name, "teacher") for name in table.teachers]
    softening = Softening(table.temperature, table.weight)
    identity = hashlib.sha256(repr(table).encode())
    for path in itertools.chain(*named):
        identity.update(_knowledge(path))
    hearing = [paths for paths in named if _hears(paths)]
    saying = [paths for paths in named if not _hears(paths)]
    words = [
        np.mean([_said(path, training, corpus, earlier.fold) for path in paths], axis=0)
        for paths in saying
    ]
    return Teacher(
        identity.hexdigest(),
        softening,
        hear=_listeners(hearing, training, corpus) if hearing else None,
        stored=np.mean(words, axis=0, dtype=np.float32) if words else None,
        stored_share=len(saying) / len(named),
    )


def _hears(paths: Sequence[Path]) -> bool:
    """Are these Keras models, which hear every batch anew?"""
    kinds = {path.suffix == ".keras" for path in paths}
    if len(kinds) > 1:
        raise DataError(f"the teachers {paths[0].parent} are of two kinds; give each its own path")
    return kinds.pop()


def _knowledge(path: Path) -> bytes:
    """Return what decides what a teacher says; of a Keras archive not the date it was saved on."""
    if path.suffix == ".keras" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = sorted(set(archive.namelist()) - {"metadata.json"})
            return b"".join(archive.read(name) for name in names)
    return (path / BUNDLE_MODEL if path.is_dir() else path).read_bytes()


def _listeners(named: Sequence[Sequence[Path]], training: Windows, corpus: Corpus) -> Hear:
    def checked(path: Path) -> Any:
        model = files.load(path)
        _require_classes(path, model.output_shape[-1], corpus)
        bands = training.features.shape[1]
        if len(model.input_shape) != 4 or model.input_shape[1] != bands:
            raise DataError(f"the teacher {path} takes {model.input_shape}, not {bands} bands")
        return model

    return ensemble([[checked(path) for path in paths] for paths in named])


def _said(path: Path, training: Windows, corpus: Corpus, test_fold: int) -> Floats:
    """Return what one teacher says of each training window, [n, classes]."""
    if path.suffix == ".npz":
        return from_logits(path, training, corpus)
    hear: Callable[..., Any]
    if path.is_dir():
        known = bundle.read(path)
        _require_labels(path, known, corpus)
        _require_unheard(path, known, test_fold)
        hear = _interpreter(known.model)
    elif path.suffix == ".tflite":
        hear = _interpreter(path.read_bytes())
    else:
        raise DataError(f"the teacher {path} is no bundle, .keras, .tflite or .npz file")
    try:
        said = np.asarray(hear(training.features), np.float32)
    except (ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0]
        raise DataError(f"the teacher {path} cannot hear these windows: {reason}") from error
    _require_classes(path, said.shape[-1], corpus)
    return said


def _interpreter(model: bytes) -> Callable[..., Floats]:
    """Return a function from int8 features to the probabilities of a TFLite model."""
    with quietly():
        interpreter = tensorflow().lite.Interpreter(model_content=model)
    (given,), (told,) = interpreter.get_input_details(), interpreter.get_output_details()
    (scale, zero), (step, offset) = given["quantization"], told["quantization"]

    def hear(features: Any) -> Floats:
        with quietly():
            interpreter.allocate_tensors()
        heard = []
        for inputs in as_input(features)[:, np.newaxis]:
            values = np.rint(inputs / scale + zero) if scale else inputs
            interpreter.set_tensor(given["index"], values.astype(given["dtype"]))
            interpreter.invoke()
            heard.append(interpreter.get_tensor(told["index"])[0].astype(np.float32))
        said = np.stack(heard)
        return (said - offset) * np.float32(step) if step else said

    return hear


def _require_labels(path: Path, known: bundle.Bundle, corpus: Corpus) -> None:
    if known.labels != corpus.labels:
        told = sorted(set(known.labels) ^ set(corpus.labels))
        raise DataError(
            f"the teacher {path} has other labels than {corpus.name}: {', '.join(told)}"
        )


def _require_unheard(path: Path, known: bundle.Bundle, test_fold: int) -> None:
    """Refuse a bundle that was trained on the fold which the student is tested on."""
    held_out = known.metrics.get("data", {}).get("test_fold")
    if test_fold and held_out != test_fold:
        raise DataError(
            f"the teacher {path} was trained with fold {test_fold}, on which the student is tested"
        )


def _require_classes(path: Path, classes: int, corpus: Corpus) -> None:
    if classes != len(corpus.labels):
        raise DataError(
            f"the teacher {path} tells {classes} classes apart, {corpus.name} has "
            f"{len(corpus.labels)}: {', '.join(corpus.labels)}"
        )
