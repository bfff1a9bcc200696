"""The synthetic scenes: the same everywhere, complete, resumable, and in TAU's layout."""

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
import soundfile

from ossicle.datasets import load, synthesis, synthetic
from ossicle.datasets.microphones import MICROPHONES, Microphone, record
from ossicle.datasets.scenes import HERTZ, RATE, SCENES, shaped_noise
from ossicle.datasets.synthesis import VERSION, all_takes, render
from ossicle.errors import DataError

# Of every seventh clip with seed 0, little-endian int16. Whoever changes the sounds raises VERSION.
SAMPLES_SHA256 = "78f15dba2cc402fe86caf5c80f9abb275658f37588d9cf056bcb509060eb9e9a"
# The vector instructions that NumPy chooses between on x86-64; without them it computes otherwise.
VECTOR_FEATURES = "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"
DIGEST_SCRIPT = """
import hashlib
from ossicle.datasets.synthesis import all_takes, render
digest = hashlib.sha256()
for take in all_takes(6)[::47]:
    digest.update(render(take, 0).astype("<i2").tobytes())
print(digest.hexdigest())
"""


def digest(takes, seed=0):
    sha = hashlib.sha256()
    for take in takes:
        sha.update(render(take, seed).astype("<i2").tobytes())
    return sha.hexdigest()


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes")
    return folder, synthetic(folder, clips_per_location=1)


def test_the_samples_are_the_pinned_ones():
    assert VERSION == 1
    assert digest(all_takes(6)[::7]) == SAMPLES_SHA256


def test_the_samples_do_not_depend_on_vector_instructions():
    environment = {**os.environ, "NPY_DISABLE_CPU_FEATURES": VECTOR_FEATURES}
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DIGEST_SCRIPT],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == digest(all_takes(6)[::47])


def test_another_seed_makes_other_samples():
    take = all_takes(1)[0]
    assert (render(take, 0) != render(take, 1)).mean() > 0.9


def test_no_two_clips_are_the_same():
    takes = all_takes(3)[:6]
    assert len({render(take, 0).tobytes() for take in takes}) == 6


def test_clips_are_neither_silent_nor_clipped():
    for take in all_takes(6)[::11]:
        pcm = render(take, 0).astype(np.float64)
        assert pcm.shape == (RATE,)
        assert 100 < np.sqrt(np.mean(pcm**2)) < 20_000
        assert (np.abs(pcm) >= 32_767).mean() < 0.001


def test_the_corpus(scenes):
    folder, corpus = scenes
    assert corpus.name == "synthetic scenes"
    assert corpus.labels == tuple(sorted(SCENES))
    assert len(corpus.labels) == 10
    assert len(all_takes(6)) == 480
    train, test = corpus.split(1)
    assert len({clip.city for clip in train}) == 3
    assert {clip.city for clip in test} == {"vienna"}
    assert not {clip.recording for clip in train} & {clip.recording for clip in test}
    assert Counter(clip.label for clip in test) == dict.fromkeys(corpus.labels, 2)
    assert load(folder) == corpus


def test_every_device_is_heard_and_one_in_the_test_split_alone():
    heard = {split: set() for split in ("train", "test")}
    for take in all_takes(6):
        heard["test" if take.city == "vienna" else "train"].add(take.device)
    assert heard["test"] == {"a", "b", "c", "s1", "s2", "s3"} <= set(MICROPHONES)
    assert heard["test"] - heard["train"] == {"s3"}


def test_the_files_are_as_tau_has_them(scenes):
    folder, corpus = scenes
    info = soundfile.info(corpus.clips[0].path)
    assert (info.samplerate, info.channels, info.frames, info.subtype) == (RATE, 1, RATE, "PCM_16")
    meta = (folder / "meta.csv").read_text().splitlines()
    assert meta[0] == "filename\tscene_label\tidentifier\tsource_label"
    assert meta[1] == "audio/airport-barcelona-0-0-0-a.wav\tairport\tbarcelona-0\ta"
    assert len(meta) == 81
    setup = folder / "evaluation_setup"
    assert (setup / "fold1_train.csv").read_text().startswith("filename\tscene_label\naudio/")
    assert (setup / "fold1_test.csv").read_text().startswith("filename\naudio/airport-vienna-")
    test = (setup / "fold1_test.csv").read_text().splitlines()
    evaluate = (setup / "fold1_evaluate.csv").read_text().splitlines()
    assert [row.partition("\t")[0] for row in evaluate] == test


def test_a_second_run_makes_nothing(scenes, monkeypatch):
    folder, corpus = scenes
    monkeypatch.setattr(synthesis, "render", None)
    assert synthetic(folder, clips_per_location=1) == corpus


def test_an_interrupted_run_goes_on(tmp_path, monkeypatch, scenes):
    folder = tmp_path / "scenes"
    made = []

    def interrupted(take, seed):
        if len(made) == 3:
            raise KeyboardInterrupt
        made.append(take)
        return render(take, seed)

    monkeypatch.setattr(synthesis, "render", interrupted)
    with pytest.raises(KeyboardInterrupt):
        synthetic(folder, clips_per_location=1)
    with pytest.raises(DataError, match="not complete; make them again"):
        load(folder)
    first = folder / made[0].filename
    stamp = first.stat().st_mtime_ns
    monkeypatch.setattr(synthesis, "render", lambda take, _: np.zeros(RATE, np.int16))
    synthetic(folder, clips_per_location=1)
    assert first.stat().st_mtime_ns == stamp
    original = scenes[0] / made[0].filename
    assert first.read_bytes() == original.read_bytes()


def test_folders_of_something_else_are_left_alone(scenes, tmp_path):
    folder, _ = scenes
    with pytest.raises(DataError, match="made otherwise"):
        synthetic(folder, seed=1, clips_per_location=1)
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(DataError, match="holds something else"):
        synthetic(tmp_path)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "synthetic.json").write_text("{")
    with pytest.raises(DataError, match="is damaged"):
        load(tmp_path / "broken")
    (tmp_path / "broken" / "synthetic.json").write_text(json.dumps([1]))
    with pytest.raises(DataError, match="not complete"):
        load(tmp_path / "broken")


def tone(hertz, amplitude):
    return amplitude * np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE)


def gain(microphone, hertz, amplitude):
    rng = np.random.Generator(np.random.PCG64(0))
    return np.abs(record(tone(hertz, amplitude), microphone, rng)).max() / amplitude


def test_a_microphone_cuts_and_squashes_as_it_says():
    # The tolerances cover what the other cut and the noise at -120 dB add: well below 1 %.
    plain = Microphone(100, 10_000, 0.0, 1.0, 0.0, -120)
    assert gain(plain, 1_000, 0.5) == pytest.approx(1.0, rel=0.02)
    assert gain(plain, 100, 0.5) == pytest.approx(0.5, rel=0.02)
    assert gain(plain, 10_000, 0.5) == pytest.approx(0.5, rel=0.02)
    squashed = Microphone(1, 100_000, 0.0, 1.0, 0.5, -120)
    assert gain(squashed, 1_000, 1.0) == pytest.approx(1.0, rel=0.02)
    assert gain(squashed, 1_000, 0.001) == pytest.approx(1.5, rel=0.02)


def test_a_microphone_adds_its_noise():
    rng = np.random.Generator(np.random.PCG64(0))
    noise = record(np.zeros(RATE), Microphone(20, 20_000, 0.0, 1.0, 0.0, -60), rng)
    assert np.sqrt(np.mean(noise**2)) == pytest.approx(0.001)


def test_shaped_noise_has_its_spectrum():
    rng = np.random.Generator(np.random.PCG64(0))
    noise = shaped_noise((HERTZ < 1000).astype(float), rng)
    power = np.abs(np.fft.rfft(noise)) ** 2
    assert noise.shape == (RATE,)
    assert np.mean(noise**2) == pytest.approx(1.0)
    assert power[1000:].sum() < 1e-20 * power[:1000].sum()
