"""The windows of recordings as PCM, read when they are needed, in the order of their features."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from ossicle.datasets import Corpus
from ossicle.device.program import Program
from ossicle.errors import BundleError, DataError
from ossicle.paths import FEATURE_CACHE
from ossicle.training import Windows, prepare
from ossicle.training.cutting import Cutting, Short
from ossicle.training.preparation import read_clip


@dataclass(frozen=True)
class Sounds:
    """Windows of a corpus for a bundle: features, labels and votes in `windows`, PCM by iteration.

    Attributes:
        windows: one row each.
    """

    program: Program
    corpus: Corpus
    windows: Windows

    def __len__(self) -> int:
        return len(self.windows)

    def __iter__(self) -> Iterator[NDArray[np.int16]]:
        """Yield the PCM of each row, reading a clip once for its consecutive windows."""
        assert self.program.bundle is not None
        spec, cutting = self.program.bundle.frontend, cutting_of(self.program)
        clips, counts = np.unique(self.windows.clip, return_counts=True)
        for clip, count in zip(clips, counts, strict=True):
            windows = cutting.cut(read_clip(self.corpus.clips[clip], spec)[0])
            if len(windows) != count:
                raise DataError(f"{self.corpus.clips[clip].path}: changed while it was read")
            yield from windows

    def some(self, count: int) -> list[NDArray[np.int16]]:
        """Return the PCM of about `count` windows, spread evenly."""
        wanted = set(np.linspace(0, len(self) - 1, min(count, len(self))).astype(int).tolist())
        return [pcm for row, pcm in enumerate(self) if row in wanted]


def of_corpus(program: Program, corpus: Corpus, fold: int | None) -> Sounds:
    """Cut the clips of one fold (None: of all) into windows for a bundle.

    Raises:
        DataError: the recordings' labels are not the bundle's, or there is no such fold.
    """
    assert program.bundle is not None
    if program.bundle.labels != corpus.labels:
        ours, theirs = ", ".join(program.bundle.labels), ", ".join(corpus.labels)
        raise DataError(f"{corpus.name}: has labels {theirs}; {program.name} knows {ours}")
    if fold is not None:
        corpus.fold_clips(fold)  # refuses one that does not exist or lacks a class
    windows = prepare(corpus, program.bundle.frontend, cutting_of(program), FEATURE_CACHE)
    if fold is not None:
        windows = windows.select(windows.fold == fold)
    return Sounds(program, corpus, windows)


def cutting_of(program: Program) -> Cutting:
    """Return how sound is cut into windows for a bundle: as many samples as its model hears."""
    assert program.bundle is not None
    length, decision = program.pcm_samples, program.bundle.decision
    short = cast("Short", decision.short)  # decision.toml was checked when it was read
    return Cutting(length, decision.hop_samples or length, short, decision.silence_peak)


def of_bundle(program: Program) -> NDArray[np.int16]:
    """Return the bundle's own test sounds, int16 [sounds, samples].

    Raises:
        BundleError: it has none that fit its model.
    """
    assert program.bundle is not None
    pcm = program.bundle.vectors.get("pcm")
    if (
        pcm is None
        or pcm.dtype != np.int16
        or pcm.shape[1:] != (program.pcm_samples,)
        or not len(pcm)
    ):
        wanted = f"int16 sounds of {program.pcm_samples} samples"
        raise BundleError(f"{program.name}: vectors/pcm.npy does not hold {wanted}")
    return pcm
