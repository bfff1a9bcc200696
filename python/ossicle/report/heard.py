"""One clip as the device heard it, to be looked at."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ossicle.datasets import Clip
from ossicle.frontend import FrontendSpec
from ossicle.parity.bundles import BundleParity
from ossicle.report.sounds import Sounds, cutting_of
from ossicle.training.preparation import read_clip
from ossicle.training.vote import voting

MOST_WINDOWS = 6  # more would be too narrow to look at


@dataclass(frozen=True)
class Heard:
    """Windows of one clip, each with the log-mel that the device computed.

    Attributes:
        clip: which clip.
        spec: the front end.
        starts: where each window begins in the clip, in seconds.
        features: int8 (windows, features, frames).
    """

    clip: Clip
    spec: FrontendSpec
    starts: tuple[float, ...]
    features: NDArray[np.int8]

    @property
    def levels(self) -> NDArray[np.float64]:
        """The features in dB of power, relative to a full-scale sine; as they are after stages."""
        if self.spec.staged:
            return self.features.astype(np.float64)
        floors, spans = np.array(self.spec.band_ranges_db).T[:, :, np.newaxis]
        return np.asarray(floors + (self.features.astype(np.float64) + 128) * (spans / 255))


def choose(sounds: Sounds) -> list[int]:
    """Return the rows of the windows to look at: of the clip that most windows vote on.

    Of several such clips it is the first, and of a long one the first MOST_WINDOWS.
    """
    clip = sounds.windows.clip
    votes = voting(clip, sounds.windows.active)
    clips, counts = np.unique(clip[votes], return_counts=True)
    chosen = clips[np.argmax(counts)]
    rows: list[int] = np.flatnonzero(votes & (clip == chosen))[:MOST_WINDOWS].tolist()
    return rows


def collect(sounds: Sounds, parity: BundleParity, rows: list[int]) -> Heard:
    """Put together what the device made of the windows `rows`, which are of one clip.

    Raises:
        DataError: the clip cannot be read any more.
    """
    assert sounds.program.bundle is not None
    spec = sounds.program.bundle.frontend
    index = int(sounds.windows.clip[rows[0]])
    clip = sounds.corpus.clips[index]
    of_clip = np.flatnonzero(sounds.windows.clip == index)
    starts = cutting_of(sounds.program).starts(read_clip(clip, spec)[0])
    return Heard(
        clip=clip,
        spec=spec,
        starts=tuple(starts[row - of_clip[0]] / spec.sample_rate for row in rows),
        features=np.stack([parity.device_features[row] for row in rows]),
    )
