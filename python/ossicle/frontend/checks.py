"""What a specification may say: every contradiction is refused in the field's own terms."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

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
        allowed = (int, float) if kind is float else (kind,)
        if isinstance(value, bool) or not isinstance(value, allowed):
            raise FrontendError(f"{item.name} = {value!r} must be of type {kind.__name__}")
        if isinstance(value, int | float) and not abs(value) < 1e9:  # refuses NaN too
            raise FrontendError(f"{item.name} is out of range: no finite, reasonable number")


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
    """Refuse levels and quantisation out of range."""
    _check_range("level_floor_db", spec.level_floor_db, -200, 0, " dB")
    _check_range("level_range_db", spec.level_range_db, 10, 200, " dB")
    _check_range("input_scale", spec.input_scale, 2.0**-20, 2.0**10)
    _check_range("input_zero_point", spec.input_zero_point, -128, 127)
