"""Sounds that are hard on the front end, each int16 of the length asked for."""

import numpy as np
from numpy.typing import NDArray

FULL_SCALE = 32767


def all_sounds(samples: int, sample_rate: int) -> dict[str, NDArray[np.int16]]:
    time = np.arange(samples) / sample_rate
    random = np.random.default_rng(20261121)
    noise = random.normal(size=samples)
    sines = {
        f"sine of {hz} Hz": FULL_SCALE * np.sin(2 * np.pi * hz * time)
        for hz in (50, 440, 997, 5000)
    }
    squares = {
        f"square wave of {hz} Hz": np.where(time * hz % 1 < 0.5, FULL_SCALE, -FULL_SCALE - 1)
        for hz in (50, 441, 3000)
    }
    sounds = (
        sines
        | squares
        | {
            "silence": np.zeros(samples),
            "the least constant": np.full(samples, -FULL_SCALE - 1),
            "the smallest steps": np.where(random.random(samples) < 0.5, 0, -1),
            "a click": np.where(np.arange(samples) == samples // 3, FULL_SCALE, 0),
            "white noise": 0.25 * FULL_SCALE * noise,
            "white noise at -60 dBFS": 0.001 * FULL_SCALE * noise,
            "clipped noise": 2 * FULL_SCALE * noise,
            "rising sweep": FULL_SCALE * np.sin(2 * np.pi * sample_rate / 4 * time**2 / time[-1]),
        }
    )
    return {name: as_pcm(sound) for name, sound in sounds.items()}


def as_pcm(sound: NDArray[np.float64]) -> NDArray[np.int16]:
    return np.clip(np.round(sound), -FULL_SCALE - 1, FULL_SCALE).astype(np.int16)


def integer_sounds(samples: int) -> dict[str, NDArray[np.int16]]:
    """Sounds made of integers only, so that they are the same everywhere and for ever."""
    time = np.arange(samples, dtype=np.int64)
    state, noise = 1, np.empty(samples, np.int64)
    for i in range(samples):  # a linear congruential generator (Numerical Recipes, chapter 7.1)
        state = (state * 1664525 + 1013904223) % 2**32
        noise[i] = (state >> 16) - 2**15
    sounds = {
        "noise": noise,
        "quiet noise": noise >> 9,
        "rising square wave": np.where(time * time // (4 * samples) % 2 == 0, 2**15 - 1, -(2**15)),
        "dying triangle wave": (abs(time % 200 - 100) - 50) * 650 * (samples - time) // samples,
    }
    return {name: sound.astype(np.int16) for name, sound in sounds.items()}
