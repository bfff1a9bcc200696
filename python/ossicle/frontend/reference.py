"""The float64 yardstick that says how good the fixed-point front end is; never part of the path."""

import numpy as np
from numpy.typing import NDArray

from ossicle.frontend.spec import FrontendSpec


def log_mel(pcm: NDArray[np.int16], spec: FrontendSpec) -> NDArray[np.float64]:
    """Return the band levels of one sound by librosa, in double precision.

    Args:
        pcm: int16 of shape [samples].
        spec: what to compute.

    Returns:
        dB relative to a full-scale sine, [mel_bands, frames]; minus infinity where no power is.
    """
    import librosa

    window = _window(spec)
    filtered = _filtered(pcm / 32768.0, spec)
    # zeros behind the sound change nothing (silence is there anyway); librosa needs them for
    # sounds shorter than its FFT
    sound = np.append(filtered, np.zeros(spec.fft_length))
    power = librosa.feature.melspectrogram(
        y=sound,
        sr=spec.sample_rate,
        n_fft=spec.fft_length,
        hop_length=spec.hop_length,
        win_length=spec.window_length,
        window=window,
        n_mels=spec.mel_bands,
        fmin=spec.fmin,
        fmax=spec.fmax,
        htk=spec.mel_scale == "htk",
        norm="slaney" if spec.mel_norm == "slaney" else None,
        dtype=np.float64,
    )[:, : spec.frames(len(pcm))]
    full_scale_sine = (window.sum() / 2) ** 2
    with np.errstate(divide="ignore"):
        return np.asarray(10 * np.log10(power / full_scale_sine))


def _filtered(sound: NDArray[np.float64], spec: FrontendSpec) -> NDArray[np.float64]:
    """Return the sound after DC blocking, which clips at full scale, and pre-emphasis.

    The coefficients are those of the device, Q15; nothing is rounded.
    """
    from scipy.signal import lfilter  # type: ignore[import-untyped]

    if spec.dc_blocking:
        sound = lfilter([1, -1], [1, round(-spec.dc_blocking * 2**15) / 2**15], sound)
        sound = np.clip(sound, -1, 1 - 2**-15)
    if spec.pre_emphasis:
        sound = lfilter([1, -round(spec.pre_emphasis * 2**15) / 2**15], 1, sound)
    return np.asarray(sound)


def _window(spec: FrontendSpec) -> NDArray[np.float64]:
    from librosa.filters import get_window

    if spec.window == "povey":
        return np.asarray(get_window("hann", spec.window_length, fftbins=False) ** 0.85)
    name = "boxcar" if spec.window == "rectangular" else spec.window
    return np.asarray(get_window(name, spec.window_length))


def steps(level_db: NDArray[np.float64], spec: FrontendSpec) -> NDArray[np.float64]:
    """Return levels of `log_mel` as real-valued features, which the int8 ones are rounded from."""
    level = level_db / 2 if spec.spectrum == "magnitude" else level_db
    if spec.band_mean_db:
        level = level - np.array(spec.band_mean_db)[:, np.newaxis]
    if spec.band_scale:
        level = level * np.array(spec.band_scale)[:, np.newaxis]
    return np.asarray((level - spec.level_floor_db) / spec.level_step_db - 128)


def features(level_db: NDArray[np.float64], spec: FrontendSpec) -> NDArray[np.int8]:
    """Return the int8 features that exact arithmetic would give: halves up, clipped."""
    return np.clip(np.floor(steps(level_db, spec) + 0.5), -128, 127).astype(np.int8)
