"""The model written by hand that the device tests run, with and without a front end."""

import shutil
from pathlib import Path

import pytest
from device_fakes import DIGEST, FAKE_MODEL, FRONTEND_BYTES, INPUT_BYTES, NAME

from ossicle.device import firmware
from ossicle.frontend import FrontendSpec, emit_tables


@pytest.fixture(scope="session")
def fake_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated") / "fake"
    shutil.copytree(FAKE_MODEL, folder)
    firmware.write_app_model(folder, prefix="fake", name=NAME, digest=DIGEST)
    return folder


@pytest.fixture(scope="session")
def fake_frontend_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a front end before it: its input is then as large as the features."""
    folder = tmp_path_factory.mktemp("generated") / "fake_frontend"
    shutil.copytree(FAKE_MODEL, folder)
    header = folder / "fake.h"
    text = header.read_text()
    header.write_text(text.replace(f"_BYTES {INPUT_BYTES}", f"_BYTES {FRONTEND_BYTES}"))
    firmware.write_app_model(
        folder,
        prefix="fake",
        name="fake",
        digest=DIGEST,
        frontend_tables=emit_tables(FrontendSpec()),
        pcm_samples=44100,
    )
    return folder
