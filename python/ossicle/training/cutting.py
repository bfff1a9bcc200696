"""How a clip becomes windows.

Windows begin a hop apart. If what they leave uncovered at the clip's end is half a hop or more, one
more window is aligned with the end; a shorter rest is dropped. A clip shorter than a window is
padded with zeros at its end; or, where clips are looped, the silence at both ends is taken off
every clip first, and what is left is repeated until it fills a window.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ossicle.errors import DataError

SILENCE_PEAK = 32  # of 32768: -60 dBFS
CUTTING_VERSION = 2  # raise it when the rule above changes: older cache files are then not read

Int16 = npt.NDArray[np.int16]
Short = Literal["pad", "loop"]


@dataclass(frozen=True)
class Cutting:
    """The rule, in samples.

    Attributes:
        length: of a window.
        hop: from the beginning of one window to that of the next, 1 to `length`.
        short: "pad" or "loop".
        silence_peak: a sound none of whose samples reaches this absolute value is silent.
    """

    length: int
    hop: int
    short: Short = "pad"
    silence_peak: int = SILENCE_PEAK

    def __post_init__(self) -> None:
        if not 1 <= self.hop <= self.length:
            raise DataError(f"windows of {self.length} samples cannot be {self.hop} apart")

    def cut(self, pcm: Int16) -> Int16:
        """Cut int16 [samples] into windows [n, length]."""
        sound = pcm[self._span(pcm)]
        if len(sound) < self.length:
            sound = self._fill(sound)
        return np.stack([sound[i : i + self.length] for i in self._starts(len(sound))])

    def starts(self, pcm: Int16) -> list[int]:
        """Return where in `pcm` each of the windows of `cut` begins."""
        span = self._span(pcm)
        return [span.start + start for start in self._starts(span.stop - span.start)]

    def _span(self, pcm: Int16) -> slice:
        """Return what of a clip is cut: all, or, for looping, from first to last sound."""
        loud = np.flatnonzero(_magnitude(pcm) >= self.silence_peak)
        if self.short == "pad" or not len(loud):
            return slice(0, len(pcm))
        return slice(int(loud[0]), int(loud[-1]) + 1)

    def _fill(self, sound: Int16) -> Int16:
        if self.short == "loop" and len(sound):
            return np.resize(sound, self.length)  # repeats it
        return np.pad(sound, (0, self.length - len(sound)))

    def _starts(self, samples: int) -> list[int]:
        last = max(samples - self.length, 0)
        starts = list(range(0, last + 1, self.hop))
        if 2 * (last - starts[-1]) >= self.hop:
            starts.append(last)
        return starts


def is_active(windows: Int16, silence_peak: int = SILENCE_PEAK) -> npt.NDArray[np.bool_]:
    """Return [n]: does the largest absolute sample of windows [n, samples] reach `silence_peak`?"""
    return np.asarray(_magnitude(windows).max(axis=1) >= silence_peak)


def _magnitude(pcm: Int16) -> npt.NDArray[Any]:
    return np.abs(pcm.astype(np.int32))  # the absolute value of -32768 does not fit int16
