"""A corpus heard through several recording devices, some of which are met in the test alone.

Every clip is recorded by every device, so that all devices are tested on the same sounds. Trained
on is each clip as it is and as a few of the seen devices record it, in turn; the other recordings
of it are for tests.
"""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

from ossicle.console import track
from ossicle.datasets.audio import FULL_SCALE, quantise, read_pcm
from ossicle.datasets.clips import Clip, Corpus
from ossicle.datasets.devices import (
    ORIGINAL,
    Device,
    last_third,
    of_impulse_responses,
    simulated,
)
from ossicle.datasets.listed import ABOUT, TABLE, is_listed, load_listed, read_about, table_of
from ossicle.errors import DataError
from ossicle.files import write_atomically

VERSION = 2  # of the sounds: raise it whenever the same seed makes other samples
RATE = 44_100
TAIL = RATE // 10  # what a device makes of a sound after its end: a tenth of a second


@dataclass(frozen=True)
class Take:
    """One recording to make: of a clip of the source, by a device; the last is what it becomes."""

    source: Clip
    device: str
    clip: Clip


def simulate(
    corpus: Corpus,
    folder: Path,
    *,
    responses: Path | None = None,
    unseen: Sequence[str] = (),
    trained: int = 3,
    seed: int = 0,
) -> Corpus:
    """Record `corpus` with simulated devices into `folder`, unless that was done, and load it.

    The files are 16-bit FLAC of 44.1 kHz in `audio/DEVICE/`, with `clips.csv`. An interrupted run
    goes on where it ended. The same corpus and seed give the same samples on every machine.

    Args:
        corpus: what to record.
        folder: where to put the recordings.
        responses: a folder of impulse responses, one WAV file a device; None takes the project's
            own devices B, C and S1 to S6.
        unseen: the devices that are met in the test alone; none takes the last third by name.
        trained: as how many devices record it each clip is trained on, itself included.
        seed: of the devices' noise, at least 0.

    Raises:
        DataError: recordings, responses or names that cannot be used, or `folder` holds something
            else.
    """
    devices = of_impulse_responses(responses, RATE) if responses else simulated(RATE)
    names = _unseen(devices, unseen)
    takes = all_takes(corpus, folder, devices, names, trained)
    about = _about(corpus, takes, devices, seed)
    if not _claim(folder, about):
        for take in track(takes, "recording with every device", len(takes)):
            if not take.clip.path.is_file():
                write_atomically(take.clip.path, _flac(render(take, devices, seed)))
        write_atomically(folder / TABLE, table_of([take.clip for take in takes], folder))
    return load_listed(folder)


def all_takes(
    corpus: Corpus,
    folder: Path,
    devices: Mapping[str, Device],
    unseen: Sequence[str],
    trained: int,
) -> list[Take]:
    """Return every recording, clip by clip.

    Raises:
        DataError: `trained` is not a number of seen devices.
    """
    seen = [name for name in devices if name not in unseen]
    if not 1 <= trained <= len(seen) + 1:
        raise DataError(f"each clip can be trained on as 1 to {len(seen) + 1} devices record it")
    takes = []
    for number, clip in enumerate(corpus.clips):
        turn = [seen[(number * (trained - 1) + step) % len(seen)] for step in range(trained - 1)]
        for name in (ORIGINAL, *devices):
            path = folder / "audio" / name / f"{number:05}.flac"
            kept = name not in (ORIGINAL, *turn)
            made = replace(clip, path=path, start=0.0, stop=None, device=name, test_only=kept)
            takes.append(Take(clip, name, made))
    return takes


def render(take: Take, devices: Mapping[str, Device], seed: int) -> Any:
    """Return int16 samples at 44.1 kHz of one recording.

    What is digital silence in the source is so in every recording of it: it is no quiet place that
    was recorded, but what an editor has filled up with.

    Raises:
        DataError: the clip cannot be read.
    """
    clip = take.source
    pcm, _ = read_pcm(clip.path, RATE, start=clip.start, stop=clip.stop)
    if take.device == ORIGINAL:
        return pcm
    key = f"{take.device} {clip.label} {clip.recording} {clip.start} {clip.path.name}"
    drawn = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, drawn))))
    heard = devices[take.device].hear(pcm.astype(np.float64) / FULL_SCALE, RATE, rng)
    recorded: npt.NDArray[np.int16] = quantise(heard)[0]
    recorded[_is_filling(pcm)] = 0
    return recorded


def _is_filling(pcm: npt.NDArray[np.int16]) -> npt.NDArray[np.bool_]:
    """Return [samples], where nothing but 0 and 1 LSB stands, and has stood for TAIL."""
    places = np.arange(len(pcm))
    sounds = np.where(np.abs(pcm.astype(np.int32)) > 1, places, -TAIL - 1)
    return np.asarray(places - np.maximum.accumulate(sounds) > TAIL)


def _unseen(devices: Mapping[str, Device], chosen: Sequence[str]) -> tuple[str, ...]:
    """Return the devices of the test alone."""
    strange = [name for name in chosen if name not in devices]
    if strange:
        known = ", ".join(devices)
        raise DataError(f"{strange[0]}: is no device that can be kept for the test; it is {known}")
    return tuple(chosen) or last_third(devices)


def _about(
    corpus: Corpus, takes: Sequence[Take], devices: Mapping[str, Device], seed: int
) -> dict[str, object]:
    """Return what `corpus.json` is to say; the hash is of all that decides the samples."""
    digest = hashlib.sha256(f"{VERSION} {seed}".encode())
    for take in takes:
        digest.update(f"{take.source} {take.device} {take.clip.test_only}".encode())
    for name, device in devices.items():
        told = f"{name} {device.onset} {device.squash} {device.noise} {device.compressor}"
        digest.update(told.encode() + np.float32(device.response).tobytes())
    return {
        "name": f"{corpus.name} through {len(devices) + 1} devices",
        "licence": corpus.licence,
        "seed": seed,
        "made_from": digest.hexdigest(),
    }


def _claim(folder: Path, about: dict[str, object]) -> bool:
    """Take `folder` for the recordings that `about` describes; tell whether they are complete."""
    if folder.is_dir() and any(folder.iterdir()) and read_about(folder) != about:
        raise DataError(f"{folder}: holds something else; delete it or name an empty folder")
    write_atomically(folder / ABOUT, json.dumps(about, indent=2) + "\n")
    return is_listed(folder)


def _flac(pcm: Any) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, pcm, RATE, format="FLAC", subtype="PCM_16")
    return buffer.getvalue()
