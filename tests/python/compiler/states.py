"""Layers that keep a state, field by field: an LSTM and an SVDF on six vectors of three."""

from typing import Any

import numpy as np
from drawn_states import LEFT_OUT, RELU, add_lstm, reshaped
from flatbuffer import ModelBuilder

VECTORS = (6, 3)


def lstm(model: ModelBuilder, given: int, **spoilt: Any) -> int:
    """Add an LSTM, or one whose inputs, by their place, or options are `spoilt`."""
    random = np.random.default_rng(2)
    affine = {"scale": 0.01, "zero_point": 9}
    states = [
        model.tensor((1, 3), variable=True, **affine),
        model.tensor((1, 3), dtype="int16", scale=2.0**-11, variable=True),
    ]
    biases = [model.constant(random.integers(-900, 900, 3).astype(np.int32)) for _ in range(4)]
    inputs = [
        reshaped(model, given, (1, *VECTORS)),
        *(_weights(model, random) for _ in range(8)),
        *[LEFT_OUT] * 3,
        *biases,
        *[LEFT_OUT] * 2,
        *states,
        *[LEFT_OUT] * 4,
    ]
    for place, index in spoilt.pop("inputs", {}).items():
        inputs[place] = index
    output = spoilt.pop("output", None)
    output = model.tensor((1, *VECTORS), **affine) if output is None else output
    add_lstm(model, inputs, output, **spoilt)
    return output


def svdf(model: ModelBuilder, given: int, **spoilt: Any) -> int:
    """Add an SVDF, or one whose inputs, by their place, or options are `spoilt`."""
    random = np.random.default_rng(3)
    state = model.tensor((6, 6), dtype="int16", scale=2.0**-9, variable=True)
    times = model.constant(random.integers(-9000, 9000, (3, 2)).astype(np.int16), scale=2.0**-12)
    inputs = [reshaped(model, given, VECTORS), _weights(model, random), times, LEFT_OUT, state]
    for place, index in spoilt.pop("inputs", {}).items():
        inputs[place] = index
    output = spoilt.pop("output", None)
    output = model.tensor(VECTORS, scale=0.1) if output is None else output
    options = {"Rank": 1, "FusedActivationFunction": RELU, **spoilt}
    model.operator("SVDF", inputs, [output], ("SVDFOptions", options))
    return output


def remembering_network() -> ModelBuilder:
    """Build a network of both."""
    model = ModelBuilder()
    model.inputs = [model.tensor(VECTORS, scale=0.05, zero_point=-7)]
    model.outputs = [svdf(model, lstm(model, model.inputs[0]))]
    return model


def _weights(model: ModelBuilder, random: np.random.Generator) -> int:
    return model.constant(random.integers(-127, 128, (3, 3)).astype(np.int8), scale=0.02)
