"""Firmware that is wrong in one number, and says the digest of the right one."""

import re
from pathlib import Path

from ossicle.compiler import CompiledModel
from ossicle.compiler.listing import layer_symbol
from ossicle.device import firmware
from ossicle.device import program as programs
from ossicle.device.boards import Board
from ossicle.device.program import Program


def weights_table(compiled: CompiledModel, layer: int) -> str:
    """Return the C name of a layer's weights, whose name and order are the chosen kernel's own.

    They are the layer's table of most numbers: the others have a few for each output channel.
    """
    kernel = compiled.kernels[layer]
    assert kernel is not None
    weights = max(kernel.constants, key=lambda table: table.values.size)
    return f"{layer_symbol(compiled.prefix, compiled.operators[layer])}_{weights.name}"


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
