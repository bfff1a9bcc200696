"""Layers that keep a state, on emulated cores: it goes on from input to input, and begins anew."""

import numpy as np
import pytest
from states import remembering_network

from ossicle.budget import fitting_image
from ossicle.budget.measure import measure
from ossicle.compiler import Target, compile_model
from ossicle.device import boards
from ossicle.device.boards import Board
from ossicle.device.program import Program
from ossicle.device.session import open_emulated
from ossicle.parity import models

INPUTS = 6


def program_for(board: Board) -> Program:
    model = remembering_network().finish()
    target = Target.of(board.core, "ram")
    compiled = compile_model(model, "states.tflite", target=target)
    return Program("states", model, compiled, None)


@pytest.mark.parametrize("name", ["qemu_m0", "qemu_m4", "qemu_m55"])
def test_the_state_goes_on_as_on_the_host_and_in_tflite(name: str) -> None:
    board = boards.board(name)
    program = program_for(board)
    parity = models.compare(program, board, models.random_inputs(program.input, INPUTS, seed=4))
    layers = INPUTS * sum(tensor.elements for _, tensor in program.compiled.shown)
    for comparison in parity.comparisons:
        assert (comparison.elements, comparison.mismatches, comparison.first) == (layers, 0, None)


def test_a_reset_begins_anew_and_the_budget_counts_the_state() -> None:
    board = boards.board("qemu_m4")
    program = program_for(board)
    given = np.full(program.input.shape, 9, np.int8)
    with open_emulated(fitting_image(program, board), board) as session:
        first, second = (session.infer_input(given).output for _ in range(2))
        session.reset()
        again = session.infer_input(given).output
    assert np.any(first != second)
    assert np.array_equal(first, again)
    kept = sum(state.bytes for state in program.compiled.graph.states)
    assert measure(program, board).ram_bytes > program.compiled.plan.arena_bytes > kept
