"""Altered copies of training recordings, which the front end hears as it hears any sound."""

from dataclasses import replace

import numpy as np

from ossicle.console import track
from ossicle.datasets import Corpus
from ossicle.frontend import FrontEnd, FrontendSpec
from ossicle.training.augment.waveform import Waveform
from ossicle.training.cutting import Cutting, is_active
from ossicle.training.preparation import read_clip
from ossicle.training.windows import Windows

CHUNK_CLIPS = 16
"""So many are altered at a time; the sound laid behind one of them is another of them."""


def with_copies(
    training: Windows,
    corpus: Corpus,
    spec: FrontendSpec,
    cutting: Cutting,
    waveform: Waveform,
    *,
    seed: int,
) -> Windows:
    """Return the training windows, and altered copies of them behind.

    Args:
        training: windows of `corpus`, as `prepare` cuts them; no other clip is read or mixed in.
        corpus: whose recordings they are.
        spec: the front end.
        cutting: how they were cut.
        waveform: what is done, and how often.
        seed: the same seed gives the same copies.

    Raises:
        DataError: a recording that cannot be read.
    """
    parts = [training]
    frontend = FrontEnd(spec)
    clips = np.unique(training.clip)
    starts = range(0, len(clips), CHUNK_CLIPS)
    tasks = [(copy, start) for copy in range(waveform.copies) for start in starts]
    for copy, start in track(tasks, "altered copies", total=len(tasks)):
        rows, sounds = [], []
        for clip in clips[start : start + CHUNK_CLIPS]:
            pcm = cutting.cut(read_clip(corpus.clips[clip], spec)[0])
            pcm = pcm[is_active(pcm, cutting.silence_peak)]
            rows.append(np.full(len(pcm), np.flatnonzero(training.clip == clip)[0]))
            sounds.append(pcm)
        altered = waveform.apply(
            np.concatenate(sounds), spec.sample_rate, np.random.default_rng((seed, copy, start))
        )
        of_clip = training.select(np.concatenate(rows))
        heard = is_active(altered, cutting.silence_peak)
        parts.append(replace(of_clip, features=frontend(altered)).select(heard))
    return _joined(parts)


def _joined(parts: list[Windows]) -> Windows:
    names = ("features", "clip", "label", "fold", "active")
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return Windows(**columns)
