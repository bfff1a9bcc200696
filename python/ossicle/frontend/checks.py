"""What a specification may say: every contradiction is refused in the field's own terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ossicle.datasets.audio import CHANNELS
from ossicle.errors import FrontendError
from ossicle.frontend.fields import check_choice, check_list, check_range
from ossicle.frontend.mel import check_bands

if TYPE_CHECKING:
    from ossicle.frontend.spec import FrontendSpec

WINDOWS = ("hann", "hamming", "povey", "rectangular")


def check_filters(spec: FrontendSpec) -> None:
    """Refuse filters that are unstable, or so strong that they take away sound."""
    if spec.dc_blocking != 0:
        check_range("dc_blocking", spec.dc_blocking, 0.9, 0.9999, ", or 0 for none")
    if spec.pre_emphasis != 0:
        check_range("pre_emphasis", spec.pre_emphasis, 0.1, 0.99, ", or 0 for none")


def check_framing(spec: FrontendSpec) -> None:
    """Refuse a sample rate, channels, window, hop or FFT that do not fit each other."""
    check_range("sample_rate", spec.sample_rate, 8000, 48000, " Hz")
    check_choice("channels", spec.channels, CHANNELS)
    check_choice("window", spec.window, WINDOWS)
    check_range("fft_length", spec.fft_length, 256, 4096, " points")
    if spec.fft_length & (spec.fft_length - 1):
        raise FrontendError(f"fft_length = {spec.fft_length} is not a power of two")
    check_range("window_length", spec.window_length, 2, 4096, " samples")
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
    check_range("hop_length", spec.hop_length, 1, 4096, " samples")
    if spec.hop_length > spec.window_length:
        raise FrontendError(
            f"hop_length = {spec.hop_length} is longer than window_length = {spec.window_length}: "
            "the sound between two windows would go unheard; shorten the hop"
        )


def check_mel(spec: FrontendSpec) -> None:
    """Refuse bands that are too few, too many, above the Nyquist frequency or without a bin."""
    check_range("mel_bands", spec.mel_bands, 8, 256, " bands")
    check_choice("mel_scale", spec.mel_scale, ("slaney", "htk"))
    check_choice("mel_norm", spec.mel_norm, ("none", "slaney"))
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
    check_choice("spectrum", spec.spectrum, ("power", "magnitude"))
    check_list(spec, "band_mean_db", "mel_bands", (-200, 100), " dB")
    check_list(spec, "band_scale", "mel_bands", (0.001, 1000))
    if not (spec.band_mean_db or spec.band_scale):
        check_range("level_floor_db", spec.level_floor_db, -200, 0, " dB")
        check_range("level_range_db", spec.level_range_db, 10, 200, " dB")
    for band, (floor, span) in enumerate(spec.band_ranges_db):
        if not (-200 <= floor <= 0 and 10 <= span <= 200):
            raise FrontendError(
                f"the features of mel band {band} begin at {floor:g} dB of power and span {span:g} "
                "dB; choose level_floor_db, level_range_db, band_mean_db and band_scale such that "
                "they begin at -200 to 0 dB and span 10 to 200 dB"
            )
    check_range("input_scale", spec.input_scale, 2.0**-20, 2.0**10)
    check_range("input_zero_point", spec.input_zero_point, -128, 127)


def check_stages(spec: FrontendSpec) -> None:
    """Refuse PCEN, MFCC and calibration that do not fit the rest."""
    if spec.pcen and (spec.mfcc or spec.band_scale):
        other = "mfcc" if spec.mfcc else "band_scale"
        raise FrontendError(
            f"pcen and {other} together: {other} is of levels in dB, which PCEN replaces; "
            "leave one of them out"
        )
    if spec.mfcc and spec.mfcc.coefficients > spec.mel_bands:
        raise FrontendError(
            f"mfcc: {spec.mfcc.coefficients} coefficients of mel_bands = {spec.mel_bands}; "
            "take fewer coefficients or more bands"
        )
    if spec.pcen:
        for band, mean in enumerate(spec.band_mean_db):
            check_range(f"band_mean_db[{band}]", mean, -60, 60, " dB with pcen")
    if spec.mfcc:
        _check_biases(spec)
    if spec.calibration:
        correction = spec.calibration.band_db
        if len(correction) not in (0, spec.mel_bands):
            raise FrontendError(
                f"calibration: band_db has {len(correction)} numbers for mel_bands = "
                f"{spec.mel_bands}; give one for each, or none"
            )
        for band, gain in enumerate(correction):
            check_range(f"calibration: band_db[{band}]", gain, -60, 60, " dB")


def _check_biases(spec: FrontendSpec) -> None:
    """Refuse coefficients whose features are out of reach of any level."""
    from ossicle.frontend.stage_tables import mfcc_biases

    for k, bias in enumerate(mfcc_biases(spec)):
        if abs(bias) > 30000:
            raise FrontendError(
                f"mfcc: coefficient {k} has its mean {abs(bias):.0f} steps from what levels in the "
                "middle of the range give; choose mean_db and scale such that there are fewer than "
                "30,000"
            )
