"""All that is looked at, for one bundle and some recordings."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ossicle.console import track
from ossicle.datasets import Corpus
from ossicle.device.program import Program
from ossicle.errors import DataError
from ossicle.report.comparing import UNNAMED, unseen_devices
from ossicle.report.latent import maps
from ossicle.report.latent.activations import F, Vectors, activations, layers_of
from ossicle.report.latent.dimension import maximum_likelihood, two_nn
from ossicle.report.latent.distances import Distances, measure
from ossicle.report.latent.maps import Maps, draw_maps
from ossicle.report.latent.topology import Persistence, persistence
from ossicle.report.sounds import Sounds, of_corpus
from ossicle.training.vote import voting

WINDOWS = 900  # they take a minute or two

Index = NDArray[np.int64]


@dataclass(frozen=True)
class Sample:
    """The windows that are looked at.

    Attributes:
        features: int8 [n, bands, frames].
        label, device, recording: int [n], into `labels` and `devices`; recordings are numbered.
        labels: the bundle's classes.
        devices: the recording devices, sorted.
        unseen: those of them that were kept for the test.
    """

    features: NDArray[np.int8]
    label: Index
    device: Index
    recording: Index
    labels: tuple[str, ...]
    devices: tuple[str, ...]
    unseen: frozenset[str]


@dataclass(frozen=True)
class Dimension:
    """Estimates of the intrinsic dimension of one class in the space of f; NaN is not known."""

    windows: int
    two_nn: float
    maximum_likelihood: float


@dataclass(frozen=True)
class Latent:
    """What was found.

    Attributes:
        vectors: how many numbers each layer that was looked at gives.
        distances: between devices in the space of f.
        maps: of the convolutions, by layer.
        diagrams: of f, by device.
        dimensions: of f, by class.
    """

    program: Program
    corpus: Corpus
    fold: int | None
    sample: Sample
    vectors: dict[str, int]
    distances: Distances
    maps: dict[str, Maps]
    diagrams: dict[str, Persistence]
    dimensions: dict[str, Dimension]


def gather(
    program: Program,
    corpus: Corpus,
    *,
    fold: int | None,
    convolutions: tuple[int, ...] = (),
    windows: int = WINDOWS,
    seed: int = 0,
) -> Latent:
    """Run a bundle on recordings and measure its latent spaces.

    Args:
        program: of a bundle.
        corpus: recordings of at least two devices, with the bundle's labels.
        fold: take this fold's clips only; None takes all.
        convolutions: which to draw maps of, counted from 1; none takes `layers_of`'s.
        windows: how many to look at, spread evenly over devices and classes.
        seed: which these are, and of t-SNE.

    Raises:
        DataError: too few windows, or of one device only; labels or folds that do not fit.
        ModelError: the model has no such layers.
    """
    assert program.bundle is not None
    layers = layers_of(program.compiled.graph, convolutions)
    sample = choose(of_corpus(program, corpus, fold), windows, seed, fold)
    found = activations(program.model, layers, sample.features)
    f = found[F]
    drawn = [name for name in layers if name != F]
    return Latent(
        program=program,
        corpus=corpus,
        fold=fold,
        sample=sample,
        vectors={name: vectors.shape[1] for name, vectors in found.items()},
        distances=measure(f, sample.label, sample.device, sample.recording),
        maps={n: draw_maps(found[n], seed) for n in track(drawn, "t-SNE and Isomap", len(drawn))},
        diagrams=_diagrams(f, sample),
        dimensions=_dimensions(f, sample),
    )


def choose(sounds: Sounds, count: int, seed: int, fold: int | None) -> Sample:
    """Choose about `count` windows that vote, as many of each device and class as there are.

    `fold` says which fold they are of, and with it which devices were kept for the test.

    Raises:
        DataError: there are too few, or all are of one device.
    """
    corpus, table = sounds.corpus, sounds.windows
    table = table.select(voting(table.clip, table.active))
    names, device = np.unique(
        [clip.device or UNNAMED for clip in corpus.clips], return_inverse=True
    )
    _require_devices(corpus, set(device[table.clip].tolist()))
    cell = device[table.clip] * len(corpus.labels) + table.label
    random = np.random.default_rng(seed)
    order = random.permutation(len(table))
    # The first window of every cell, then the second of every cell, ..., up to `count`.
    turn = np.zeros(len(table), np.int64)
    for one in np.unique(cell):
        of_cell = order[cell[order] == one]
        turn[of_cell] = np.arange(len(of_cell))
    rows = np.sort(order[np.argsort(turn[order], kind="stable")][:count])
    _require_enough(corpus, len(rows))
    kept = table.select(rows)
    heard, kept_device = np.unique(device[kept.clip], return_inverse=True)
    recordings = np.unique([f"{c.label}/{c.recording}" for c in corpus.clips], return_inverse=True)
    devices = tuple(str(names[index]) for index in heard)
    return Sample(
        features=kept.features,
        label=kept.label.astype(np.int64),
        device=kept_device,
        recording=recordings[1][kept.clip],
        labels=corpus.labels,
        devices=devices,
        unseen=unseen_devices(corpus, fold),
    )


def _require_devices(corpus: Corpus, devices: set[Any]) -> None:
    if len(devices) < 2:
        raise DataError(
            f"{corpus.name}: all recordings are of one device, so there are no devices to compare; "
            "`ossicle simulate` makes recordings of several, or name them in a clips.csv"
        )


def _require_enough(corpus: Corpus, windows: int) -> None:
    if windows < maps.FEWEST:
        raise DataError(
            f"{corpus.name}: {windows} windows are too few for maps of them, which take at least "
            f"{maps.FEWEST}; add recordings, take all folds, or raise --windows"
        )


def _diagrams(f: Vectors, sample: Sample) -> dict[str, Persistence]:
    named = track(enumerate(sample.devices), "persistence diagrams", len(sample.devices))
    return {name: persistence(f[sample.device == index]) for index, name in named}


def _dimensions(f: Vectors, sample: Sample) -> dict[str, Dimension]:
    found = {}
    for index, label in enumerate(sample.labels):
        points = f[sample.label == index]
        found[label] = Dimension(len(points), two_nn(points), maximum_likelihood(points))
    return found
