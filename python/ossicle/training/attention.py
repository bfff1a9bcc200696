"""A trained multi-instance head: which windows of a clip to heed.

Attention pooling (Ilse, Tomczak and Welling, "Attention-based deep multiple instance learning",
ICML 2018, equation 7), small enough for a vote of integers: the weight of a window is 2 to the
power of its score, and its score a weighted sum of its squared probabilities. So it is learnt,
class by class, how much a window is to be heeded that is sure of it. All scores equal is the soft
vote.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ossicle.training.vote import FULL, MIDDLE, STEPS, Clips, Levels

PULL = 0.01  # towards the soft vote, of the squared octaves: few clips must not move it far
FLOOR = 1e-6  # of a probability within the logarithm: a certain error is no infinite loss

Floats = npt.NDArray[np.float64]


def learn(levels: Levels, clip: Clips, label: Clips) -> tuple[int, ...]:
    """Return the attention, -128 to 127 for each class, that gives the clips the least loss.

    The loss is the clips' mean cross-entropy plus PULL times the squared scores, in octaves. It
    begins at the soft vote and descends by L-BFGS, which is the same in every run.

    Args:
        levels: [windows, classes], 0 to 256, of the windows that vote, of the training folds.
        clip: [windows], which clip each was cut from.
        label: [windows], the true class.
    """
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    _, first, index = np.unique(clip, return_index=True, return_inverse=True)
    loss = _loss(np.asarray(levels, np.float64) / FULL, index, label[first])
    classes = levels.shape[1]
    reach = MIDDLE / STEPS
    found = minimize(
        loss, np.zeros(classes), jac=True, method="L-BFGS-B", bounds=[(-reach, reach)] * classes
    )
    rounded = np.clip(np.rint(found.x * STEPS), -MIDDLE, MIDDLE - 1)
    return tuple(int(weight) for weight in rounded)


def _loss(
    probabilities: Floats, clip: Clips, truth: Clips
) -> Callable[[Floats], tuple[float, Floats]]:
    """Return a function from scores by class, in octaves, to the loss and its gradient.

    With a the windows' weights, which sum to one in a clip, x their squared probabilities, p those
    of the true class and P the clip's, d ln P / d u = ln 2 * (sum(a p x) / P - sum(a x)).
    """
    squares, of_truth = probabilities**2, probabilities[np.arange(len(clip)), truth[clip]]
    clips = len(truth)

    def summed(values: Floats) -> Floats:
        total = np.zeros((clips, *values.shape[1:]))
        np.add.at(total, clip, values)
        return total

    def loss(octaves: Floats) -> tuple[float, Floats]:
        weight = 2.0 ** (squares @ octaves)
        weight /= summed(weight)[clip]
        right = np.maximum(summed(weight * of_truth), FLOOR)
        heeded = weight[:, np.newaxis] * squares
        slope = summed(of_truth[:, np.newaxis] * heeded) / right[:, np.newaxis] - summed(heeded)
        value = -np.log(right).mean() + PULL * octaves @ octaves
        return float(value), -np.log(2) * slope.mean(axis=0) + 2 * PULL * octaves

    return loss
