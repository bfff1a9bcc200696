"""Maps of a layer in the plane: t-SNE and Isomap.

L. van der Maaten, G. Hinton, "Visualizing data using t-SNE", JMLR 9, 2008: who are neighbours stays
true, distances between groups mean nothing. J. B. Tenenbaum, V. de Silva, J. C. Langford, "A global
geometric framework for nonlinear dimensionality reduction", Science 290, 2000: distances along the
cloud stay as true as two dimensions allow.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, Isomap

COMPONENTS = 50  # principal components that t-SNE sees, as its authors did
PERPLEXITY = 30.0
NEIGHBOURS = 10
FEWEST = 3 * int(PERPLEXITY) + 1  # points; with fewer every point is everyone's neighbour

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Maps:
    """Two maps [n, 2] of one layer."""

    tsne: Points
    isomap: Points


def draw_maps(vectors: Points, seed: int) -> Maps:
    """Map vectors [n, d], n at least FEWEST; the same vectors and seed give the same maps."""
    components = min(COMPONENTS, *vectors.shape)
    reduced = PCA(components, svd_solver="full").fit_transform(vectors)
    tsne = TSNE(perplexity=PERPLEXITY, init="pca", random_state=seed, n_jobs=1)
    with warnings.catch_warnings():
        # A cloud of several parts: scikit-learn joins them by their shortest distances, and warns.
        warnings.simplefilter("ignore")
        isomap = Isomap(n_neighbors=NEIGHBOURS, n_components=2).fit_transform(reduced)
    return Maps(np.asarray(tsne.fit_transform(reduced), np.float64), np.asarray(isomap))
