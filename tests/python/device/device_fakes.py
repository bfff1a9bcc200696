"""A model written by hand (tests/firmware/fake_model), what it computes, and the boards to try."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ossicle.device import boards
from ossicle.paths import PROJECT

FAKE_MODEL = PROJECT / "tests" / "firmware" / "fake_model"
DIGEST = bytes(range(100, 132))
NAME = '"fake" \u00fc'
INPUT_BYTES = 3000
FRONTEND_BYTES = 40 * 51

every_board = pytest.mark.parametrize("name", [board.name for board in boards.boards()])


def fake_layers(tensor: NDArray[np.int8]) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """What fake.c computes: every byte plus one, then sums of every fourth, modulo 256."""
    first = (tensor.astype(np.int64) + 1).astype(np.int8)
    return first, first.reshape(-1, 4).astype(np.int64).sum(axis=0).astype(np.int8)
