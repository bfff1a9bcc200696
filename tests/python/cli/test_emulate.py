"""Playing sounds into the emulated device: any rate, any channels, second by second."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from command_line import Result, run
from made_sounds import LABELS, MAKERS, RATE, write_sound
from ossicle.device.program import Program
from ossicle.frontend import FrontEnd
from ossicle.parity.host import HostModel
from ossicle.training.cutting import SILENCE_PEAK

Ossicle = Callable[..., Result]


def host_says(program: Program, pcm: np.ndarray) -> tuple[str, float]:
    """Label and probability by the host, for one window."""
    assert program.bundle is not None
    features = FrontEnd(program.bundle.frontend)(pcm[np.newaxis])[0]
    host = HostModel(program.compiled)
    output = host.run([features.reshape(program.input.shape)])[0].reshape(-1)
    best = int(output.argmax())
    affine = program.output.affine
    return LABELS[best], (int(output[best]) - affine.zero_point) * affine.scale


def test_a_sound_of_the_device_s_own_rate(
    bundle_folder: Path, bundle_program: Program, tmp_path: Path, ossicle: Ossicle
) -> None:
    """2.7 s: two whole windows, and one that ends with the sound; the first second is silent."""
    time = np.arange(round(2.7 * RATE)) / RATE
    sound = MAKERS["hiss"](time, 2)
    sound[:RATE] = 0
    file = write_sound(tmp_path / "hiss.wav", sound, RATE)
    moments = ossicle("emulate", bundle_folder, file, "--json").json
    assert [moment["second"] for moment in moments] == [0.0, 1.0, 1.7]
    silence = {"second": 0.0, "label": "silence", "probability": 0.0, "peak": 0}
    assert moments[0] == silence
    pcm = np.clip(np.rint(sound * 32768), -32768, 32767).astype(np.int16)
    for moment, window in zip(moments[1:], (pcm[RATE : 2 * RATE], pcm[-RATE:]), strict=True):
        # libsndfile may have rounded a sample the other way: play what the file holds
        assert abs(moment["peak"] - int(np.abs(window.astype(int)).max())) <= 1
        assert moment["peak"] >= SILENCE_PEAK
        assert moment["label"] in LABELS
    text = ossicle("emulate", bundle_folder, file)
    assert text.out.splitlines()[0].split() == ["0.00", "s", "silence", "0.0%"]
    assert [line.split()[2] for line in text.out.splitlines()] == [m["label"] for m in moments]


def test_another_rate_and_more_channels_are_said(
    bundle_folder: Path, tmp_path: Path, ossicle: Ossicle
) -> None:
    time = np.arange(48_000) / 48_000
    file = write_sound(
        tmp_path / "a [/b] :bell: tone.flac", MAKERS["tone"](time, 1), 48_000, channels=2
    )
    result = ossicle("emulate", bundle_folder, file, "--board", "qemu_m7", "--json")
    (moment,) = result.json
    assert moment["second"] == 0.0 and moment["label"] in LABELS
    assert f"{file}: mixed down from 2 channels, resampled from 48000 Hz\n" in result.err
    # The tone has an amplitude of 0.3 in both channels; resampled, its peak lies nearly there.
    assert abs(moment["peak"] - 0.3 * 32768) < 0.01 * 32768


def test_the_bundle_s_own_sounds(
    bundle_folder: Path, bundle_program: Program, ossicle: Ossicle
) -> None:
    assert bundle_program.bundle is not None
    pcm = bundle_program.bundle.vectors["pcm"]
    moments = ossicle("emulate", bundle_folder, "--json").json
    assert len(moments) == len(pcm)
    for moment, window in zip(moments, pcm, strict=True):
        assert moment["peak"] == int(np.abs(window.astype(int)).max())
        if moment["peak"] < SILENCE_PEAK:
            assert moment["label"] == "silence"
        else:
            label, probability = host_says(bundle_program, window)
            assert (moment["label"], moment["probability"]) == (label, probability)
    assert {moment["label"] for moment in moments} > {"silence"}


def test_by_the_serial_port(bundle_folder: Path, tmp_path: Path, ossicle: Ossicle) -> None:
    file = write_sound(tmp_path / "short.wav", MAKERS["clicks"](np.arange(9000) / RATE, 0), RATE)
    console = ossicle("emulate", bundle_folder, file, "--json").json
    assert len(console) == 1  # padded to a second
    assert ossicle("emulate", bundle_folder, file, "--carrier", "uart", "--json").json == console


def test_the_installed_command_prints_json_alone(bundle_folder: Path) -> None:
    """In a process of its own: libraries write to the streams below Python, too."""
    ended = run("parity", bundle_folder, "--json")
    assert json.loads(ended.out)["mismatches"] == 0
    assert all("parity on qemu_m4" in line for line in ended.err.splitlines()), ended.err
