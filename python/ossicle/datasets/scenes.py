"""Ten urban scenes as numbers, and the synthesiser that makes one second of any of them.

No recording is copied: a scene is shaped noise (rumble, air, a humming machine), people (voices,
steps), things that happen (birds, rail joints, chimes, a car that passes) and a room. The scenes
overlap as the real ones do: metro and tram, or a pedestrian street and a square, are hard to tell
apart.

One second at 44.1 kHz is 44,100 points, so bin k of its Fourier transform is k Hz, and filtering
with it wraps around: the second is a stretch of an endless scene.

The result is the same on every machine: the random numbers are PCG64's integers scaled (`random`,
never `normal`, which calls the machine's own logarithm), and the arithmetic after them differs
between processors by some 1e-11 of an int16 step, which rounding to int16 removes. A test pins the
SHA-256 of what comes out.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

RATE = 44_100
HERTZ = np.arange(RATE // 2 + 1, dtype=np.float64)
SECONDS = np.arange(RATE, dtype=np.float64) / RATE
HEADROOM = 10.0  # dB that the recordist leaves, so that the loudest bus does not clip

Signal = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scene:
    """What a scene is made of: levels in dB (RMS against full scale), events per second."""

    rumble: float  # below some 100 Hz: wheels, engines, the city
    air: float  # the broadband rest
    tilt: float  # of the air's spectrum, in dB per octave
    hum: float  # a machine: harmonics of
    hum_hertz: float  # this
    voices: float
    passing: float  # a vehicle that comes and goes
    steps: float
    birds: float
    clacks: float  # rail joints, doors
    chimes: float
    reverberation: float  # seconds until 60 dB down


SCENES = {
    "airport": Scene(-16, -16, -4.0, -28, 120, -20, -34, 2.0, 0.0, 0.1, 0.4, 1.3),
    "bus": Scene(-8, -19, -5.5, -15, 32, -27, -32, 0.1, 0.0, 0.6, 0.05, 0.15),
    "metro": Scene(-11, -14, -5.0, -22, 70, -30, -30, 0.1, 0.0, 3.0, 0.05, 0.25),
    "metro_station": Scene(-16, -18, -5.0, -25, 55, -22, -22, 2.0, 0.0, 0.6, 0.3, 1.8),
    "park": Scene(-24, -23, -3.5, -42, 50, -30, -30, 0.8, 2.5, 0.0, 0.0, 0.1),
    "public_square": Scene(-20, -17, -3.5, -38, 50, -23, -24, 1.2, 1.2, 0.1, 0.05, 0.5),
    "shopping_mall": Scene(-26, -19, -5.5, -27, 100, -17, -40, 2.5, 0.0, 0.1, 0.2, 0.9),
    "street_pedestrian": Scene(-21, -20, -4.5, -38, 50, -18, -30, 4.0, 0.3, 0.1, 0.05, 0.35),
    "street_traffic": Scene(-14, -17, -4.5, -28, 45, -28, -14, 0.8, 0.3, 0.1, 0.0, 0.25),
    "tram": Scene(-14, -18, -5.5, -17, 115, -28, -30, 0.1, 0.0, 2.0, 0.15, 0.2),
}
_LEVELS = ("rumble", "air", "hum", "voices", "passing")
_RATES = ("steps", "birds", "clacks", "chimes")


def at_location(scene: Scene, rng: np.random.Generator) -> Scene:
    """Return `scene` as one place has it: other levels, machine and room, busier or calmer."""
    levels = {name: getattr(scene, name) + _between(rng, -3.0, 3.0) for name in _LEVELS}
    rates = {name: getattr(scene, name) * _between(rng, 0.5, 1.5) for name in _RATES}
    return replace(
        scene,
        **levels,
        **rates,
        tilt=scene.tilt + _between(rng, -0.5, 0.5),
        hum_hertz=scene.hum_hertz * _between(rng, 0.9, 1.1),
        reverberation=scene.reverberation * _between(rng, 0.7, 1.4),
    )


def synthesise(scene: Scene, rng: np.random.Generator) -> Signal:
    """Return one second of `scene`: 44,100 samples, full scale at 1."""
    heard = _voices(rng) * _gain(scene.voices)
    for rate, sound in _EVENTS.items():
        for _ in range(_count(rng, getattr(scene, rate))):
            event = sound(rng) * _gain(_between(rng, -18, -6))
            begin = int(rng.integers(RATE))
            heard[(begin + np.arange(len(event))) % RATE] += event
    passing = _gain(scene.passing) * _passing(rng)
    everything = _background(scene, rng) + passing + _room(heard, scene.reverberation, rng)
    return everything * _gain(-HEADROOM)


def shaped_noise(gain: Signal, rng: np.random.Generator) -> Signal:
    """Return Gaussian noise with the amplitude spectrum `gain` [n + 1]: [2n], with an RMS of 1."""
    amplitude = np.sqrt(-np.log(1.0 - rng.random(len(gain))))
    angle = 2.0 * np.pi * rng.random(len(gain))
    noise = np.fft.irfft(gain * amplitude * (np.cos(angle) + 1j * np.sin(angle)))
    return np.asarray(noise / np.sqrt(np.mean(noise * noise)))


def _background(scene: Scene, rng: np.random.Generator) -> Signal:
    """Rumble, air and hum: their powers add, so one noise with the summed spectrum is all three."""
    rumble = _unit(1.0 / (1.0 + (HERTZ / 70.0) ** 4))
    air = _unit((np.maximum(HERTZ, 40.0) / 1000.0) ** (scene.tilt / 6.02))
    hum = _unit(_comb(scene.hum_hertz, 1.5) / (1.0 + (HERTZ / (6 * scene.hum_hertz)) ** 2))
    parts = ((rumble, scene.rumble), (air, scene.air), (hum, scene.hum))
    power = sum((shape * _gain(level)) ** 2 for shape, level in parts)
    level = np.sqrt(sum(_gain(level) ** 2 for _, level in parts))
    return np.asarray(shaped_noise(np.sqrt(power), rng) * level)


def _voices(rng: np.random.Generator) -> Signal:
    """Three people: a pitch with two formants, in syllables."""
    together = np.zeros(RATE)
    for _ in range(3):
        formants = _bump(_between(rng, 350, 800), 120) + 0.5 * _bump(_between(rng, 1000, 2400), 250)
        spoken = shaped_noise(_comb(_between(rng, 95, 240), 4.0) * formants, rng)
        swell = np.sin(np.pi * (_between(rng, 2.5, 5.0) * SECONDS + rng.random()))
        together += spoken * swell * swell
    return together / 1.06  # three independent swells of mean square 3/8: sqrt(9/8)


def _passing(rng: np.random.Generator) -> Signal:
    """Tyres and exhaust, louder around a moment that may lie outside the second."""
    tyres = shaped_noise(_bump(_between(rng, 600, 1100), 500) + 0.6 * _bump(90, 50), rng)
    away = (SECONDS - _between(rng, -0.4, 1.4)) / 0.5
    return tyres / (1.0 + away * away)


def _step(rng: np.random.Generator) -> Signal:
    heel = _bump(_between(rng, 150, 400), 120) + 0.4 * _bump(_between(rng, 1500, 4000), 800)
    return _burst(heel, 0.02, rng)


def _bird(rng: np.random.Generator) -> Signal:
    low, sweep = _between(rng, 2500, 5500), _between(rng, -9000, 9000)
    length = np.minimum(SECONDS, 0.15)  # the pitch rests after the sweep
    whistle = np.sin(2 * np.pi * (low * SECONDS + sweep * length * length))
    return whistle * _decay(0.05) * np.minimum(SECONDS / 0.01, 1.0)


def _clack(rng: np.random.Generator) -> Signal:
    thud = _bump(_between(rng, 80, 160), 60) + 0.5 * _bump(_between(rng, 700, 1600), 300)
    return _burst(thud, 0.03, rng) + 0.7 * np.roll(_burst(thud, 0.03, rng), 3000)


def _chime(rng: np.random.Generator) -> Signal:
    pitch = _between(rng, 500, 900)
    return (np.sin(2 * np.pi * pitch * SECONDS) + np.sin(4 * np.pi * pitch * SECONDS)) * _decay(0.2)


def _burst(gain: Signal, seconds: float, rng: np.random.Generator) -> Signal:
    """Return a fifth of a second of decaying noise: every fifth bin of the spectrum suffices."""
    noise = shaped_noise(gain[::5], rng)
    return np.asarray(noise * _decay(seconds)[: len(noise)])


_EVENTS: dict[str, Callable[[np.random.Generator], Signal]] = {
    "steps": _step,
    "birds": _bird,
    "clacks": _clack,
    "chimes": _chime,
}


def _room(sound: Signal, seconds: float, rng: np.random.Generator) -> Signal:
    """Add the reverberation of a room: noise that decays by 60 dB in `seconds`."""
    tail = (rng.random(RATE) - 0.5) * _decay(seconds / 6.91)
    tail *= 0.5 / np.sqrt(np.sum(tail * tail))
    return sound + np.fft.irfft(np.fft.rfft(sound) * np.fft.rfft(tail), RATE)


def _comb(pitch: float, width: float) -> Signal:
    """Peaks of `width` Hz at the multiples of `pitch` Hz."""
    off = HERTZ - pitch * np.maximum(np.rint(HERTZ / pitch), 1.0)
    return np.exp(-((off / width) ** 2))


def _bump(centre: float, width: float) -> Signal:
    return np.exp(-(((HERTZ - centre) / width) ** 2))


def _decay(seconds: float) -> Signal:
    return np.exp(-SECONDS / seconds)


def _unit(spectrum: Signal) -> Signal:
    return np.asarray(spectrum / np.sqrt(np.sum(spectrum * spectrum)))


def _gain(decibels: float) -> float:
    return float(10.0 ** (decibels / 20.0))


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    return low + (high - low) * float(rng.random())


def _count(rng: np.random.Generator, rate: float) -> int:
    """Return how many of the events of `rate` a second fall into this one (0 to twice the rate)."""
    return int(2.0 * rate * float(rng.random()) + float(rng.random()))
