"""Simulated recording devices: an impulse response, noise, and compression of the dynamic range.

The devices S1 to S11 of TAU Urban Acoustic Scenes 2020 Mobile (and of 2022, which is cut from it)
were made so: what device A recorded was convolved with the impulse response of another mobile
device and then compressed, with settings of its own for each (T. Heittola, A. Mesaros, T. Virtanen,
"Acoustic scene classification in DCASE 2020 Challenge: generalization across devices and low
complexity solutions", DCASE Workshop 2020, arXiv:2005.14623). Those impulse responses are not
public. Here they come from the microphones of the synthetic scenes (`microphones.py`), or from WAV
files of the user's own, such as those of MicIRP.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ossicle.datasets.audio import FULL_SCALE, read_pcm
from ossicle.datasets.compressor import Compressor, Signal
from ossicle.datasets.folders import sound_files
from ossicle.datasets.microphones import MICROPHONES, Microphone, impulse_response, squashed
from ossicle.datasets.scenes import shaped_noise
from ossicle.errors import DataError

ORIGINAL = "a"
"""The device that the recordings were made with: it changes nothing."""

LONGEST_RESPONSE = 5.0  # seconds: a cathedral; longer is not an impulse response
QUIETEST_PEAK = 328  # of 32768, -40 dB: below it int16 leaves too little of a response
DRAWN = 60  # about as many as MicIRP has responses
_NOISE = -75.0  # dB against full scale, of a device that only its impulse response is known of
_SILENT = -200.0  # dB, of a device without noise
_IDLE = Compressor(0, 1, 0.01, 0.1, 0)
_COMPRESSORS = {
    "b": Compressor(-18, 1.5, 0.010, 0.150, 2),
    "c": Compressor(-24, 2.0, 0.005, 0.100, 4),
    "s1": Compressor(-20, 2.0, 0.008, 0.120, 3),
    "s2": Compressor(-30, 3.0, 0.003, 0.080, 8),
    "s3": Compressor(-26, 2.5, 0.015, 0.250, 5),
    "s4": Compressor(-34, 4.0, 0.002, 0.060, 10),
    "s5": Compressor(-22, 3.5, 0.020, 0.300, 6),
    "s6": Compressor(-28, 2.2, 0.004, 0.180, 6),
}


@dataclass(frozen=True, eq=False)
class Device:
    """A simulated recording device.

    Attributes:
        response: its impulse response, at the sample rate of what it is to hear.
        onset: which sample of `response` is the direct sound; it is not delayed.
        squash: of its electronics, as in `Microphone`.
        noise: its own noise, in dB against full scale.
        compressor: what its software does.
    """

    response: Signal
    onset: int
    squash: float
    noise: float
    compressor: Compressor

    def hear(self, sound: Signal, rate: int, rng: np.random.Generator) -> Signal:
        """Return `sound` [samples] of `rate` Hz, full scale at 1, as the device records it."""
        heard = convolve(sound, self.response)[self.onset : self.onset + len(sound)]
        noise = shaped_noise(np.ones(len(heard) // 2 + 2), rng)[: len(heard)]
        heard = squashed(heard + noise * 10.0 ** (self.noise / 20.0), self.squash)
        return self.compressor.apply(heard, rate)


def simulated(rate: int) -> dict[str, Device]:
    """Return the devices B, C and S1 to S6 at `rate` Hz, in the order of their names."""
    devices = {}
    for name, compressor in _COMPRESSORS.items():
        heard_by = MICROPHONES[name]
        response = impulse_response(heard_by, rate)
        devices[name] = Device(response, 0, heard_by.squash, heard_by.noise, compressor)
    return devices


def drawn(rate: int, count: int = DRAWN) -> list[Device]:
    """Return devices at `rate` Hz that are an impulse response and nothing else, always the same.

    They are for augmentation (T. Morocutti, F. Schmid, K. Koutini, G. Widmer, "Device-robust
    acoustic scene classification via impulse response augmentation", EUSIPCO 2023, with the
    responses of MicIRP): microphones drawn between wide limits, none of which is tested on.
    """
    random = np.random.Generator(np.random.PCG64(0))
    return [
        Device(impulse_response(_microphone(random), rate), 0, 0.0, _SILENT, _IDLE)
        for _ in range(count)
    ]


def of_impulse_responses(folder: Path, rate: int) -> dict[str, Device]:
    """Return a device for each sound file below `folder`, called as the file is.

    A response is brought to `rate` Hz and to an energy of 1, so that noise keeps its level; its
    largest sample is the direct sound. The settings of its compressor follow from its name.

    Raises:
        DataError: no sound file, two of one name, or one that cannot be an impulse response.
    """
    devices: dict[str, Device] = {}
    for path in sound_files(folder):
        name = path.stem.lower()
        if name in devices or name == ORIGINAL:
            raise DataError(f"{path}: there is a device {name} already; rename the file")
        response = _read_response(path, rate)
        onset = int(np.abs(response).argmax())
        devices[name] = Device(response, onset, 0.0, _NOISE, _compressor_of(name))
    return devices


def convolve(sound: Signal, response: Signal) -> Signal:
    """Return the whole convolution [n + m - 1] of `sound` [n] and `response` [m]."""
    length = len(sound) + len(response) - 1
    size = 1 << (length - 1).bit_length()
    return np.asarray(
        np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size), size)[:length]
    )


def last_third(devices: Mapping[str, Device]) -> tuple[str, ...]:
    """Return the devices that are heard in tests alone unless the user chooses: S4, S5 and S6.

    Of the original and the simulated ones together it is the last third.
    """
    return tuple(devices)[-((len(devices) + 1) // 3) :]


def _microphone(random: np.random.Generator) -> Microphone:
    """Draw a microphone: cuts on a logarithmic scale, 20 to 300 Hz and 5 to 20 kHz, and ripple."""
    low, high, ripple, period = random.random(4)
    return Microphone(
        20.0 * 15.0**low, 5_000.0 * 4.0**high, 6.0 * ripple, 0.8 + 3.2 * period, 0.0, _SILENT
    )


def _read_response(path: Path, rate: int) -> Signal:
    pcm, _ = read_pcm(path, rate)
    if len(pcm) > LONGEST_RESPONSE * rate:
        raise DataError(
            f"{path}: lasts longer than {LONGEST_RESPONSE:.0f} s, which no impulse response does; "
            "name a folder of impulse responses"
        )
    if np.abs(pcm.astype(np.int32)).max() < QUIETEST_PEAK:
        raise DataError(f"{path}: is below -40 dB, too quiet for an impulse response; normalise it")
    response = pcm.astype(np.float64) / FULL_SCALE
    return np.asarray(response / np.sqrt(np.sum(response * response)))


def _compressor_of(name: str) -> Compressor:
    """Return settings between those of the simulated devices, drawn from the hash of the name."""
    shares = [byte / 255 for byte in hashlib.sha256(name.encode()).digest()[:4]]
    return Compressor(
        threshold=-34 + 16 * shares[0],
        ratio=1.5 + 2.5 * shares[1],
        attack=0.002 + 0.018 * shares[2],
        release=0.060 + 0.240 * shares[3],
        makeup=5.0,
    )
