"""Who learns, who chooses, who is tested: three parts of the windows that share no recording.

The test fold is set aside first. From the other folds some recordings of each class are held out
for validation: on these checkpoints and int8 models are chosen, so that the test fold never
chooses.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ossicle.datasets import Clip, Corpus
from ossicle.errors import DataError
from ossicle.training.windows import Windows


@dataclass(frozen=True)
class Split:
    """The three parts; `validation` and `test` may be None. Only active windows are trained on.

    Clips that are for tests alone stand in the test part of their fold, or nowhere.
    """

    training: Windows
    validation: Windows | None
    test: Windows | None


def split(
    corpus: Corpus, windows: Windows, *, test_fold: int | None, validation_share: float, seed: int
) -> Split:
    """Split the windows of `corpus`.

    Args:
        corpus: whose clips the windows were cut from.
        windows: as `prepare` gives them.
        test_fold: the fold to set aside; None tests nothing.
        validation_share: share of each class's training clips to hold out, by whole recordings.
        seed: which recordings these are.

    Raises:
        DataError: the fold does not exist, a side lacks a class, or a class has only silent
            windows.
    """
    if test_fold is not None:
        corpus.split(test_fold)  # refuses a fold that does not exist or lacks a class
    rest = learnable(corpus, windows, test_fold)
    held_out = np.isin(windows.clip, _held_out(corpus, test_fold, validation_share, seed))
    training = windows.select(rest & ~held_out & windows.active)
    _require_sound(corpus, training)
    return Split(
        training,
        windows.select(rest & held_out) if held_out.any() else None,
        windows.select(windows.fold == test_fold) if test_fold is not None else None,
    )


def learnable(corpus: Corpus, windows: Windows, test_fold: int | None) -> npt.NDArray[np.bool_]:
    """Return which windows may be learnt from or validated with."""
    usable = np.array([_is_usable(clip, test_fold) for clip in corpus.clips])
    return np.asarray(usable[windows.clip])


def _held_out(
    corpus: Corpus, test_fold: int | None, share: float, seed: int
) -> npt.NDArray[np.integer[Any]]:
    """Return the indices of the clips to validate on.

    Class by class, recordings are taken in the order of a hash of their name (so that more
    recordings do not reshuffle the old ones), each if it brings the class nearer to its share. The
    last recording of a class is never given away.
    """
    chosen: set[str] = set()
    for label in corpus.labels:
        sizes = Counter(
            c.recording for c in corpus.clips if c.label == label and _is_usable(c, test_fold)
        )
        room = share * sizes.total()
        for recording in sorted(sizes, key=lambda name: _order(name, seed))[:-1]:
            if sizes[recording] < 2 * room:  # it brings the class nearer to its share
                chosen.add(recording)
                room -= sizes[recording]
    return np.flatnonzero(
        [c.recording in chosen and _is_usable(c, test_fold) for c in corpus.clips]
    )


def _is_usable(clip: Clip, test_fold: int | None) -> bool:
    """May the clip be trained on or validated with?"""
    return clip.fold != test_fold and not clip.test_only


def _order(recording: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{recording}".encode()).digest()


def _require_sound(corpus: Corpus, training: Windows) -> None:
    heard = set(training.label.tolist())
    silent = [label for index, label in enumerate(corpus.labels) if index not in heard]
    if silent:
        raise DataError(
            f"{corpus.name}: nothing to train {', '.join(silent)} on: all windows of it are "
            "silent; add recordings that can be heard, or take the class out"
        )
