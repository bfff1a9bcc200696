"""Bundles of which something is missing, damaged, or from another bundle."""

import hashlib
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from command_line import Result, assert_refused

FILES = (
    "model.tflite",
    "frontend.toml",
    "labels.txt",
    "decision.toml",
    "metrics.json",
    "card.md",
    "vectors/SHA256SUMS",
    "vectors/pcm.npy",
    "vectors/layer_00.npy",
)
Ossicle = Callable[..., Result]


@pytest.fixture
def bundle(bundle_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundle_folder, tmp_path / "copy"))


@pytest.mark.parametrize("verb", ["budget", "evaluate"])  # reads a model or bundle; a bundle only
@pytest.mark.parametrize("name", FILES)
def test_a_file_is_missing_or_damaged(verb: str, name: str, bundle: Path, ossicle: Ossicle) -> None:
    file = bundle / name
    file.write_bytes(b"\xff\xfe\x00 nothing that anybody would write" * 20)
    assert_refused(ossicle(verb, bundle), file)
    file.unlink()
    file.mkdir()
    assert_refused(ossicle(verb, bundle), bundle)
    file.rmdir()
    assert_refused(ossicle(verb, bundle), bundle, Path(name).name)


@pytest.mark.parametrize("verb", ["evaluate", "emulate", "parity", "report", "bench", "compile"])
def test_every_verb_looks_at_the_bundle(verb: str, bundle: Path, ossicle: Ossicle) -> None:
    (bundle / "labels.txt").unlink()
    out = bundle.parent / "out"
    options = ["--out", out] if verb in ("report", "compile") else []
    assert_refused(ossicle(verb, bundle, *options), bundle / "labels.txt")
    assert not out.exists()


def replaced(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def other_model(bundle: Path, models: Path) -> None:
    shutil.copy(models / "int8.tflite", bundle / "model.tflite")


def float_model(bundle: Path, models: Path) -> None:
    shutil.copy(models / "float.tflite", bundle / "model.tflite")


def other_front_end(bundle: Path, models: Path) -> None:
    replaced(bundle / "frontend.toml", "mel_bands = 40", "mel_bands = 32")


def other_scale(bundle: Path, models: Path) -> None:
    replaced(bundle / "frontend.toml", "input_zero_point = 0", "input_zero_point = 1")


def other_labels(bundle: Path, models: Path) -> None:
    (bundle / "labels.txt").write_text("yes\nno\nperhaps\nnever\n")


def same_label_twice(bundle: Path, models: Path) -> None:
    (bundle / "labels.txt").write_text("hiss\nhiss\ntone\n")


def unknown_decision(bundle: Path, models: Path) -> None:
    (bundle / "decision.toml").write_text("silence_peak = 32\nmood = 1\n")


def windows_with_gaps(bundle: Path, models: Path) -> None:
    decision = bundle / "decision.toml"
    decision.write_text(decision.read_text().replace("hop_samples = 44100", "hop_samples = 44101"))


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (other_model, ["input", "frontend.toml"]),
        (float_model, ["model.tflite", "float32"]),
        (other_front_end, ["32"]),
        (other_scale, ["zero point", "frontend.toml"]),
        (other_labels, ["3 outputs", "labels.txt", "4 lines"]),
        (same_label_twice, ["labels.txt", "none twice"]),
        (unknown_decision, ["decision.toml", "silence_peak"]),
        (windows_with_gaps, ["decision.toml", "44101 samples apart"]),
    ],
)
def test_a_file_comes_from_another_bundle(
    damage: Callable[[Path, Path], None],
    named: list[str],
    bundle: Path,
    models_folder: Path,
    ossicle: Ossicle,
) -> None:
    damage(bundle, models_folder)
    assert_refused(ossicle("budget", bundle), bundle.name, *named)


@pytest.mark.parametrize("verb", ["emulate", "parity"])
@pytest.mark.parametrize("sounds", [None, "short", "float", "empty", "scalar"])
def test_test_sounds_that_do_not_fit(
    verb: str, sounds: str | None, bundle: Path, ossicle: Ossicle
) -> None:
    made = {
        "short": np.zeros((2, 100), np.int16),
        "float": np.zeros((2, 44100)),
        "empty": np.zeros((0, 44100), np.int16),
        "scalar": np.int16(3),
    }
    sums = bundle / "vectors" / "SHA256SUMS"
    kept = [line for line in sums.read_text().splitlines() if not line.endswith("pcm.npy")]
    if sounds:
        content = io.BytesIO()
        np.save(content, made[sounds])
        (bundle / "vectors" / "pcm.npy").write_bytes(content.getvalue())
        kept.append(f"{hashlib.sha256(content.getvalue()).hexdigest()}  pcm.npy")
    sums.write_text("\n".join(kept) + "\n")
    assert_refused(ossicle(verb, bundle), bundle.name, "vectors/pcm.npy", "44100 samples")


@pytest.mark.parametrize("name", [None, "sounds"])
def test_a_report_needs_no_metrics(
    name: str | None, bundle: Path, corpus_folder: Path, ossicle: Ossicle
) -> None:
    """They tell what the float model scored; a stranger's bundle may say nothing of it."""
    metrics = {"data": {"name": name, "test_fold": 1} if name else 3, "test": {"float": "good"}}
    (bundle / "metrics.json").write_text(json.dumps(metrics))
    out = bundle.parent / "out"
    made = ossicle("report", bundle, "--data", corpus_folder, "--fold", 1, "--out", out, "--json")
    assert made.json["data"]["name"] == "sounds"
    assert made.json["accuracy"]["float"] is None
    assert (out / "report.html").is_file()
