"""Frame by frame on emulated boards, whose plain runs push the frames of the input."""

from pathlib import Path

import pytest

from ossicle.budget import bench, fitting_image
from ossicle.compiler import Frames, Optimize, Target
from ossicle.device import boards
from ossicle.device.program import load
from ossicle.device.session import open_emulated
from ossicle.parity import models
from ossicle.reference import ReferenceModel


@pytest.mark.parametrize(
    ("name", "optimize", "frames"),
    [("qemu_m4", "ram", "columns"), ("qemu_m4", "speed", "rows"), ("qemu_m55", "ram", "columns")],
)
def test_equals_tflite(name: str, optimize: Optimize, frames: Frames, models_folder: Path) -> None:
    board = boards.board(name)
    program = load(models_folder / "awkward.tflite", target=Target.of(board.core, optimize, frames))
    assert program.compiled.choice.pushed
    reference = ReferenceModel(program.model)
    with open_emulated(fitting_image(program, board), board) as session:
        for case in models.random_inputs(program.input, 6, seed=3):
            output = session.infer_input(case).output
            assert output.tolist() == reference.run([case], [])[0][0].reshape(-1).tolist()


def test_what_is_left_after_the_last_frame_is_counted(models_folder: Path) -> None:
    board = boards.board("qemu_m4")
    found = bench(load(models_folder / "awkward.tflite", target=Target(frames="rows")), board)
    assert found.last_frame is not None
    assert 0 < found.last_frame < found.instructions
    plain = bench(load(models_folder / "awkward.tflite"), board)
    assert plain.last_frame is None
