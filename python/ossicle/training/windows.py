"""From clips to windows and their int8 log-mel features.

A window whose largest sample is below the silence gate is kept, so that every window of a clip can
be replayed, but is marked inactive: it is neither trained on nor does it vote.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ossicle.console import console, progress_bar
from ossicle.datasets import Corpus
from ossicle.frontend import FrontendSpec
from ossicle.training.cutting import Cutting
from ossicle.training.preparation import Int8, Part, Preparation, prepare_parts


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
    parts = []
    with progress_bar() as progress:
        task = progress.add_task("features", total=len(corpus.clips))
        for part in prepare_parts(corpus.clips, Preparation(spec, cutting, cache)):
            parts.append(part)
            progress.advance(task, len(part.counts))
    _tell(parts)
    return _table(corpus, parts)


def _tell(parts: Sequence[Part]) -> None:
    """Say what was done to the recordings, one line a thing that was done."""
    done = Counter(
        "clipped at full scale" if action.startswith("clipped") else action
        for part in parts
        for note in part.notes.tolist()
        for action in filter(None, note.split(", "))
    )
    for action, clips in done.most_common():
        console.print(f"{clips} of the clips were {action}")


def _table(corpus: Corpus, parts: Sequence[Part]) -> Windows:
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
