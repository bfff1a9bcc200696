"""A folder per class: the layout of everybody's own recordings."""

import hashlib
from pathlib import Path

from ossicle.datasets.audio import SOUND_SUFFIXES
from ossicle.datasets.clips import Clip, Corpus, corpus
from ossicle.errors import DataError

FOLDS = 5


def sound_files(folder: Path) -> list[Path]:
    """Return the sound files below `folder`, sorted by path; hidden ones are left out.

    Raises:
        DataError: there are none.
    """
    found = [path for path in sorted(folder.rglob("*")) if _is_sound(path, folder)]
    if not found:
        raise DataError(f"{folder}: no WAV, FLAC or OGG file in it; add some or delete the folder")
    return found


def holds_classes(source: Path) -> bool:
    """Tell whether at least two folders in `source` hold sound files, which makes them classes."""
    holding = (f for f in _class_folders(source) if any(_is_sound(p, f) for p in f.rglob("*")))
    return next(holding, None) is not None and next(holding, None) is not None


def load_class_folders(source: Path) -> Corpus:
    """Load `CLASS/FILE` or `CLASS/RECORDING/FILE` and assign five folds.

    The files of a RECORDING folder were cut from one recording and share a fold; a file directly
    in its class folder is a recording of its own. The recordings of a class, in the order of the
    SHA-256 of their names, go to folds 1, 2, 3, 4, 5, 1, ...: the same on every machine, every
    class spread evenly, and no order of recording kept.

    Raises:
        DataError: a class folder without sound files.
    """
    clips = []
    for folder in _class_folders(source):
        files = {path: _recording(path, folder) for path in sound_files(folder)}
        folds = _assign_folds(set(files.values()))
        for path, recording in files.items():
            name = f"{folder.name}/{recording}"
            clips.append(Clip(path, 0.0, None, folder.name, folds[recording], "", "", name))
    return corpus(source.resolve().name, clips, "not stated: that of the recordings", source)


def _class_folders(source: Path) -> list[Path]:
    return [p for p in sorted(source.iterdir()) if p.is_dir() and not p.name.startswith(".")]


def _is_sound(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.suffix.lower() in SOUND_SUFFIXES and not hidden and path.is_file()


def _recording(path: Path, folder: Path) -> str:
    return path.relative_to(folder).parts[0]


def _assign_folds(recordings: set[str]) -> dict[str, int]:
    shuffled = sorted(recordings, key=lambda name: hashlib.sha256(name.encode()).digest())
    return {name: 1 + position % FOLDS for position, name in enumerate(shuffled)}
