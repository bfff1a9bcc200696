"""The whole way in one command, on a corpus that is learnt in seconds."""

import json
import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from changed_firmware import changed_device
from command_line import Result
from ossicle.device.boards import Board
from ossicle.device.firmware import TABLES
from ossicle.device.program import Program
from ossicle.parity import bundles
from ossicle.training import Recipe

Ossicle = Callable[..., Result]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture
def demo(
    folder: Path, corpus_folder: Path, ossicle: Ossicle, monkeypatch: pytest.MonkeyPatch
) -> Ossicle:
    """`ossicle demo` with OSSICLE_DATA and one epoch of each kind."""
    recipe = folder / "quick.toml"
    recipe.write_text(Recipe(name="quick").changed(epochs=1, qat_epochs=1).to_toml())
    monkeypatch.setattr("ossicle.workflow.training.DEFAULT_RECIPE", recipe)
    monkeypatch.setenv("OSSICLE_DATA", str(corpus_folder))
    return partial(ossicle, "demo", "--out", folder)


def test_it_trains_builds_and_proves(
    demo: Ossicle, folder: Path, corpus_folder: Path, ossicle: Ossicle
) -> None:
    made = demo()
    assert made.status == 0, made.err
    assert f"sounds from {corpus_folder}, which OSSICLE_DATA names" in made.err
    figures = json.loads((folder / "report.json").read_text())
    assert figures["data"]["test_fold"] == 1  # the first
    assert figures["accuracy"]["int8_host"] == figures["accuracy"]["int8_device"]
    assert figures["accuracy"]["float"] is not None
    assert figures["parity"]["mismatches"] == 0
    assert figures["parity"]["windows"] == figures["data"]["windows"] >= 3
    said = made.out
    assert f"parity: {figures['parity']['windows']} windows; mismatches: 0 feature, 0 layer" in said
    assert f"{figures['budget']['flash_bytes']:,} bytes flash" in said
    assert f"report: {folder / 'report.html'}" in said
    assert (folder / "report.html").is_file() and (folder / "bundle" / "model.tflite").is_file()
    typed = shlex.split(said.splitlines()[-1].removeprefix("a sensor of it: "))
    assert ossicle(*typed[1:]).status == 0
    assert (folder / "ear" / "ossicle_listener.h").is_file()


def test_a_device_that_differs_gives_status_1(
    demo: Ossicle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device whose front end has another number; it tells the digest that it ought to have."""

    def wrong_image(program: Program, board: Board, **_: object) -> Path:
        return changed_device(program, board, tmp_path, TABLES, "ossicle_frontend_offset")

    monkeypatch.setattr(bundles, "fitting_image", wrong_image)
    result = demo()
    assert result.status == 1
    assert "epochs are done already" in result.err  # of the run before
    assert "; mismatches: " in result.out and "mismatches: 0 feature" not in result.out
