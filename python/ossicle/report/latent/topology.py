"""The shape of a cloud of points: its parts and its holes, as persistence diagrams.

Balls of growing radius are laid around the points. A part of the cloud (H0) is born at 0 and dies
where it grows together with an older one; a loop (H1) is born where balls close a ring and dies
where they fill it. What lives long is shape, what lives short is chance (H. Edelsbrunner, J. Harer,
"Computational Topology", 2010). Computed by GUDHI from the Vietoris-Rips complex of the distances.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import pairwise_distances

MOST_POINTS = 150  # of a cloud: the complex grows with the cube of their number

Points = NDArray[np.float64]
Intervals = NDArray[np.float64]


@dataclass(frozen=True)
class Persistence:
    """A persistence diagram.

    Attributes:
        parts: [n, 2] birth and death in H0, without the one part that never dies.
        loops: [m, 2] the same in H1.
        points: how many the diagram was computed of.
    """

    parts: Intervals
    loops: Intervals
    points: int

    @property
    def longest_loop(self) -> float:
        """How long the most lasting loop lives; 0 if there is none."""
        return float((self.loops[:, 1] - self.loops[:, 0]).max(initial=0.0))

    @property
    def last_join(self) -> float:
        """At which distance the last two parts grow together."""
        return float(self.parts[:, 1].max(initial=0.0))


def persistence(points: Points, most: int = MOST_POINTS) -> Persistence:
    """Return the diagram of points [n, d], of at most `most` of them, far from each other."""
    import gudhi

    distances = pairwise_distances(points)
    chosen = landmarks(distances, most)
    distances = distances[np.ix_(chosen, chosen)]
    # Beyond the smallest ball that holds all, the complex is a cone, and nothing is born any more.
    complete = float(distances.max(axis=1).min())
    complex_ = gudhi.RipsComplex(distance_matrix=distances, max_edge_length=complete)
    tree = complex_.create_simplex_tree(max_dimension=1)
    tree.collapse_edges()  # leaves the diagram as it is and most of the triangles out
    tree.expansion(2)
    tree.compute_persistence()
    parts, loops = (tree.persistence_intervals_in_dimension(k).reshape(-1, 2) for k in (0, 1))
    return Persistence(_finite(parts), _finite(loops), len(chosen))


def landmarks(distances: Points, most: int) -> NDArray[np.int64]:
    """Choose at most `most` points, each the farthest from those before it, from the first on.

    V. de Silva, G. Carlsson, "Topological estimation using witness complexes", 2004: such points
    keep the shape of a cloud better than as many drawn at random.
    """
    chosen = [0]
    nearest = distances[0]
    while len(chosen) < min(most, len(distances)) and nearest.max() > 0:
        chosen.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, distances[chosen[-1]])
    return np.array(chosen)


def _finite(intervals: Intervals) -> Intervals:
    return intervals[np.isfinite(intervals[:, 1])]
