"""Files that are not models, or not ones that Ossicle takes, at every verb that reads a model."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from command_line import Result, assert_refused

MODEL_VERBS = ("compile", "budget", "bench", "parity")
BUNDLE_VERBS = ("evaluate", "emulate", "report")
SUPPORTED = ("ADD", "CONV_2D", "FULLY_CONNECTED", "SOFTMAX")

Ossicle = Callable[..., Result]


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def refused(ossicle: Ossicle, verb: str, model: Path, scratch: Path, *named: str) -> None:
    out = scratch / "out"
    options = ["--out", out] if verb in ("compile", "report") else []
    assert_refused(ossicle(verb, model, *options), model, *named)
    assert not out.exists()
    assert not list(scratch.glob(".*"))


@pytest.mark.parametrize("verb", MODEL_VERBS)
@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("float", ["operator 0 (PAD)", "float32", "int8"]),
        ("dynamic_range", ["operator 0 (PAD)", "float32", "int8"]),
        ("unsupported", ["operator 2 (ELU)", "supported are", *SUPPORTED]),
    ],
)
def test_models_of_another_kind(
    *, verb: str, name: str, named: list[str], models_folder: Path, tmp_path: Path, ossicle: Ossicle
) -> None:
    refused(ossicle, verb, models_folder / f"{name}.tflite", tmp_path, *named)


@pytest.mark.parametrize("verb", ["budget", "bench", "parity"])
def test_two_inputs_are_for_the_host_alone(
    verb: str, models_folder: Path, tmp_path: Path, ossicle: Ossicle
) -> None:
    model = models_folder / "two.tflite"
    assert ossicle("compile", model, "--out", tmp_path / "c").status == 0
    assert_refused(ossicle(verb, model), model, "2 inputs and 1 outputs")


@pytest.mark.parametrize("verb", [*MODEL_VERBS, *BUNDLE_VERBS])
def test_files_that_are_no_models(
    verb: str, models_folder: Path, tmp_path: Path, ossicle: Ossicle
) -> None:
    model = (models_folder / "int8.tflite").read_bytes()
    random = np.random.default_rng(0)
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    files = [
        written(inputs, "empty.tflite", b""),
        written(inputs, "random.tflite", random.bytes(5000)),
        written(inputs, "text.tflite", b"I am not a model.\n" * 50),
        written(inputs, "photo.png", b"\x89PNG\r\n\x1a\n" + random.bytes(100)),
        *(
            written(inputs, f"cut-{size}.tflite", model[:size])
            for size in (3, 8, 30, 500, 3000, len(model) - 200)
        ),
        # The right magic number, then nothing that makes sense.
        written(inputs, "magic.tflite", random.bytes(4) + b"TFL3" + random.bytes(3000)),
    ]
    for file in files:
        refused(ossicle, verb, file, tmp_path)


@pytest.mark.parametrize("verb", [*MODEL_VERBS, *BUNDLE_VERBS])
def test_what_is_not_there(verb: str, tmp_path: Path, ossicle: Ossicle) -> None:
    refused(ossicle, verb, tmp_path / "nowhere.tflite", tmp_path)
    folder = tmp_path / "no bundle"
    folder.mkdir()
    refused(ossicle, verb, folder, tmp_path, "is not a bundle")


def test_a_name_that_plays_tricks_stays_on_its_line(tmp_path: Path, ossicle: Ossicle) -> None:
    trick = written(tmp_path, "a\nTraceback \x1b[31m[bold]:warning:.tflite", b"no model")
    result = ossicle("bench", trick)
    assert_refused(result, "Traceback  [31m[bold]:warning:.tflite")
    assert "\x1b" not in result.err


def test_keras_files_that_do_not_fit(
    models_folder: Path, corpus_folder: Path, tmp_path: Path, ossicle: Ossicle
) -> None:
    keras = (models_folder / "float.keras").read_bytes()
    cases = {
        models_folder / "float.keras": ["(1, 8, 8, 2)", "(None, 40, 51, 1)"],
        models_folder / "int8.tflite": [".keras"],
        tmp_path / "nowhere.keras": [],
        written(tmp_path, "cut.keras", keras[:3000]): [],
        written(tmp_path, "random.keras", bytes(1000)): [],
    }
    for file, named in cases.items():
        out = tmp_path / "out.tflite"
        result = ossicle("quantize", file, "--data", corpus_folder, "--out", out)
        assert_refused(result, file, *named)
        assert not out.exists()


def npz(path: Path, **arrays: object) -> Path:
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return path


def test_vectors_that_do_not_fit(models_folder: Path, tmp_path: Path, ossicle: Ossicle) -> None:
    given, wanted = np.zeros((2, 8, 8, 2), np.int8), np.zeros((2, 4), np.int8)
    good = npz(tmp_path / "good.npz", input=given, output=wanted).read_bytes()
    cases = {
        tmp_path / "nowhere.npz": [],
        written(tmp_path, "text.npz", b"no arrays"): [],
        written(tmp_path, "empty.npz", b""): [],
        written(tmp_path, "cut.npz", good[: len(good) // 2]): [],
        npz(tmp_path / "names.npz", inputs=given, outputs=wanted): ["'input'", "'output'"],
        npz(tmp_path / "shape.npz", input=given[:, 1:], output=wanted): ["'input'", "1x8x8x2"],
        npz(tmp_path / "float.npz", input=given / 2, output=wanted): ["'input'", "float64"],
        npz(tmp_path / "range.npz", input=given, output=np.full((2, 4), 200)): ["'output'", "int8"],
        npz(tmp_path / "counts.npz", input=given, output=wanted[:1]): ["2 inputs", "1 outputs"],
        npz(tmp_path / "none.npz", input=given[:0], output=wanted[:0]): ["0 inputs"],
        npz(tmp_path / "pickled.npz", input=np.array([{}, {}]), output=wanted): ["ickle"],
        npz(tmp_path / "scalar.npz", input=np.int8(1), output=wanted): ["'input'"],
    }
    single = tmp_path / "single.npy"
    np.save(single, given)
    for file, named in {**cases, single: []}.items():
        result = ossicle("parity", models_folder / "int8.tflite", "--vectors", file)
        assert_refused(result, file, *named)


def test_sounds_for_a_model_that_hears_none(
    models_folder: Path, corpus_folder: Path, ossicle: Ossicle
) -> None:
    model = models_folder / "int8.tflite"
    for options in (["--data", corpus_folder], ["--fold", 1]):
        assert_refused(ossicle("parity", model, *options), model, "--data", "--fold")


def test_an_old_output_stays_when_the_model_is_refused(
    models_folder: Path, tmp_path: Path, ossicle: Ossicle
) -> None:
    out = tmp_path / "out"
    shutil.copytree(models_folder, out)
    before = {path: path.read_bytes() for path in out.iterdir()}
    assert_refused(ossicle("compile", models_folder / "float.tflite", "--out", out))
    assert {path: path.read_bytes() for path in out.iterdir()} == before
