"""What TensorFlow Lite Micro's kernels compute otherwise than TFLite's, by its published sources.

Nothing of it runs here: these are its formulas, held against the written arithmetic.
"""

import numpy as np
import pytest
from flatbuffer import ModelBuilder

from mlperf_tiny import needs_mlperf_tiny, path_of
from ossicle.compiler import compile_model
from ossicle.compiler.arithmetic import (
    Integers,
    high_multiply,
    integers,
    requantise_twice,
    rounding_shift_right,
    to_int8,
)
from ossicle.compiler.fixed_point import (
    INT32_MAX,
    exp_of_negative,
    exp_of_quarter,
    reciprocal_of_one_plus,
)
from ossicle.compiler.graph import Array
from ossicle.compiler.operators.fully_connected import FullyConnected
from ossicle.compiler.operators.operator import Operator
from ossicle.compiler.quantisation import multiplier_and_shift
from ossicle.parity.models import random_inputs

BYTES = np.arange(-128, 128).astype(np.int8)


def fully_connected(operator: Operator, values: Array) -> Array:
    """FULLY_CONNECTED of TFLM: sums as everywhere, but rounded twice."""
    assert isinstance(operator, FullyConnected)
    weighted = operator._weighted
    rows = integers(values).reshape(operator.batches, -1) + weighted.input_offset
    sums = rows @ integers(weighted.weights).T + weighted.bias_row()
    pairs = [multiplier_and_shift(factor) for factor in weighted.factors]
    multipliers, shifts = (integers(column) for column in zip(*pairs, strict=True))
    rounded = to_int8(requantise_twice(sums, multipliers, shifts), *weighted.bounds)
    return np.asarray(rounded).reshape(operator.output.shape)


def test_fully_connected_rounds_twice_there_and_is_one_apart_at_most() -> None:
    generator, model = np.random.default_rng(0), ModelBuilder()
    weights = generator.integers(-127, 128, (200, 64)).astype(np.int8)
    given, output = model.tensor((50, 64), scale=0.1), model.tensor((50, 200), scale=0.7)
    inputs = [given, model.constant(weights, scale=0.013)]
    options = ("FullyConnectedOptions", {"KeepNumDims": True})
    model.operator("FULLY_CONNECTED", inputs, [output], options)
    (operator,) = compile_model(model.finish([given], [output]), "fc.tflite").operators
    values = generator.integers(-128, 128, (50, 64)).astype(np.int8)
    apart = fully_connected(operator, values) - operator.reference([values, None, None])
    assert set(np.unique(apart)) <= {-1, 0, 1}
    assert 0 < np.count_nonzero(apart) < apart.size / 100


@needs_mlperf_tiny
def test_a_network_of_fully_connected_layers_ends_apart() -> None:
    """Ten layers, each one apart here and there: a good part of the outputs is not the same."""
    compiled = compile_model(path_of("ad01_int8").read_bytes(), "ad.tflite")
    ends = []
    for values in random_inputs(compiled.graph.inputs[0], 5, seed=0)[2:]:
        tflm = tflite = values
        for operator in compiled.operators:
            tflm, tflite = fully_connected(operator, tflm), operator.reference([tflite, None, None])
        ends.append(np.abs(tflm.astype(int) - tflite.astype(int)))
    apart = np.concatenate(ends)
    assert np.count_nonzero(apart) > apart.size / 10 and apart.max() <= 2


def exp_of_negative_in_q4(value: Integers) -> Integers:
    """gemmlowp's exponential, Q4 to Q0, as `exp_of_negative` is in Q5."""
    quarter = 1 << 25
    last = (value & (quarter - 1)) - quarter
    result = exp_of_quarter(last << 4)
    for bit in range(6):
        power = integers(round(np.exp(-(2.0 ** (bit - 2))) * 2**31))
        result = np.where((last - value) & (quarter << bit), high_multiply(result, power), result)
    return np.where(value == 0, INT32_MAX, result)


def logistic(magnitude: Integers) -> Integers:
    """gemmlowp's sigmoid of numbers from 0 up, Q4 to Q0."""
    return reciprocal_of_one_plus(exp_of_negative_in_q4(-magnitude))


def tanh(magnitude: Integers) -> Integers:
    """gemmlowp's hyperbolic tangent of numbers from 0 up, Q4 to Q0, by e^(-2 x) in Q5."""
    power = exp_of_negative(-magnitude)
    half = (power + INT32_MAX + 1) // 2
    x = round(48 / 17 * 2**29) + high_multiply(half, integers(round(-32 / 17 * 2**29)))
    for _ in range(3):
        error = (1 << 29) - high_multiply(half, x)
        x = x + (high_multiply(x, error) << 2)
    return np.minimum((x - (1 << 29)) << 2, INT32_MAX)


def by_fixed_point(name: str, scale: float) -> Array:
    """LOGISTIC or TANH of TFLM of every byte, zero point 0: through Q4 instead of float32."""
    multiplier, shift = multiplier_and_shift(scale * 2.0**27)
    radius = int(15 * 2.0**27 / 2.0**shift)
    values = integers(BYTES)
    scaled = requantise_twice(values, integers(multiplier), integers(shift))
    far = np.abs(values) >= radius
    magnitude = np.where(far, 0, np.abs(scaled))
    found = logistic(magnitude) if name == "LOGISTIC" else tanh(magnitude)
    negative = INT32_MAX - found if name == "LOGISTIC" else -found
    bits, point = (23, -128) if name == "LOGISTIC" else (24, 0)
    signed = np.where(values < 0, negative, found)
    if name == "LOGISTIC":
        signed = np.where(values == 0, 1 << 30, signed)
    else:
        signed = np.where(values == 0, 0, signed)
    rounded = np.clip(rounding_shift_right(integers(signed), integers(bits)) + point, -128, 127)
    return np.where(far, np.where(values < 0, -128, 127), rounded).astype(np.int8)


@pytest.mark.parametrize("name", ["LOGISTIC", "TANH"])
def test_logistic_and_tanh_go_through_fixed_point_there(name: str) -> None:
    """They are the same but for a few bytes, which are one apart."""
    ends = {"LOGISTIC": (1 / 256, -128), "TANH": (1 / 128, 0)}
    apart = []
    for scale in 2.0 ** np.linspace(-9, -3, 200):
        model = ModelBuilder()
        given = model.tensor((256,), scale=float(np.float32(scale)))
        output = model.tensor((256,), scale=ends[name][0], zero_point=ends[name][1])
        model.operator(name, [given], [output])
        (operator,) = compile_model(model.finish([given], [output]), "one.tflite").operators
        of_tflite = np.asarray(operator.reference([BYTES]), dtype=np.int64)
        apart.append(by_fixed_point(name, float(np.float32(scale))) - of_tflite)
    assert 0 < np.count_nonzero(apart) < 200
    assert np.abs(apart).max() == 1
