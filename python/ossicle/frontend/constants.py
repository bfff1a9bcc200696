"""The constants of the C front end as real numbers: one function, one formula.

`ossicle.frontend.tables` rounds them and writes them as C.
"""

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass

from ossicle.frontend.mel import band_norms, intervals
from ossicle.frontend.spec import FrontendSpec

LOG_BITS = 7
"""The table of the logarithm has 2**7 intervals; between its entries the C goes straight."""

OCTAVE_DB = 10 * math.log10(2)
"""A factor of two in power, in dB."""


LARGEST_PEAK_BITS = 27
"""More would overflow where the odd bins' points are folded: two samples, doubled."""


def dc_leak(spec: FrontendSpec) -> float:
    """Return 1 - p of the DC blocking, whose mean moves by so much of each difference; 0 for none.

    With the mean m[n+1] = m[n] + (1 - p) (x[n] - m[n]), x[n] - m[n] is x[n] - x[n-1] + p y[n-1].
    """
    return 1 - spec.dc_blocking if spec.dc_blocking else 0.0


@dataclass(frozen=True)
class Halves:
    """How the window's samples lie about its centre: those before it, and those from it on.

    Attributes:
        left: samples before the centre, with a sample of no weight where that makes them even.
        right: samples from the centre on, likewise.
        begin: where the window's first sample lies among them, 0 or 1.
        mirror: the sample n before the centre, from 0, has the weight n + mirror after it.
    """

    left: int
    right: int
    begin: int
    mirror: int


def halves(spec: FrontendSpec) -> Halves:
    """Return how the window lies about its centre.

    A periodic window is symmetric about sample length / 2, a symmetric one half a sample before.
    """
    left, right = (spec.window_length + 1) // 2, spec.window_length // 2
    even_left = left + left % 2
    between = spec.window_length % 2 == 1 or spec.window == "povey"
    return Halves(even_left, right + right % 2, even_left - left, 0 if between else 1)


def window(spec: FrontendSpec) -> list[float]:
    """Return the whole window, w[0] to w[length - 1].

    hann, hamming: periodic, w[n] = a - (1 - a) cos(2 pi n / length), a = 0.5 or 0.54. povey:
    symmetric, (0.5 - 0.5 cos(2 pi n / (length - 1)))**0.85 (Povey et al., The Kaldi speech
    recognition toolkit, ASRU 2011). rectangular: 1.
    """
    if spec.window == "rectangular":
        return [1.0] * spec.window_length
    ends = 0.54 if spec.window == "hamming" else 0.5
    symmetric = spec.window == "povey"
    turn = 2 * math.pi / (spec.window_length - symmetric)
    raised = [ends - (1 - ends) * math.cos(turn * n) for n in range(spec.window_length)]
    return [max(0.0, value) ** 0.85 for value in raised] if symmetric else raised


def half_window(spec: FrontendSpec) -> list[float]:
    """Return the window from its centre on, with zeros up to where the samples' halves end."""
    sides = halves(spec)
    length = max(sides.right, sides.left + sides.mirror)
    whole = window(spec)
    half = whole[(spec.window_length + 1) // 2 :] + whole[:1]
    return half + [0.0] * (length - len(half))


def turn(spec: FrontendSpec) -> list[float]:
    """Return cosine and sine of n turns / fft_length, for a quarter of a turn."""
    return _cosines_and_sines(
        2 * math.pi * n / spec.fft_length for n in range(spec.fft_length // 4)
    )


def twiddle(spec: FrontendSpec) -> list[float]:
    """Return cosine and sine of once and twice k turns / points, for a quarter of the points.

    These are the factors of the last radix-4 stage; every stage before it uses some of them.
    """
    step = 2 * math.pi / (spec.fft_length // 4)
    return _cosines_and_sines(
        step * times * k for k in range(spec.fft_length // 16) for times in (1, 2)
    )


def twiddle_quads(spec: FrontendSpec) -> list[float]:
    """Return the factors of every stage behind the opening ones, as vectors of four lanes want.

    Of each stage, smallest span first, and of every four of its points: the cosines of twice the
    angle of the four, the sines of twice, the cosines of once, the sines of once.
    """
    factors, last = twiddle(spec), spec.fft_length // 16
    spans = [last >> shift for shift in range(0, last.bit_length(), 2) if last >> shift >= 4]
    return [
        factors[4 * (last // span) * k + part]
        for span in reversed(spans)
        for quad in range(0, span, 4)
        for part in (2, 3, 0, 1)
        for k in range(quad, quad + 4)
    ]


def _cosines_and_sines(angles: Iterable[float]) -> list[float]:
    return [part for angle in angles for part in (math.cos(angle), math.sin(angle))]


def fft_radices(spec: FrontendSpec) -> list[int]:
    """Return the radix of each stage of the complex FFT of fft_length / 4 points."""
    exponent = spec.fft_length.bit_length() - 3
    return [2 if exponent % 2 else 4] + [4] * ((exponent - 1) // 2)


def fft_order(spec: FrontendSpec) -> list[int]:
    """Return where each point must lie, so that all stages work in place.

    Decimation in time: ahead of a stage of radix r the points are sorted by their number modulo r.
    Of four, the last are those just before (not behind) every fourth point: their factors are the
    conjugates of those of the points just behind (Kamar and Elcherif, Electronics Letters 25,
    1989).
    """
    blocks = [list(range(spec.fft_length // 4))]
    for radix in reversed(fft_radices(spec)):
        blocks = [part for block in blocks for part in _sorted(block, radix)]
    order = [0] * len(blocks)
    for place, (point,) in enumerate(blocks):
        order[point] = place
    return order


def _sorted(block: list[int], radix: int) -> list[list[int]]:
    parts = [block[rest::radix] for rest in range(radix)]
    return [*parts[:3], [parts[3][-1], *parts[3][:-1]]] if radix == 4 else parts


def halvings(spec: FrontendSpec) -> int:
    """Return how often the FFT halves its values: once in each stage but the first."""
    return len(fft_radices(spec)) - 1


def peak_bits(spec: FrontendSpec) -> int:
    """Return the bits of the loudest windowed sample, such that nothing can overflow.

    The largest sums of the FFT are twice the transform of the even or of the odd samples; they must
    stay below 2**31. 0.1 % is left for the roundings.
    """
    whole = window(spec)
    sums = 2 * max(sum(whole[0::2]), sum(whole[1::2])) * 1.001
    return min(LARGEST_PEAK_BITS, math.floor(31 - math.log2(sums) + halvings(spec)))


def _largest_total(spec: FrontendSpec) -> float:
    """Return log2 of the largest sum of powers.

    By Parseval the bins within half the spectrum hold at most fft_length / 2 times the energy of
    the windowed samples. 0.1 % is left for the roundings.
    """
    energy = spec.fft_length / 2 * sum(value * value for value in window(spec))
    return 2 * (peak_bits(spec) - halvings(spec)) + math.log2(energy * 1.001)


def total_bits(spec: FrontendSpec) -> int:
    """Return the bits of the largest sum of powers."""
    return math.ceil(_largest_total(spec))


def moment_shift(spec: FrontendSpec) -> int:
    """Return by how much moments are shifted right, such that none reaches 2**64; 2 at least.

    A moment counts a bin at most as often as the interval has bins, or two more before it is
    corrected.
    """
    edges = intervals(spec).edges
    longest = max(end - begin for begin, end in itertools.pairwise(edges)) + 2
    return max(2, math.ceil(_largest_total(spec) + math.log2(longest) - 64))


def ramp_bits(spec: FrontendSpec) -> int:
    """Return the fraction bits of the ramps: 32, or as many as keep the steepest below 2**32."""
    return min(32, 31 - math.floor(math.log2(max(intervals(spec).slope) * 1.001)))


def offsets(spec: FrontendSpec) -> list[float]:
    """Return for each band what takes the logarithm (base 2) of its sum to octaves above the floor.

    It undoes the scaling of the arithmetic, in which pre-emphasis halves the samples, and refers
    the power to that of a full-scale sine in its own bin, (sum(window) / 2)**2 of the square of
    full scale.
    """
    scaling = 2 * (halvings(spec) - peak_bits(spec)) + 32 - ramp_bits(spec) + moment_shift(spec)
    scaling += 2 if spec.pre_emphasis else 0
    full_scale = 2 * math.log2(sum(window(spec)) / 2)
    bands = zip(floors_db(spec), band_norms(spec), strict=True)
    return [scaling - full_scale - floor / OCTAVE_DB + math.log2(norm) for floor, norm in bands]


def floors_db(spec: FrontendSpec) -> list[float]:
    """Return for each band the dB of power that give no octaves: its floor, or 0 dB for PCEN.

    What calibration adds to a level lowers them.
    """
    floors = [floor for floor, _ in spec.band_ranges_db]
    if spec.pcen:
        power = 2 if spec.spectrum == "magnitude" else 1
        floors = [power * mean for mean in spec.band_mean_db or (0.0,) * spec.mel_bands]
    if spec.calibration and spec.calibration.band_db:
        floors = [
            floor - gain for floor, gain in zip(floors, spec.calibration.band_db, strict=True)
        ]
    return floors


def steps_per_octave(spec: FrontendSpec) -> list[float]:
    """Return for each band how many int8 steps a factor of two in power is."""
    return [OCTAVE_DB / (span / 255) for _, span in spec.band_ranges_db]


def log2_table() -> list[float]:
    """Return log2(1 + i / 2**LOG_BITS), each raised by half of what the chord there lies too low.

    The chord of log2 over a step h at x lies below the curve by h**2 / (8 x**2 ln 2) at most;
    raising it by half of that leaves errors of either sign and half the size.
    """
    step = 2.0**-LOG_BITS
    entries = [1 + i * step for i in range(2**LOG_BITS + 1)]
    return [math.log2(x) + step**2 / (16 * x * x * math.log(2)) for x in entries]
