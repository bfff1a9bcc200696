"""What a specification may say: every contradiction is refused in the field's own terms."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from ossicle.datasets.audio import CHANNELS
from ossicle.errors import FrontendError
from ossicle.frontend.mel import check_bands

if TYPE_CHECKING:
    from ossicle.frontend.spec import FrontendSpec

WINDOWS = ("hann", "hamming", "povey", "rectangular")


def check_types(spec: FrontendSpec, kinds: dict[str, type]) -> None:
    """Refuse values of another type than their fields', and numbers that are none."""
    for item in dataclasses.fields(spec):
        value, kind = getattr(spec, item.name), kinds[str(item.type)]
        if kind is tuple:
            right = isinstance(value, tuple) and all(_is_a(number, float) for number in value)
        else:
            right = _is_a(value, kind)
        if not right:
            name = "a list of numbers" if kind is tuple else f"of type {kind.__name__}"
            raise FrontendError(f"{item.name} = {value!r} must be {name}")
        numbers = () if kind is str else value if kind is tuple else (value,)
        if not all(abs(number) < 1e9 for number in numbers):  # refuses NaN too
            raise FrontendError(f"{item.name} is out of range: no finite, reasonable number")


def _is_a(value: Any, kind: type) -> bool:
    allowed = (int, float) if kind is float else (kind,)
    return isinstance(value, allowed) and not isinstance(value, bool)


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise FrontendError(f'{name} = "{value}" is not known; choose {" or ".join(choices)}')


def _check_range(name: str, value: float, low: float, high: float, unit: str = "") -> None:
    if not low <= value <= high:
        raise FrontendError(f"{name} = {value} is out of range; choose {low:g} to {high:g}{unit}")


def check_filters(spec: FrontendSpec) -> None:
    """Refuse filters that are unstable, or so strong that they take away sound."""
    if spec.dc_blocking != 0:
        _check_range("dc_blocking", spec.dc_blocking, 0.9, 0.9999, ", or 0 for none")
    if spec.pre_emphasis != 0:
        _check_range("pre_emphasis", spec.pre_emphasis, 0.1, 0.99, ", or 0 for none")


def check_framing(spec: FrontendSpec) -> None:
    """Refuse a sample rate, channels, window, hop or FFT that do not fit each other."""
    _check_range("sample_rate", spec.sample_rate, 8000, 48000, " Hz")
    _check_choice("channels", spec.channels, CHANNELS)
    _check_choice("window", spec.window, WINDOWS)
    _check_range("fft_length", spec.fft_length, 256, 4096, " points")
    if spec.fft_length & (spec.fft_length - 1):
        raise FrontendError(f"fft_length = {spec.fft_length} is not a power of two")
    _check_range("window_length", spec.window_length, 2, 4096, " samples")
    if spec.window == "povey" and spec.window_length % 2 == 1:
        raise FrontendError(
            f"window_length = {spec.window_length} is odd; the povey window, which is "
            "symmetric about the middle between two samples, takes an even one"
        )
    if spec.window_length > spec.fft_length:
        raise FrontendError(
            f"window_length = {spec.window_length} is longer than fft_length = {spec.fft_length}; "
            "shorten the window or lengthen the FFT"
        )
    _check_range("hop_length", spec.hop_length, 1, 4096, " samples")
    if spec.hop_length > spec.window_length:
        raise FrontendError(
            f"hop_length = {spec.hop_length} is longer than window_length = {spec.window_length}: "
            "the sound between two windows would go unheard; shorten the hop"
        )


def check_mel(spec: FrontendSpec) -> None:
    """Refuse bands that are too few, too many, above the Nyquist frequency or without a bin."""
    _check_range("mel_bands", spec.mel_bands, 8, 256, " bands")
    _check_choice("mel_scale", spec.mel_scale, ("slaney", "htk"))
    _check_choice("mel_norm", spec.mel_norm, ("none", "slaney"))
    if spec.fmax > spec.sample_rate / 2:
        raise FrontendError(
            f"fmax = {spec.fmax:g} Hz is above the Nyquist frequency, {spec.sample_rate / 2:g} Hz, "
            f"of sample_rate = {spec.sample_rate}; lower fmax or raise the sample rate"
        )
    if not 0 <= spec.fmin < spec.fmax:
        raise FrontendError(
            f"fmin = {spec.fmin:g} Hz must be at least 0 and below fmax = {spec.fmax:g} Hz"
        )
    check_bands(spec)


def check_levels(spec: FrontendSpec) -> None:
    """Refuse levels, normalisation and quantisation that do not fit the bands or the arithmetic."""
    _check_choice("spectrum", spec.spectrum, ("power", "magnitude"))
    _check_by_band(spec, "band_mean_db", -200, 100, " dB")
    _check_by_band(spec, "band_scale", 0.001, 1000)
    if not (spec.band_mean_db or spec.band_scale):
        _check_range("level_floor_db", spec.level_floor_db, -200, 0, " dB")
        _check_range("level_range_db", spec.level_range_db, 10, 200, " dB")
    for band, (floor, span) in enumerate(spec.band_ranges_db):
        if not (-200 <= floor <= 0 and 10 <= span <= 200):
            raise FrontendError(
                f"the features of mel band {band} begin at {floor:g} dB of power and span {span:g} "
                "dB; choose level_floor_db, level_range_db, band_mean_db and band_scale such that "
                "they begin at -200 to 0 dB and span 10 to 200 dB"
            )
    _check_range("input_scale", spec.input_scale, 2.0**-20, 2.0**10)
    _check_range("input_zero_point", spec.input_zero_point, -128, 127)


def _check_by_band(spec: FrontendSpec, name: str, low: float, high: float, unit: str = "") -> None:
    values = getattr(spec, name)
    if len(values) not in (0, spec.mel_bands):
        raise FrontendError(
            f"{name} has {len(values)} numbers for mel_bands = {spec.mel_bands}; give one for each "
            "band, or none"
        )
    for band, value in enumerate(values):
        _check_range(f"{name}[{band}]", value, low, high, unit)
