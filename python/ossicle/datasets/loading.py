"""Which layout a folder has, and which recordings to take where the user names none."""

import os
from collections.abc import Callable
from pathlib import Path

from ossicle.datasets import esc, folders, listed, synthesis, tau
from ossicle.datasets.clips import Corpus
from ossicle.errors import DataError
from ossicle.paths import BUILD, PROJECT

ENVIRONMENT = "OSSICLE_DATA"

# The folders that hold a known corpus when its parent is named: those that `ossicle fetch` makes,
# and those that the public archives unpack to; what comes first is taken.
_CHILDREN = (
    "esc10",
    "ESC-10-master",
    "esc50",
    "ESC-50-master",
    "ESC-50",
    "tau2022mobile",
    "TAU-urban-acoustic-scenes-2022-mobile-development",
)


def load(source: Path, *, name: str | None = None) -> Corpus:
    """Load the recordings in `source`, whatever of the known layouts it has.

    The layouts are ESC-10, the ESC-50 repository (its ESC-10 subset, unless `name` is "esc50"), TAU
    Urban Acoustic Scenes 2022 Mobile, a table `clips.csv`, a folder per class, or a folder that
    holds one of the first three under the name that its archive or `ossicle fetch` gives it.

    Args:
        source: the folder.
        name: a folder in `source` to take, or "esc10" or "esc50" to choose of the ESC-50
            repository.

    Raises:
        DataError: `source` is missing, empty, or of no known layout, or what it holds is damaged.
    """
    if not source.is_dir():
        raise DataError(
            f"{source}: there is no such folder; `ossicle fetch esc10` makes data/esc10"
        )
    if not any(source.iterdir()):
        raise DataError(f"{source}: is empty; put recordings in it (docs/data.md) or fetch some")
    loader = _loader(source, name)
    if loader is None:
        raise DataError(
            f"{source}: holds neither ESC-10, ESC-50 nor TAU 2022 Mobile, no clips.csv, nor two "
            "folders (one per class) with WAV, FLAC or OGG files; see docs/data.md for the layouts"
        )
    return loader()


def find() -> tuple[Corpus, str]:
    """Take the folder that OSSICLE_DATA names, else `data/`, else synthesise scenes.

    Returns:
        The corpus, and a sentence that says which it is and why.

    Raises:
        DataError: OSSICLE_DATA names a folder that cannot be used, or a corpus is damaged.
    """
    named = os.environ.get(ENVIRONMENT)
    if named:
        corpus = load(Path(named))
        return corpus, f"{corpus.name} from {named}, which {ENVIRONMENT} names"
    local = PROJECT / "data"
    loader = _loader(local, None) if local.is_dir() else None
    if loader:
        corpus = loader()
        return corpus, f"{corpus.name} from data/"
    corpus = synthesis.synthetic(BUILD / "data" / "synthetic")
    return corpus, f"{corpus.name}, because {ENVIRONMENT} is not set and data/ holds no recordings"


def _loader(source: Path, name: str | None) -> Callable[[], Corpus] | None:
    """Return what loads `source`, or None if its layout is not known."""
    if name and (source / name).is_dir():
        source = source / name
    for folder in (source, *(source / child for child in _CHILDREN)):
        loader = _known_layout(folder, name) if folder.is_dir() else None
        if loader:
            return loader
    if folders.holds_classes(source):
        return lambda: folders.load_class_folders(source)
    return None


def _known_layout(source: Path, name: str | None) -> Callable[[], Corpus] | None:
    if synthesis.is_synthetic(source):
        return lambda: synthesis.load_synthetic(source)
    if listed.is_listed(source):
        return lambda: listed.load_listed(source)
    if tau.is_tau(source):
        return lambda: tau.load_tau(source)
    if (source / "meta" / "esc50.csv").is_file():
        return lambda: esc.load_esc50_repository(source, "esc50" if name == "esc50" else "esc10")
    if esc.is_esc10_folder(source):
        return lambda: esc.load_esc10_folder(source)
    return None
