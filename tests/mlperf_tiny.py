"""The models of MLPerf Tiny, which others trained, where OSSICLE_MODELS says that they are."""

import os
from pathlib import Path

import pytest

needs_mlperf_tiny = pytest.mark.skipif(
    "OSSICLE_MODELS" not in os.environ,
    reason="set OSSICLE_MODELS to a folder that holds mlperf_tiny/ (`ossicle fetch mlperf_tiny`)",
)


def path_of(name: str) -> Path:
    """The file of the model that is called so."""
    folder = Path(os.environ["OSSICLE_MODELS"])
    files = sorted(folder.rglob(f"{name}.tflite"))
    assert files, f"OSSICLE_MODELS ({folder}) holds no {name}.tflite"
    return files[0]
