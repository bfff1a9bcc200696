"""Score a classifier of windows: a clip's label is the soft vote of its active windows.

Pure numpy; what computes the probabilities is passed in, so that Keras, TFLite's reference
kernels, the generated C on the host and an emulated device are all scored by the same lines.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ossicle.errors import DataError

Floats = npt.NDArray[np.float64]
Predict = Callable[[npt.NDArray[np.int8]], npt.NDArray[Any]]
"""int8 features [n, mel bands, frames] -> probabilities [n, classes]."""

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


def score(
    predict: Predict,
    features: npt.NDArray[np.int8],
    *,
    clip: npt.NDArray[np.integer[Any]],
    label: npt.NDArray[np.integer[Any]],
    active: npt.NDArray[np.bool_],
    classes: int,
) -> Score:
    """Score `predict` on windows.

    Args:
        predict: from int8 features to probabilities; called once, with the voting windows only.
        features: [n, mel bands, frames].
        clip: [n], which clip a window was cut from (any integers).
        label: [n], the true class of each.
        active: [n], False for a silent window. Silent windows do not vote, unless a clip has no
            other.
        classes: how many there are.

    Raises:
        DataError: there is no window at all.
    """
    if not len(features):
        raise DataError("there are no windows to score: the selection holds no clips")
    votes = voting(clip, active)
    probabilities = np.asarray(predict(features[votes]), np.float64)
    voted, truth = vote(probabilities, clip[votes], label[votes])
    choice = voted.argmax(axis=1)
    confusion = np.zeros((classes, classes), np.int64)
    np.add.at(confusion, (truth, choice), 1)
    of_truth = voted[np.arange(len(truth)), truth]
    return Score(
        clips=len(truth),
        windows=int(votes.sum()),
        accuracy=float(np.mean(choice == truth)),
        window_accuracy=float(np.mean(probabilities.argmax(axis=1) == label[votes])),
        log_loss=float(-np.log(np.maximum(of_truth, PROBABILITY_FLOOR)).mean()),
        confusion=confusion.tolist(),
    )


def voting(
    clip: npt.NDArray[np.integer[Any]], active: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Return which windows vote: the active ones, and all of a clip that has no active one."""
    return np.asarray(active | ~np.isin(clip, clip[active]))


def vote(
    probabilities: Floats,
    clip: npt.NDArray[np.integer[Any]],
    label: npt.NDArray[np.integer[Any]],
) -> tuple[Floats, npt.NDArray[np.integer[Any]]]:
    """Average the probabilities of each clip's windows.

    Returns:
        [clips, classes] probabilities that sum to one (int8 outputs do so only nearly), in
        ascending order of `clip`, and [clips] true classes.
    """
    _, first, index = np.unique(clip, return_index=True, return_inverse=True)
    total = np.zeros((len(first), probabilities.shape[1]))
    np.add.at(total, index, probabilities)
    return total / total.sum(axis=1, keepdims=True), label[first]
