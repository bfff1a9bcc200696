"""Every operator on an emulated core; some have several outputs, and each of these is compared."""

import pytest
from networks import small_network

from ossicle.budget.measure import measure
from ossicle.compiler import Target, compile_model
from ossicle.device import boards
from ossicle.device.program import Program
from ossicle.parity import models

BOARD = boards.board("qemu_m4")


@pytest.fixture(scope="module")
def program() -> Program:
    model = small_network().finish()
    compiled = compile_model(model, "small.tflite", target=Target.of(BOARD.core))
    return Program("small", model, compiled, None)


def test_every_output_of_every_layer_is_equal(program: Program) -> None:
    parity = models.compare(program, BOARD, models.random_inputs(program.input, 5, seed=1))
    layers = 5 * sum(tensor.elements for _, tensor in program.compiled.shown)
    for comparison in parity.comparisons:
        assert (comparison.elements, comparison.mismatches, comparison.first) == (layers, 0, None)
    assert len(program.compiled.shown) > len(program.compiled.operators)


def test_a_layer_of_several_outputs_is_one_layer_of_the_budget(program: Program) -> None:
    layers = measure(program, BOARD).layers
    (split,) = [layer for layer in layers if layer.operator == "SPLIT"]
    assert (split.output, split.activation_bytes) == ("1x2x4x3 + 1x2x4x3", 48)
    assert len(layers) == len(program.compiled.operators)
