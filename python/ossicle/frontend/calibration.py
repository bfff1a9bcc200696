"""What a device's microphone lacks: its band levels beside those of the recordings learnt from."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ossicle.datasets.audio import read_pcm
from ossicle.errors import DataError
from ossicle.frontend.batch import FrontEnd
from ossicle.frontend.mel import mel_frequencies
from ossicle.frontend.spec import FrontendSpec
from ossicle.frontend.stages import Calibration

QUIETEST_PEAK = 328  # of 32768, -40 dBFS: quieter ones are mostly the roundings to 16 bits
MOST_CLIPPED = 1e-3  # of the samples
FLOOR_DB = -150.0
LOWEST_DB = -110.0
LARGEST_DB = 40.0


def average_levels(recordings: Sequence[Path], spec: FrontendSpec) -> NDArray[np.float64]:
    """Return the average power of each band over all frames, in dB re a full-scale sine, [bands].

    Raises:
        DataError: no recording, or one that is silent, clips or has another sample rate; by name.
    """
    if not recordings:
        raise DataError("no recordings to measure; name sound files, or a folder that holds some")
    levels = FrontEnd(_levels_only(spec))
    power, frames = np.zeros(spec.mel_bands), 0
    for path in recordings:
        features = levels(_usable(path, spec)[np.newaxis])[0].astype(np.float64)
        power += (10 ** ((FLOOR_DB + (features + 128) * -FLOOR_DB / 255) / 10)).sum(axis=1)
        frames += features.shape[1]
    return np.asarray(10 * np.log10(power / frames))


def correction(
    device_db: NDArray[np.float64], reference_db: NDArray[np.float64], spec: FrontendSpec
) -> Calibration:
    """Return what makes the device's band levels the reference's.

    Raises:
        DataError: a band has no sound in one of them, or they are too far apart to be of the same.
    """
    gains = reference_db - device_db
    hertz = mel_frequencies(spec)[1:-1]
    for who, levels in (("the device's", device_db), ("the reference", reference_db)):
        if levels.min() < LOWEST_DB:
            raise DataError(
                f"{who} recordings have no sound about {hertz[int(levels.argmin())]:.0f} Hz; play "
                "noise that has all frequencies"
            )
    worst = int(np.abs(gains).argmax())
    if abs(gains[worst]) > LARGEST_DB:
        raise DataError(
            f"the recordings differ by {gains[worst]:.1f} dB about {hertz[worst]:.0f} Hz; more "
            f"than {LARGEST_DB:g} dB is no microphone: record the same sound with both"
        )
    return Calibration(tuple(np.round(gains, 2).tolist()))


def text(calibration: Calibration, spec: FrontendSpec) -> str:
    """Return a table of the correction by band, and the gain that all have in common."""
    gains = np.array(calibration.band_db)
    rows = zip(mel_frequencies(spec)[1:-1], gains, strict=True)
    lines = [f"{'band, Hz':>10} {'correction, dB':>15}"]
    lines += [f"{hertz:10.0f} {gain:15.2f}" for hertz, gain in rows]
    return "\n".join([*lines, f"gain: {gains.mean():.2f} dB, the mean of the bands"])


def _levels_only(spec: FrontendSpec) -> FrontendSpec:
    """Return the front end's bands, with nothing done to their levels."""
    return dataclasses.replace(
        spec, spectrum="power", band_mean_db=(), band_scale=(), level_floor_db=FLOOR_DB,
        level_range_db=-FLOOR_DB, calibration=None, pcen=None, mfcc=None, deltas=None,
    )  # fmt: skip


def _usable(path: Path, spec: FrontendSpec) -> NDArray[np.int16]:
    pcm, note = read_pcm(path, spec.sample_rate, channels=spec.channels)
    if note and "resampled" in note:
        raise DataError(
            f"{path}: is of {note.partition('resampled from ')[2]}, but the front end of "
            f"{spec.sample_rate} Hz; record at this rate, as the device does"
        )
    peak = np.abs(pcm.astype(np.int32))
    if peak.max() < QUIETEST_PEAK:
        raise DataError(f"{path}: is silent, or below -40 dBFS; record something louder")
    if np.mean(peak >= 32767) > MOST_CLIPPED:
        raise DataError(f"{path}: clips; record something quieter, or lower the microphone's gain")
    return pcm
