"""The float64 yardstick that says how good the fixed-point front end is; never part of the path."""

import numpy as np
from numpy.typing import NDArray

from ossicle.frontend.spec import FrontendSpec
from ossicle.frontend.stage_tables import mfcc_means, mfcc_scales
from ossicle.frontend.stages import Deltas, Mfcc, Pcen


def log_mel(pcm: NDArray[np.int16], spec: FrontendSpec) -> NDArray[np.float64]:
    """Return the band levels of one sound by librosa, in double precision, before all stages.

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
    """Return levels of `log_mel` as real-valued features, which the int8 ones are rounded from.

    Args:
        level_db: [mel_bands, frames], in dB of power.
        spec: what to make of them.

    Returns:
        [features, frames], not clipped; before deltas are taken values are clipped as int8 are.
    """
    if spec.calibration and spec.calibration.band_db:
        level_db = level_db + _by_band(spec.calibration.band_db)
    level = level_db / 2 if spec.spectrum == "magnitude" else level_db
    if spec.band_mean_db:
        level = level - _by_band(spec.band_mean_db)
    if spec.band_scale:
        level = level * _by_band(spec.band_scale)
    if spec.pcen:
        values = _pcen(level, spec.pcen)
    elif spec.mfcc:
        values = _mfcc(level, spec, spec.mfcc)
    else:
        values = (level - spec.level_floor_db) / spec.level_step_db - 128
    return _with_deltas(values, spec.deltas) if spec.deltas else values


def _by_band(numbers: tuple[float, ...]) -> NDArray[np.float64]:
    return np.array(numbers)[:, np.newaxis]


def _pcen(level: NDArray[np.float64], pcen: Pcen) -> NDArray[np.float64]:
    import librosa

    energy = pcen.full_scale * 10 ** (level / 10)
    values = librosa.pcen(
        energy,
        gain=pcen.alpha,
        bias=pcen.delta,
        power=pcen.r,
        eps=pcen.eps,
        b=pcen.smoothing,
        zi=(1 - pcen.smoothing) * energy[:, :1],  # the filter's state where M[-1] is E[0]
    )
    return np.asarray(255 * values / pcen.range - 128)


def _mfcc(level: NDArray[np.float64], spec: FrontendSpec, mfcc: Mfcc) -> NDArray[np.float64]:
    import librosa

    clipped = np.clip(level, spec.level_floor_db, spec.level_floor_db + spec.level_range_db)
    coefficients = librosa.feature.mfcc(S=clipped, n_mfcc=mfcc.coefficients, norm="ortho")
    scales, means = _by_band(mfcc_scales(spec)), _by_band(mfcc_means(spec))
    return np.asarray((coefficients - means) * scales / spec.level_step_db)


def _with_deltas(values: NDArray[np.float64], deltas: Deltas) -> NDArray[np.float64]:
    import librosa

    reach, frames = deltas.reach, values.shape[1]
    slopes = np.pad(np.clip(values, -128, 128 - 2**-8), ((0, 0), (reach, reach)), mode="edge")
    rows = [values]
    for _ in range(deltas.order):
        slopes = librosa.feature.delta(slopes, width=deltas.width, mode="nearest")
        rows.append(slopes[:, reach : reach + frames] * deltas.scale)
    return np.concatenate(rows)


def features(level_db: NDArray[np.float64], spec: FrontendSpec) -> NDArray[np.int8]:
    """Return the int8 features that exact arithmetic would give: halves up, clipped."""
    return np.clip(np.floor(steps(level_db, spec) + 0.5), -128, 127).astype(np.int8)
