"""The clips table: what every loader makes and everything downstream reads."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ossicle.errors import DataError


@dataclass(frozen=True)
class Clip:
    """One labelled stretch of one sound file.

    Attributes:
        path: the sound file (WAV, FLAC or OGG).
        start: where the clip begins in the file, in seconds.
        stop: where it ends, in seconds; None is the end of the file.
        label: the class.
        fold: the part of a cross-validation that the clip belongs to.
        device: what it was recorded with; "" where the corpus does not say.
        city: where it was recorded; "" where the corpus does not say.
        recording: the original recording that the clip was cut from; clips of one recording are
            alike, so they never stand on both sides of a split.
        test_only: never trained on, whatever fold is the test: of a recording device that is to be
            met in the test alone.
    """

    path: Path
    start: float
    stop: float | None
    label: str
    fold: int
    device: str
    city: str
    recording: str
    test_only: bool = False


@dataclass(frozen=True)
class Published:
    """What others report for a corpus, to stand beside a result.

    Attributes:
        name: of the system.
        accuracy: share of the clips that it has right.
        log_loss: in nats; None where it is not told.
        by_class: accuracy and log loss of each class, where they are told.
    """

    name: str
    accuracy: float
    log_loss: float | None = None
    by_class: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Corpus:
    """A named table of clips.

    Attributes:
        name: what the report calls it.
        clips: the table.
        labels: the classes, sorted: the order of a model's outputs.
        licence: under which terms the recordings may be used.
        published: what others report for it.
    """

    name: str
    clips: tuple[Clip, ...]
    labels: tuple[str, ...]
    licence: str
    published: tuple[Published, ...] = ()

    @property
    def folds(self) -> tuple[int, ...]:
        """The folds that hold clips, ascending."""
        return tuple(sorted({clip.fold for clip in self.clips}))

    def fold_clips(self, fold: int) -> tuple[Clip, ...]:
        """Return the clips of one fold.

        Raises:
            DataError: there is no such fold, or it holds no clip of some class.
        """
        if fold not in self.folds:
            known = ", ".join(map(str, self.folds))
            raise DataError(f"{self._where}: there is no fold {fold}; choose one of {known}")
        chosen = tuple(clip for clip in self.clips if clip.fold == fold)
        self._require_every_label(chosen, f"fold {fold} holds")
        return chosen

    def split(self, test_fold: int) -> tuple[tuple[Clip, ...], tuple[Clip, ...]]:
        """Return the clips to train on (every other fold) and the clips to test on.

        Clips that are for tests alone are left out of the first.

        Raises:
            DataError: there is no such fold, one of the two sides holds no clip of some class, or
                a recording stands on both.
        """
        test = self.fold_clips(test_fold)
        train = tuple(c for c in self.clips if c.fold != test_fold and not c.test_only)
        self._require_every_label(train, f"the folds other than {test_fold} hold")
        self._require_no_leak(train, test)
        return train, test

    @property
    def _where(self) -> str:
        """The corpus and the folder that all of its clips lie in, for messages."""
        return f"{self.name} ({os.path.commonpath({clip.path.parent for clip in self.clips})})"

    def _require_no_leak(self, train: tuple[Clip, ...], test: tuple[Clip, ...]) -> None:
        heard = {clip.recording: clip for clip in train}
        for clip in test:
            if clip.recording in heard:
                other = heard[clip.recording]
                raise DataError(
                    f"{self._where}: {clip.path.name} of fold {clip.fold} and {other.path.name} of "
                    f"fold {other.fold} were cut from one recording ({clip.recording}), so "
                    "the test would ask for what was learnt; put all of a recording into one fold"
                )

    def _require_every_label(self, clips: tuple[Clip, ...], subject: str) -> None:
        missing = sorted(set(self.labels) - {clip.label for clip in clips})
        if missing:
            raise DataError(
                f"{self._where}: {subject} no clip of {', '.join(missing)}; "
                "add recordings of it, or take its folder or its rows out of the corpus"
            )


def corpus(
    name: str,
    clips: list[Clip],
    licence: str,
    source: Path,
    published: tuple[Published, ...] = (),
) -> Corpus:
    """Return the corpus of `clips`, which a loader found in `source`.

    Raises:
        DataError: there are no clips, or all of them have the same label.
    """
    labels = tuple(sorted({clip.label for clip in clips}))
    if not clips:
        raise DataError(f"{source}: no recordings found; see docs/data.md for the layouts")
    if len(labels) < 2:
        raise DataError(f"{source}: only one class ({labels[0]}); a classifier needs at least two")
    return Corpus(name, tuple(clips), labels, licence, published)
