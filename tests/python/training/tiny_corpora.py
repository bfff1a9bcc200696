"""Corpora and window tables small enough to learn in a second."""

import numpy as np

from ossicle.datasets import Clip, Corpus
from ossicle.training import Windows

LABELS = ("high", "low")


def corpus_of(paths, *, folds=2, per_recording=1):
    """A corpus of two classes, clip i in class i % 2 and fold 1 + i // 2 % folds."""
    clips = tuple(
        Clip(path, 0.0, None, LABELS[i % 2], 1 + i // 2 % folds, "", "", f"r{i // per_recording}")
        for i, path in enumerate(paths)
    )
    return Corpus("tiny", clips, LABELS, "none")


def windows_of(corpus, *, per_clip=3, seed=0):
    """Noise whose level tells the class; the last window of each clip is silent."""
    random = np.random.default_rng(seed)
    clip = np.repeat(np.arange(len(corpus.clips), dtype=np.int32), per_clip)
    label = np.array([LABELS.index(corpus.clips[i].label) for i in clip], np.int32)
    features = random.integers(-40, 40, (len(clip), 6, 5)) + 60 * label[:, None, None] - 30
    active = np.arange(len(clip)) % per_clip < per_clip - 1
    fold = np.array([corpus.clips[i].fold for i in clip], np.int32)
    return Windows(features.astype(np.int8), clip, label, fold, active)
