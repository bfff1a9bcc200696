"""Features of some clips at a time, computed by every core and kept on disk.

The features of each few clips are one file in the cache, named by the hash of all that they depend
on: what the recordings hold, the front end's tables and code, the cutting. So an interrupted
preparation goes on after the last whole file, and recordings may be moved or copied.
"""

import hashlib
import io
import multiprocessing
import os
import signal
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ossicle.datasets import Clip
from ossicle.datasets.audio import read_pcm
from ossicle.errors import DataError
from ossicle.files import write_atomically
from ossicle.frontend import FrontEnd, FrontendSpec, emit_tables
from ossicle.frontend.batch import SOURCES
from ossicle.training.cutting import CUTTING_VERSION, Cutting, Int16, is_active

CHUNK_CLIPS = 64
_UNDISTURBED = (signal.SIGINT, signal.SIG_IGN)

Int8 = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Part:
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


@dataclass(frozen=True)
class Preparation:
    """How clips become features: all that a process needs to know.

    Attributes:
        spec: the front end.
        cutting: how a clip becomes windows.
        cache: a folder for the features; None computes them anew.
    """

    spec: FrontendSpec
    cutting: Cutting
    cache: Path | None

    def __call__(self, clips: Sequence[Clip]) -> Part:
        """Return the features of `clips`, from the cache where they are there.

        Raises:
            DataError: a recording that cannot be read; the message names it.
        """
        part = self.stored(clips)
        if part is None:
            part = self.compute(clips)
            if self.cache is not None:
                _store(part, self._file(self.cache, clips))
        return part

    def stored(self, clips: Sequence[Clip]) -> Part | None:
        """Return what the cache has of `clips`, None for nothing."""
        return None if self.cache is None else _load(self._file(self.cache, clips))

    def compute(self, clips: Sequence[Clip]) -> Part:
        """Read, cut, and call the front end."""
        front_end = FrontEnd(self.spec)
        features, active, counts, notes = [], [], [], []
        for clip in clips:
            pcm, note = read_clip(clip, self.spec)
            windows = self.cutting.cut(pcm)
            features.append(front_end(windows))
            active.append(is_active(windows, self.cutting.silence_peak))
            counts.append(len(windows))
            notes.append(note or "")
        return Part(
            np.concatenate(features),
            np.concatenate(active),
            np.array(counts, np.int32),
            np.array(notes),
        )

    def _file(self, cache: Path, clips: Sequence[Clip]) -> Path:
        """Return the file that is named by the hash of all that the features of `clips` need."""
        said = f"{CUTTING_VERSION} {self.cutting} {emit_tables(self.spec)}"
        digest = hashlib.sha256(said.encode())
        for source in sorted(SOURCES.rglob("*.[ch]")):
            digest.update(source.read_bytes())
        for clip in clips:
            digest.update(repr((_digest(clip.path), clip.start, clip.stop)).encode())
        return cache / f"{digest.hexdigest()[:32]}.npz"


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


def prepare_parts(clips: Sequence[Clip], preparation: Preparation) -> Iterator[Part]:
    """Yield the features of `clips`, in order, a few clips a part.

    Raises:
        DataError: a recording that cannot be read; the message names it.
    """
    chunks = [clips[i : i + CHUNK_CLIPS] for i in range(0, len(clips), CHUNK_CLIPS)]
    while chunks and (part := preparation.stored(chunks[0])) is not None:
        yield part
        chunks = chunks[1:]
    workers = min(len(os.sched_getaffinity(0)), len(chunks))
    yield from map(preparation, chunks) if workers < 2 else _shared(preparation, chunks, workers)


def _shared(preparation: Preparation, chunks: list[Sequence[Clip]], workers: int) -> Iterator[Part]:
    """Share `chunks` among processes.

    They are spawned, not forked: the threads of TensorFlow, which may be running, do not survive a
    fork. An interruption is this process's to handle.
    """
    FrontEnd(preparation.spec)  # compiled once, before all want it
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, signal.signal, _UNDISTURBED) as pool:
        try:
            yield from pool.map(preparation, chunks)
        except BaseException:  # what has not begun does not begin
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@lru_cache(maxsize=256)  # clips of one recording follow each other
def _hashed(path: Path, size: int, changed: int) -> str:
    """Return the hash of a file that had this size when it was changed last, in ns."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _digest(path: Path) -> str:
    try:
        found = path.stat()
        return _hashed(path, found.st_size, found.st_mtime_ns)
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read ({error.strerror}); restore or remove it"
        ) from error


def _load(file: Path) -> Part | None:
    """Read a cache file; None where it is missing or damaged, so that it is made anew."""
    if not file.is_file():
        return None
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as arrays:
            return Part(**arrays)
    except (ValueError, OSError, EOFError, TypeError, zipfile.BadZipFile):
        return None


def _store(part: Part, file: Path) -> None:
    content = io.BytesIO()
    np.savez(content, **vars(part))
    write_atomically(file, content.getvalue())
