"""One file that holds all that a descent needs to go on after an interruption."""

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ossicle.files import write_atomically

Weights = list[npt.NDArray[Any]]
Epoch = dict[str, float]


@dataclass(frozen=True)
class Checkpoint:
    """The state of a descent after some epochs.

    Attributes:
        identity: hash of what the descent was started with; another start must not go on from here.
        weights: of the model.
        optimizer: its variables.
        best: the weights that validation likes best so far.
        history: one entry an epoch.
    """

    identity: str
    weights: Weights
    optimizer: Weights
    best: Weights
    history: list[Epoch]


def save(file: Path, checkpoint: Checkpoint) -> None:
    """Write `checkpoint` to `file`, all of it or nothing."""
    arrays = {
        f"{group}_{index:04d}": array
        for group in ("weights", "optimizer", "best")
        for index, array in enumerate(getattr(checkpoint, group))
    }
    told = json.dumps({"identity": checkpoint.identity, "history": checkpoint.history})
    content = io.BytesIO()
    np.savez(content, told=np.array(told), **arrays)
    write_atomically(file, content.getvalue())


def load(file: Path, identity: str) -> Checkpoint | None:
    """Read `file`; None if it is missing, damaged, or of a descent with another identity."""
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as arrays:
            told = json.loads(str(arrays["told"]))
            if told["identity"] != identity:
                return None
            groups = {
                group: [arrays[name] for name in sorted(arrays.files) if name.startswith(group)]
                for group in ("weights", "optimizer", "best")
            }
            return Checkpoint(identity=identity, history=told["history"], **groups)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def peek(file: Path) -> list[Epoch]:
    """Return the history in `file`, whoever's it is; nothing if it is missing or damaged."""
    try:
        with np.load(file, allow_pickle=False) as arrays:
            history: list[Epoch] = json.loads(str(arrays["told"]))["history"]
            return history
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile):
        return []
