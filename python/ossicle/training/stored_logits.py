"""What a teacher elsewhere said, in an .npz file: one row of logits for each clip."""

import io
import os
import zipfile
from collections import Counter
from collections.abc import Container
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ossicle.datasets import Corpus
from ossicle.errors import DataError
from ossicle.training.step import Floats
from ossicle.training.teacher import distribution
from ossicle.training.windows import Windows

LARGEST_FILE = 1 << 30


def from_logits(path: Path, training: Windows, corpus: Corpus) -> Floats:
    """Return the probabilities of each training window, [n, classes]: those of its clip.

    The file holds `clips` [m], as `names` has them or, where all sound files have names of their
    own, those names without folders; `labels` [classes], in any order; and `logits` [m, classes],
    of which the softmax is taken.

    Raises:
        DataError: it is not such a file, has other labels, names a clip twice, or misses one.
    """
    clips, labels, logits = _read(path)
    if sorted(labels) != sorted(corpus.labels):
        told = sorted(set(labels) ^ set(corpus.labels)) or ["one of them twice"]
        raise DataError(f"{path}: has other labels than {corpus.name}: {', '.join(told)}")
    order = [labels.index(label) for label in corpus.labels]
    rows = {name: row for row, name in enumerate(clips)}
    if len(rows) < len(clips):
        raise DataError(f"{path}: names {Counter(clips).most_common(1)[0][0]} more than once")
    known = _known(corpus, rows)
    taught = [known[clip] for clip in training.clip]
    if missing := sorted(set(taught) - rows.keys()):
        raise DataError(f"{path}: says nothing of {missing[0]} and {len(missing) - 1} others")
    return distribution(logits[[rows[name] for name in taught]][:, order])


def names(corpus: Corpus) -> list[str]:
    """Return a name for each clip: its path from the folder of all, and where in it it begins."""
    folder = os.path.commonpath([clip.path.parent for clip in corpus.clips])
    return [
        clip.path.relative_to(folder).as_posix() + (f"@{clip.start:g}" if clip.start else "")
        for clip in corpus.clips
    ]


def _known(corpus: Corpus, rows: Container[str]) -> list[str]:
    """Return what a file that has `rows` calls each clip: a sound file's bare name if it is one."""
    files = {clip.path: clip.path.name for clip in corpus.clips}
    if len(set(files.values())) < len(files):
        return names(corpus)
    pairs = zip(names(corpus), corpus.clips, strict=True)
    return [name if name in rows else clip.path.name for name, clip in pairs]


def _read(path: Path) -> tuple[list[str], list[str], npt.NDArray[Any]]:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DataError(f"{path}: is larger than a gigabyte; it holds no logits of clips")
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            clips, labels = ([str(name) for name in arrays[key]] for key in ("clips", "labels"))
            logits = np.asarray(arrays["logits"], np.float64)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: holds no clips, labels and logits: {error}") from error
    if logits.shape != (len(clips), len(labels)) or not np.isfinite(logits).all():
        raise DataError(
            f"{path}: logits must be finite and of shape {(len(clips), len(labels))}, "
            f"not {logits.shape}"
        )
    return clips, labels, logits
