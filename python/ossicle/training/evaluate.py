"""Score a classifier of windows: a clip's label is what its active windows vote for.

Pure numpy; what computes the probabilities is passed in, so that Keras, TFLite's reference
kernels, the generated C on the host and an emulated device are all scored by the same lines.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ossicle.errors import DataError
from ossicle.training.vote import FULL, Levels, Voting, shares, voting

Floats = npt.NDArray[np.float64]
Predict = Callable[[npt.NDArray[np.int8]], npt.NDArray[Any]]
"""int8 features [n, mel bands, frames] -> probabilities [n, classes]."""

SOFT = Voting()
PROBABILITY_FLOOR = 1e-15  # as scikit-learn's log_loss has it, which DCASE uses


@dataclass(frozen=True)
class Score:
    """What a classifier scores on a set of clips.

    Attributes:
        clips: how many were voted on.
        windows: how many windows voted.
        accuracy: share of clips whose vote is right.
        window_accuracy: share of the voting windows that are right by themselves.
        log_loss: mean over clips of -ln(probability voted for the true class), in nats.
        confusion: clips by [true class][voted class].
    """

    clips: int
    windows: int
    accuracy: float
    window_accuracy: float
    log_loss: float
    confusion: list[list[int]]

    def to_json(self) -> dict[str, Any]:
        """Return the score as plain numbers and lists."""
        return asdict(self)


@dataclass(frozen=True)
class Votes:
    """What was voted for each clip.

    Attributes:
        clip: [clips], which clip; ascending.
        truth: [clips], the true classes.
        shares: [clips, classes], what each class got; a row sums to one.
        windows: how many windows voted.
        windows_right: how many of them were right by themselves.
    """

    clip: npt.NDArray[np.integer[Any]]
    truth: npt.NDArray[np.integer[Any]]
    shares: Floats
    windows: int
    windows_right: int

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """[clips], whether the vote is right."""
        return np.asarray(self.shares.argmax(axis=1) == self.truth)

    @property
    def losses(self) -> Floats:
        """[clips], -ln(share of the true class), in nats."""
        of_truth = self.shares[np.arange(len(self.truth)), self.truth]
        return np.asarray(-np.log(np.maximum(of_truth, PROBABILITY_FLOOR)))

    def score(self) -> Score:
        """Return the score over all clips."""
        classes = self.shares.shape[1]
        confusion = np.zeros((classes, classes), np.int64)
        np.add.at(confusion, (self.truth, self.shares.argmax(axis=1)), 1)
        return Score(
            clips=len(self.truth),
            windows=self.windows,
            accuracy=float(np.mean(self.right)),
            window_accuracy=self.windows_right / self.windows,
            log_loss=float(self.losses.mean()),
            confusion=confusion.tolist(),
        )

    def by(self, group: Sequence[str]) -> dict[str, dict[str, float]]:
        """Return clips, accuracy and log loss of each group, given the group of each clip."""
        names = np.array(group)
        return {
            name: {
                "clips": int(np.sum(names == name)),
                "accuracy": float(np.mean(self.right[names == name])),
                "log_loss": float(np.mean(self.losses[names == name])),
            }
            for name in sorted(set(group))
        }


def vote_on(
    predict: Predict,
    features: npt.NDArray[np.int8],
    *,
    clip: npt.NDArray[np.integer[Any]],
    label: npt.NDArray[np.integer[Any]],
    active: npt.NDArray[np.bool_],
    how: Voting = SOFT,
) -> Votes:
    """Let `predict` answer windows, and the windows of each clip vote.

    Args:
        predict: from int8 features to probabilities; called once, with the voting windows only.
        features: [n, mel bands, frames].
        clip: [n], which clip a window was cut from (any integers).
        label: [n], the true class of each.
        active: [n], False for a silent window. Silent windows do not vote, unless a clip has no
            other.
        how: the windows of a clip vote.

    Raises:
        DataError: there is no window at all.
    """
    if not len(features):
        raise DataError("there are no windows to score: the selection holds no clips")
    votes = voting(clip, active)
    probabilities = np.asarray(predict(features[votes]), np.float64)
    totals = how.totals(FULL * probabilities, clip[votes])
    right = probabilities.argmax(axis=1) == label[votes]
    return counted(totals, clip[votes], label[votes], int(right.sum()))


def counted(
    totals: Levels,
    clip: npt.NDArray[np.integer[Any]],
    label: npt.NDArray[np.integer[Any]],
    windows_right: int,
) -> Votes:
    """Put together what came of a vote.

    Args:
        totals: [clips, classes], in ascending order of `clip`.
        clip: [windows], of those that voted.
        label: [windows], the true classes.
        windows_right: how many of them were right by themselves.
    """
    clips, first = np.unique(clip, return_index=True)
    return Votes(clips, label[first], shares(totals), len(clip), windows_right)
