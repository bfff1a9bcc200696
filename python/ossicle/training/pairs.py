"""Pairs of windows: of one class or recording, by two devices."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ossicle.errors import DataError

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pairing:
    """Which windows may stand beside which.

    Attributes:
        group: int [windows], equal for windows that may be paired: of one class or recording.
        device: int [windows], which must differ in a pair.
    """

    group: Rows
    device: Rows

    def rows(self, batch: int, random: np.random.Generator) -> Rows:
        """Return the rows of one epoch, batch by batch: first halves, then their other halves.

        So many rows as there are windows are taken, in whole batches: an epoch costs what it costs
        without pairs. The first halves are a random half of the windows, each with a partner drawn
        from all that it may be paired with.

        Args:
            batch: windows a step, even.
            random: where random numbers come from.

        Raises:
            DataError: `batch` is odd.
        """
        if batch % 2:
            raise DataError(f"a batch of pairs must be even, not {batch}; change batch")
        half = batch // 2
        order, ordered = self._order, self._ordered
        own = _runs(ordered)
        firsts = random.permutation(np.flatnonzero(self.partners))
        firsts = np.resize(firsts, len(order) // batch * half)
        seconds = _runs(ordered[:, :1])[firsts] + random.integers(self.partners[firsts])
        seconds += np.where(seconds >= own[firsts], _sizes(ordered)[firsts], 0)  # skip its device
        turn = np.stack([firsts, seconds]).reshape(2, -1, half).swapaxes(0, 1)
        return np.asarray(order[turn.ravel()])

    @property
    def partners(self) -> Rows:
        """How many windows each may be paired with, in the order of `_order`."""
        return _sizes(self._ordered[:, :1]) - _sizes(self._ordered)

    @property
    def _order(self) -> Rows:
        """The windows by group, and within one by device."""
        return np.lexsort((self.device, self.group))

    @property
    def _ordered(self) -> Rows:
        return np.stack([self.group, self.device], axis=1)[self._order]


def _runs(ordered: Rows) -> Rows:
    """Return [n], for each row of the sorted `ordered` [n, k], where its run of equals begins."""
    begins = np.r_[True, (ordered[1:] != ordered[:-1]).any(axis=1)]
    return np.maximum.accumulate(np.where(begins, np.arange(len(ordered)), 0))


def _sizes(ordered: Rows) -> Rows:
    """Return [n], for each row of the sorted `ordered`, how long its run of equals is."""
    _, inverse, counts = np.unique(_runs(ordered), return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse])
