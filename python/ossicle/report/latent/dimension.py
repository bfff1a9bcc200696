"""Of how many dimensions a cloud of points is, by two published estimators.

Both look at each point's nearest neighbours only, so a curved surface counts as the plane that it
locally is. Equal points are counted once: their distance of zero has no ratio to the next.
"""

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

DISCARDED = 0.1  # of the points with the largest ratios, as Facco et al. do
NEIGHBOURS = 10
FEWEST = 20  # different points; fewer say nothing

Points = NDArray[np.float64]


def two_nn(points: Points) -> float:
    """Estimate the dimension of points [n, d] by TwoNN.

    E. Facco, M. d'Errico, A. Rodriguez, A. Laio, "Estimating the intrinsic dimension of datasets by
    a minimal neighborhood information", Scientific Reports 7, 2017: the ratio μ of the distances
    to the second and to the first neighbour has the distribution F(μ) = 1 - μ^-d, so d is the slope
    of -ln(1 - F) over ln μ, of a line through the origin, with the largest tenth left out.

    Returns:
        The dimension; NaN for fewer than FEWEST different points.
    """
    distances = _neighbours(points, 2)
    if distances is None:
        return float("nan")
    logarithms = np.sort(np.log(distances[:, 1] / distances[:, 0]))
    count = len(logarithms)
    kept = int(count * (1 - DISCARDED))
    empirical = np.arange(1, kept + 1) / count
    x, y = logarithms[:kept], -np.log(1 - empirical)
    return _ratio(float(x @ y), float(x @ x))


def maximum_likelihood(points: Points, neighbours: int = NEIGHBOURS) -> float:
    """Estimate the dimension of points [n, d] by maximum likelihood.

    E. Levina, P. J. Bickel, "Maximum likelihood estimation of intrinsic dimension", NIPS 2004: with
    the distances T₁ ≤ ... ≤ Tₖ to its neighbours, a point's estimate is the inverse of the mean of
    ln(Tₖ / Tⱼ), j < k. As D. J. C. MacKay and Z. Ghahramani corrected it (2005), the inverses are
    averaged over the points, not the estimates.

    Returns:
        The dimension; NaN for fewer than FEWEST different points.
    """
    distances = _neighbours(points, neighbours)
    if distances is None:
        return float("nan")
    return _ratio(1.0, float(np.log(distances[:, -1:] / distances[:, :-1]).mean()))


def _neighbours(points: Points, count: int) -> Points | None:
    """Return the distances [n, count] of each different point to its neighbours, ascending."""
    different = np.unique(points, axis=0)
    if len(different) < FEWEST:
        return None
    found = NearestNeighbors(n_neighbors=count + 1, algorithm="brute").fit(different)
    return np.asarray(found.kneighbors()[0][:, :count])


def _ratio(above: float, below: float) -> float:
    return above / below if below > 0 else float("nan")
