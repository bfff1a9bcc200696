"""What TFLM and CMSIS-NN compute as Ossicle does, and where they part: see `tflm.py`."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import tflm
from drawing import draws
from flatbuffer import ModelBuilder, Options
from hypothesis import given
from hypothesis import strategies as st
from networks import DILATION, WINDOW

from ossicle.compiler import arithmetic, compile_model, fixed_point
from ossicle.compiler.operators.operator import Operator

BYTES = list(range(-128, 128))
Bytes = np.ndarray[Any, np.dtype[Any]]
Reduction = Callable[[Sequence[int], Sequence[float], Sequence[int]], int]


def operator_of(
    name: str,
    shapes: tuple[tuple[int, ...], tuple[int, ...]],
    ends: Sequence[tuple[float, int]],
    options: Options | None = None,
    *,
    constants: Sequence[tuple[Bytes, dict[str, Any]]] = (),
    order: Sequence[int] = (),
) -> Operator:
    """Compile a layer; `ends` are scale and zero point of input and output."""
    model = ModelBuilder()
    (scale, point), (output_scale, output_point) = ends
    model.inputs = [model.tensor(shapes[0], scale=scale, zero_point=point)]
    model.outputs = [model.tensor(shapes[1], scale=output_scale, zero_point=output_point)]
    inputs = [*model.inputs, *(model.constant(data, **more) for data, more in constants)]
    model.operator(name, [inputs[i] for i in order] or inputs, model.outputs, options)
    (operator,) = compile_model(model.finish(), "one.tflite").operators
    return operator


def scale_near(random: np.random.Generator, low: float, high: float) -> float:
    """Return a float32 scale between 2^low and 2^high, every third a power of two."""
    exponent = random.uniform(low, high)
    return float(np.float32(2.0 ** (round(exponent) if random.integers(3) == 0 else exponent)))


@draws(normal=500, fuzz=100_000)
@given(st.data(), st.integers(2**30, 2**31 - 1), st.integers(-31, 30))
def test_requantisation(data: st.DataObject, multiplier: int, shift: int) -> None:
    """All three are rounding twice; ties are drawn as well."""
    room = 2 ** (31 - max(shift, 0)) - 1
    halves = st.integers(-600, 600).map(
        lambda n: round((n + 0.5) * 2.0 ** (31 - shift) / multiplier)
    )
    drawn = data.draw(st.one_of(st.sampled_from([-room, room]), st.integers(-room, room), halves))
    value = max(-room, min(drawn, room))
    expected = arithmetic.requantise_twice(*map(arithmetic.integers, (value, multiplier, shift)))
    assert [rounding(value, multiplier, shift) for rounding in tflm.ROUNDINGS] == [expected] * 3


def of_convolution(
    values: Bytes, weights: Bytes, biases: Bytes, ends: Any, scales: Sequence[float]
) -> list[int]:
    """Compute windows of one tap: rows of outputs, each rounded by all ways.

    Weights are (output, input) or, of a depthwise convolution, (output,).
    """
    (scale, point), (output_scale, output_point) = ends
    pairs = [tflm.quantised_multiplier(scale * one / output_scale) for one in scales]
    found = []
    for pixel in values.reshape(-1, values.shape[-1]).tolist():
        for channel, (bias, pair) in enumerate(zip(biases.tolist(), pairs, strict=True)):
            if weights.ndim == 1:
                total = bias + int(weights[channel]) * (pixel[channel // 2] - point)
            else:
                products = zip(weights[channel].tolist(), pixel, strict=True)
                total = bias + sum(w * (x - point) for w, x in products)
            ways = {rounding(int(total), *pair) for rounding in tflm.ROUNDINGS}
            assert len(ways) == 1
            found.append(tflm.clamped(ways.pop() + output_point))
    return found


@pytest.mark.parametrize("name", ["CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV"])
def test_convolutions_round_twice(name: str) -> None:
    random = np.random.default_rng(0)
    for _ in range(20):
        ends = [(scale_near(random, -6, 0), int(random.integers(-128, 128))) for _ in range(2)]
        scales = [scale_near(random, -9, -4) for _ in range(4)]
        shape = (4, 2) if name != "DEPTHWISE_CONV_2D" else (4,)
        weights = random.integers(-128, 128, shape).astype(np.int8)
        biases = random.integers(-(2**12), 2**12, 4).astype(np.int32)
        depthwise = name == "DEPTHWISE_CONV_2D"
        whole = weights.reshape((1, 1, 1, 4) if depthwise else (4, 1, 1, 2))
        constants = [
            (whole, {"scale": scales, "axis": 3 if depthwise else 0}),
            (biases, {"scale": scales}),
            (np.array((1, 5, 5, 4), dtype=np.int32), {}),
        ]
        fields, order, table = {**WINDOW, **DILATION}, [0, 1, 2], "Conv2DOptions"
        if depthwise:
            fields, table = fields | {"DepthMultiplier": 2}, "DepthwiseConv2DOptions"
        if name == "TRANSPOSE_CONV":
            fields, order, table = WINDOW, [3, 1, 0, 2], "TransposeConvOptions"
        options = (table, fields)
        shapes = ((1, 5, 5, 2), (1, 5, 5, 4))
        operator = operator_of(name, shapes, ends, options, constants=constants, order=order)
        values = random.integers(-128, 128, (1, 5, 5, 2)).astype(np.int8)
        arguments = [None, None, values] if name == "TRANSPOSE_CONV" else [values]
        expected = np.asarray(operator.reference(arguments)).reshape(-1).tolist()
        assert of_convolution(values, weights, biases, ends, scales) == expected


@pytest.mark.parametrize(("name", "sign"), [("ADD", 1), ("SUB", -1)])
def test_sums_have_the_same_formulas(name: str, sign: int) -> None:
    random = np.random.default_rng(1)
    for _ in range(12):
        scales = [scale_near(random, -6, 2) for _ in range(2)]
        scales.append(max(scales) * scale_near(random, -1, 2))
        points = [int(point) for point in random.choice([-128, 0, 127, 5, -77], 3)]
        model = ModelBuilder()
        model.inputs = [
            model.tensor((500,), scale=scale, zero_point=point)
            for scale, point in zip(scales[:2], points[:2], strict=True)
        ]
        model.outputs = [model.tensor((500,), scale=scales[2], zero_point=points[2])]
        scales[2] = float(np.float32(scales[2]))
        model.operator(name, model.inputs, model.outputs, (f"{name.capitalize()}Options", {}))
        (operator,) = compile_model(model.finish(), "one.tflite").operators
        left, right = random.integers(-128, 128, (2, 500)).astype(np.int8)
        pairs = zip(left.tolist(), right.tolist(), strict=True)
        found = [tflm.sum_of_bytes(a, b, scales, points, sign) for a, b in pairs]
        assert found == np.asarray(operator.reference([left, right])).tolist()


def test_poolings_have_the_same_formulas() -> None:
    random = np.random.default_rng(2)
    for taps in range(1, 33):
        options = {**WINDOW, "Padding": 1, "FilterHeight": 1, "FilterWidth": taps}
        shapes, ends = ((300, 1, taps, 1), (300, 1, 1, 1)), [(0.1, 3), (0.1, 3)]
        values = random.integers(-128, 128, shapes[0]).astype(np.int8)
        values[:2] = [[[[-128]] * taps], [[[127]] * taps]]
        rows = values.reshape(300, taps).tolist()
        for name, formula in (("AVERAGE_POOL_2D", tflm.average), ("MAX_POOL_2D", max)):
            operator = operator_of(name, shapes, ends, ("Pool2DOptions", options))
            expected = np.asarray(operator.reference([values])).reshape(-1).tolist()
            assert [formula(row) for row in rows] == expected


@pytest.mark.parametrize(("name", "formula"), [("MEAN", tflm.mean), ("SUM", tflm.total)])
def test_a_mean_and_a_sum_have_the_same_formula(name: str, formula: Reduction) -> None:
    random = np.random.default_rng(3)
    axes = [(np.array([1], dtype=np.int32), {})]
    for count in (1, 2, 3, 7, 16, 50, 121, 1000):
        for _ in range(6):
            ends = [(scale_near(random, -6, 2), int(random.integers(-128, 128))) for _ in range(2)]
            shapes, options = ((40, count), (40,)), ("ReducerOptions", {"KeepDims": False})
            operator = operator_of(name, shapes, ends, options, constants=axes)
            values = random.integers(-128, 128, shapes[0]).astype(np.int8)
            scales, points = zip(*ends, strict=True)
            found = [formula(row, scales, points) for row in values.tolist()]
            assert found == np.asarray(operator.reference([values])).tolist()


def test_a_maximum_over_axes_is_the_largest_byte() -> None:
    values = np.random.default_rng(4).integers(-128, 128, (40, 9)).astype(np.int8)
    axes = [(np.array([1], dtype=np.int32), {})]
    options, ends = ("ReducerOptions", {"KeepDims": False}), [(0.1, 3), (0.1, 3)]
    operator = operator_of("REDUCE_MAX", ((40, 9), (40,)), ends, options, constants=axes)
    assert [max(row) for row in values.tolist()] == np.asarray(
        operator.reference([values])
    ).tolist()


@draws(normal=300, fuzz=20_000)
@given(st.one_of(st.sampled_from([0, -1, -(2**24), -(2**31)]), st.integers(-(2**31), 0)),
       st.one_of(st.sampled_from([0, 2**31 - 1]), st.integers(0, 2**31 - 1)))  # fmt: skip
def test_functions_of_a_softmax(negative: int, fraction: int) -> None:
    exponential = fixed_point.exp_of_negative(arithmetic.integers(negative))
    assert tflm.exponential(negative) == exponential
    inverse = fixed_point.reciprocal_of_one_plus(arithmetic.integers(fraction))
    assert tflm.reciprocal(fraction) == inverse


def test_a_softmax_has_the_same_formulas() -> None:
    random = np.random.default_rng(5)
    for _ in range(20):
        scale, beta = scale_near(random, -10, 2), float(random.choice([1.0, 0.5, 3.0]))
        depth = int(random.choice([1, 2, 10, 35]))
        ends, options = [(scale, 4), (1 / 256, -128)], ("SoftmaxOptions", {"Beta": beta})
        operator = operator_of("SOFTMAX", ((20, depth), (20, depth)), ends, options)
        values = random.integers(-128, 128, (20, depth)).astype(np.int8)
        found = [tflm.softmax(row, beta, scale) for row in values.tolist()]
        assert found == np.asarray(operator.reference([values])).tolist()


def test_a_relu_by_factors_of_doubles_parts_for_hardly_a_byte() -> None:
    """A float32 quotient moves a multiplier's last bits: none of 102,400 bytes with it."""
    random, apart, bytes_ = np.random.default_rng(6), [], np.array(BYTES, dtype=np.int8)
    moved = 0
    for _ in range(400):
        ends = [(scale_near(random, -6, 2), int(random.integers(-128, 128))) for _ in range(2)]
        scales, points = zip(*ends, strict=True)
        operator = operator_of("RELU", ((256,), (256,)), ends)
        found = np.array([tflm.relu(value, scales, points) for value in BYTES])
        apart.append(found - np.asarray(operator.reference([bytes_]), dtype=np.int64))
        rounded = float(np.float32(scales[0]) / np.float32(scales[1]))
        both = (tflm.quantised_multiplier(q) for q in (rounded, scales[0] / scales[1]))
        moved += len(set(both)) == 2
    assert moved > 200
    assert np.count_nonzero(apart) == 0


def test_a_relu6_that_clamps_is_the_same_where_scales_are() -> None:
    random, bytes_ = np.random.default_rng(7), np.array(BYTES, dtype=np.int8)
    differing = 0
    for _ in range(100):
        end = (scale_near(random, -6, 0), int(random.integers(-128, 128)))
        expected = [tflm.relu6(value, *end) for value in BYTES]
        operator = operator_of("RELU6", ((256,), (256,)), [end, end])
        assert np.asarray(operator.reference([bytes_])).tolist() == expected
        other = operator_of("RELU6", ((256,), (256,)), [end, (2 * end[0], end[1])])
        differing += np.asarray(other.reference([bytes_])).tolist() != expected
    assert differing > 50


def test_a_prelu_by_factors_of_doubles_parts_for_a_byte_now_and_then() -> None:
    random, apart = np.random.default_rng(8), []
    for _ in range(100):
        ends = [(scale_near(random, -6, 0), int(random.integers(-128, 128))) for _ in range(2)]
        slopes = random.integers(-128, 128, 256).astype(np.int8)
        slope_end = (scale_near(random, -9, -5), int(random.integers(-128, 128)))
        constants = [(slopes, {"scale": slope_end[0], "zero_point": slope_end[1]})]
        operator = operator_of("PRELU", ((256,), (256,)), ends, constants=constants)
        scales, points = zip(ends[0], slope_end, ends[1], strict=True)
        pairs = zip(BYTES, slopes.tolist(), strict=True)
        found = np.array([tflm.prelu(x, slope, scales, points) for x, slope in pairs])
        expected = operator.reference([np.array(BYTES, dtype=np.int8), slopes])
        apart.append(found - np.asarray(expected, dtype=np.int64))
    assert np.abs(apart).max() <= 1
    assert np.count_nonzero(apart) < np.size(apart) / 1000
