"""What the tests of the whole pipeline share, made once a session through the real thing."""

import fcntl
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import command_line
import made_models
import made_sounds
from command_line import Result
from ossicle import cli
from ossicle.device import program
from ossicle.device.program import Program
from ossicle.files import folder_atomically


def _made_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """Fill `folder` unless another worker of pytest-xdist has done so; wait while it does."""
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            with folder_atomically(folder) as staging:
                make(staging)
    return folder


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this session, the same one for all workers."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def corpus_folder(workshop: Path) -> Path:
    """Three classes of five synthesised clips, in a folder per class."""
    return _made_once(workshop / "sounds", made_sounds.write_corpus)


@pytest.fixture(scope="session")
def bundle_folder(workshop: Path, corpus_folder: Path) -> Path:
    """The baseline, trained by `ossicle train` until it is right more often than by chance."""

    def make(staging: Path) -> None:
        options = ("--test-fold", 1, "--epochs", 12, "--qat-epochs", 1, "--json")
        made = command_line.run(
            "train", "--data", corpus_folder, "--out", staging / "trained", *options
        )
        assert made.status == 0, made.err
        (staging / "printed.json").write_text(made.out)

    return _made_once(workshop / "trained", make) / "trained"


@pytest.fixture(scope="session")
def models_folder(workshop: Path) -> Path:
    """The files of made_models.write_models."""
    return _made_once(workshop / "models", made_models.write_models)


@pytest.fixture(scope="session")
def bundle_program(bundle_folder: Path) -> Program:
    """The bundle, compiled."""
    return program.load_bundle(bundle_folder)


@pytest.fixture(scope="session")
def model_program(models_folder: Path) -> Program:
    """The small int8 model, compiled."""
    return program.load(models_folder / "int8.tflite")


@pytest.fixture
def ossicle(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """The command line, called in this process: `ossicle("bench", model, "--json")`."""

    def call(*arguments: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["ossicle", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return Result(int(ended.value.code or 0), *capsys.readouterr())

    return call
