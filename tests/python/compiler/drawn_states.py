"""Drawn layers that keep a state: UNIDIRECTIONAL_SEQUENCE_LSTM and SVDF."""

from collections.abc import Sequence
from math import log2, prod

import numpy as np
from drawn import SEEDS, ZERO_POINTS, Draw, factors, int8_values
from flatbuffer import ModelBuilder
from hypothesis import strategies as st

LEFT_OUT = -1
RELU, TANH = 1, 4
ROOM = 2.0**31 - 2.0**16  # for a sum, shifted left by its requantisation


def reshaped(model: ModelBuilder, source: int, shape: Sequence[int]) -> int:
    """Add a RESHAPE."""
    spec = model.tensors[source]
    output = model.tensor(shape, scale=spec.scales, zero_point=spec.zero_points)
    model.operator("RESHAPE", [source], [output], ("ReshapeOptions", {"NewShape": list(shape)}))
    return output


def _weights(
    draw: Draw, model: ModelBuilder, shape: tuple[int, int], factor: float, bias: int = 0
) -> int:
    """Add weights whose sums stay within 32 bits; `factor` is a result's scale over the vectors'.

    Sums are a bias, and at most 256 for each of a weight, zero points included.
    """
    values = int8_values(draw, shape)
    bound = float(np.abs(values.astype(np.int64)).sum(axis=1).max()) * 256 + bias + 1
    most = min(4.0, log2(ROOM) - 1.0 - log2(bound))
    scale = float(np.float32(draw(factors(-24.0, most)) * factor))
    return model.constant(values, scale=max(scale, 2.0**-100))


def _biases(draw: Draw, model: ModelBuilder, count: int) -> tuple[int, int]:
    """Add biases; return their largest magnitude as well."""
    largest = draw(st.sampled_from([0, 1000, 2**20, 2**28]))
    random = np.random.default_rng(draw(SEEDS))
    values = random.integers(-largest, largest + 1, count).astype(np.int32)
    return model.constant(values), largest


def lstm(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add an LSTM on the rows of the input, as one sequence or as several."""
    shape = model.tensors[source].shape
    rows = prod(shape[:-1])
    batches = draw(st.sampled_from([1, 1, 2])) if rows % 2 == 0 else 1
    time_major, units = draw(st.booleans()), draw(st.integers(1, 5))
    ends = (rows // batches, batches) if time_major else (batches, rows // batches)
    given = reshaped(model, source, (*ends, shape[-1]))
    affine = {"scale": draw(factors(-9, -5)), "zero_point": draw(ZERO_POINTS)}
    to_gates = [2.0**-12 / scale for scale in (model.tensors[given].scales[0], affine["scale"])]
    state = model.tensor((batches, units), variable=True, **affine)
    cell_scale = 2.0 ** draw(st.integers(-15, -9))
    cell = model.tensor((batches, units), dtype="int16", scale=cell_scale, variable=True)
    biases = [_biases(draw, model, units) for _ in range(4)]
    inputs = [
        given,
        *(_weights(draw, model, (units, shape[-1]), to_gates[0], b[1]) for b in biases),
        *(_weights(draw, model, (units, units), to_gates[1]) for _ in biases),
        *[LEFT_OUT] * 3,
        *(bias[0] for bias in biases),
        *[LEFT_OUT] * 2,
        state,
        cell,
        *[LEFT_OUT] * 4,
    ]
    clip = draw(st.sampled_from([0.0, 10.0, 0.3, 1e-6]))
    output = model.tensor((*ends, units), **affine)
    add_lstm(model, inputs, output, time_major=time_major, clip=clip)
    return output


def add_lstm(
    model: ModelBuilder,
    inputs: Sequence[int],
    output: int,
    *,
    time_major: bool = False,
    clip: float = 10.0,
    **options: object,
) -> None:
    """Add the operator with the intermediate tensors that converters write."""
    spec = model.tensors[output]
    unused = [model.tensor((0,), dtype="float32", scale=None) for _ in range(4)]
    hidden = model.tensor((0,), scale=spec.scales, zero_point=spec.zero_points)
    fields = {"FusedActivationFunction": TANH, "CellClip": clip, "TimeMajor": time_major, **options}
    table = ("UnidirectionalSequenceLSTMOptions", fields)
    kind = "UNIDIRECTIONAL_SEQUENCE_LSTM"
    model.operator(kind, inputs, [output], table, intermediates=[*unused, hidden])


def svdf(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add an SVDF on the rows of the input; sums over time may wrap around."""
    shape = model.tensors[source].shape
    rows, depth = prod(shape[:-1]), shape[-1]
    given = reshaped(model, source, (rows, depth))
    units, rank, memory = (draw(st.integers(1, most)) for most in (4, 3, 6))
    filters = units * rank
    scale = draw(factors(-16, -8))
    state = model.tensor((rows, filters * memory), dtype="int16", scale=scale, variable=True)
    random = np.random.default_rng(draw(SEEDS))
    largest = draw(st.sampled_from([10, 3000, 32767]))
    times = random.integers(-largest - 1, largest + 1, (filters, memory)).astype(np.int16)
    inputs = [
        given,
        _weights(draw, model, (filters, depth), scale / model.tensors[given].scales[0]),
        model.constant(times, scale=draw(factors(-16, -4))),
        _biases(draw, model, units)[0] if draw(st.booleans()) else LEFT_OUT,
        state,
    ]
    factor = draw(factors(-30, -1.01))
    affine = float(np.float32(scale * model.tensors[inputs[2]].scales[0] / factor))
    output = model.tensor((rows, units), scale=affine, zero_point=draw(ZERO_POINTS))
    options = {"Rank": rank, "FusedActivationFunction": RELU}
    model.operator("SVDF", inputs, [output], ("SVDFOptions", options))
    return output
