"""Keras models as files."""

import json
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
    """Save a Keras model to a `.keras` file, all of it or nothing: equal files of equal models."""
    path.parent.mkdir(parents=True, exist_ok=True)
    dated, staging = (path.with_name(f".{way}.{path.name}") for way in ("dated", "staging"))
    try:
        with quietly():
            model.save(dated, save_format="keras")
        _without_dates(dated, staging)
        staging.replace(path)
    finally:
        dated.unlink(missing_ok=True)
        staging.unlink(missing_ok=True)


def _without_dates(dated: Path, path: Path) -> None:
    """Write the archive anew without the times that it was made at."""
    with zipfile.ZipFile(dated) as source, zipfile.ZipFile(path, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "metadata.json":
                told = json.loads(content)
                content = json.dumps({**told, "date_saved": None}).encode()
            archive.writestr(zipfile.ZipInfo(name), content)  # of 1980
