"""The C front end, called from Python over batches of sounds or as a stream."""

import ctypes
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ossicle.files import write_atomically
from ossicle.frontend.spec import FrontendSpec
from ossicle.frontend.tables import TABLES_HEADER, emit_tables
from ossicle.hostcc import shared_library
from ossicle.paths import BUILD, FIRMWARE

SOURCES = FIRMWARE / "frontend"


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
        self._library = _library(spec)

    def __call__(self, pcm: NDArray[np.int16]) -> NDArray[np.int8]:
        """Return the features of sounds of equal length.

        Args:
            pcm: int16 of shape [sounds, samples], at `spec.sample_rate`.

        Returns:
            int8 of shape [sounds, mel_bands, frames], frames as `spec.frames(samples)` says.
        """
        if pcm.dtype != np.int16 or pcm.ndim != 2:
            raise TypeError(f"pcm must be int16 [sounds, samples], not {pcm.dtype} {pcm.shape}")
        sounds, samples = pcm.shape
        pcm = np.ascontiguousarray(pcm)
        features = np.empty((sounds, self.spec.mel_bands, self.spec.frames(samples)), np.int8)
        self._library.ossicle_frontend_batch(pcm.ctypes.data, sounds, samples, features.ctypes.data)
        return features

    def stream(self) -> "FrontEndStream":
        """Return a front end for one sound that arrives in chunks."""
        return FrontEndStream(self._library, self.spec)


class FrontEndStream:
    """One sound in chunks of any size: the device's own way of calling the front end."""

    def __init__(self, library: ctypes.CDLL, spec: FrontendSpec) -> None:
        """Start a sound; `FrontEnd.stream` calls this."""
        self._library = library
        self._bands = spec.mel_bands
        self._state = ctypes.create_string_buffer(library.ossicle_frontend_state_bytes())
        library.ossicle_frontend_reset(self._state)

    def push(self, chunk: NDArray[np.int16]) -> NDArray[np.int8]:
        """Take int16 samples and return the columns that they completed, [mel_bands, columns]."""
        if chunk.dtype != np.int16 or chunk.ndim != 1:
            raise TypeError(f"a chunk must be int16 [samples], not {chunk.dtype} {chunk.shape}")
        chunk = np.ascontiguousarray(chunk)
        ready = ctypes.c_int()
        columns = []
        taken = 0
        while taken < len(chunk):
            column = np.empty(self._bands, np.int8)
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
        """End the sound and return its last columns, [mel_bands, columns]; then start another."""
        columns = []
        column = np.empty(self._bands, np.int8)
        while self._library.ossicle_frontend_flush(self._state, column.ctypes.data):
            columns.append(column.copy())
        return self._stacked(columns)

    def _stacked(self, columns: list[NDArray[np.int8]]) -> NDArray[np.int8]:
        return np.array(columns, np.int8).reshape(len(columns), self._bands).T


@lru_cache(maxsize=16)
def _library(spec: FrontendSpec) -> ctypes.CDLL:
    sources = [*sorted(SOURCES.glob("*.c")), SOURCES / "host" / "ossicle_frontend_batch.c"]
    include = [_tables_folder(spec), SOURCES]
    library = ctypes.CDLL(str(shared_library("frontend", sources, include)))
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    library.ossicle_frontend_state_bytes.argtypes = []
    library.ossicle_frontend_state_bytes.restype = size
    library.ossicle_frontend_reset.argtypes = [pointer]
    library.ossicle_frontend_reset.restype = None
    library.ossicle_frontend_push.argtypes = [pointer, pointer, size, pointer, pointer]
    library.ossicle_frontend_push.restype = size
    library.ossicle_frontend_flush.argtypes = [pointer, pointer]
    library.ossicle_frontend_batch.argtypes = [pointer, size, size, pointer]
    library.ossicle_frontend_batch.restype = None
    return library


def _tables_folder(spec: FrontendSpec) -> Path:
    """Return a folder that holds the specification's tables header."""
    header = BUILD / "frontend" / spec.digest[:16] / TABLES_HEADER
    text = emit_tables(spec)
    if not header.is_file() or header.read_text() != text:
        write_atomically(header, text)
    return header.parent
