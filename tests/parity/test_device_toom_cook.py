"""Toom-Cook convolution on an emulated core, where the sums are in assembly."""

import pytest
from toom_networks import VALID, convolution, taken

from ossicle.compiler import Target, compile_model
from ossicle.device import boards
from ossicle.device.program import Program
from ossicle.parity import models

BOARD = boards.board("qemu_m4")


@pytest.mark.parametrize("number", [0, 7, 23])
@pytest.mark.parametrize(
    "content",
    [
        convolution((13, 11, 6), (7, 7), 5, points=(-128, 3)),
        convolution((9, 16, 16), (3, 3), 8, padding=VALID, weights="lowest", points=(127, -9)),
        convolution((16, 12, 12), (3, 5), 7, strides=(2, 1), activation=3, points=(5, -128)),
    ],
)
def test_every_layer_is_equal(content: bytes, number: int) -> None:
    with taken(number):
        compiled = compile_model(content, "m.tflite", target=Target.of(BOARD.core, "speed"))
    (kernel,) = compiled.kernels
    assert kernel is not None and kernel.function == "ossicle_conv_2d_toom"
    program = Program("toom", content, compiled, None)
    parity = models.compare(program, BOARD, models.random_inputs(program.input, 3, seed=1))
    elements = 3 * sum(tensor.elements for _, tensor in compiled.shown)
    for comparison in parity.comparisons:
        assert (comparison.elements, comparison.mismatches) == (elements, 0)
