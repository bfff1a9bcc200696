"""Functions of one byte: C == numpy == TFLite over all 256, for many scales."""

from typing import Any

import numpy as np
import pytest
from flatbuffer import ModelBuilder
from harness import assert_equal_three_ways

BYTES = np.arange(-128, 128).astype(np.int8)
FUNCTIONS: dict[str, tuple[Any, float | None]] = {
    "RELU": (None, None),
    "RELU6": (None, None),
    "RELU_N1_TO_1": (None, None),
    "LEAKY_RELU": (("LeakyReluOptions", {"Alpha": 0.3}), None),
    "HARD_SWISH": (("HardSwishOptions", {}), None),
    "LOGISTIC": (None, 1 / 256),
    "TANH": (None, 1 / 128),
}


def scales(seed: int) -> tuple[float, float]:
    """Two small multiples of 2^-8, one beside such a multiple in one case of two.

    Their quotient makes ties, or is at a tie in double precision only, or in float32 only.
    """
    generator = np.random.default_rng(seed)
    given, made = generator.integers(64, 512, 2) * 2.0**-8
    beside = 2.0**-13 if generator.random() < 0.5 else 0.0
    return float(np.float32(given * (1 + beside))), float(np.float32(made * (1 - 2 * beside)))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_byte(name: str) -> None:
    options, fixed = FUNCTIONS[name]
    model = ModelBuilder()
    for seed in range(200):
        scale, output_scale = scales(seed)
        point = seed * 37 % 256 - 128
        given = model.tensor((256,), scale=scale / (16 if fixed else 1), zero_point=point)
        output = model.tensor((256,), scale=fixed or output_scale, zero_point=-point - 1)
        model.operator(name, [given], [output], options)
        model.inputs.append(given)
        model.outputs.append(output)
    assert_equal_three_ways(model.finish(), cases=[[BYTES] * 200])
