"""The mel triangles of a specification, and the intervals into which they cut the spectrum."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ossicle.errors import FrontendError

if TYPE_CHECKING:
    from ossicle.frontend.spec import FrontendSpec


@dataclass(frozen=True)
class Intervals:
    """The mel_bands + 1 stretches between neighbouring mel frequencies.

    Triangle b rises over interval b and falls over interval b + 1, so that within an interval one
    band falls from 1 to 0 while the next rises from 0 to 1: the falling ramp describes both.

    Attributes:
        edges: the first FFT bin of each interval, and the end of the last (mel_bands + 2 values).
        slope: by how much the falling ramp falls from one bin to the next.
        start: the falling ramp, times -1, at the end of the interval (the bin `edges[i + 1]`).
    """

    edges: list[int]
    slope: list[float]
    start: list[float]


def mel_frequencies(spec: FrontendSpec) -> list[float]:
    """Return the mel_bands + 2 frequencies, in Hz, where the triangles begin, peak and end.

    They are equally spaced on the mel scale. slaney: linear below 1 kHz, logarithmic above (Slaney,
    Auditory Toolbox, 1998). htk: 2595 log10(1 + f / 700) (Young et al., The HTK Book, section 5.4).
    """
    low, high = _to_mel(spec.fmin, spec.mel_scale), _to_mel(spec.fmax, spec.mel_scale)
    step = (high - low) / (spec.mel_bands + 1)
    inner = [_to_hz(low + step * i, spec.mel_scale) for i in range(1, spec.mel_bands + 1)]
    return [spec.fmin, *inner, spec.fmax]


def band_norms(spec: FrontendSpec) -> list[float]:
    """Return the height of each triangle: 1, or 2 / width in Hz, which makes their areas equal."""
    if spec.mel_norm == "none":
        return [1.0] * spec.mel_bands
    hz = mel_frequencies(spec)
    return [2 / (hz[band + 2] - hz[band]) for band in range(spec.mel_bands)]


def intervals(spec: FrontendSpec) -> Intervals:
    """Return the intervals of the mel triangles, in FFT bins."""
    bins = _in_bins(spec)
    # bin 0 never counts: it lies at or below the foot of the lowest triangle
    edges = [max(1, math.ceil(position)) for position in bins]
    slope = [1 / (high - low) for low, high in itertools.pairwise(bins)]
    ends = zip(edges[1:], bins[1:], slope, strict=True)
    return Intervals(edges, slope, [(edge - high) * fall for edge, high, fall in ends])


def check_bands(spec: FrontendSpec) -> None:
    """Refuse bands so narrow that no FFT bin falls inside.

    Raises:
        FrontendError: names the first such band.
    """
    bins = _in_bins(spec)
    for band in range(spec.mel_bands):
        low, high = bins[band], bins[band + 2]
        if math.floor(low) + 1 >= high:
            width = spec.sample_rate / spec.fft_length
            raise FrontendError(
                f"mel band {band} of mel_bands = {spec.mel_bands} lies between {low * width:.1f} "
                f"and {high * width:.1f} Hz, where no FFT bin is (they are {width:.1f} Hz apart): "
                "take fewer bands, a longer FFT or a higher fmin"
            )


def _in_bins(spec: FrontendSpec) -> list[float]:
    return [hz * spec.fft_length / spec.sample_rate for hz in mel_frequencies(spec)]


def _to_mel(hz: float, scale: str) -> float:
    if scale == "htk":
        return 2595 * math.log10(1 + hz / 700)
    return 15 + 27 * math.log(hz / 1000) / math.log(6.4) if hz >= 1000 else 3 * hz / 200


def _to_hz(mel: float, scale: str) -> float:
    if scale == "htk":
        return 700 * (10 ** (mel / 2595) - 1)
    return float(1000 * 6.4 ** ((mel - 15) / 27)) if mel >= 15 else 200 * mel / 3
