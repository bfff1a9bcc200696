"""Firmware that is wrong in one number, and says the digest of the right one."""

import re
from pathlib import Path

from ossicle.device import firmware
from ossicle.device import program as programs
from ossicle.device.boards import Board
from ossicle.device.program import Program


def with_one_number_changed(text: str, array: str) -> str:
    """Turn the sign of the first number that is not 0 in an array in C."""
    start = text.index("{", text.index(f"{array}["))
    number = re.compile(r"-?[1-9]\d*").search(text, start)
    assert number is not None
    return f"{text[: number.start()]}{-int(number[0])}{text[number.end() :]}"


def changed_device(program: Program, board: Board, folder: Path, file: str, array: str) -> Path:
    """Build the firmware of a program in which one number of a file is another."""
    programs.write_sources(program, folder)
    source = folder / file
    source.write_text(with_one_number_changed(source.read_text(), array))
    return firmware.build(folder, board)
