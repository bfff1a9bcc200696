"""The C front end, called from Python over batches of sounds or as a stream."""

import ctypes
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ossicle.files import write_atomically
from ossicle.frontend.spec import FrontendSpec
from ossicle.frontend.tables import TABLES_HEADER, emit_tables
from ossicle.hostcc import shared_library
from ossicle.paths import BUILD, FIRMWARE

SOURCES = FIRMWARE / "frontend"

FEWEST_FRAMES = 512
"""Fewer frames are not worth a thread of their own."""

FEWEST_SOUNDS = 16
"""Fewer sounds are not worth a thread that filters, or stages, them."""


class FrontEnd:
    """The front end of a specification, as the device computes it.

    Attributes:
        spec: what is computed.
    """

    def __init__(self, spec: FrontendSpec) -> None:
        """Compile the C for the specification, unless that was done before.

        Raises:
            ToolMissingError: there is no C compiler.
            BuildError: the C compiler failed.
        """
        self.spec = spec
        self._library = load(spec)

    def __call__(self, pcm: NDArray[np.int16]) -> NDArray[np.int8]:
        """Return the features of sounds of equal length.

        Args:
            pcm: int16 of shape [sounds, samples], at `spec.sample_rate`.

        Returns:
            int8 of shape [sounds, features, frames], as `spec.features` and
            `spec.frames(samples)` say.
        """
        levels = self.levels(pcm)
        if not self.spec.staged:
            return levels
        sounds, _, frames = levels.shape
        features = np.empty((sounds, self.spec.features, frames), np.int8)

        def stage_sounds(first: int, end: int) -> None:
            self._library.ossicle_frontend_stage_sounds(
                levels.ctypes.data, frames, first, end, features.ctypes.data
            )

        in_parallel(stage_sounds, sounds, FEWEST_SOUNDS)
        return features

    def levels(self, pcm: NDArray[np.int16]) -> NDArray[Any]:
        """Return the levels of the mel bands, [sounds, mel_bands, frames].

        Without further stages they are the features; ahead of stages they are int32: octaves of
        power above the band's floor (PCEN: above a full-scale sine), Q24, the least int32 where
        there is no power.
        """
        if pcm.dtype != np.int16 or pcm.ndim != 2:
            raise TypeError(f"pcm must be int16 [sounds, samples], not {pcm.dtype} {pcm.shape}")
        sounds, samples = pcm.shape
        frames = self.spec.frames(samples)
        before, silent = _with_silence(pcm, self.spec)
        sound = silent[:, before:]  # the C filters sounds in place
        kind = np.int32 if self.spec.staged else np.int8
        levels = np.empty((sounds, self.spec.mel_bands, frames), kind)

        def filter_sounds(first: int, end: int) -> None:
            self._library.ossicle_frontend_filter_sounds(
                sound.ctypes.data, silent.shape[1], samples, first, end
            )

        def compute(first: int, end: int) -> None:  # ctypes lets other threads run meanwhile
            self._library.ossicle_frontend_batch(
                silent.ctypes.data, silent.shape[1], frames, first, end, levels.ctypes.data
            )

        if self.spec.filtered:
            in_parallel(filter_sounds, sounds, FEWEST_SOUNDS)
        in_parallel(compute, sounds * frames, FEWEST_FRAMES)
        return levels

    @property
    def state_bytes(self) -> int:
        """Return the bytes of the C's state, `ossicle_frontend`: the same on every core."""
        return int(self._library.ossicle_frontend_state_bytes())

    def stream(self) -> "FrontEndStream":
        """Return a front end for one sound that arrives in chunks."""
        return FrontEndStream(self._library, self.spec)


class FrontEndStream:
    """One sound in chunks of any size: the device's own way of calling the front end."""

    def __init__(self, library: ctypes.CDLL, spec: FrontendSpec) -> None:
        """Start a sound; `FrontEnd.stream` calls this."""
        self._library = library
        self._features = spec.features
        self._state = ctypes.create_string_buffer(library.ossicle_frontend_state_bytes())
        library.ossicle_frontend_reset(self._state)

    def push(self, chunk: NDArray[np.int16]) -> NDArray[np.int8]:
        """Take int16 samples and return the columns that they completed, [features, columns]."""
        if chunk.dtype != np.int16 or chunk.ndim != 1:
            raise TypeError(f"a chunk must be int16 [samples], not {chunk.dtype} {chunk.shape}")
        chunk = np.ascontiguousarray(chunk)
        ready = ctypes.c_int()
        columns = []
        taken = 0
        while taken < len(chunk):
            column = np.empty(self._features, np.int8)
            taken += self._library.ossicle_frontend_push(
                self._state,
                chunk[taken:].ctypes.data,
                len(chunk) - taken,
                column.ctypes.data,
                ctypes.byref(ready),
            )
            if ready.value:
                columns.append(column)
        return self._stacked(columns)

    def flush(self) -> NDArray[np.int8]:
        """End the sound and return its last columns, [features, columns]; then start another."""
        columns = []
        column = np.empty(self._features, np.int8)
        while self._library.ossicle_frontend_flush(self._state, column.ctypes.data):
            columns.append(column.copy())
        return self._stacked(columns)

    def _stacked(self, columns: list[NDArray[np.int8]]) -> NDArray[np.int8]:
        return np.array(columns, np.int8).reshape(len(columns), self._features).T


def _with_silence(pcm: NDArray[np.int16], spec: FrontendSpec) -> tuple[int, NDArray[np.int16]]:
    """Return the sounds with the silence that their outer windows reach into, and where they begin.

    That place comes first.
    """
    before = (spec.window_length + 1) // 2
    length = (spec.frames(pcm.shape[1]) - 1) * spec.hop_length + spec.window_length
    silent = np.zeros((len(pcm), max(length, before + pcm.shape[1])), np.int16)
    silent[:, before : before + pcm.shape[1]] = pcm
    return before, silent


def in_parallel(compute: Callable[[int, int], None], items: int, fewest: int) -> None:
    """Call `compute` for ranges of 0 to `items`, one for each core, none of fewer than `fewest`."""
    parts = max(1, min(len(os.sched_getaffinity(0)), items // fewest))
    ends = [items * part // parts for part in range(parts + 1)]
    if parts == 1:
        compute(0, items)
        return
    with ThreadPoolExecutor(parts) as pool:
        list(pool.map(compute, ends[:-1], ends[1:]))


@lru_cache(maxsize=16)
def load(spec: FrontendSpec) -> ctypes.CDLL:
    """Return the C of a specification, compiled for the host, its functions declared."""
    sources = [*sorted(SOURCES.glob("*.c")), *sorted((SOURCES / "host").glob("*.c"))]
    include = [_tables_folder(spec), SOURCES, SOURCES / "host"]
    library = ctypes.CDLL(str(shared_library("frontend", sources, include, native=True)))
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    library.ossicle_frontend_state_bytes.argtypes = []
    library.ossicle_frontend_state_bytes.restype = size
    library.ossicle_frontend_reset.argtypes = [pointer]
    library.ossicle_frontend_reset.restype = None
    library.ossicle_frontend_push.argtypes = [pointer, pointer, size, pointer, pointer]
    library.ossicle_frontend_push.restype = size
    library.ossicle_frontend_flush.argtypes = [pointer, pointer]
    library.ossicle_frontend_filter_sounds.argtypes = [pointer, size, size, size, size]
    library.ossicle_frontend_filter_sounds.restype = None
    library.ossicle_frontend_batch.argtypes = [pointer, size, size, size, size, pointer]
    library.ossicle_frontend_batch.restype = None
    library.ossicle_frontend_stage_sounds.argtypes = [pointer, size, size, size, pointer]
    library.ossicle_frontend_stage_sounds.restype = None
    return library


def _tables_folder(spec: FrontendSpec) -> Path:
    """Return a folder that holds the specification's tables header."""
    header = BUILD / "frontend" / spec.digest[:16] / TABLES_HEADER
    text = emit_tables(spec)
    if not header.is_file() or header.read_text() != text:
        write_atomically(header, text)
    return header.parent
