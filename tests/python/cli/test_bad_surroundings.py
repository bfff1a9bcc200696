"""Boards, tools, outputs and moments that are not as they should be."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from command_line import PROGRAM, Result, assert_refused, interrupted, run
from ossicle.device import boards

Ossicle = Callable[..., Result]


@pytest.mark.parametrize("verb", ["budget", "bench", "parity", "evaluate", "emulate", "report"])
def test_a_board_that_does_not_exist(
    verb: str, bundle_folder: Path, corpus_folder: Path, tmp_path: Path, ossicle: Ossicle
) -> None:
    options = ["--data", corpus_folder] if verb in ("parity", "evaluate", "report") else []
    for name in ("qemu_z80", "", "../boards/qemu_m4", "common"):
        result = ossicle(verb, bundle_folder, *options, "--board", name)
        assert_refused(result, f"{name}: no such board", *(b.name for b in boards.boards()))


def test_a_demo_on_a_board_that_does_not_exist(
    corpus_folder: Path, tmp_path: Path, ossicle: Ossicle
) -> None:
    out = tmp_path / "demo"
    result = ossicle("demo", "--data", corpus_folder, "--out", out, "--board", "qemu_z80")
    assert_refused(result, "qemu_z80")
    assert not out.exists()


@pytest.mark.parametrize("verb", ["budget", "bench", "parity", "evaluate", "emulate", "report"])
def test_a_board_that_is_too_small(
    verb: str, bundle_folder: Path, corpus_folder: Path, tmp_path: Path, ossicle: Ossicle
) -> None:
    options: list[object] = ["--data", corpus_folder] if verb in ("evaluate", "report") else []
    options += ["--out", tmp_path / "out"] if verb == "report" else []
    result = ossicle(verb, bundle_folder, "--board", "qemu_m0", *options)
    assert_refused(result, bundle_folder.name, "does not fit qemu_m0: RAM", "16,384", "too many")
    assert not (tmp_path / "out").exists()


@pytest.fixture
def path_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Leave nothing on PATH but the programs that are named."""

    def leave(*programs: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        for name in programs:
            (folder / name).symlink_to(shutil.which(name) or name)
        monkeypatch.setenv("PATH", str(folder))
        monkeypatch.delenv("CC", raising=False)

    return leave


CROSS = "arm-none-eabi-gcc"
QEMU = "qemu-system-arm"


@pytest.mark.parametrize(
    ("verb", "present", "missing"),
    [
        ("bench", [], CROSS),
        ("budget", ["gcc"], CROSS),
        ("emulate", [], CROSS),
        ("parity", [], CROSS),
        ("demo", [], CROSS),
        ("demo", [CROSS], QEMU),
    ],
)
def test_a_tool_that_is_not_on_path(
    *,
    verb: str,
    present: list[str],
    missing: str,
    bundle_folder: Path,
    corpus_folder: Path,
    tmp_path: Path,
    path_with: Callable[..., None],
    ossicle: Ossicle,
) -> None:
    out = tmp_path / "out"
    arguments = ["--data", corpus_folder, "--out", out] if verb == "demo" else [bundle_folder]
    path_with(*present)
    assert_refused(ossicle(verb, *arguments), missing, "install")
    assert not out.exists()


@pytest.mark.parametrize("verb", ["evaluate", "train"])
def test_no_compiler_for_the_host(
    verb: str,
    bundle_folder: Path,
    corpus_folder: Path,
    tmp_path: Path,
    path_with: Callable[..., None],
) -> None:
    """In a process of its own: this one may have loaded the front end already."""
    out = tmp_path / "out"
    arguments = ["--out", out] if verb == "train" else [bundle_folder]
    path_with()
    assert_refused(run(verb, *arguments, "--data", corpus_folder), "no C compiler", "install")
    assert not out.exists()


@pytest.mark.parametrize("verb", ["bench", "parity", "budget"])
def test_no_emulator_for_what_is_built(
    verb: str,
    models_folder: Path,
    path_with: Callable[..., None],
    ossicle: Ossicle,
) -> None:
    model = models_folder / "int8.tflite"
    assert ossicle("bench", model).status == 0  # so that nothing is to be built
    path_with(CROSS, "gcc", "as", "ld")
    assert_refused(ossicle(verb, model), QEMU, "install")


def outputs(verb: str, bundle: Path, models: Path, corpus: Path) -> list[object]:
    keras = bundle.with_name("trained.work") / "float.keras"
    return {
        "compile": [models / "int8.tflite"],
        "train": ["--data", corpus],
        "quantize": [keras, "--data", corpus],
        "report": [bundle, "--data", corpus],
        "demo": ["--data", corpus],
    }[verb]


@pytest.mark.parametrize("verb", ["compile", "train", "quantize", "report", "demo"])
def test_an_output_that_cannot_be_written(
    *,
    verb: str,
    bundle_folder: Path,
    models_folder: Path,
    corpus_folder: Path,
    tmp_path: Path,
    ossicle: Ossicle,
) -> None:
    arguments = outputs(verb, bundle_folder, models_folder, corpus_folder)
    file = tmp_path / "file"
    file.write_text("mine")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "mine").write_text("mine")
    in_the_way = folder if verb in ("quantize", "train") else file
    for out, named in ((in_the_way, in_the_way), (file / "under" / "it", file)):
        assert_refused(ossicle(verb, *arguments, "--out", out), named)
    assert file.read_text() == "mine"
    assert [path.name for path in folder.iterdir()] == ["mine"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_a_picture_that_would_replace_a_folder(
    models_folder: Path, tmp_path: Path, ossicle: Ossicle
) -> None:
    model, folder = models_folder / "int8.tflite", tmp_path / "kept"
    folder.mkdir()
    result = ossicle("compile", model, "--out", tmp_path / "c", "--plan", folder)
    assert_refused(result, folder, "is a folder")
    assert folder.is_dir()


def test_a_folder_that_the_system_refuses(models_folder: Path, ossicle: Ossicle) -> None:
    result = ossicle("compile", models_folder / "int8.tflite", "--out", "/proc/nothing")
    assert_refused(result, "/proc/nothing")


def test_a_folder_without_permission(
    models_folder: Path, tmp_path: Path, ossicle: Ossicle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may write anywhere, so the question is answered for it."""
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)
    result = ossicle("compile", models_folder / "int8.tflite", "--out", tmp_path / "c")
    assert_refused(result, tmp_path / "c", "nothing may be written")
    assert not list(tmp_path.iterdir())


def test_a_name_that_is_no_utf8_is_written_and_said(models_folder: Path, tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "c") + b"\xff"
    command = [PROGRAM, "compile", models_folder / "int8.tflite", "--out", folder]
    ended = subprocess.run(command, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.startswith(
        os.fsencode(tmp_path / "c") + b"\\udcff: CMakeLists.txt, int8.c, "
    )


def test_a_reader_that_goes_away(models_folder: Path, tmp_path: Path) -> None:
    model = models_folder / "int8.tflite"
    with subprocess.Popen(
        [PROGRAM, "compile", model, "--out", tmp_path / "c"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
    assert (tmp_path / "c" / "int8.c").is_file()


def children(pid: int) -> dict[int, str]:
    """Return the programs that a process has started and that still run."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child): Path(f"/proc/{child}/comm").read_text().strip() for child in found}


def test_ctrl_c_ends_the_emulator_too(models_folder: Path, tmp_path: Path) -> None:
    inputs = np.zeros((200_000, 8, 8, 2), np.int8)
    vectors = tmp_path / "many.npz"
    np.savez_compressed(vectors, input=inputs, output=np.zeros((len(inputs), 4), np.int8))
    emulators: dict[int, str] = {}

    def emulates(pid: int) -> bool:
        emulators.update({c: n for c, n in children(pid).items() if n.startswith("qemu")})
        return bool(emulators)

    model = models_folder / "int8.tflite"
    ended = interrupted(["parity", model, "--vectors", vectors], emulates)
    assert (ended.status, ended.out) == (130, "")
    assert "Traceback" not in ended.err
    assert not any(Path(f"/proc/{pid}").exists() for pid in emulators)


def test_ctrl_c_leaves_no_half_bundle(corpus_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "bundle"
    checkpoint = tmp_path / "bundle.work" / "float.npz"
    command = ["train", "--data", corpus_folder, "--out", out, "--epochs", 5000]
    ended = interrupted(command, lambda _: checkpoint.is_file())
    assert (ended.status, ended.out) == (130, "")
    assert "Traceback" not in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["bundle.work"]
