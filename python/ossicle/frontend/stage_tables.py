"""The constants of PCEN, MFCC and deltas: real numbers, each with its formula, and their rounding.

`ossicle.frontend.tables` writes them as C.
"""

import math

from ossicle.frontend.constants import OCTAVE_DB, floors_db, window
from ossicle.frontend.mel import band_norms
from ossicle.frontend.spec import FrontendSpec
from ossicle.frontend.stages import Deltas, Pcen

EXP2_TERMS = 7
"""Taylor's series of 2**x for |x| <= 1/2: what is left out is below 2**-23."""

Macros = list[tuple[str, int | str, str]]
Arrays = list[tuple[str, str, list[int]]]


def fixed(value: float, bits: int) -> int:
    """Round a real number to a fixed-point one of `bits` fraction bits, halves up."""
    return math.floor(value * (1 << bits) + 0.5)


def macros(spec: FrontendSpec) -> Macros:
    """Return name, value and comment of the stages' macros; 0 where there is no such stage."""
    values = spec.mfcc.coefficients if spec.mfcc else spec.mel_bands
    made: Macros = [
        ("VALUES", f"{values}u", "mel bands or coefficients"),
        ("FEATURES", f"{spec.features}u", "of a column: values and their deltas"),
        ("PCEN", int(spec.pcen is not None), "whether it is there"),
        ("COEFFICIENTS", f"{spec.mfcc.coefficients}u" if spec.mfcc else 0, "of MFCC; 0: none"),
        ("DELTA_ORDER", spec.deltas.order if spec.deltas else 0, "0: none"),
        ("DELTA_REACH", f"{spec.deltas.reach if spec.deltas else 0}u", "frames a column is late"),
    ]
    made += _pcen_macros(spec, spec.pcen) if spec.pcen else []
    return made + (_delta_macros(spec.deltas) if spec.deltas else [])


def arrays(spec: FrontendSpec) -> Arrays:
    """Return declaration, formula and numbers of the stages' tables."""
    made: Arrays = []
    if spec.pcen:
        terms = [math.log(2) ** k / math.factorial(k) for k in range(EXP2_TERMS)]
        made.append(("int32_t exp2", "(ln 2)^k / k!, Q30", [fixed(term, 30) for term in terms]))
    if spec.mfcc:
        made += _mfcc_arrays(spec)
    return made + (_delta_arrays(spec.deltas) if spec.deltas else [])


def pcen_units(spec: FrontendSpec) -> int:
    """Return the power of two that a full-scale sine's energy is, such that none reaches 2**62.

    By Parseval the bins within half the spectrum hold at most fft_length / 2 times the energy of
    the windowed samples, of which pre-emphasis makes up to 4 times as much, and calibration more.
    """
    weights = window(spec)
    energy = spec.fft_length / 2 * sum(weight * weight for weight in weights)
    octaves = math.log2(energy / (sum(weights) / 2) ** 2) + (2 if spec.pre_emphasis else 0)
    octaves += math.log2(max(1.0, *band_norms(spec))) - min(floors_db(spec)) / OCTAVE_DB
    return 61 - math.ceil(octaves / (2 if spec.spectrum == "magnitude" else 1))


def _pcen_macros(spec: FrontendSpec, pcen: Pcen) -> Macros:
    octaves, units = math.log2(pcen.full_scale), pcen_units(spec)
    smoothing = min(fixed(pcen.smoothing, 32), 2**32 - 1)
    eps = max(1, fixed(pcen.eps / pcen.full_scale, units))
    lift = octaves - pcen.alpha * (octaves - units)
    return [
        ("PCEN_HALVED", int(spec.spectrum == "magnitude"), "energy is the root of power"),
        ("PCEN_UNITS", units, "the energy of a full-scale sine is 2^UNITS"),
        ("PCEN_SMOOTHING", f"{smoothing}u", "s, Q32"),
        ("PCEN_ALPHA", fixed(pcen.alpha, 30), "Q30"),
        ("PCEN_EPS", f"UINT64_C({eps})", "2^UNITS eps / full scale; 1 at least"),
        ("PCEN_LIFT", fixed(lift, 24), "log2(F) - alpha (log2(F) - UNITS), F = full scale; Q24"),
        ("PCEN_DELTA", f"{fixed(pcen.delta, 24)}u", "Q24"),
        ("PCEN_R", fixed(pcen.r, 30), "Q30"),
        ("PCEN_ROOT", fixed(pcen.delta**pcen.r, 20), "delta^r, Q20"),
        ("PCEN_STEPS", f"INT64_C({fixed(255 / pcen.range, 24)})", "255 / range, Q24"),
    ]


def _mfcc_arrays(spec: FrontendSpec) -> Arrays:
    gains, biases = mfcc_gains(spec), mfcc_biases(spec)
    quarter = [math.cos(math.pi * i / (2 * spec.mel_bands)) for i in range(spec.mel_bands + 1)]
    return [
        ("int32_t cosine", "cos(pi i / (2 MEL_BANDS)), Q30", [fixed(c, 30) for c in quarter]),
        (
            "int32_t coefficient_gain",
            "scale[k] sqrt(2 / MEL_BANDS), of k = 0 sqrt(1 / MEL_BANDS), Q24",
            [fixed(gain, 24) for gain in gains],
        ),
        (
            "int32_t coefficient_bias",
            "scale[k] (coefficient k of levels mid in the range - mean_db[k]) / step, Q16",
            [fixed(bias, 16) for bias in biases],
        ),
    ]


def mfcc_gains(spec: FrontendSpec) -> list[float]:
    """Return for each coefficient what its sum of levels times cosines is multiplied by."""
    assert spec.mfcc
    norms = [math.sqrt((2 if k else 1) / spec.mel_bands) for k in range(spec.mfcc.coefficients)]
    return [norm * scale for norm, scale in zip(norms, mfcc_scales(spec), strict=True)]


def mfcc_scales(spec: FrontendSpec) -> tuple[float, ...]:
    """Return what the coefficients are multiplied by."""
    assert spec.mfcc
    return spec.mfcc.scale or (1 / math.sqrt(spec.mel_bands),) * spec.mfcc.coefficients


def mfcc_means(spec: FrontendSpec) -> tuple[float, ...]:
    """Return what is taken from the coefficients, in dB."""
    assert spec.mfcc
    bottom = _level(spec, 128)  # so that silence is -128, and not between two features
    return spec.mfcc.mean_db or (bottom, *(0.0,) * (spec.mfcc.coefficients - 1))


def mfcc_biases(spec: FrontendSpec) -> list[float]:
    """Return for each coefficient the steps that its feature has where levels are mid in range."""
    middles = [_level(spec, 127.5), *(0.0,) * (len(mfcc_means(spec)) - 1)]
    rows = zip(mfcc_scales(spec), middles, mfcc_means(spec), strict=True)
    return [scale * (middle - mean) / spec.level_step_db for scale, middle, mean in rows]


def _level(spec: FrontendSpec, steps: float) -> float:
    """Return coefficient 0 of levels so many steps above the floor; the others of them are 0."""
    return math.sqrt(spec.mel_bands) * (spec.level_floor_db + steps * spec.level_step_db)


def _delta_macros(deltas: Deltas) -> Macros:
    scale, norm = deltas.scale / 256, _norm(deltas)
    once, twice = fixed(scale / norm, 40), fixed(scale / norm**2, 40)
    made: Macros = [("DELTA_SCALE", f"INT64_C({once})", "scale / 256 / sum of weights^2, Q40")]
    squared = ("DELTA_SCALE_TWICE", f"INT64_C({twice})", "scale / 256 / (sum of weights^2)^2, Q40")
    return [*made, squared] if deltas.order == 2 else made


def _delta_arrays(deltas: Deltas) -> Arrays:
    slope = _weights(deltas)
    made: Arrays = [("int16_t regression", "weights of a slope", slope)]
    if deltas.order == 2:
        twice = [
            sum(slope[i] * slope[j - i] for i in range(deltas.width) if 0 <= j - i < deltas.width)
            for j in range(2 * deltas.width - 1)
        ]
        made.append(("int16_t regression_twice", "those of a slope of slopes", twice))
    return made


def _weights(deltas: Deltas) -> list[int]:
    half = (deltas.width - 1) // 2
    return list(range(-half, half + 1))


def _norm(deltas: Deltas) -> int:
    return sum(weight * weight for weight in _weights(deltas))
