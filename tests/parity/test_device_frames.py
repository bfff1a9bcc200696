"""Frame by frame on emulated boards, whose plain runs push the frames of the input."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from command_line import Result, assert_refused
from made_sounds import LABELS, pcm_of
from ossicle.budget import bench, fitting_image, measure
from ossicle.compiler import Frames, Optimize, Target
from ossicle.device import boards
from ossicle.device.program import load, load_bundle
from ossicle.device.session import open_emulated
from ossicle.errors import DeviceError
from ossicle.parity import bundles, models
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


SOUNDS = [pcm_of("hiss", 2), pcm_of("tone", 3), np.full(44100, -32768, np.int16)]


@pytest.mark.parametrize("name", ["qemu_m3", "qemu_m4", "qemu_m55"])
def test_sound_is_heard_frame_by_frame(name: str, bundle_folder: Path) -> None:
    board = boards.board(name)
    program = load_bundle(bundle_folder, Target.of(board.core, "ram", "columns"))
    parity = bundles.compare(program, board, SOUNDS)
    assert parity.is_equal
    assert parity.outputs.elements == len(SOUNDS) * (len(LABELS) + 1)
    assert parity.votes.elements == len(LABELS) + 2
    assert parity.features.elements == parity.layers.elements == 0  # nowhere as a whole


def test_a_sound_that_was_broken_off_leaves_nothing(bundle_folder: Path) -> None:
    board = boards.board("qemu_m4")
    program = load_bundle(bundle_folder, Target.of(board.core, "ram", "columns"))
    whole = load_bundle(bundle_folder, Target.of(board.core, "ram"))
    with open_emulated(fitting_image(whole, board), board) as device:
        expected = device.infer_pcm(SOUNDS[0], features=True)
    assert expected.features is not None
    with open_emulated(fitting_image(program, board), board) as device:
        assert device.hello.streams
        with pytest.raises(DeviceError, match="refused: state"):
            device.infer_pcm(SOUNDS[1], features=True)
        device.reset()
        assert device.infer_pcm(SOUNDS[0]).output.tolist() == expected.output.tolist()
        # A raw input is there as a whole, and can be shown.
        shown = device.infer_input(expected.features, layers=True)
        assert shown.output.tolist() == expected.output.tolist()
        assert device.infer_input(expected.features).output.tolist() == expected.output.tolist()
        assert device.infer_pcm(SOUNDS[0]).output.tolist() == expected.output.tolist()


def test_the_answer_is_near_when_the_sound_ends(bundle_folder: Path) -> None:
    board = boards.board("qemu_m4")
    whole = measure(load_bundle(bundle_folder, Target.of(board.core, "ram")), board).counts
    parts = measure(load_bundle(bundle_folder, Target.of(board.core, "ram", "columns")), board)
    assert whole.last_frame is None and whole.frontend is not None
    assert parts.counts.last_frame is not None
    assert 0 < parts.counts.last_frame < whole.inference / 2
    assert parts.counts.frontend == pytest.approx(whole.frontend, rel=0.01)
    assert parts.counts.inference == pytest.approx(whole.inference, rel=0.05)
    assert "instructions after the input's end" in parts.text()


def test_frames_of_sound_are_columns(
    ossicle: Callable[..., Result], bundle_folder: Path, models_folder: Path
) -> None:
    assert_refused(ossicle("emulate", bundle_folder, "--frames", "rows"), "columns of its input")
    model = models_folder / "awkward.tflite"
    assert_refused(ossicle("parity", model, "--frames", "columns"), model, "for a bundle")
