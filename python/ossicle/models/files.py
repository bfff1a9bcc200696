"""Keras models as files."""

import zipfile
from pathlib import Path
from typing import Any

from ossicle.errors import ModelError
from ossicle.tensorflow import keras, quietly


def load(path: Path) -> Any:
    """Load a Keras model from a `.keras` file, running no code that the file brings.

    The older `.h5` format can carry Python code that loading would run, so it is refused.

    Raises:
        ModelError: it is not such a file, or it needs layers or code of its own.
    """
    if not path.exists():
        raise ModelError(f"{path}: there is no such file")
    if path.suffix != ".keras" or not zipfile.is_zipfile(path):
        raise ModelError(f"{path}: is not a Keras model; save it with model.save('NAME.keras')")
    try:
        with quietly():
            return keras().models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # what Keras raises for a stranger's archive is anything
        reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise ModelError(f"{path}: Keras cannot load it: {reason}") from error


def save(model: Any, path: Path) -> None:
    """Save a Keras model to a `.keras` file, all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.with_name(f".{path.name}")
    try:
        with quietly():
            model.save(staging, save_format="keras")
        staging.replace(path)
    finally:
        staging.unlink(missing_ok=True)
