"""Recordings that cannot be used, at every verb that hears them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from command_line import Result, assert_refused

Ossicle = Callable[..., Result]
Hear = Callable[..., None]


@pytest.fixture
def corpus(corpus_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(corpus_folder, tmp_path / "recordings"))


@pytest.fixture(params=["train", "evaluate", "quantize", "parity", "report", "demo"])
def refused(
    request: pytest.FixtureRequest, bundle_folder: Path, tmp_path: Path, ossicle: Ossicle
) -> Hear:
    """Give a folder of recordings to a verb: refused, and nothing new in the folder of outputs."""
    keras = bundle_folder.with_name("trained.work") / "float.keras"
    verb, out = request.param, tmp_path / "outputs"
    before = {
        "train": ["--out", out / "bundle"],
        "evaluate": [bundle_folder],
        "quantize": [keras, "--out", out / "model.tflite"],
        "parity": [bundle_folder],
        "report": [bundle_folder, "--out", out / "report"],
        "demo": ["--out", out / "demo"],
    }[verb]

    def hear(data: Path, *named: object, options: tuple[object, ...] = ()) -> None:
        out.mkdir()
        assert_refused(ossicle(verb, *before, "--data", data, *options), *named)
        # What an interrupted training goes on from may stay: the features of clips that were read.
        left = {path.name for path in out.rglob("*") if path.is_file()}
        assert not {name for name in left if not name.endswith(".npz")}
        assert not any((out / name).exists() for name in ("bundle", "model.tflite", "report"))

    return hear


def test_a_folder_that_is_missing(refused: Hear, tmp_path: Path) -> None:
    refused(tmp_path / "nowhere", tmp_path / "nowhere")


def test_a_folder_that_is_empty(refused: Hear, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    refused(tmp_path / "nothing", tmp_path / "nothing", "empty")


def test_a_file_instead_of_a_folder(refused: Hear, corpus: Path) -> None:
    refused(corpus / "tone" / "0.wav", corpus / "tone" / "0.wav")


def test_a_sound_that_is_none(refused: Hear, corpus: Path) -> None:
    (corpus / "tone" / "0.wav").write_text("not a sound")
    refused(corpus, corpus / "tone" / "0.wav", "not a WAV")


def test_a_sound_of_no_bytes(refused: Hear, corpus: Path) -> None:
    (corpus / "tone" / "0.wav").write_bytes(b"")
    refused(corpus, corpus / "tone" / "0.wav", "empty")


def test_a_sound_of_no_samples(refused: Hear, corpus: Path) -> None:
    soundfile.write(corpus / "tone" / "0.wav", np.zeros(0), 44100)
    refused(corpus, corpus / "tone" / "0.wav", "no sound")


def test_a_sound_that_is_not_a_number(refused: Hear, corpus: Path) -> None:
    sound = np.zeros(44100)
    sound[700] = np.nan
    soundfile.write(corpus / "tone" / "0.wav", sound, 44100, subtype="FLOAT")
    refused(corpus, corpus / "tone" / "0.wav", "NaN")


def test_labels_without_clips(refused: Hear, tmp_path: Path) -> None:
    tau = tmp_path / "tau"
    (tau / "evaluation_setup").mkdir(parents=True)
    names = [f"audio/{scene}-lyon-1-2-0-a.wav" for scene in ("bus", "tram")]
    rows = [f"{name}\t{name[6:9]}" for name in names]
    (tau / "meta.csv").write_text(
        "filename\tscene_label\tidentifier\tsource_label\n"
        + "".join(f"{row}\tlyon-1\ta\n" for row in rows)
    )
    for split in ("train", "evaluate"):
        table = "\n".join(["filename\tscene_label", *rows]) + "\n"
        (tau / "evaluation_setup" / f"fold1_{split}.csv").write_text(table)
    refused(tau, tau / "meta.csv", names[0], "missing")


def test_a_class_without_clips(refused: Hear, corpus: Path) -> None:
    for clip in (corpus / "tone").iterdir():
        clip.unlink()
    refused(corpus, corpus / "tone")


def test_a_fold_that_does_not_exist(refused: Hear, corpus: Path) -> None:
    refused(corpus, "recordings", "no fold 9", "1, 2, 3, 4, 5", options=("--fold", 9))


def test_a_fold_without_clips_of_a_class(refused: Hear, corpus: Path) -> None:
    for take in ("1.flac", "2.ogg"):
        (corpus / "tone" / take).unlink()
    refused(corpus, "recordings", "fold 5 holds no clip of tone", options=("--fold", 5))


@pytest.mark.parametrize("verb", ["evaluate", "parity", "report"])
def test_labels_that_the_bundle_does_not_know(
    verb: str, corpus: Path, bundle_folder: Path, tmp_path: Path, ossicle: Ossicle
) -> None:
    (corpus / "tone").rename(corpus / "siren")
    options = ["--out", tmp_path / "out"] if verb == "report" else []
    result = ossicle(verb, bundle_folder, "--data", corpus, *options)
    assert_refused(result, "recordings", "clicks, hiss, siren", "clicks, hiss, tone")
    assert not (tmp_path / "out").exists()


def test_a_sound_to_emulate(bundle_folder: Path, corpus: Path, ossicle: Ossicle) -> None:
    (corpus / "text.wav").write_text("not a sound")
    (corpus / "empty.flac").write_bytes(b"")
    (corpus / "song.mp3").write_bytes(b"ID3")
    for name in ("text.wav", "empty.flac", "song.mp3", "nowhere.ogg", "tone"):
        assert_refused(ossicle("emulate", bundle_folder, corpus / name), corpus / name)


def test_the_environment_names_what_is_not_there(
    bundle_folder: Path, tmp_path: Path, ossicle: Ossicle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OSSICLE_DATA", str(tmp_path / "nowhere"))
    assert_refused(ossicle("evaluate", bundle_folder), tmp_path / "nowhere")


def test_a_download_that_nobody_offers(tmp_path: Path, ossicle: Ossicle) -> None:
    assert_refused(ossicle("fetch", "esc11", "--to", tmp_path / "data"), "esc11", "esc10", "esc50")
    assert not (tmp_path / "data").exists()
