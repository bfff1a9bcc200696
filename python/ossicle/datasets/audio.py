"""Sound files in, int16 mono PCM out: the one place where recordings become integers."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from ossicle.errors import DataError

SOUND_SUFFIXES = (".wav", ".flac", ".ogg")
FULL_SCALE = 32768
LONGEST_SECONDS = 600.0
CHANNELS = ("mixdown", "first")
"""How a recording becomes mono: the mean of its channels, or channel 0 alone."""

_SAMPLE_RATES = range(1_000, 1_000_001)


def read_pcm(
    path: Path,
    sample_rate: int,
    *,
    channels: str = "mixdown",
    start: float = 0.0,
    stop: float | None = None,
) -> tuple[npt.NDArray[np.int16], str | None]:
    """Read a stretch of a WAV, FLAC or OGG file as int16 mono PCM.

    Channels are averaged, or all but the first left out; another sample rate is converted by soxr
    (quality HQ); a sample x of the range -1 to 1 becomes x * 32768, rounded to the nearest integer,
    halves to even, and clipped to -32768..32767. So 16-bit mono files of the right sample rate come
    out as they are.

    Args:
        path: the file.
        sample_rate: of the result, in Hz.
        channels: one of CHANNELS.
        start: where to begin, in seconds.
        stop: where to end, in seconds; None is the end of the file.

    Returns:
        The samples, and what was done to them ("resampled from 48000 Hz, ..."), None for nothing.

    Raises:
        DataError: the file is missing, not a sound file, empty, longer than ten minutes, ends
            before `start`, or holds samples that are not numbers.
    """
    samples, rate = _read(path, start, stop)
    mono, note = _mono(samples, channels)
    done = [note] if note else []
    if rate != sample_rate:
        mono = soxr.resample(mono, rate, sample_rate, quality="HQ")
        done.append(f"resampled from {rate} Hz")
    pcm, clipped = quantise(mono)
    if clipped:
        done.append(f"clipped {clipped} samples")
    if not len(pcm):
        raise DataError(f"{path}: is too short to make one sample of; remove it")
    return pcm, ", ".join(done) or None


def _mono(samples: npt.NDArray[np.float64], channels: str) -> tuple[npt.NDArray[np.float64], str]:
    """Return one channel of samples [n, channels], and what was done; "" for nothing."""
    count = samples.shape[1]
    if channels == "first":
        return samples[:, 0], f"channel 0 of {count}" if count > 1 else ""
    return samples.mean(axis=1), f"mixed down from {count} channels" if count > 1 else ""


def _read(path: Path, start: float, stop: float | None) -> tuple[npt.NDArray[np.float64], int]:
    """Return float64 samples [n, channels] in -1..1 and their sample rate."""
    if path.suffix.lower() not in SOUND_SUFFIXES:
        raise DataError(f"{path}: is not called .wav, .flac or .ogg; convert it to one of these")
    try:
        with soundfile.SoundFile(path) as file:
            rate = file.samplerate
            first, last = _stretch(path, file.frames, rate, start, stop)
            file.seek(first)
            samples = file.read(last - first, dtype="float64", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise DataError(_unreadable(path, error)) from error
    if not len(samples):
        raise DataError(f"{path}: holds no sound; remove it or record it again")
    if not np.isfinite(samples).all():
        raise DataError(
            f"{path}: holds samples that are not numbers (NaN or infinite); export it again"
        )
    return samples, rate


def _stretch(
    path: Path, frames: int, rate: int, start: float, stop: float | None
) -> tuple[int, int]:
    """Return the first frame to read and the one after the last."""
    if rate not in _SAMPLE_RATES:
        raise DataError(
            f"{path}: has a sample rate of {rate} Hz, which no recording has; remove it"
        )
    if frames <= 0:
        raise DataError(f"{path}: holds no sound; remove it or record it again")
    first = round(start * rate)
    last = frames if stop is None else min(frames, round(stop * rate))
    if first < 0 or first >= last:
        raise DataError(
            f"{path}: lasts {frames / rate:.2f} s, so no sound from {start} s to {stop}"
        )
    if last - first > LONGEST_SECONDS * rate:
        raise DataError(
            f"{path}: is longer than {LONGEST_SECONDS:.0f} s; cut it into shorter files"
        )
    return first, last


def quantise(mono: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.int16], int]:
    """Round halves to even, clip, and count what was clipped by more than its rounding.

    Full scale itself (+1.0, which no int16 holds) becomes 32767 without being counted.
    """
    scaled = np.rint(mono * FULL_SCALE)
    clipped = int(np.count_nonzero((scaled > FULL_SCALE) | (scaled < -FULL_SCALE)))
    return np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16), clipped


def _unreadable(path: Path, error: soundfile.LibsndfileError) -> str:
    if not path.is_file():
        return f"{path}: there is no such sound file; fetch or record it again"
    if path.stat().st_size == 0:
        return f"{path}: is empty (0 bytes); remove it or record it again"
    reason = error.error_string.strip().rstrip(".")
    return (
        f"{path}: is not a WAV, FLAC or OGG file that can be read ({reason}); remove or convert it"
    )
