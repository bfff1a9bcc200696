"""The bundle on every board: the same PCM, the same integers at every stage, up to the label."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from made_sounds import LABELS, pcm_of
from ossicle.budget import require_fit
from ossicle.device import boards
from ossicle.device.boards import Board
from ossicle.device.program import Program
from ossicle.errors import BudgetError
from ossicle.parity import bundles
from ossicle.parity.bundles import BundleParity

SOUNDS = [pcm_of("hiss", 2), np.full(44100, -32768, np.int16)]


def fits(program: Program, board: Board) -> bool:
    try:
        require_fit(program, board)
    except BudgetError:
        return False
    return True


def assert_equal(program: Program, parity: BundleParity, windows: int, clips: int = 1) -> None:
    """Every stage was compared whole, and nothing differs."""
    layers = sum(tensor.elements for _, tensor in program.compiled.shown)
    stages = (parity.features, parity.layers, parity.reference, parity.outputs, parity.votes)
    assert parity.windows == windows
    assert [stage.elements for stage in stages] == [
        *(windows * count for count in (40 * 51, layers, layers, len(LABELS) + 1)),
        clips * (len(LABELS) + 2),  # totals, label, windows
    ]
    assert [stage.first for stage in stages] == [None] * 5
    assert parity.is_equal
    assert len(parity.device_outputs) == windows


@pytest.mark.parametrize("board", boards.boards(), ids=lambda board: board.name)
def test_every_stage_is_equal_on_every_board_that_it_fits(
    bundle_program: Program, board: Board
) -> None:
    if fits(bundle_program, board):
        parity = bundles.compare(bundle_program, board, SOUNDS)
        assert_equal(bundle_program, parity, len(SOUNDS))
        return
    needed = bundle_program.compiled.plan.arena_bytes + board.stack_bytes
    with pytest.raises(BudgetError) as refused:
        bundles.compare(bundle_program, board, SOUNDS)
    name, said = bundle_program.name, f"{needed:,} of {board.ram_bytes:,} bytes"
    assert re.match(rf"{name}: does not fit {board.name}: RAM .*{said}, ", str(refused.value))
    assert str(refused.value).endswith(f"{needed - board.ram_bytes:,} too many")


def test_only_the_smallest_board_is_too_small(bundle_program: Program) -> None:
    """Else the test above could pass by refusing everywhere."""
    small = [board.name for board in boards.boards() if not fits(bundle_program, board)]
    assert small == ["qemu_m0"]


def test_the_serial_port_carries_the_same(bundle_program: Program) -> None:
    m4 = boards.board("qemu_m4")
    parity = bundles.compare(bundle_program, m4, SOUNDS[:1], carrier="uart")
    assert_equal(bundle_program, parity, 1)


def test_the_bundle_s_own_sounds(bundle_program: Program) -> None:
    assert bundle_program.bundle is not None
    vectors = bundle_program.bundle.vectors
    parity = bundles.compare(bundle_program, boards.board("qemu_m7"), list(vectors["pcm"]))
    assert_equal(bundle_program, parity, len(vectors["pcm"]))
    # The golden vectors were made when the bundle was: a third party to the comparison.
    last = max(name for name in vectors if name.startswith("layer_"))
    assert np.array_equal(np.stack(parity.device_outputs), vectors[last].reshape(-1, len(LABELS)))


@pytest.mark.parametrize("how", ["soft", "majority", "max", "attention"])
def test_windows_vote_on_the_device_as_on_the_host(bundle_program: Program, how: str) -> None:
    assert bundle_program.bundle is not None
    decision = dataclasses.replace(bundle_program.bundle.decision, attention=(127, -128, 3))
    bundle = dataclasses.replace(bundle_program.bundle, decision=decision)
    program = dataclasses.replace(bundle_program, bundle=bundle).voting(how)
    silence = np.zeros(44100, np.int16)
    sounds = [silence, silence, silence, *SOUNDS, silence, *map(pcm_of, LABELS)]
    clip = [0, 0, 1, 1, 1, 1, 4, 4, 4]  # silence alone, silence about sound, sound alone
    parity = bundles.compare(program, boards.board("qemu_m4"), sounds, clip=clip)
    assert_equal(program, parity, len(sounds), clips=3)


class Once:
    """Sounds that can be gone through once, as those of recordings are read."""

    def __init__(self, sounds: list[np.ndarray]) -> None:
        self.left = list(sounds)

    def __len__(self) -> int:
        return len(self.left)

    def __iter__(self) -> Iterator[np.ndarray]:
        while self.left:
            yield self.left.pop(0)


def test_sounds_are_read_once(bundle_program: Program, tmp_path: Path) -> None:
    sounds = Once([pcm_of(label) for label in LABELS])
    parity = bundles.compare(bundle_program, boards.board("qemu_m4"), sounds)
    assert_equal(bundle_program, parity, len(LABELS))
