"""The constants of the C front end, derived from a specification.

Each function states the formula of one table of `ossicle_frontend_tables.h`; `emit_tables` writes the
header. The same specification gives the same text on every machine.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ossicle.errors import FrontendError
from ossicle.frontend.spec import FrontendSpec

TABLES_HEADER = "ossicle_frontend_tables.h"

LOG_BITS = 7
"""The logarithm has 2**7 intervals; between them it is linear."""

_Q31_MAX = 2**31 - 1


def q31(value: float) -> int:
    """Round a factor of -1 to 1 to Q31; 1 itself, which Q31 lacks, becomes the largest."""
    return min(math.floor(value * 2**31 + 0.5), _Q31_MAX)


def window(spec: FrontendSpec) -> list[float]:
    """Return the first half of the periodic window, centre included: w[0] to w[length // 2]."""
    ends = {"hann": 0.5, "hamming": 0.54}[spec.window]
    turn = 2 * math.pi / spec.window_length
    return [ends - (1 - ends) * math.cos(turn * n) for n in range(spec.window_length // 2 + 1)]


def window_sum(spec: FrontendSpec) -> float:
    """Return the sum of the whole window: the spectrum at the bin of a sine is half of it."""
    half = window(spec)
    return sum(half[min(n, spec.window_length - n)] for n in range(spec.window_length))


def sine(spec: FrontendSpec) -> list[float]:
    """Return one turn of the sine in steps of 1 / fft_length turns."""
    return [math.sin(2 * math.pi * i / spec.fft_length) for i in range(spec.fft_length)]


def fft_radices(spec: FrontendSpec) -> list[int]:
    """Return the radix of each stage of the complex FFT of fft_length / 2 points, first stage first."""
    exponent = spec.fft_length.bit_length() - 2
    return [4] + [2] * (exponent % 2) + [4] * ((exponent - 2) // 2)


def fft_order(spec: FrontendSpec) -> list[int]:
    """Return, for n below a quarter of the points, which group of four the points n, n + 1/4... fill.

    Decimation in time: before a stage of radix r the points are sorted by their number modulo r.
    """
    points = list(range(spec.fft_length // 2))
    blocks = [points]
    for radix in reversed(fft_radices(spec)[1:]):
        blocks = [block[rest::radix] for block in blocks for rest in range(radix)]
    order = [0] * len(blocks)
    for group, block in enumerate(blocks):
        order[block[0]] = group
    return order


def mel_frequencies(spec: FrontendSpec) -> list[float]:
    """Return the mel_bands + 2 frequencies, in Hz, where the triangles begin, peak and end.

    They are equally spaced on the mel scale. slaney: linear below 1 kHz, logarithmic above (Slaney,
    Auditory Toolbox, 1998). htk: 2595 log10(1 + f / 700) (O'Shaughnessy, 1987; the HTK Book).
    """
    low, high = _to_mel(spec.fmin, spec.mel_scale), _to_mel(spec.fmax, spec.mel_scale)
    step = (high - low) / (spec.mel_bands + 1)
    inner = [_to_hz(low + step * i, spec.mel_scale) for i in range(1, spec.mel_bands + 1)]
    return [spec.fmin, *inner, spec.fmax]


def _to_mel(hz: float, scale: str) -> float:
    if scale == "htk":
        return 2595 * math.log10(1 + hz / 700)
    return 15 + 27 * math.log(hz / 1000) / math.log(6.4) if hz >= 1000 else 3 * hz / 200


def _to_hz(mel: float, scale: str) -> float:
    if scale == "htk":
        return 700 * (10 ** (mel / 2595) - 1)
    return 1000 * 6.4 ** ((mel - 15) / 27) if mel >= 15 else 200 * mel / 3


@dataclass(frozen=True)
class Intervals:
    """The mel_bands + 1 stretches between neighbouring mel frequencies, in units of FFT bins.

    Attributes:
        edges: first bin of each interval, and the end of the last (mel_bands + 2 bins).
        slope: by how much the falling ramp falls from one bin to the next.
        start: the falling ramp at bin `edges[i + 1]`, the first behind the interval, times -1.
    """

    edges: list[int]
    slope: list[float]
    start: list[float]


def intervals(spec: FrontendSpec) -> Intervals:
    """Return the intervals of the mel triangles.

    Raises:
        FrontendError: a band so narrow that it holds no bin, or an edge too steep for the arithmetic.
    """
    bins = [hz * spec.fft_length / spec.sample_rate for hz in mel_frequencies(spec)]
    # bin 0 lies at or below the start of the lowest triangle, where its weight is 0
    edges = [max(1, math.ceil(position)) for position in bins]
    slope = [1 / (high - low) for low, high in zip(bins, bins[1:], strict=False)]
    start = [
        (edge - high) * fall for edge, high, fall in zip(edges[1:], bins[1:], slope, strict=True)
    ]
    for band in range(spec.mel_bands):
        if not any(bins[band] < k < bins[band + 2] for k in range(edges[band], edges[band + 2])):
            raise FrontendError(
                f"mel band {band} of {spec.mel_bands} holds no FFT bin; "
                "take fewer bands, a longer FFT or a higher fmin"
            )
    return Intervals(edges, slope, start)


def ramp_bits(spec: FrontendSpec) -> int:
    """Return the fraction bits of the ramps: 32, or as few as keep the steepest slope below 2**32."""
    return min(32, 31 - math.floor(math.log2(max(intervals(spec).slope))))


def halvings(spec: FrontendSpec) -> int:
    """Return how often the FFT halves: once in each stage but the first."""
    return len(fft_radices(spec)) - 1


def peak_bits(spec: FrontendSpec) -> int:
    """Return the bits of the loudest windowed sample, such that no sum of the FFT reaches 2**31.

    The largest are twice the transform of the even or of the odd samples, at most the window's sum
    (twice the larger half of it, where odd and even differ).
    """
    half = window(spec)
    whole = [half[min(n, spec.window_length - n)] for n in range(spec.window_length)]
    worst = 2 * max(sum(whole[0::2]), sum(whole[1::2])) / 2 ** halvings(spec)
    return min(29, math.floor(31 - math.log2(worst * 1.001)))  # 0.1 % for the roundings


def power_shift(spec: FrontendSpec) -> int:
    """Return by how much a bin's power is shifted right, such that no sum of an interval overflows.

    By Parseval the power of half the spectrum is at most fft_length / 2 times that of the windowed
    samples, plus as much again for the bin of a full-scale constant; the running sum of running sums
    multiplies it by the bins of the interval at most.
    """
    edges = intervals(spec).edges
    longest = max(end - begin for begin, end in zip(edges, edges[1:], strict=False))
    energy = spec.fft_length * sum(value * value for value in window(spec)) * 2
    bits = 2 * (peak_bits(spec) - halvings(spec)) + math.log2(energy * longest)
    return max(0, math.ceil(bits - 64))


def offsets(spec: FrontendSpec) -> list[float]:
    """Return for each band what to add to the logarithm (base 2) of its sum to count from the floor."""
    reference = (32768 * window_sum(spec) / 2) ** 2
    floor = spec.level_floor_db / (10 * math.log10(2))
    common = 2 * halvings(spec) + power_shift(spec) + 32 - ramp_bits(spec)
    hz = mel_frequencies(spec)
    areas = [2 / (hz[band + 2] - hz[band]) for band in range(spec.mel_bands)]
    norms = areas if spec.mel_norm == "slaney" else [1.0] * spec.mel_bands
    return [common - math.log2(reference) - floor + math.log2(norm) for norm in norms]


def log2_table() -> list[float]:
    """Return log2(1 + i / 2**LOG_BITS), raised by half of the chord's largest error above it.

    A chord lies below the curve, at most by h**2 / (8 x**2 ln 2) for an interval h at x; raising the
    table by half of that at each entry leaves an error of either sign and half the size.
    """
    step = 2.0**-LOG_BITS
    entries = [1 + i * step for i in range(2**LOG_BITS + 1)]
    return [math.log2(x) + step**2 / (16 * x * x * math.log(2)) for x in entries]


def _integers(values: Iterable[float], scale: float) -> list[int]:
    return [math.floor(value * scale + 0.5) for value in values]


def _array(kind: str, name: str, comment: str, values: Sequence[int], tail: str = "") -> str:
    rows = [", ".join(map(str, values[i : i + 12])) for i in range(0, len(values), 12)]
    body = ",\n    ".join(rows)
    return (
        f"/* {comment} */\n"
        f"static const {kind} ossicle_frontend_{name}[{len(values)}] = {{\n    {body}}};\n{tail}"
    )


def _macros(spec: FrontendSpec) -> str:
    octave = 10 * math.log10(2) / spec.level_step_db
    values = {
        "WINDOW_LENGTH": f"{spec.window_length}u",
        "HOP_LENGTH": f"{spec.hop_length}u",
        "FFT_LENGTH": f"{spec.fft_length}u",
        "MEL_BANDS": f"{spec.mel_bands}u",
        "HAS_RADIX2": f"{fft_radices(spec).count(2)}",
        "HALVINGS": f"{halvings(spec)}",
        "PEAK_BITS": f"{peak_bits(spec)}",
        "POWER_SHIFT": f"{power_shift(spec)}",
        "RAMP_BITS": f"{ramp_bits(spec)}",
        "LOG_BITS": f"{LOG_BITS}",
        "STEPS_PER_OCTAVE": f"{math.floor(octave * 2**24 + 0.5)} /* Q24 */",
    }
    return "".join(f"#define OSSICLE_FRONTEND_{name} {value}\n" for name, value in values.items())


def _tables(spec: FrontendSpec) -> list[str]:
    ramps, bits = intervals(spec), ramp_bits(spec)
    return [
        _array("int32_t", "window", "", [q31(v) for v in window(spec)]),
        _array("int32_t", "sine", "", [q31(v) for v in sine(spec)]),
        _array("uint16_t", "order", "", fft_order(spec)),
        _array("uint16_t", "edge", "", ramps.edges),
        _array("uint32_t", "slope", "", _integers(ramps.slope, 2**bits)),
        _array("uint32_t", "start", "", _integers(ramps.start, 2**bits)),
        _array("int32_t", "offset", "", _integers(offsets(spec), 2**24)),
        _array("int32_t", "log2", "", _integers(log2_table(), 2**24)),
    ]


def emit_tables(spec: FrontendSpec) -> str:
    """Return the text of `ossicle_frontend_tables.h` for the specification.

    Raises:
        FrontendError: a mel band holds no FFT bin.
    """
    listing = "".join(f" *   {line}\n" for line in spec.to_toml().splitlines())
    return (
        "/* Generated by ossicle.frontend.emit_tables; do not edit. The specification:\n"
        f" *\n{listing} */\n"
        "#ifndef OSSICLE_FRONTEND_TABLES_H\n#define OSSICLE_FRONTEND_TABLES_H\n\n"
        "#include <stdint.h>\n\n"
        f"{_macros(spec)}\n" + "\n".join(_tables(spec)) + "\n#endif\n"
    )
