"""What happens to the samples of a recording: a table of the recipe, checked and applied.

The front end hears the result as it hears any sound, so that training still sees the device's own
integers. Shift, stretch, pitch and noise are audiomentations'; rooms, devices and other clips, for
which it wants folders of files, are our own.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ossicle.datasets.audio import FULL_SCALE
from ossicle.datasets.devices import convolve, drawn
from ossicle.training.augment import ranges
from ossicle.training.augment.spectra import Generator

Int16 = npt.NDArray[np.int16]
Signal = npt.NDArray[np.float64]

_RANGES = {
    "copies": (0, 100),
    "shift": (0, 1),
    "stretch": (0, 1),
    "semitones": (0, 12),
    "gain_db": (0, 40),
    "noise": (0, 1),
    "noise_snr_db": (-20, 60),
    "mix": (0, 1),
    "mix_snr_db": (-20, 60),
    "room": (0, 1),
    "room_seconds": (0.05, 5),
    "device": (0, 1),
}
_SPREAD_DB = 20.0  # from the loudest noise or other clip to the faintest
_QUIETEST = 1e-6  # root mean square, full scale at 1: below it there is no sound to mix with


@dataclass(frozen=True)
class Waveform:
    """Augmentation of recordings; every default is "not at all".

    Attributes:
        copies: how many altered copies of each training recording are learnt from beside it.
        shift: how far a window is moved in time at most, round the end, as a share of it.
        stretch: how much slower or faster it is played at most, as a share, its pitch kept.
        semitones: how far its pitch is moved at most, its length kept.
        mix: share of the windows that another is laid behind; the label stays.
        mix_snr_db: how much fainter than the window the other is at least; at most 20 dB more.
        room: share of the windows that are heard in a room.
        room_seconds: its longest reverberation time, T60.
        noise: share of the windows that white noise is added to.
        noise_snr_db: how much fainter than the window it is at least; at most 20 dB more.
        device: share of the windows that are convolved with the impulse response of another device
            (`ossicle.datasets.devices.drawn`), none of which is tested on.
        gain_db: the most that a random gain takes or gives.
    """

    copies: int = 0
    shift: float = 0.0
    stretch: float = 0.0
    semitones: float = 0.0
    mix: float = 0.0
    mix_snr_db: float = 0.0
    room: float = 0.0
    room_seconds: float = 0.6
    noise: float = 0.0
    noise_snr_db: float = 5.0
    device: float = 0.0
    gain_db: float = 0.0

    def __post_init__(self) -> None:
        ranges.require(self, _RANGES)

    def apply(self, pcm: Int16, rate: int, rng: Generator) -> Int16:
        """Return altered copies of sounds.

        Args:
            pcm: int16 [n, samples]; each may be laid behind another.
            rate: Hz.
            rng: where random numbers come from; the same state gives the same copies.
        """
        sounds = pcm / FULL_SCALE
        heard: Signal = np.stack([self._played(sound, rate, rng) for sound in sounds])
        for row in np.flatnonzero(rng.random(len(pcm)) < self.mix):
            other = sounds[(row + rng.integers(1, max(2, len(pcm)))) % len(pcm)]
            heard[row] = mixed(heard[row], other, self.mix_snr_db + _SPREAD_DB * rng.random())
        for row in np.flatnonzero(rng.random(len(pcm)) < self.room):
            response = room(rng, rate, rng.uniform(0.05, self.room_seconds))
            heard[row] = convolve(heard[row], response)[: pcm.shape[1]]
        for row in np.flatnonzero(rng.random(len(pcm)) < self.noise):
            noise = rng.standard_normal(pcm.shape[1:])
            heard[row] = mixed(heard[row], noise, self.noise_snr_db + _SPREAD_DB * rng.random())
        for row in np.flatnonzero(rng.random(len(pcm)) < self.device):
            devices = _devices(rate)
            heard[row] = devices[rng.integers(len(devices))].hear(heard[row], rate, rng)
        heard *= 10 ** (rng.uniform(-self.gain_db, self.gain_db, (len(pcm), 1)) / 20)
        return np.clip(np.rint(heard * FULL_SCALE), -32768, 32767).astype(np.int16)

    def _played(self, sound: Signal, rate: int, rng: Generator) -> Signal:
        """Return a sound, played at another speed, pitch or time."""
        if not (self.shift or self.stretch or self.semitones):
            return sound
        import audiomentations as library

        steps: list[Any] = []
        if self.stretch:
            slow, fast = 1 / (1 + self.stretch), 1 + self.stretch
            steps.append(library.TimeStretch(slow, fast, p=1.0))
        if self.semitones:
            steps.append(library.PitchShift(-self.semitones, self.semitones, p=1.0))
        if self.shift:
            steps.append(library.Shift(-self.shift, self.shift, fade_duration=0.0, p=1.0))
        with _seeded(rng):
            played = library.Compose(steps)(sound.astype(np.float32), sample_rate=rate)
        return np.asarray(played, np.float64)


def mixed(sound: Signal, behind: Signal, snr_db: float) -> Signal:
    """Return `sound` with `behind` so many dB fainter; `sound` alone where either is silent."""
    loud, faint = (float(np.sqrt(np.mean(side**2))) for side in (sound, behind))
    if min(loud, faint) < _QUIETEST:
        return sound
    return np.asarray(sound + behind * (loud / faint * 10 ** (-snr_db / 20)))


def room(rng: Generator, rate: int, seconds: float) -> Signal:
    """Return the impulse response of a random room whose reverberation time is `seconds`.

    Direct sound of 1, then noise that falls by 60 dB in `seconds` (J. A. Moorer, "About this
    reverberation business", Computer Music Journal 3, 1979), after a gap of up to 20 ms, of an
    energy between a tenth and that of the direct sound.
    """
    samples = max(2, round(seconds * rate))
    tail = rng.standard_normal(samples) * 10 ** (-3 * np.arange(samples) / samples)
    tail[: max(1, round(rng.uniform(0.001, 0.02) * rate))] = 0
    energy = float(np.sum(tail**2))
    tail *= np.sqrt(rng.uniform(0.1, 1.0) / energy) if energy > 0 else 0.0
    tail[0] = 1.0
    return tail


@lru_cache(maxsize=4)
def _devices(rate: int) -> tuple[Any, ...]:
    """Return the devices that may be heard in training; none of them is tested on."""
    return tuple(drawn(rate))


@contextmanager
def _seeded(rng: Generator) -> Iterator[None]:
    """Seed the two global generators that audiomentations draws from; put them back afterwards."""
    seed = int(rng.integers(2**32))
    kept, kept_numpy = random.getstate(), np.random.get_state()
    random.seed(seed)
    np.random.seed(seed)
    try:
        yield
    finally:
        random.setstate(kept)
        np.random.set_state(kept_numpy)
