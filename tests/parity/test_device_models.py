"""Bare models on emulated boards: raw inputs, every layer, against TFLite's reference kernels."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from command_line import Result
from mlperf_tiny import needs_mlperf_tiny, path_of
from ossicle.compiler import Optimize, Target
from ossicle.device import boards
from ossicle.device.boards import Board
from ossicle.device.program import Program, load
from ossicle.parity import models
from ossicle.reference import ReferenceModel

Ossicle = Callable[..., Result]


KERNELS: list[tuple[Optimize, Board]] = [
    *(("balanced", board) for board in boards.boards()),
    *(
        (optimize, boards.board(name))
        for optimize in ("ram", "speed")
        for name in ("qemu_m0", "qemu_m4", "qemu_m55")
    ),
]


@pytest.mark.parametrize(("optimize", "board"), KERNELS, ids=lambda it: getattr(it, "name", it))
def test_a_model_of_awkward_sizes_is_equal_on_every_board(
    optimize: Optimize, board: Board, models_folder: Path
) -> None:
    """Some kernels have code of their own on cores with the DSP extension, which no host runs."""
    program = load(models_folder / "awkward.tflite", target=Target.of(board.core, optimize))
    parity = models.compare(program, board, models.random_inputs(program.input, 20, seed=1))
    layers = 20 * sum(tensor.elements for _, tensor in program.compiled.shown)
    for comparison in parity.comparisons:
        assert (comparison.elements, comparison.mismatches, comparison.first) == (layers, 0, None)
    assert parity.is_equal


def test_random_inputs_repeat_and_hold_the_extremes(model_program: Program) -> None:
    first, again = (models.random_inputs(model_program.input, 5, seed=2) for _ in range(2))
    other = models.random_inputs(model_program.input, 5, seed=3)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[4], other[4])
    assert {int(value) for value in np.unique(first[:2])} == {-128, 127}
    assert not np.array_equal(first[2], first[3])


MLPERF = {
    "ad01_int8": 264_192,
    "kws_ref_model": 2_656_768,
    "pretrainedResnet_quant": 12_501_632,
    "vww_96_int8": 7_489_664,
}


@needs_mlperf_tiny
@pytest.mark.parametrize("name", MLPERF)
def test_mlperf_tiny(name: str, ossicle: Ossicle) -> None:
    file = path_of(name)
    program = load(file)
    assert program.compiled.macs == MLPERF[name]
    found = ossicle("parity", file, "--inputs", 3, "--seed", 0, "--json").json
    elements = 3 * sum(tensor.elements for _, tensor in program.compiled.shown)
    assert (found["inputs"], found["elements"]) == (3, elements)
    assert (found["mismatches"], found["max_difference"], found["first"]) == (0, 0, None)
    assert (found["host"]["elements"], found["host"]["mismatches"]) == (elements, 0)


@pytest.fixture
def vectors(model_program: Program, tmp_path: Path) -> Path:
    """Inputs, and the outputs that TFLite itself gives for them, without a leading batch axis."""
    given = models.random_inputs(model_program.input, 4, seed=9)
    reference = ReferenceModel(model_program.model)
    wanted = [reference.run([value])[0][0] for value in given]
    file = tmp_path / "vectors.npz"
    np.savez(file, input=np.stack(given), output=np.concatenate(wanted))
    return file


def test_vectors_of_somebody_else_are_equal(
    models_folder: Path, vectors: Path, ossicle: Ossicle
) -> None:
    result = ossicle("parity", models_folder / "int8.tflite", "--vectors", vectors, "--json")
    assert result.status == 0
    figures = result.json
    assert (figures["inputs"], figures["elements"], figures["mismatches"]) == (4, 4 * 4, 0)
    assert figures["against"] == "the given vectors"
    assert figures["host"]["mismatches"] == 0 and figures["host"]["elements"] > 4 * 4


def test_vectors_that_differ_are_told_with_place_and_values(
    models_folder: Path, vectors: Path, ossicle: Ossicle
) -> None:
    with np.load(vectors) as arrays:
        given, wanted = arrays["input"], arrays["output"].astype(np.int64)
    right = int(wanted[2, 1])
    wrong = right - 5 if right > 0 else right + 5
    wanted[2, 1] = wrong
    np.savez(vectors, input=given, output=wanted)
    command = ["parity", models_folder / "int8.tflite", "--vectors", vectors]
    told = f"case 2, output, index [0, 1]: expected {wrong}, found {right}"
    result = ossicle(*command)
    assert result.status == 1
    assert told in result.out and "NOT EQUAL" in result.out
    figures = ossicle(*command, "--json")
    assert figures.status == 1
    assert (figures.json["mismatches"], figures.json["max_difference"]) == (1, 5)
    assert figures.json["first"] == told
    assert figures.json["host"]["mismatches"] == 0
