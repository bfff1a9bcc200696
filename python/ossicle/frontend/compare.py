"""How far the fixed-point features are from exact ones, by recording, level and feature."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ossicle.console import track
from ossicle.datasets.audio import read_pcm
from ossicle.errors import DataError
from ossicle.files import write_atomically
from ossicle.frontend.batch import FrontEnd
from ossicle.frontend.constants import OCTAVE_DB, floors_db
from ossicle.frontend.mel import mel_frequencies
from ossicle.frontend.reference import features, log_mel, steps
from ossicle.frontend.spec import FrontendSpec
from ossicle.frontend.stages import Deltas

PEAKS_DB = (0.0, -40.0, -60.0)
"""The peaks, in dB of full scale, that each recording is brought to."""


@dataclass(frozen=True)
class Comparison:
    """Features of the C front end against the rounding of librosa's levels in double precision.

    A cell counts as unclipped where its exact feature lies between -128.5 and 127.5.

    Attributes:
        clips: names of the recordings.
        peaks_db: the peaks that each was brought to.
        cells: unclipped cells, int64 [clips, peaks, features].
        unequal: how many of these differ, likewise.
        largest: the largest difference of any cell, clipped ones included, int64 [clips, peaks].
        largest_db: the largest error of a band's level before all rounding to features, in dB, of
            cells whose level lies in the range of the features, [clips, peaks].
    """

    spec: FrontendSpec
    clips: tuple[str, ...]
    peaks_db: tuple[float, ...]
    cells: NDArray[np.int64]
    unequal: NDArray[np.int64]
    largest: NDArray[np.int64]
    largest_db: NDArray[np.float64]

    def figures(self) -> dict[str, Any]:
        """Return the shares of equal cells, in percent, for JSON; 100 where no cell counts."""
        return {
            "largest_difference": int(self.largest.max()),
            "largest_error_db": float(self.largest_db.max()),
            "equal_percent": self._equal((0, 1, 2)),
            "by_peak": dict(zip(map(str, self.peaks_db), self._equal((0, 2)), strict=True)),
            "by_feature": self._equal((0, 1)),
            "by_clip": dict(zip(self.clips, self._equal((1, 2)), strict=True)),
        }

    def text(self) -> str:
        """Return a table of the levels, and the worst recording and feature."""
        lines = [f"{'peak, dBFS':>12} {'cells':>12} {'equal, %':>10} {'largest':>8} {'dB':>8}"]
        rows = zip(self.peaks_db, self._equal((0, 2)), strict=True)
        for number, (peak, equal) in enumerate(rows):
            cells, largest = self.cells[:, number].sum(), self.largest[:, number].max()
            error = self.largest_db[:, number].max()
            lines.append(f"{peak:12g} {cells:12,} {equal:10.4f} {largest:8} {error:8.4f}")
        lines.append("dB: the largest error of a level before it is rounded")
        clip = int(_share(self.unequal.sum((1, 2)), self.cells.sum((1, 2))).argmax())
        feature = int(_share(self.unequal.sum((0, 1)), self.cells.sum((0, 1))).argmax())
        lines.append(f"worst recording: {self.clips[clip]}, {self._equal((1, 2))[clip]:.4f} %")
        hz = f" ({mel_frequencies(self.spec)[feature + 1]:.0f} Hz)" if self._of_bands else ""
        lines.append(f"worst feature: {feature}{hz}, {self._equal((0, 1))[feature]:.4f} %")
        return "\n".join(lines)

    def draw(self, path: Path) -> None:
        """Write a picture: cells that differ, in percent, by feature, a line a level."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7, 3), layout="constrained")
        axes = figure.add_subplot()
        places = mel_frequencies(self.spec)[1:-1] if self._of_bands else range(self.spec.features)
        shares = 100 * _share(self.unequal.sum(0), self.cells.sum(0))
        for peak, share in zip(self.peaks_db, shares, strict=True):
            axes.plot(places, share, marker=".", label=f"{peak:g} dBFS")
        name = "centre of the mel band, Hz" if self._of_bands else "feature"
        axes.set(xlabel=name, ylabel="cells that differ by one step, %")
        axes.legend(frameon=False)
        picture = io.BytesIO()
        figure.savefig(picture, format="svg", metadata={"Date": None})
        write_atomically(path, picture.getvalue())

    @property
    def _of_bands(self) -> bool:
        """Whether a feature is a mel band's."""
        return not (self.spec.mfcc or self.spec.deltas)

    def _equal(self, axes: tuple[int, ...]) -> Any:
        """Return the percentage of equal cells, summed over axes; 100 where there is none."""
        return (100 - 100 * _share(self.unequal.sum(axes), self.cells.sum(axes))).tolist()


def compare(
    recordings: Sequence[Path], spec: FrontendSpec, peaks_db: tuple[float, ...] = PEAKS_DB
) -> Comparison:
    """Compare the features of recordings, each brought to each of the peaks.

    Raises:
        DataError: there is no recording, or one cannot be read.
    """
    if not recordings:
        raise DataError("no recordings to compare on; name a folder that holds some")
    front_end = FrontEnd(spec)
    shape = len(recordings), len(peaks_db), spec.features
    cells, unequal = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    largest, largest_db = np.zeros(shape[:2], np.int64), np.zeros(shape[:2])
    for clip, path in enumerate(track(recordings, "comparing", len(recordings))):
        sound, _ = read_pcm(path, spec.sample_rate, channels=spec.channels)
        for level, peak_db in enumerate(peaks_db):
            pcm = _brought_to(sound, peak_db)
            exact = log_mel(pcm, spec)
            step = steps(exact, spec)
            difference = np.abs(front_end(pcm[np.newaxis])[0] - features(exact, spec).astype(int))
            counted = (step > -128.5) & (step < 127.5)
            cells[clip, level] = counted.sum(axis=1)
            unequal[clip, level] = (counted & (difference > 0)).sum(axis=1)
            largest[clip, level] = difference.max()
            largest_db[clip, level] = error_db(pcm, exact, spec)
    names = tuple(path.name for path in recordings)
    return Comparison(spec, names, peaks_db, cells, unequal, largest, largest_db)


def error_db(pcm: NDArray[np.int16], exact_db: NDArray[np.float64], spec: FrontendSpec) -> float:
    """Return the largest error of a band's level before it is rounded to a feature, in dB of power.

    Args:
        pcm: int16 [samples].
        exact_db: its levels by `log_mel`, [mel_bands, frames].
        spec: the front end. Levels are those that it hands to deltas: the same arithmetic up to
            the step that rounds them.
    """
    ahead = replace(spec, pcen=None, mfcc=None, deltas=Deltas())
    octaves = FrontEnd(ahead).levels(pcm[np.newaxis])[0] / 2**24
    floors = np.array(floors_db(ahead))[:, np.newaxis]
    spans = np.array([span for _, span in ahead.band_ranges_db])[:, np.newaxis]
    heard = (exact_db >= floors) & (exact_db <= floors + spans)
    errors = np.abs(floors + octaves * OCTAVE_DB - exact_db)[heard]
    return float(errors.max(initial=0.0))


def _brought_to(pcm: NDArray[np.int16], peak_db: float) -> NDArray[np.int16]:
    peak = max(1, int(np.abs(pcm.astype(np.int32)).max()))
    return np.round(pcm * (32767 * 10 ** (peak_db / 20) / peak)).astype(np.int16)


def _share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> Any:
    return part / np.maximum(whole, 1)
