"""`ossicle frontend calibrate`: a quiet, dull microphone is heard as the reference is."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import scipy.signal
import soundfile

from command_line import Result, assert_refused
from ossicle import bundle
from ossicle.frontend import FrontEnd

RATE = 44100
NOISE = np.random.default_rng(1).normal(0, 0.1, 2 * RATE)
DULL = scipy.signal.lfilter([0.15], [1, -0.5], NOISE)  # quieter, and more so at high frequencies
Ossicle = Callable[..., Result]


def written(folder: Path, sound: np.ndarray, rate: int = RATE) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    soundfile.write(folder / "noise.wav", sound, rate, subtype="PCM_16")
    return folder


def as_pcm(sound: np.ndarray) -> np.ndarray:
    return np.round(sound * 32768).astype(np.int16)[np.newaxis]


def test_the_calibrated_bundle_hears_the_reference(
    bundle_folder: Path, tmp_path: Path, ossicle: Ossicle
) -> None:
    studio, device = written(tmp_path / "studio", NOISE), written(tmp_path / "device", DULL)
    out, again = tmp_path / "out", tmp_path / "again"
    arguments = ("frontend", "calibrate", bundle_folder, device, "--reference", studio)
    result = ossicle(*arguments, "--out", out)
    assert result.status == 0 and "gain: " in result.out and f"{out}: written" in result.out
    before, after = bundle.read(bundle_folder), bundle.read(out)
    assert after.model == before.model and after.labels == before.labels
    assert after.digest != before.digest
    assert "## Calibrated" in after.card and after.vectors.keys() == before.vectors.keys()
    vectors = after.vectors
    assert np.array_equal(vectors["features"], FrontEnd(after.frontend)(vectors["pcm"]))
    reference = FrontEnd(before.frontend)(as_pcm(NOISE)).astype(int)
    heard = FrontEnd(after.frontend)(as_pcm(DULL)).astype(int)
    unheard = FrontEnd(before.frontend)(as_pcm(DULL)).astype(int)
    off = np.abs((heard - reference).mean(axis=2)).max()
    assert off < 1.5 < np.abs((unheard - reference).mean(axis=2)).min()

    # calibrating a calibrated bundle replaces the correction
    shown = ossicle("frontend", "calibrate", out, *arguments[3:], "--out", again, "--json")
    assert json.loads(shown.out)["digest"] == after.digest.hex()
    assert bundle.read(again).digest == after.digest


@pytest.mark.parametrize(
    "case",
    [
        (NOISE / 1000, RATE, "is silent"),
        (np.clip(20 * NOISE, -1, 1), RATE, "clips"),
        (NOISE, 48000, "is of 48000 Hz, but the front end of 44100 Hz"),
    ],
)
def test_recordings_that_tell_nothing_are_refused(
    bundle_folder: Path, tmp_path: Path, ossicle: Ossicle, case: tuple[np.ndarray, int, str]
) -> None:
    sound, rate, message = case
    studio, device = written(tmp_path / "studio", NOISE), written(tmp_path / "d", sound, rate)
    arguments = ("frontend", "calibrate", bundle_folder, device, "--reference", studio)
    refused = ossicle(*arguments, "--out", tmp_path / "out")
    assert_refused(refused, device / "noise.wav", message)
    assert not (tmp_path / "out").exists()


def test_recordings_of_different_sounds_are_refused(
    bundle_folder: Path, tmp_path: Path, ossicle: Ossicle
) -> None:
    hum = 0.5 * np.sin(2 * np.pi * 100 * np.arange(RATE) / RATE)
    studio, device = written(tmp_path / "studio", NOISE), written(tmp_path / "device", hum)
    arguments = ("frontend", "calibrate", bundle_folder, device, "--reference", studio)
    assert_refused(
        ossicle(*arguments, "--out", tmp_path / "out"), "record the same sound with both"
    )
