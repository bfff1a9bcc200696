"""Models of other types on emulated boards: int16 activations, and real numbers at the ends."""

import pytest
from converted import int16_activations, post_training

from ossicle.budget import measure
from ossicle.compiler import Target, compile_model
from ossicle.device import boards
from ossicle.device.program import Program
from ossicle.parity import models

MODELS = {
    "int16": lambda: int16_activations("int16"),
    "int16 between real numbers": lambda: int16_activations("float32"),
    "int8 between real numbers": lambda: post_training("residual_separable", ends="float32"),
}
BOARDS = ("qemu_m0", "qemu_m4", "qemu_m55")


def program_of(name: str, board: boards.Board) -> Program:
    content = MODELS[name]()
    return Program(
        "typed", content, compile_model(content, "typed.tflite", target=Target.of(board.core)), None
    )


@pytest.mark.parametrize("board", [boards.board(name) for name in BOARDS], ids=BOARDS)
@pytest.mark.parametrize("name", MODELS)
def test_every_layer_is_equal(name: str, board: boards.Board) -> None:
    program = program_of(name, board)
    parity = models.compare(program, board, models.random_inputs(program.input, 4, seed=1))
    layers = 4 * sum(tensor.elements for _, tensor in program.compiled.shown)
    for comparison in parity.comparisons:
        assert (comparison.elements, comparison.mismatches, comparison.first) == (layers, 0, None)


def test_a_model_of_real_numbers_has_a_budget() -> None:
    board = boards.board("qemu_m4")
    budget = measure(program_of("int8 between real numbers", board), board)
    assert {layer.operator for layer in budget.layers} >= {"QUANTIZE", "DEQUANTIZE"}
    assert all(layer.instructions > 0 for layer in budget.layers if layer.operator != "RESHAPE")
