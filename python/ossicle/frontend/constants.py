"""The constants of the C front end as real numbers: one function, one formula.

`ossicle.frontend.tables` rounds them and writes them as C.
"""

import itertools
import math
from collections.abc import Iterable

from ossicle.frontend.mel import band_norms, intervals
from ossicle.frontend.spec import FrontendSpec

LOG_BITS = 7
"""The table of the logarithm has 2**7 intervals; between its entries the C goes straight."""

OCTAVE_DB = 10 * math.log10(2)
"""A factor of two in power, in dB."""


def half_window(spec: FrontendSpec) -> list[float]:
    """Return w[0] to w[length // 2] of the periodic window, which is symmetric about its centre."""
    ends = {"hann": 0.5, "hamming": 0.54}[spec.window]
    turn = 2 * math.pi / spec.window_length
    return [ends - (1 - ends) * math.cos(turn * n) for n in range(spec.window_length // 2 + 1)]


def window(spec: FrontendSpec) -> list[float]:
    """Return the whole periodic window, w[0] to w[length - 1]."""
    half = half_window(spec)
    return [half[min(n, spec.window_length - n)] for n in range(spec.window_length)]


def twiddle(spec: FrontendSpec) -> list[float]:
    """Return cosine and sine of once, twice and thrice k turns / points, for a quarter of k.

    These are the factors of the last radix-4 stage; every stage before it uses some of them.
    """
    turn = 2 * math.pi / (spec.fft_length // 2)
    return _cosines_and_sines(
        turn * times * k for k in range(spec.fft_length // 8) for times in (1, 2, 3)
    )


def odd_twiddle(spec: FrontendSpec) -> list[float]:
    """Return cosine and sine of k turns / fft_length, for the odd k of the first quarter.

    The split of the real spectrum needs every k; `twiddle` has the even ones.
    """
    turn = 2 * math.pi / spec.fft_length
    return _cosines_and_sines(turn * k for k in range(1, spec.fft_length // 4, 2))


def _cosines_and_sines(angles: Iterable[float]) -> list[float]:
    return [part for angle in angles for part in (math.cos(angle), math.sin(angle))]


def fft_radices(spec: FrontendSpec) -> list[int]:
    """Return the radix of each stage of the complex FFT of fft_length / 2 points."""
    exponent = spec.fft_length.bit_length() - 2
    return [4] + [2] * (exponent % 2) + [4] * ((exponent - 2) // 2)


def fft_order(spec: FrontendSpec) -> list[int]:
    """Return where the first stage puts its results: point n's four go to four times entry n.

    Decimation in time: ahead of a stage of radix r the points are sorted by their number modulo r.
    The first stage joins four points that lie a quarter of the length apart, so a quarter of the
    points is enough of a table.
    """
    blocks = [list(range(spec.fft_length // 2))]
    for radix in reversed(fft_radices(spec)[1:]):
        blocks = [block[rest::radix] for block in blocks for rest in range(radix)]
    order = [0] * len(blocks)
    for place, block in enumerate(blocks):
        order[block[0]] = place
    return order


def halvings(spec: FrontendSpec) -> int:
    """Return how often the FFT halves its values: once in each stage but the first."""
    return len(fft_radices(spec)) - 1


def peak_bits(spec: FrontendSpec) -> int:
    """Return the bits of the loudest windowed sample, such that no sum of the FFT reaches 2**31.

    The largest sums are twice the transform of the even or of the odd samples. 0.1 % is left for
    the roundings. More than 29 bits would overflow the scaling of the samples.
    """
    whole = window(spec)
    worst = 2 * max(sum(whole[0::2]), sum(whole[1::2])) / 2 ** halvings(spec)
    return min(29, math.floor(31 - math.log2(worst * 1.001)))


def ramp_bits(spec: FrontendSpec) -> int:
    """Return the fraction bits of the ramps: 32, or as many as keep the steepest below 2**32."""
    return min(32, 31 - math.floor(math.log2(max(intervals(spec).slope) * 1.001)))


def power_shift(spec: FrontendSpec) -> int:
    """Return by how much the power of a bin is shifted right, such that no sum of it reaches 2**64.

    By Parseval the bins of half the spectrum hold at most fft_length times the energy of the
    windowed samples (half of that, unless they are constant), and the running sum of running sums
    counts a bin at most as often as the interval has bins.
    """
    edges = intervals(spec).edges
    longest = max(1, *(end - begin for begin, end in itertools.pairwise(edges)))
    energy = spec.fft_length * sum(value * value for value in window(spec))
    bits = 2 * (peak_bits(spec) - halvings(spec)) + math.log2(energy * longest * 1.001)
    return max(0, math.ceil(bits - 64))


def offsets(spec: FrontendSpec) -> list[float]:
    """Return for each band what takes the logarithm (base 2) of its sum to octaves above the floor.

    It undoes the scaling of the arithmetic and refers the power to that of a full-scale sine in its
    own bin, (32768 sum(window) / 2)**2.
    """
    scaling = 2 * halvings(spec) + power_shift(spec) + 32 - ramp_bits(spec)
    full_scale = 2 * math.log2(32768 * sum(window(spec)) / 2)
    floor = spec.level_floor_db / OCTAVE_DB
    return [scaling - full_scale - floor + math.log2(norm) for norm in band_norms(spec)]


def steps_per_octave(spec: FrontendSpec) -> float:
    """Return how many int8 steps a factor of two in power is."""
    return OCTAVE_DB / spec.level_step_db


def log2_table() -> list[float]:
    """Return log2(1 + i / 2**LOG_BITS), each raised by half of what the chord there lies too low.

    The chord of log2 over a step h at x lies below the curve by h**2 / (8 x**2 ln 2) at most;
    raising it by half of that leaves errors of either sign and half the size.
    """
    step = 2.0**-LOG_BITS
    entries = [1 + i * step for i in range(2**LOG_BITS + 1)]
    return [math.log2(x) + step**2 / (16 * x * x * math.log(2)) for x in entries]
