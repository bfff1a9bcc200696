"""Compression of the dynamic range: loud passages are turned down, as phones and recorders do.

D. Giannoulis, M. Massberg, J. D. Reiss, "Digital Dynamic Range Compressor Design: A Tutorial and
Analysis", J. Audio Eng. Soc. 60(6), 2012: feed-forward, hard knee, the reduction smoothed in dB by
a branching detector. The level is the peak of each millisecond, the gain between two interpolated.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ossicle.errors import DataError

Signal = npt.NDArray[np.float64]
BLOCK_SECONDS = 0.001
QUIETEST_DB = -120.0


@dataclass(frozen=True)
class Compressor:
    """What a compressor is set to.

    Attributes:
        threshold: louder than this is turned down, in dB against full scale, -80 to 0.
        ratio: decibels above the threshold that go in for each that comes out, 1 to 100.
        attack: time constant with which the gain falls, in seconds, above 0.
        release: time constant with which it comes back, in seconds, above 0.
        makeup: gain afterwards, in dB, 0 to 40.
    """

    threshold: float
    ratio: float
    attack: float
    release: float
    makeup: float

    def __post_init__(self) -> None:
        ranges = {"threshold": (-80, 0), "ratio": (1, 100), "makeup": (0, 40)}
        for name, (low, high) in ranges.items():
            if not low <= getattr(self, name) <= high:
                raise DataError(
                    f"compressor: {name} must lie in {low} to {high}, not {getattr(self, name)}"
                )
        for name in ("attack", "release"):
            if not 0 < getattr(self, name) <= 10:
                raise DataError(f"compressor: {name} must lie in (0, 10] seconds")

    def apply(self, sound: Signal, rate: int) -> Signal:
        """Return `sound` [samples] of `rate` Hz, full scale at 1, compressed; not clipped."""
        block = max(1, round(BLOCK_SECONDS * rate))
        reduction = self._smooth(self._wanted(_levels(sound, block)), block / rate)
        ends = np.arange(1, len(reduction) + 1) * block
        decibels = np.interp(np.arange(len(sound)), ends, reduction)
        return np.asarray(sound * 10.0 ** ((self.makeup - decibels) / 20.0))

    def _wanted(self, levels: Signal) -> Signal:
        """Return by how many dB the gain computer would turn each block down at once."""
        over = np.maximum(levels - self.threshold, 0.0)
        return np.asarray(over * (1.0 - 1.0 / self.ratio))

    def _smooth(self, wanted: Signal, step: float) -> Signal:
        """Follow `wanted` with the time constants; `step` is the seconds of a block."""
        attack, release = math.exp(-step / self.attack), math.exp(-step / self.release)
        smoothed, state = np.empty_like(wanted), 0.0
        for index, target in enumerate(wanted.tolist()):
            keep = attack if target > state else release
            state = keep * state + (1.0 - keep) * target
            smoothed[index] = state
        return smoothed


def _levels(sound: Signal, block: int) -> Signal:
    """Return the peak of each block in dB against full scale."""
    padded = np.pad(np.abs(sound), (0, -len(sound) % block))
    peaks = padded.reshape(-1, block).max(axis=1)
    return np.asarray(20.0 * np.log10(np.maximum(peaks, 10.0 ** (QUIETEST_DB / 20.0))))
