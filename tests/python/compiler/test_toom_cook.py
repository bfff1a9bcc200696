"""Toom-Cook convolution: exact matrices, a proof that refuses, and a kernel equal to TFLite's."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from drawing import draws
from drawn import SEEDS, ZERO_POINTS
from harness import SanitizedModel, assert_same, extremes_and_random, written_arithmetic
from hypothesis import given
from hypothesis import strategies as st
from toom_networks import SAME, VALID, WEIGHTS, convolution, taken

from ossicle.compiler import CompiledModel, Target, compile_model
from ossicle.compiler.emitter import KERNELS
from ossicle.compiler.operators.conv_2d_toom import Filters, toom_cook
from ossicle.compiler.toom_cook import MOST_POINTS, Form, Point, forms
from ossicle.reference import ReferenceModel

FUNCTION = "ossicle_conv_2d_toom"
SPEED = Target("speed", "dsp")
TAPS = range(2, 22)
FORMS = [form for taps in TAPS for form in forms(taps)]


def at_points(form: Form, elements: Any, weights: Any) -> dict[Point, int]:
    """Return the sum of products at each point, for one channel."""
    sums = dict.fromkeys(form.points, 0)
    for section in form.sections:
        part = elements[section.start : section.start + len(section.data)]
        filters = weights[section.start : section.start + section.taps]
        for point, row in section.data.items():
            filtered = sum(map(int.__mul__, section.filters[point], filters))
            sums[point] += filtered * sum(map(int.__mul__, row, part))
    return sums


@draws(normal=300, fuzz=20_000)
@given(st.data(), st.sampled_from(FORMS))
def test_matrices_give_the_correlation(data: st.DataObject, form: Form) -> None:
    draw = st.integers(-255, 255)
    elements = data.draw(st.lists(draw, min_size=form.elements, max_size=form.elements))
    weights = data.draw(st.lists(draw, min_size=form.taps, max_size=form.taps))
    sums = at_points(form, elements, weights)
    for output, row in enumerate(form.join):
        expected = sum(map(int.__mul__, weights, elements[output:]))
        total = sum(map(int.__mul__, row, sums.values()))
        assert total == form.denominator * expected
        # As the kernel has it: modulo 2^32, then shifted.
        wrapped = total * form.inverse % 2**32
        assert (wrapped - (wrapped >> 31 << 32)) >> form.shift == expected


def test_each_form_spares_products_and_fits_the_kernel() -> None:
    text = (KERNELS / "ossicle_toom.h").read_text()
    most = {name: int(n) for name, n in re.findall(r"#define OSSICLE_TOOM_(\w+) (\d+)", text)}
    for form in FORMS:
        assert form.products < form.outputs * form.taps
        assert len(form.points) <= MOST_POINTS and form.growth * 255 < 2**15
        assert form.products <= most["UNITS"] and form.outputs <= most["OUTPUTS"]
        assert form.elements + form.outputs <= most["COLUMNS"]
    for taps in TAPS:
        assert any(form.taps == taps for form in FORMS)


def function(compiled: CompiledModel) -> str:
    (kernel,) = compiled.kernels
    assert kernel is not None
    return kernel.function


def assert_equal(content: bytes, number: int) -> None:
    with taken(number):
        compiled = compile_model(content, "model.tflite", target=SPEED)
    assert function(compiled) == FUNCTION
    reference = ReferenceModel(content)
    cases = extremes_and_random(compiled.graph.inputs, seed=number, random=2)
    with SanitizedModel(compiled) as model:
        for ((output,), _), case in zip(model.run(cases), cases, strict=True):
            assert_same(output, written_arithmetic(compiled, case)[0], "C and written arithmetic")
            assert_same(output, reference.run(case, [])[0][0], "C and TFLite")


@st.composite
def layers(draw: Any) -> bytes:
    """Draw a layer along whose lines windows move by one element, or along whose columns."""
    padding = draw(st.sampled_from([SAME, VALID]))
    taps = [draw(st.integers(2, 9)), draw(st.integers(1, 4))]
    sides = [draw(st.integers(taps[0] + 1, 24)), draw(st.integers(taps[1], 12))]
    strides = [1, draw(st.integers(1, 5))]
    order = draw(st.sampled_from([1, -1]))
    return convolution(
        (*sides[::order], draw(st.integers(1, 9))),
        (taps[::order][0], taps[::order][1]),
        draw(st.integers(1, 5)),
        batches=draw(st.integers(1, 2)),
        strides=(strides[::order][0], strides[::order][1]),
        padding=padding,
        activation=draw(st.sampled_from([0, 1, 2, 3])),
        points=(draw(ZERO_POINTS), draw(ZERO_POINTS)),
        weights=draw(st.sampled_from(sorted(WEIGHTS))),
        seed=draw(SEEDS),
    )


@draws(normal=25, fuzz=3_000)
@given(layers(), st.integers(0, 1000))
def test_equals_written_arithmetic_and_tflite(content: bytes, number: int) -> None:
    assert_equal(content, number)


@pytest.mark.parametrize("weights", ["lowest", "highest"])
@pytest.mark.parametrize("point", [-128, 127])
def test_sums_at_points_that_wrap_around(weights: str, point: int) -> None:
    """At the largest weights and inputs, sums at points leave 32 bits many times over."""
    content = convolution((6, 5, 230), (7, 5), 2, weights=weights, points=(point, 0))
    form = Form(5, 7)
    sums = at_points(form, [255] * form.elements, [128] * form.taps)
    assert max(map(abs, sums.values())) * 5 * 230 > 2**32
    assert_equal(content, 0)


def test_the_price_takes_it_for_speed_only() -> None:
    content = convolution((20, 21, 16), (7, 7), 16)
    for extension in ("portable", "dsp", "mve"):
        for optimize in ("ram", "balanced", "speed"):
            compiled = compile_model(content, "m.tflite", target=Target(optimize, extension))
            is_it = (optimize, extension) == ("speed", "dsp")
            assert (function(compiled) == FUNCTION) == is_it


@pytest.mark.parametrize(
    ("taps", "strides"), [((1, 1), (1, 1)), ((3, 3), (2, 2)), ((1, 3), (1, 2)), ((3, 1), (2, 1))]
)
def test_windows_that_do_not_move_by_one_element(
    taps: tuple[int, int], strides: tuple[int, int]
) -> None:
    content = convolution((12, 12, 16), taps, 16, strides=strides)
    assert function(compile_model(content, "m.tflite", target=SPEED)) != FUNCTION


@pytest.mark.parametrize(("channels", "fits"), [(913, True), (914, False)])
def test_weights_whose_outputs_could_leave_32_bits(channels: int, fits: bool) -> None:
    """3 x 3 filters of -128: 8 times the largest output is below 2^31 with up to 913 channels."""
    content = convolution((3, 4, channels), (3, 3), 1, weights="lowest", points=(127, 0))
    largest = 9 * channels * 128 * 255
    shifted = 8 * largest % 2**32
    assert ((shifted - (shifted >> 31 << 32)) >> 3 == largest) == fits
    compiled = compile_model(content, "m.tflite", target=SPEED)
    (layer,) = compiled.operators
    tables = layer._weighted.rescaled()
    assert tables is not None
    shifts = {way._form.shift for way in toom_cook(layer, layer._weighted, tables)}
    assert (3 in shifts) == fits
    with taken(0):
        again = compile_model(content, "m.tflite", target=SPEED)
    assert function(again) == FUNCTION  # F(2, 3) has the denominator 2 and room left


def test_each_condition_of_the_proof_at_its_limit() -> None:
    form = Form(4, 3)
    filters = Filters.of(form, np.ones((1, 1, 3, 1), dtype=np.int64))
    assert filters.largest_sum == 3
    assert filters.are_exact((2**15 - 1) // form.growth)
    assert not filters.are_exact((2**15 - 1) // form.growth + 1)
    for largest, fits in ((2**15 - 1, True), (2**15, False)):
        some = {**filters.at_points, form.points[0]: np.array([[[[-largest]]]])}
        assert replace(filters, at_points=some).are_exact(255) == fits
    for total, fits in ((2**28 - 1, True), (2**28, False)):
        assert replace(filters, largest_sum=total).are_exact(1) == fits
