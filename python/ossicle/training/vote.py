"""How the windows of a clip decide together; docs/votes.md.

A window's say is a level for each class, 256 times its probability: on a device the int8 output
plus 128. The same lines take a float model's levels and a device's integers, and give totals that
are real numbers for the former and for the latter the very integers of firmware/vote.
"""

from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt

from ossicle.decision import Decision

Vote = Literal["soft", "majority", "max", "attention"]
Levels = npt.NDArray[Any]
Clips = npt.NDArray[np.integer[Any]]

FULL = 256  # the level of certainty
ONE_VOTE = 1 << 19  # above the sum of the levels of as many windows as a device lets vote
STEPS = 32  # of attention, an octave
MIDDLE = 4 * STEPS  # weights go from 2^-4 to just below 2^4
POWERS = np.rint(128 * 2 ** (np.arange(STEPS) / STEPS)).astype(np.int64)

MOST_WINDOWS = 2047
"""How many windows of a sound may vote on a device, that no total exceeds 32 bits."""


@dataclass(frozen=True)
class Voting:
    """The rule.

    Attributes:
        how: "soft" sums the levels, "max" takes the largest of each class, "majority" counts the
            windows in which a class is the most probable (the lowest of equals), where the sum
            decides between as many; "attention" sums the levels with a weight for each window.
        attention: of the last, a number of -128 to 127 for each class.
    """

    how: Vote = "soft"
    attention: tuple[int, ...] = ()

    @classmethod
    def of(cls, decision: Decision) -> "Voting":
        """Return what decision.toml says."""
        return cls(cast("Vote", decision.vote), decision.attention)  # it was checked when read

    def totals(self, levels: Levels, clip: Clips) -> Levels:
        """Return what each class gets, [clips, classes], in ascending order of `clip`.

        Args:
            levels: [windows, classes] of those that vote, int64 or float64.
            clip: [windows], which clip each was cut from.
        """
        clips, index = np.unique(clip, return_inverse=True)
        totals = np.zeros((len(clips), levels.shape[1]), levels.dtype)
        if self.how == "max":
            np.maximum.at(totals, index, levels)
            return totals
        say = levels
        if self.how == "attention":
            say = weights(levels, self.attention)[:, np.newaxis] * levels
        np.add.at(totals, index, say)
        if self.how == "majority":
            np.add.at(totals, (index, levels.argmax(axis=1)), ONE_VOTE)
        return totals


def levels_of(outputs: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    """Return int8 outputs as the levels that vote, 0 to 255."""
    return outputs.astype(np.int64) + 128


def weights(levels: Levels, attention: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """Return the weight of each window, 16 to 4,016: 16 * 2^(step / 32), rounded down.

    The step is 128 plus the sum over classes of the attention times the squared probability,
    rounded down, 0 to 255: a window that is sure of a class is heard by as much as was learnt of
    that class, an unsure one by little more or less than the others.
    """
    squares = np.asarray(levels) ** 2 @ np.array(attention, np.int64)
    step = np.clip(squares // FULL**2 + MIDDLE, 0, 2 * MIDDLE - 1).astype(np.int64)
    return np.asarray((POWERS[step % STEPS] << (step // STEPS)) >> 3)


def voting(clip: Clips, active: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return which windows vote: the active ones, and all of a clip that has no active one."""
    return np.asarray(active | ~np.isin(clip, clip[active]))


def shares(totals: Levels) -> npt.NDArray[np.float64]:
    """Return totals [clips, classes] as probabilities: each row sums to one.

    A row of zeros, as only a model gives whose outputs are no probabilities, becomes equal shares.
    """
    real = totals.astype(np.float64)
    sums = real.sum(axis=1, keepdims=True)
    return np.where(sums > 0, real / np.where(sums > 0, sums, 1), 1 / totals.shape[1])
