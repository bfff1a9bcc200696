"""FULLY_CONNECTED by quads: its sizes, and its rounding near ties, where it must take care."""

import numpy as np
import pytest
from drawing import draws
from drawn import SEEDS, ZERO_POINTS
from flatbuffer import ModelBuilder
from harness import assert_equal_three_ways
from hypothesis import given
from hypothesis import strategies as st

from ossicle.compiler import Target, compile_model
from ossicle.compiler.operators.fully_connected import interleaved, widened

FUNCTION = "ossicle_fully_connected_quads"


def layer(
    weights: np.ndarray[tuple[int, int], np.dtype[np.int8]],
    biases: np.ndarray[tuple[int], np.dtype[np.int32]],
    scales: list[float],
    *,
    batches: int = 1,
    points: tuple[int, int] = (0, 0),
    scale: float = 1.0,
    activation: int = 0,
) -> bytes:
    """Return a model of one layer whose factors are scales / scale."""
    outputs, inputs = weights.shape
    model = ModelBuilder()
    source = model.tensor((batches, inputs), scale=1.0, zero_point=points[0])
    output = model.tensor((batches, outputs), scale=scale, zero_point=points[1])
    constants = [
        model.constant(weights, scale=scales, axis=0),
        model.constant(biases, scale=[float(np.float32(value)) for value in scales]),
    ]
    options = {"FusedActivationFunction": activation, "KeepNumDims": False}
    model.operator(
        "FULLY_CONNECTED", [source, *constants], [output], ("FullyConnectedOptions", options)
    )
    model.inputs.append(source)
    model.outputs.append(output)
    return model.finish()


def kernel(content: bytes) -> str:
    (found,) = compile_model(content, "model.tflite", target=Target("ram")).kernels
    assert found is not None
    return found.function


@draws(normal=8, fuzz=500)
@given(
    shape=st.tuples(st.integers(1, 9), st.integers(4, 11), st.integers(1, 3)),
    points=st.tuples(ZERO_POINTS, ZERO_POINTS),
    activation=st.integers(0, 3),
    channels=st.booleans(),
    seed=SEEDS,
)
def test_sizes(
    shape: tuple[int, int, int],
    points: tuple[int, int],
    activation: int,
    channels: bool,
    seed: int,
) -> None:
    quads, outputs, batches = shape
    random = np.random.default_rng(seed)
    content = layer(
        random.integers(-128, 128, (outputs, 4 * quads)).astype(np.int8),
        random.integers(-9999, 10000, outputs).astype(np.int32),
        [float(2.0**e) for e in random.uniform(-3, 0, outputs if channels else 1)],
        batches=batches,
        points=points,
        scale=300.0,
        activation=activation,
    )
    assert kernel(content) == FUNCTION
    assert_equal_three_ways(content, seed=seed)


@pytest.mark.parametrize("shift", [4, 9, 15])
def test_near_ties(shift: int) -> None:
    """Every sum within 128 of a tie of its output, by factors at a power of two and beside it."""
    random = np.random.default_rng(shift)
    beside = [0.0, *(sign * 2.0**-e for sign in (-1, 1) for e in (10, 16, 20, 22))]
    scales = [float(np.float32(1.0 + beside[i % len(beside)])) for i in range(120)]
    ties = random.integers(-100, 100, 120) + 0.5
    biases = np.round(ties * 2**shift / np.array(scales)).astype(np.int32)
    weights = np.zeros((120, 4), np.int8)
    weights[:, 0] = 1
    content = layer(weights, biases, scales, scale=2.0**shift)
    assert kernel(content) == FUNCTION
    values = np.arange(-128, 128).astype(np.int8)
    cases = [[np.array([[value, 0, 0, 0]], np.int8)] for value in values]
    assert_equal_three_ways(content, cases=cases)


def test_sums_too_near_32_bits_keep_the_plain_kernel() -> None:
    weights, biases = np.ones((4, 4), np.int8), np.full(4, 2**30, np.int32)
    content = layer(weights, biases, [2.0**-3], scale=1.0)
    assert kernel(content) == "ossicle_fully_connected"


def test_interleaved_repeats_outputs_that_complete_the_last_group() -> None:
    weights = np.arange(5 * 8, dtype=np.int8).reshape(5, 8)
    words = interleaved(weights)
    assert words.shape == (2, 2, 4)
    quads = words.view(np.int8).reshape(2, 2, 4, 4)
    assert np.array_equal(quads[0, 1, 2], weights[2, 4:])
    assert np.array_equal(quads[1].swapaxes(0, 1).reshape(4, 8), weights[1:])


def test_widened_quads_are_the_first_and_third_of_each_row_then_the_others() -> None:
    weights = np.arange(-32, 32, dtype=np.int8).reshape(8, 8)
    words = widened(interleaved(weights))
    assert words.dtype == np.int16 and words.shape == (2, 2, 2, 4, 2)
    assert np.array_equal(words[1, 1, 0], weights[4:, [4, 6]])
    assert np.array_equal(words[1, 1, 1], weights[4:, [5, 7]])
