"""Files that an earlier training left, found by the path that a recipe gives."""

from pathlib import Path
from typing import Any

from ossicle.errors import DataError
from ossicle.models import files


def files_of(pattern: str, what: str, *, fold: int | None, seed: int) -> list[Path]:
    """Return the files and folders that a path with `*`, `{fold}` and `{seed}` names.

    Args:
        pattern: the path; `{fold}` becomes the test fold, so that nobody learns from a model that
            has heard what he is tested on, and `{seed}` the seed.
        what: what the messages call it.
        fold: the test fold; None if there is none.
        seed: of the training that asks.

    Raises:
        DataError: there is none, or it is one for a test fold and there is none.
    """
    if "{fold}" in pattern and fold is None:
        raise DataError(f"the {what} {pattern} is one for a test fold, but there is none")
    place = Path(pattern.replace("{fold}", str(fold)).replace("{seed}", str(seed)))
    found = sorted(Path(place.anchor).glob(str(place.relative_to(place.anchor))))
    if not found:
        raise DataError(f"there is no {what} {place}; train it first, or correct its path")
    return found


def take_weights(model: Any, pattern: str, *, fold: int | None, seed: int) -> None:
    """Give `model` the weights of a Keras file that `pattern` names, as `files_of` reads it.

    Raises:
        DataError: there is no such file, or its weights have other shapes than the model's.
        ModelError: it cannot be loaded.
    """
    path = files_of(pattern, "model with the first weights", fold=fold, seed=seed)[0]
    weights = files.load(path).get_weights()
    shapes = [weight.shape for weight in weights]
    if shapes != [weight.shape for weight in model.get_weights()]:
        raise DataError(f"{path}: its weights do not fit {model.name}, which is to begin with them")
    model.set_weights(weights)
