"""Operators on int16 over every value that one can have: C == numpy == TFLite."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from flatbuffer import ModelBuilder
from harness import Array, assert_equal_three_ways

VALUES = np.arange(-(2**15), 2**15).astype(np.int16)
# Powers of two make ties; near ones are taken for them by LOGISTIC and TANH if they are within a
# thousandth of an octave; a third makes ties that double precision just misses; the rest is any.
NEAR = (2.0**-11 * 2**0.0009, 2.0**-11 * 2**-0.0009, 2.0**-12 * 2**0.0009, 2.0**-12 * 2**0.0011)
SCALES = (2.0**-12, 2.0**-11, *NEAR, 2.0**-15, 3 * 2.0**-14, 0.0001678, 0.00123, 2.0**-20)
FUNCTIONS: dict[str, tuple[Any, bool]] = {
    "LOGISTIC": (None, True),
    "TANH": (None, True),
    "RELU": (None, False),
    "RELU6": (None, False),
    "LEAKY_RELU": (("LeakyReluOptions", {"Alpha": 0.3}), False),
}


def int16(model: ModelBuilder, shape: Sequence[int], scale: float) -> int:
    return model.tensor(shape, dtype="int16", scale=float(np.float32(scale)))


def assert_equal(model: ModelBuilder, given: Array) -> None:
    assert_equal_three_ways(model.finish(), cases=[[given] * len(model.inputs)])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_one_value(name: str) -> None:
    options, is_share = FUNCTIONS[name]
    model = ModelBuilder()
    for scale in SCALES:
        for ratio in (1,) if is_share else (1, 2, 1.5, 0.37):
            model.inputs.append(int16(model, VALUES.shape, scale))
            made = 2.0**-15 if is_share else scale * ratio
            model.outputs.append(int16(model, VALUES.shape, made))
            model.operator(name, model.inputs[-1:], model.outputs[-1:], options)
    assert_equal(model, VALUES)


def test_quantize_and_dequantize() -> None:
    model = ModelBuilder()
    for dtype, point in (("int16", 0), ("int8", -7)):
        for ratio in (1.0, 2.0, 256.0, 100.3, 0.25):
            model.inputs.append(int16(model, VALUES.shape, 0.0123))
            scale = float(np.float32(0.0123 * ratio))
            made = model.tensor(VALUES.shape, dtype=dtype, scale=scale, zero_point=point)
            model.operator("QUANTIZE", model.inputs[-1:], [made], ("QuantizeOptions", {}))
            real = model.tensor(VALUES.shape, dtype="float32", scale=None)
            model.operator("DEQUANTIZE", [made], [real], ("DequantizeOptions", {}))
            model.outputs += [made, real]
    assert_equal(model, VALUES)


@pytest.mark.parametrize("name", ["CONV_2D", "FULLY_CONNECTED"])
def test_requantisation(name: str) -> None:
    """One weight of 1: the sums are the values, and powers of two make ties of them."""
    model = ModelBuilder()
    shape = (len(VALUES), 1, 1, 1) if name == "CONV_2D" else (len(VALUES), 1)
    window = {"Padding": 1, "StrideH": 1, "StrideW": 1, "DilationHFactor": 1, "DilationWFactor": 1}
    options: Any = ("Conv2DOptions", window)
    if name == "FULLY_CONNECTED":
        options = ("FullyConnectedOptions", {"KeepNumDims": True})
    for factor in (1.0, 0.5, 2.0, 2.0**-8, 1 / 3, 0.37, 1.9999, 2.0**-31):
        model.inputs.append(int16(model, shape, 0.01))
        model.outputs.append(int16(model, shape, 0.01))
        one = model.constant(np.ones((1,) * len(shape), np.int8), scale=float(np.float32(factor)))
        zero = model.constant(np.zeros(1, np.int64), scale=float(np.float32(0.01 * factor)))
        model.operator(name, [model.inputs[-1], one, zero], model.outputs[-1:], options)
    assert_equal(model, VALUES.reshape(shape))


@pytest.mark.parametrize("count", [2, 3, 8])
def test_means_and_sums(count: int) -> None:
    """Sums of every remainder, of both signs."""
    rows = np.repeat(VALUES[::7, None], count, axis=1)
    rows[:, 0] = np.clip(rows[:, 0].astype(np.int64) + np.arange(len(rows)) % count, -32768, 32767)
    model = ModelBuilder()
    image = (len(rows), count, 1, 1)
    axes = model.constant(np.array([1], dtype=np.int32))
    window = {"Padding": 1, "StrideH": 1, "StrideW": 1, "FilterHeight": count, "FilterWidth": 1}
    for name, ratio in itertools.product(("MEAN", "SUM"), (1.0, 2.0, 0.3)):
        model.inputs.append(int16(model, image, 0.01))
        model.outputs.append(int16(model, (len(rows), 1, 1), 0.01 * ratio))
        options = ("ReducerOptions", {"KeepDims": False})
        model.operator(name, [model.inputs[-1], axes], model.outputs[-1:], options)
    for name in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
        model.outputs.append(int16(model, (len(rows), 1, 1, 1), 0.01))
        pool = ("Pool2DOptions", window)
        model.operator(name, model.inputs[:1], model.outputs[-1:], pool)
    assert_equal(model, rows.reshape(image))


@pytest.mark.parametrize("name", ["ADD", "SUB", "MUL"])
def test_pairs(name: str) -> None:
    """The ends, zero, and values between, each with each; powers of two make ties."""
    some = np.unique(np.r_[VALUES[:3], VALUES[-3:], -3:4, VALUES[::521]]).astype(np.int16)
    model, inputs = ModelBuilder(), []
    for left, right in ((1.0, 1.0), (1.0, 0.5), (0.3, 1.0), (2.0**-9, 1.0)):
        pair = [int16(model, (len(some), 1), left), int16(model, (1, len(some)), right)]
        scale = 32768 * left * right if name == "MUL" else 2 * max(left, right)
        for ratio in (1.0, 0.51):
            model.outputs.append(int16(model, (len(some),) * 2, scale * ratio))
            fields = {} if name == "MUL" else {"PotScaleInt16": False}
            options = (f"{name.capitalize()}Options", fields)
            model.operator(name, pair, model.outputs[-1:], options)
        model.inputs += pair
        inputs += [some.reshape(-1, 1), some.reshape(1, -1)]
    assert_equal_three_ways(model.finish(), cases=[inputs])


def test_softmax_of_every_difference() -> None:
    rows = np.stack([np.full_like(VALUES, 32767), VALUES, VALUES[::-1]], axis=1)
    model = ModelBuilder()
    for scale in (2.0**-12, 0.00043, 0.1, 1.0, 10 / 65535):
        model.inputs.append(int16(model, rows.shape, scale))
        model.outputs.append(int16(model, rows.shape, 2.0**-15))
        options = ("SoftmaxOptions", {"Beta": 1.0})
        model.operator("SOFTMAX", model.inputs[-1:], model.outputs[-1:], options)
    assert_equal(model, rows)


@pytest.mark.parametrize("depth", [1, 2, 3, 100, 32768])
def test_softmax_of_equal_values(depth: int) -> None:
    """Sums from the least to the largest that there is."""
    model = ModelBuilder()
    model.inputs, model.outputs = (
        [int16(model, (1, depth), 0.01)],
        [int16(model, (1, depth), 2**-15)],
    )
    model.operator("SOFTMAX", model.inputs, model.outputs, ("SoftmaxOptions", {"Beta": 1.0}))
    assert_equal(model, np.full((1, depth), -5, dtype=np.int16))
