"""Recordings that the tests make themselves: three classes that anybody can tell apart."""

from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE = 44100
LABELS = ("clicks", "hiss", "tone")
TAKES = 5
"""Recordings of each class: one for each fold that a folder per class gets."""


def _clicks(time: NDArray[np.float64], take: int) -> NDArray[np.float64]:
    return np.where((time * (5 + take)) % 1 < 0.01, 0.7, 0.0)


def _hiss(time: NDArray[np.float64], take: int) -> NDArray[np.float64]:
    return np.random.default_rng(take).normal(0, 0.02 * (take + 1), len(time))


def _tone(time: NDArray[np.float64], take: int) -> NDArray[np.float64]:
    return 0.3 * np.sin(2 * np.pi * (500 + 220 * take) * time)


MAKERS = {"clicks": _clicks, "hiss": _hiss, "tone": _tone}


def write_corpus(folder: Path) -> None:
    """Write a folder per class: 15 clips of 1 to 2.6 s, of three rates, one to three channels.

    Every last take begins with a second of silence, so some windows do not vote.
    """
    for label, make in MAKERS.items():
        for take in range(TAKES):
            rate, suffix, channels = [
                (RATE, "wav", 1), (48000, "flac", 2), (RATE, "ogg", 1), (16000, "wav", 3),
                (RATE, "flac", 1),
            ][take]  # fmt: skip
            time = np.arange(round((1.0 + 0.4 * take) * rate)) / rate
            sound = make(time, take)
            if take == TAKES - 1:
                sound[:rate] = 0.0
            write_sound(folder / label / f"{take}.{suffix}", sound, rate, channels)


def write_sound(path: Path, sound: NDArray[np.float64], rate: int, channels: int = 1) -> Path:
    """Write a sound to a file whose suffix says the format; every channel is the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.repeat(sound[:, np.newaxis], channels, axis=1), rate)
    return path


def pcm_of(label: str, take: int = 0) -> NDArray[np.int16]:
    """Return a second of a class as the device gets it."""
    sound = MAKERS[label](np.arange(RATE) / RATE, take)
    scaled: NDArray[Any] = np.rint(sound * 32767)
    return scaled.astype(np.int16)
