"""How far recording devices are apart in the space of f, where the class is the same.

Two measures, both of the Manhattan distance |f - f'|₁ / d that the constraint of
`ossicle.training.adapt` makes small, averaged over the classes:

- the mean distance of a window of one device from a window of the other, as a share of the mean
  distance of windows of different classes by one device: at 1 the device matters as the class does;
- the energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'| (G. J. Székely, M. L. Rizzo, "Energy
  statistics: a class of statistics based on distances", J. Stat. Plan. Inference 143(8), 2013),
  which is 0 only where both devices have the same distribution; as the same share. It is estimated
  without bias, so it may come out a little below 0.

Windows of one original recording are not compared with each other: whatever hears them, they are
alike.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import pairwise_distances

Matrix = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Distances:
    """Distances between devices, [devices, devices], symmetric.

    Attributes:
        mean: mean distance within classes, as a share of `between_classes`; its diagonal is that of
            the windows of one device. NaN where two devices share no class.
        energy: energy distance, the same share, zeros on the diagonal.
        between_classes: mean |f - f'|₁ / d of windows of different classes by one device.
    """

    mean: Matrix
    energy: Matrix
    between_classes: float


def measure(f: Matrix, label: Index, device: Index, recording: Index) -> Distances:
    """Measure vectors [n, d] of the given classes, devices and recordings, each int [n] from 0."""
    apart = pairwise_distances(f, metric="manhattan") / f.shape[1]
    same_device = device[:, np.newaxis] == device
    other_recording = recording[:, np.newaxis] != recording
    between = float(apart[same_device & (label[:, np.newaxis] != label)].mean())
    members = (device[:, np.newaxis] == np.arange(device.max() + 1)).astype(np.float64)
    found = []
    for of_class in np.unique(label):
        chosen = np.ix_(label == of_class, label == of_class)
        found.append(_by_device(apart[chosen], other_recording[chosen], members[label == of_class]))
    classes = np.stack(found)
    own = np.diagonal(classes, axis1=1, axis2=2)
    energy = 2 * classes - own[:, :, np.newaxis] - own[:, np.newaxis, :]
    return Distances(_mean(classes) / between, _mean(energy) / between, between)


def _by_device(apart: Matrix, counted: NDArray[np.bool_], members: Matrix) -> Matrix:
    """Return the mean of the counted distances [n, n] by the device of each side.

    `members` [n, devices] is 1 where a window is of a device. NaN where nothing is counted.
    """
    total = members.T @ (apart * counted) @ members
    pairs = members.T @ counted @ members
    return _over(total, pairs)


def _mean(of_classes: Matrix) -> Matrix:
    """Average over the classes that have a number; NaN where none has."""
    known = ~np.isnan(of_classes)
    return _over(np.where(known, of_classes, 0.0).sum(axis=0), known.sum(axis=0))


def _over(total: Matrix, count: NDArray[Any]) -> Matrix:
    """Divide; NaN where `count` is 0."""
    empty = np.full_like(total, np.nan)
    return np.asarray(np.divide(total, count, out=empty, where=count > 0))
