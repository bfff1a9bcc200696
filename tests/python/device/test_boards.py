"""Boards are data: each folder says all that there is to say."""

import configparser
import re

import pytest
from device_fakes import every_board

from ossicle.device import boards
from ossicle.errors import BoardError

KIB = 1024


def test_the_boards_and_their_limits() -> None:
    limits = {
        board.name: (board.flash_bytes // KIB, board.ram_bytes // KIB) for board in boards.boards()
    }
    assert limits == {
        "qemu_f405": (1024, 128),
        "qemu_m0": (256, 16),
        "qemu_m3": (1024, 128),
        "qemu_m33": (1024, 256),
        "qemu_m4": (1024, 256),
        "qemu_m55": (2048, 512),
        "qemu_m7": (2048, 512),
    }


def test_an_unknown_board_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BoardError, match=r"^qemu_m5: no such board; there are .*qemu_m4"):
        boards.board("qemu_m5")


@pytest.mark.parametrize("name", ["", ".", "../boards/qemu_m4", "common"])
def test_a_name_is_not_a_path(name: str) -> None:
    with pytest.raises(BoardError, match="no such board"):
        boards.board(name)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"build": 3, "upload": []}'])
def test_a_damaged_description_is_named(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    folder = tmp_path_factory.mktemp("boards")
    monkeypatch.setattr(boards, "BOARDS", folder)
    (folder / "mine").mkdir()
    (folder / "mine" / "board.json").write_text(text)
    with pytest.raises(BoardError, match=r"mine.board\.json: not a board description"):
        boards.board("mine")


@every_board
def test_a_board_brings_its_environment_and_its_memories(name: str) -> None:
    ini = configparser.ConfigParser()
    ini.read(boards.BOARDS / name / "board.ini")
    assert ini.sections() == [f"env:{name}"]
    assert ini[f"env:{name}"]["board"] == name
    script = (boards.BOARDS / name / "board.ld").read_text()
    assert re.search(r"FLASH \(rx\)\s*: ORIGIN = 0x[0-9a-f]{8}, LENGTH = FLASH_BYTES\n", script)
    assert re.search(r"RAM \(rwx\)\s*: ORIGIN = 0x[0-9a-f]{8}, LENGTH = RAM_BYTES\n", script)
