"""What a front end may do with its band levels: calibration, PCEN, MFCC and deltas.

Each is a table of the specification; what is not there is not computed and costs nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ossicle.errors import FrontendError
from ossicle.frontend.fields import check_list, check_range, check_types, unit

LARGEST_OCTAVES = 31
"""PCEN's gain-controlled energy is clipped at 2**31."""


@dataclass(frozen=True)
class Calibration:
    """What a device's microphone lacks, added to the level of each band ahead of all else.

    Raises:
        FrontendError: on construction, when a value is out of range.
    """

    band_db: tuple[float, ...] = unit((), "dB of power added to each band; []: nothing")

    def __post_init__(self) -> None:
        check_types(self)


@dataclass(frozen=True)
class Pcen:
    """Per-channel energy normalisation, in place of the logarithm.

    With the energy E[t] of a band in frame t, and its smoothed value M[t] = (1 - s) M[t-1] +
    s E[t], M[-1] = E[0], the feature is that of

        (E / (eps + M)^alpha + delta)^r - delta^r,

    0 to `range` giving -128 to 127 (Wang et al., Trainable frontend for robust and far-field
    keyword spotting, ICASSP 2017, equations 1 and 2; LEAF's beginning). The E of a full-scale sine
    in the bin of its own frequency is `full_scale`.

    Raises:
        FrontendError: on construction, when the values contradict each other or are out of range.
    """

    smoothing: float = unit(0.025, "s of M[t] = (1 - s) M[t-1] + s E[t]")
    alpha: float = unit(0.98, "strength of the gain control, 0 to 1")
    delta: float = unit(2.0, "offset")
    r: float = unit(0.5, "power")
    eps: float = unit(1e-6, "in units of E")
    full_scale: float = unit(2.0**31, "E of a full-scale sine")
    range: float = unit(8.0, "0 gives -128, this 127")

    def __post_init__(self) -> None:
        check_types(self)
        check_range("smoothing", self.smoothing, 0.001, 1)
        check_range("alpha", self.alpha, 0, 1)
        check_range("delta", self.delta, 0.001, 100)
        check_range("r", self.r, 0.05, 1)
        check_range("full_scale", self.full_scale, 1, 2.0**39)
        check_range("eps", self.eps, 1e-12, self.full_scale)
        check_range("range", self.range, 1, 100)
        octaves = (1 - self.alpha) * math.log2(self.full_scale)
        octaves -= self.alpha * math.log2(self.smoothing)  # M is s E at least
        if octaves > LARGEST_OCTAVES:
            raise FrontendError(
                f"full_scale^(1 - alpha) / smoothing^alpha is 2^{octaves:.1f}, above "
                f"2^{LARGEST_OCTAVES}; raise alpha, or lower full_scale"
            )


@dataclass(frozen=True)
class Mfcc:
    """Mel-frequency cepstral coefficients, in place of the band levels.

    Coefficient k is sqrt(2 / mel_bands), or sqrt(1 / mel_bands) for k = 0, times the sum over
    bands b of level[b] cos(pi k (b + 1/2) / mel_bands), the orthonormal DCT-II (Davis and
    Mermelstein, IEEE Trans. ASSP 28, 1980, equation 1; scaled as by librosa), of levels clipped to
    `level_floor_db` to `level_floor_db + level_range_db`. The feature is
    `floor((coefficient - mean_db) * scale / step + 1/2)`, clipped to int8.

    Raises:
        FrontendError: on construction, when a value is out of range.
    """

    coefficients: int = unit(13, "from 0, the mean level, on")
    mean_db: tuple[float, ...] = unit(
        (), "taken from them; []: those of levels 128 steps above the floor"
    )
    scale: tuple[float, ...] = unit((), "multiplies what is left; []: by 1 / sqrt(mel_bands)")

    def __post_init__(self) -> None:
        check_types(self)
        check_range("coefficients", self.coefficients, 10, 40)
        check_list(self, "mean_db", "coefficients", (-5000, 5000), " dB")
        check_list(self, "scale", "coefficients", (0.01, 100))


@dataclass(frozen=True)
class Deltas:
    """Slopes over time, as further features behind those they are the slopes of.

    With N = (width - 1) / 2, the delta of frame t is the sum over n from 1 to N of
    n (x[t+n] - x[t-n]), over 2 (1 + 4 + ... + N^2): the regression line's slope, in features a
    frame (Young et al., The HTK Book, section 5.9). Order 2 appends the deltas of the deltas. The
    first and the last frame repeat beyond the ends. The feature is `floor(delta * scale + 1/2)`,
    clipped to int8. Each order makes columns N frames late.

    Raises:
        FrontendError: on construction, when a value is out of range.
    """

    width: int = unit(9, "frames that a slope is over, odd")
    order: int = unit(1, "1: deltas; 2: and their deltas")
    scale: float = unit(4.0, "features' steps in one of deltas")

    def __post_init__(self) -> None:
        check_types(self)
        check_range("width", self.width, 3, 17, " frames")
        if self.width % 2 == 0:
            raise FrontendError(f"width = {self.width} is even; choose an odd number of frames")
        check_range("order", self.order, 1, 2)
        check_range("scale", self.scale, 0.1, 64)

    @property
    def reach(self) -> int:
        """The frames before and after its own that a column depends on."""
        return self.order * (self.width - 1) // 2
