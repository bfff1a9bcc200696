"""DEPTHWISE_CONV_2D of filters 3 x 3, which has a kernel of its own: strips, odd sizes, padding."""

import numpy as np
import pytest
from drawing import draws
from drawn import SEEDS, ZERO_POINTS
from flatbuffer import ModelBuilder
from harness import assert_equal_three_ways
from hypothesis import given
from hypothesis import strategies as st

from ossicle.compiler import Target, compile_model

SAME, VALID, NONE, RELU, RELU_N1_TO_1, RELU6 = 0, 1, 0, 1, 2, 3
FUNCTION = "ossicle_depthwise_conv_2d_3x3"


def depthwise(
    shape: tuple[int, int, int],
    *,
    stride: int = 1,
    padding: int = SAME,
    activation: int = NONE,
    points: tuple[int, int] = (-128, -128),
    largest_bias: int = 1000,
    scale: float = 40.0,
    seed: int = 0,
) -> bytes:
    """Return a model of one such layer, on two images, factors around 1 / scale."""
    random = np.random.default_rng(seed)
    rows, columns, channels = shape
    model = ModelBuilder()
    source = model.tensor((2, *shape), scale=1.0, zero_point=points[0])
    weights = random.integers(-128, 128, (1, 3, 3, channels)).astype(np.int8)
    scales = [float(2.0**e) for e in random.uniform(-3, 3, channels)]
    biases = random.integers(-largest_bias, largest_bias + 1, channels).astype(np.int32)
    outputs = [
        -(-length // stride) if padding == SAME else (length - 3) // stride + 1
        for length in (rows, columns)
    ]
    output = model.tensor((2, *outputs, channels), scale=scale * 8.0, zero_point=points[1])
    inputs = [
        source,
        model.constant(weights, scale=scales, axis=3),
        model.constant(biases, scale=[float(np.float32(value)) for value in scales]),
    ]
    options = {
        **{"Padding": padding, "StrideH": stride, "StrideW": stride, "DepthMultiplier": 1},
        **{"DilationHFactor": 1, "DilationWFactor": 1, "FusedActivationFunction": activation},
    }
    model.operator("DEPTHWISE_CONV_2D", inputs, [output], ("DepthwiseConv2DOptions", options))
    model.inputs.append(source)
    model.outputs.append(output)
    return model.finish()


def kernel(content: bytes, target: Target) -> str:
    (found,) = compile_model(content, "model.tflite", target=target).kernels
    assert found is not None
    return found.function


@draws(normal=8, fuzz=500)
@given(
    shape=st.tuples(st.integers(3, 36), st.integers(3, 9), st.integers(4, 10)),
    stride=st.integers(1, 2),
    padding=st.sampled_from([SAME, VALID]),
    activation=st.sampled_from([NONE, RELU, RELU_N1_TO_1, RELU6]),
    points=st.tuples(ZERO_POINTS, ZERO_POINTS),
    largest_bias=st.sampled_from([0, 1000, 2**22]),
    scale=st.sampled_from([2.0, 16.0, 200.0, 4096.0]),
    seed=SEEDS,
)
def test_equals_written_arithmetic_and_tflite(seed: int, **layer: int) -> None:
    content = depthwise(seed=seed, **layer)
    assert_equal_three_ways(content, seed=seed)


@pytest.mark.parametrize("shape", [(1, 8, 4), (15, 1, 4), (3, 3, 5), (16, 2, 8), (31, 4, 6)])
@pytest.mark.parametrize("stride", [1, 2])
def test_strips_of_few_and_of_many_rows(shape: tuple[int, int, int], stride: int) -> None:
    content = depthwise(shape, stride=stride, activation=RELU)
    for optimize in ("ram", "balanced", "speed"):
        assert kernel(content, Target(optimize)) == FUNCTION
    assert_equal_three_ways(content, random=2)


@pytest.mark.parametrize(
    "layer",
    [
        {"shape": (8, 8, 3)},
        {"shape": (8, 8, 4), "stride": 3},
        {"shape": (8, 8, 4), "largest_bias": 2_000_000_000, "scale": 2.0**21},
        {"shape": (8, 8, 4), "scale": 2.0**-12},
    ],
)
def test_others_keep_another_kernel(layer: dict[str, int]) -> None:
    assert kernel(depthwise(**layer), Target()) != FUNCTION
