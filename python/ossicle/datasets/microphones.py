"""Simulated microphones: what a capsule and its electronics make of a sound.

As in the TAU corpora, A is the good recorder, B and C are other real devices (here simulated too),
and S1, S2, ... are simulated: an equaliser, noise of its own, and compression of the dynamic range.
The synthetic scenes are recorded with them as they are; `devices.py` makes whole devices of them.
"""

from dataclasses import dataclass

import numpy as np

from ossicle.datasets.scenes import HERTZ, RATE, Signal, shaped_noise


@dataclass(frozen=True)
class Microphone:
    """A recording device.

    Attributes:
        low_cut: below this it hears 12 dB per octave less, in Hz.
        high_cut: above this it hears 24 dB per octave less, in Hz.
        ripple: how far its response swings up and down over frequency, in dB.
        ripple_period: of that swing, in octaves.
        squash: compression: a full-scale peak is made 1 + squash times smaller than a quiet one.
        noise: its own noise, in dB against full scale.
    """

    low_cut: float
    high_cut: float
    ripple: float
    ripple_period: float
    squash: float
    noise: float


MICROPHONES = {
    "a": Microphone(15, 20_000, 0.0, 1.0, 0.0, -90),
    "b": Microphone(60, 16_000, 2.0, 2.3, 0.6, -72),
    "c": Microphone(90, 13_000, 2.5, 1.7, 1.2, -68),
    "s1": Microphone(50, 17_000, 3.0, 1.3, 0.4, -76),
    "s2": Microphone(100, 14_000, 2.5, 2.9, 1.6, -70),
    "s3": Microphone(80, 12_000, 3.5, 2.1, 0.8, -66),
    "s4": Microphone(120, 15_000, 4.0, 1.1, 0.5, -70),
    "s5": Microphone(60, 11_000, 3.0, 3.3, 1.0, -64),
    "s6": Microphone(150, 13_500, 4.5, 1.9, 0.7, -68),
}
FLOOR = 1e-4  # of a gain: below -80 dB nothing is heard, and its logarithm exists


def record(sound: Signal, microphone: Microphone, rng: np.random.Generator) -> Signal:
    """Return `sound` (44,100 samples, full scale at 1) as `microphone` records it."""
    heard = np.fft.irfft(np.fft.rfft(sound) * response(microphone, HERTZ), RATE)
    heard += shaped_noise(np.ones(len(HERTZ)), rng) * 10.0 ** (microphone.noise / 20.0)
    return squashed(heard, microphone.squash)


def squashed(heard: Signal, squash: float) -> Signal:
    """Return `heard` (full scale at 1) with its quiet samples made 1 + squash times louder."""
    return heard * (1.0 + squash) / (1.0 + squash * np.abs(heard))


def response(microphone: Microphone, hertz: Signal) -> Signal:
    """Return the gain at each of the frequencies `hertz`; zero phase, so nothing is delayed."""
    low = (hertz / microphone.low_cut) ** 2
    high = (hertz / microphone.high_cut) ** 4
    octaves = np.log2(np.maximum(hertz, 20.0) / 1000.0)
    ripple = microphone.ripple * np.sin(2.0 * np.pi * octaves / microphone.ripple_period)
    return np.asarray(low / (1.0 + low) / (1.0 + high) * 10.0 ** (ripple / 20.0))


def impulse_response(microphone: Microphone, rate: int) -> Signal:
    """Return what `microphone` makes of a click: 50 ms at `rate` Hz, its gain with minimum phase.

    A real capsule cannot answer before it hears, so the phase is the one that follows from the
    gain: the cepstrum of the gain folded to positive times (A. V. Oppenheim, R. W. Schafer,
    "Discrete-Time Signal Processing", chapter on the cepstrum).
    """
    size = 4 * rate // 2 * 2  # four seconds: the cepstrum has died away, so it does not wrap around
    gain = np.maximum(response(microphone, np.arange(size // 2 + 1) * rate / size), FLOOR)
    cepstrum = np.fft.irfft(np.log(gain))
    cepstrum[1 : size // 2] *= 2.0
    cepstrum[size // 2 + 1 :] = 0.0
    return np.asarray(np.fft.irfft(np.exp(np.fft.rfft(cepstrum)))[: rate // 20])
