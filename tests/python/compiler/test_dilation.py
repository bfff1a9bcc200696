"""Convolutions between SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND become dilated, or are refused."""

from itertools import islice
from typing import Any

import numpy as np
import pytest
from drawing import draws
from drawn import SEEDS, activation, image
from drawn_windows import between_blocks
from flatbuffer import ModelBuilder
from harness import assert_equal_three_ways
from hypothesis import given, note
from hypothesis import strategies as st
from refusing import refusal
from test_hostile_files import compiled_or_refused, damaged_bytes

from ossicle.compiler import compile_model


@draws(normal=6, fuzz=1000)
@given(data=st.data(), seed=SEEDS)
def test_a_convolution_between_blocks_is_a_dilated_one(data: st.DataObject, seed: int) -> None:
    model = ModelBuilder()
    for _ in range(data.draw(st.integers(1, 3))):
        model.inputs.append(activation(data.draw, model, image(data.draw)))
        model.outputs.append(between_blocks(data.draw, model, model.inputs[-1]))
    note(str(model))
    compiled = assert_equal_three_ways(model.finish(), seed=seed)
    names = {operator.name for operator in compiled.operators}
    assert names <= {"CONV_2D", "DEPTHWISE_CONV_2D"}


def blocks(
    *,
    block: Any = (2, 2),
    back: Any = (2, 2),
    paddings: Any = ((2, 2), (2, 2)),
    crops: Any = ((0, 0), (0, 0)),
    stride: int = 1,
    scale: float = 1.0,
    inner: tuple[int, ...] = (4, 4, 4, 1),
    outer: tuple[int, ...] = (1, 4, 4, 1),
    inner_type: str = "int8",
    last: str = "BATCH_TO_SPACE_ND",
) -> ModelBuilder:
    """Build a 3x3 convolution of a 4x4 image in blocks of 2x2, to be spoilt."""
    model = ModelBuilder()
    given, apart = model.tensor((1, 4, 4, 1)), model.tensor(inner, dtype=inner_type, scale=scale)
    convolved, result = model.tensor((4, 2, 2, 1)), model.tensor(outer)
    numbers = [model.constant(np.array(n, dtype=np.int32)) for n in (block, paddings, back, crops)]
    model.operator("SPACE_TO_BATCH_ND", [given, *numbers[:2]], [apart])
    weights = model.constant(np.ones((1, 3, 3, 1), dtype=np.int8), scale=0.1)
    biases = model.constant(np.zeros(1, dtype=np.int32), scale=0.1)
    window = {"Padding": 1, "StrideH": stride, "StrideW": 1}
    options = {**window, "DilationHFactor": 1, "DilationWFactor": 1}
    model.operator("CONV_2D", [apart, weights, biases], [convolved], ("Conv2DOptions", options))
    model.operator(last, [convolved, *numbers[2:]], [result])
    model.inputs, model.outputs = [given], [result]
    return model


def test_the_example_is_sound_before_it_is_spoilt() -> None:
    """And keeps the number of the convolution, although two operators are gone."""
    (operator,) = compile_model(blocks().finish(), "sound.tflite").operators
    assert (operator.node.label, operator.detail) == ("operator 1 (CONV_2D)", "3x3, stride 1x1")
    assert_equal_three_ways(blocks().finish())


@pytest.mark.parametrize(
    ("spoilt", "cause"),
    [
        ({"back": (1, 2)}, "0 (SPACE_TO_BATCH_ND): blocks of (2, 2) come back as blocks of (1, 2)"),
        ({"block": (2, 2, 2)}, "operator 0 (SPACE_TO_BATCH_ND) has no block of two"),
        ({"paddings": ((-2, 2), (2, 2))}, "or no four counts"),
        ({"paddings": ((3, 2), (2, 2))}, "its output 4x4x4x1 is not blocks of its input"),
        ({"inner": (4, 4, 5, 1)}, "its output 4x4x5x1 is not blocks of its input"),
        ({"stride": 2}, "operator 1 (CONV_2D): a stride of 2 between blocks"),
        ({"crops": ((3, 0), (0, 0))}, "operator 1 (CONV_2D): its blocks have other padding"),
        ({"outer": (1, 4, 5, 1)}, "operator 1 (CONV_2D): its output is 1x4x5x1 where"),
        ({"scale": 2.0}, "operator 0 (SPACE_TO_BATCH_ND): its input and output differ in scale"),
        ({"inner_type": "uint8"}, "operator 0 (SPACE_TO_BATCH_ND): int8 becomes uint8"),
        ({"last": "PAD"}, "its convolution is followed by operator 2 (PAD), not by BATCH_TO_SPACE"),
        ({"last": "SPACE_TO_BATCH_ND"}, "is followed by operator 2 (SPACE_TO_BATCH_ND), not by"),
    ],
)
def test_what_cannot_be_fused_is_refused_by_name(spoilt: dict[str, Any], cause: str) -> None:
    assert cause in refusal(blocks(**spoilt))


def test_what_stands_between_is_read_by_nothing_else() -> None:
    model = blocks()
    model.outputs = [1, *model.outputs]
    assert "gives is not read by one operator alone" in refusal(model)


def test_blocks_that_stand_elsewhere() -> None:
    model = ModelBuilder()
    given, moved, result = (
        model.tensor(shape) for shape in ((1, 4, 4, 1), (4, 2, 2, 1), (4, 4, 4))
    )
    numbers = [model.constant(np.array(n, dtype=np.int32)) for n in ((2, 2), ((0, 0), (0, 0)))]
    model.operator("SPACE_TO_BATCH_ND", [given, *numbers], [moved])
    model.operator("RESHAPE", [moved], [result], ("ReshapeOptions", {}))
    message = refusal(model.finish([given], [result]))
    assert (
        "operator 0 (SPACE_TO_BATCH_ND): is supported before a convolution, not before" in message
    )


def test_blocks_that_come_back_from_nowhere() -> None:
    model = ModelBuilder()
    model.inputs, model.outputs = [model.tensor((4, 2, 2, 1))], [model.tensor((1, 4, 4, 1))]
    numbers = [model.constant(np.array(n, dtype=np.int32)) for n in ((2, 2), ((0, 0), (0, 0)))]
    model.operator("BATCH_TO_SPACE_ND", [*model.inputs, *numbers], model.outputs)
    assert "operator 0 (BATCH_TO_SPACE_ND): is supported only behind a conv" in refusal(model)


def test_damaged_blocks_are_refused_or_compiled() -> None:
    survivors = [
        compiled_or_refused(damaged)
        for damaged in islice(damaged_bytes(blocks().finish()), 0, None, 17)
    ]
    assert any(survivors) and None in survivors
