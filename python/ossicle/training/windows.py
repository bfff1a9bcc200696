"""From clips to windows and their int8 log-mel features, kept on disk.

A window whose largest sample is below the silence gate is kept, so that every window of a clip can
be replayed, but is marked inactive: it is neither trained on nor does it vote.

The features of each few hundred clips are one file in the cache, named by the hash of all that they
depend on; an interrupted preparation goes on after the last whole file.
"""

import hashlib
import io
import os
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ossicle.console import console, progress_bar
from ossicle.datasets import Clip, Corpus
from ossicle.datasets.audio import read_pcm
from ossicle.errors import DataError
from ossicle.files import write_atomically
from ossicle.frontend import FrontEnd, FrontendSpec, emit_tables
from ossicle.frontend.batch import SOURCES
from ossicle.training.cutting import CUTTING_VERSION, Cutting, Int16, is_active

CHUNK_CLIPS = 256

Int8 = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Windows:
    """The windows of a corpus, one row each, in the order of the corpus's clips.

    Attributes:
        features: int8 [n, mel bands, frames], what the front end computed.
        clip: int32 [n], index into `corpus.clips`.
        label: int32 [n], index into `corpus.labels`.
        fold: int32 [n].
        active: bool [n], False where the window is silent.
    """

    features: Int8
    clip: npt.NDArray[np.int32]
    label: npt.NDArray[np.int32]
    fold: npt.NDArray[np.int32]
    active: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.features)

    def select(self, rows: npt.NDArray[Any]) -> "Windows":
        """Return the windows that `rows` (a mask or indices) picks."""
        return Windows(
            self.features[rows],
            self.clip[rows],
            self.label[rows],
            self.fold[rows],
            self.active[rows],
        )


def read_clip(clip: Clip, spec: FrontendSpec) -> tuple[Int16, str | None]:
    """Read a clip as the front end wants it.

    Returns:
        int16 [samples] at the front end's rate, and what was done to the recording, None for
        nothing.

    Raises:
        DataError: the recording cannot be read.
    """
    return read_pcm(
        clip.path, spec.sample_rate, channels=spec.channels, start=clip.start, stop=clip.stop
    )


def prepare(
    corpus: Corpus, spec: FrontendSpec, cutting: Cutting, cache: Path | None = None
) -> Windows:
    """Cut every clip of `corpus` and compute the windows' features with the C front end.

    What had to be done to the recordings (resampled, mixed down) is said on standard error.

    Args:
        corpus: what to read.
        spec: the front end.
        cutting: how a clip becomes windows.
        cache: a folder for the features; None computes them anew.

    Raises:
        DataError: a recording that cannot be read; the message names it.
    """
    frontend = FrontEnd(spec)
    chunks = [corpus.clips[i : i + CHUNK_CLIPS] for i in range(0, len(corpus.clips), CHUNK_CLIPS)]
    parts = []
    with progress_bar() as progress:
        task = progress.add_task("features", total=len(corpus.clips))
        for chunk in chunks:
            file = cache / f"{_key(chunk, spec, cutting)}.npz" if cache else None
            part = _load(file)
            if part is None:
                part = _compute(chunk, frontend, cutting, lambda: progress.advance(task))
                _store(part, file)
            parts.append(part)
            progress.update(task, completed=sum(len(done.counts) for done in parts))
    _tell(parts)
    return _table(corpus, parts)


@dataclass(frozen=True)
class _Part:
    """What the cache keeps of some clips.

    Attributes:
        features: int8 [windows, mel bands, frames].
        active: bool [windows].
        counts: int32 [clips], how many windows each clip has.
        notes: [clips], what was done to the recording, "" for nothing.
    """

    features: Int8
    active: npt.NDArray[np.bool_]
    counts: npt.NDArray[np.int32]
    notes: npt.NDArray[np.str_]


def _compute(
    clips: Sequence[Clip], frontend: FrontEnd, cutting: Cutting, advance: Callable[[], None]
) -> _Part:
    features, active, counts, notes = [], [], [], []
    for clip in clips:
        pcm, note = read_clip(clip, frontend.spec)
        windows = cutting.cut(pcm)
        features.append(frontend(windows))
        active.append(is_active(windows, cutting.silence_peak))
        counts.append(len(windows))
        notes.append(note or "")
        advance()
    return _Part(
        np.concatenate(features),
        np.concatenate(active),
        np.array(counts, np.int32),
        np.array(notes),
    )


def _key(clips: Sequence[Clip], spec: FrontendSpec, cutting: Cutting) -> str:
    """Hash all that the features of `clips` depend on; files by size and time of change."""
    digest = hashlib.sha256(f"{CUTTING_VERSION} {cutting} {emit_tables(spec)}".encode())
    for source in sorted(SOURCES.rglob("*.[ch]")):
        digest.update(source.read_bytes())
    for clip in clips:
        found = _stat(clip.path)
        identity = (
            str(clip.path.resolve()),
            found.st_size,
            found.st_mtime_ns,
            clip.start,
            clip.stop,
        )
        digest.update(repr(identity).encode())
    return digest.hexdigest()[:32]


def _stat(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read ({error.strerror}); restore or remove it"
        ) from error


def _load(file: Path | None) -> _Part | None:
    """Read a cache file; None where it is missing or damaged, so that it is made anew."""
    if file is None or not file.is_file():
        return None
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as arrays:
            return _Part(**arrays)
    except (ValueError, OSError, EOFError, TypeError, zipfile.BadZipFile):
        return None


def _store(part: _Part, file: Path | None) -> None:
    if file is not None:
        content = io.BytesIO()
        np.savez(content, **vars(part))
        write_atomically(file, content.getvalue())


def _tell(parts: Sequence[_Part]) -> None:
    """Say what was done to the recordings, one line a thing that was done."""
    done = Counter(
        "clipped at full scale" if action.startswith("clipped") else action
        for part in parts
        for note in part.notes.tolist()
        for action in filter(None, note.split(", "))
    )
    for action, clips in done.most_common():
        console.print(f"{clips} of the clips were {action}")


def _table(corpus: Corpus, parts: Sequence[_Part]) -> Windows:
    place = {label: index for index, label in enumerate(corpus.labels)}
    counts = np.concatenate([part.counts for part in parts])
    clip = np.repeat(np.arange(len(corpus.clips), dtype=np.int32), counts)
    labels = np.array([place[entry.label] for entry in corpus.clips], np.int32)
    folds = np.array([entry.fold for entry in corpus.clips], np.int32)
    return Windows(
        features=np.concatenate([part.features for part in parts]),
        clip=clip,
        label=labels[clip],
        fold=folds[clip],
        active=np.concatenate([part.active for part in parts]),
    )
