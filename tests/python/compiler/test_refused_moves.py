"""What the operators that only move elements refuse."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from flatbuffer import ModelBuilder
from refusing import constant, int8_constant, one_operator, refusal


def constants(*values: Any) -> Callable[[ModelBuilder], list[int]]:
    return lambda model: [model.constant(np.array(value, dtype=np.int32)) for value in values]


SPLIT = ("SplitOptions", {"NumSplits": 2})
SPLIT_V = ("SplitVOptions", {"NumSplits": 2})
UNPACK = ("UnpackOptions", {"Num": 2, "Axis": 0})
PACK = ("PackOptions", {"ValuesCount": 2, "Axis": 0})
PART = ("StridedSliceOptions", {})
INDEX = ("StridedSliceOptions", {"ShrinkAxisMask": 1})
ELLIPSIS = ("StridedSliceOptions", {"EllipsisMask": 1})
NEW_AXIS = ("StridedSliceOptions", {"NewAxisMask": 1})
ORDER = ("TransposeOptions", {})
SLICE = ("SliceOptions", {})
PAD_V2 = ("PadV2Options", {})
REFLECT = ("MirrorPadOptions", {"Mode": 0})
SYMMETRIC = ("MirrorPadOptions", {"Mode": 1})
THIRD = ("MirrorPadOptions", {"Mode": 2})
SIX = (1, 1, 1, 1, 2, 2)
HALVES = ((4, 2), (2, 2), (2, 2))


def mixed(*given: Any) -> Callable[[ModelBuilder], list[int]]:
    """An int8 constant of the input's shape, for PACK."""
    return lambda model: [model.constant(np.ones(given, dtype=np.int8), scale=1.0)]


def bordered(scale: float, values: int) -> Callable[[ModelBuilder], list[int]]:
    """The paddings of a PADV2 of two elements, and its border."""
    return lambda model: [
        model.constant(np.array([[1, 1]], dtype=np.int32)),
        model.constant(np.zeros(values, dtype=np.int8), scale=scale),
    ]


@pytest.mark.parametrize(
    ("name", "options", "shapes", "extra", "cause"),
    [
        ("SPLIT", SPLIT, HALVES[:2], constants(0), "its outputs are not as many"),
        ("SPLIT", SPLIT, HALVES, constants([0, 1]), "its axis is not one number"),
        ("SPLIT", SPLIT, HALVES, constants(2), "axis 2 is no axis of 2 dimensions"),
        ("SPLIT", SPLIT, ((5, 2), (2, 2), (2, 2)), constants(0), "are not pieces [2, 2] of 5"),
        ("SPLIT", SPLIT, ((4, 2), (2, 2), (1, 4)), constants(0), "a piece is 1x4 where 2x2 is"),
        ("SPLIT_V", SPLIT_V, HALVES, constants([1, 2], 0), "are not pieces [1, 2] of 4"),
        ("SPLIT_V", SPLIT_V, HALVES, constants([-1, -1], 0), "are not pieces"),
        ("SPLIT_V", SPLIT_V, HALVES, constants([4, 0], 0), "are not pieces [4, 0] of 4"),
        ("SPLIT_V", SPLIT_V, HALVES, constants([5, -1], 0), "are not pieces [5, -1] of 4"),
        ("SPLIT_V", SPLIT_V, HALVES, constants([2, 2], -3), "axis -3 is no axis of 2"),
        ("SPLIT_V", SPLIT_V, HALVES, constants([2, 2], [0, 0]), "its axis is not one number"),
        ("UNPACK", UNPACK, ((2, 3), (3,)), constants(), "its outputs are not as many"),
        ("UNPACK", UNPACK, ((3, 3), (3,), (3,)), constants(), "are not pieces [1, 1] of 3"),
        ("UNPACK", UNPACK, ((2, 3), (3,), (1, 3)), constants(), "a piece is 1x3 where 3 is"),
        ("PACK", PACK, ((3,), (2, 3)), constants(), "its inputs are not as many as it says"),
        ("PACK", PACK, ((3,), (2, 3)), mixed(4), "all of one shape"),
        ("PACK", PACK, ((3,), (3, 2)), mixed(3), "its output is 3x2 where its inputs give 2x3"),
        (
            "PACK",
            ("PackOptions", {"ValuesCount": 2, "Axis": 2}),
            ((3,), (2, 3)),
            mixed(3),
            "axis 2",
        ),
        ("TRANSPOSE", ORDER, ((2, 3), (3, 2)), constants([0, 0]), "[0, 0] is no order of 2 axes"),
        ("TRANSPOSE", ORDER, ((2, 3), (3, 2)), constants([0, 2]), "axis 2 is no axis of 2"),
        ("TRANSPOSE", ORDER, ((2, 3), (2, 3)), constants([1, 0]), "its output is 2x3 where"),
        ("TRANSPOSE", ORDER, (SIX, SIX), constants(range(6)), "has 6 dimensions; at most 5"),
        ("TRANSPOSE", ORDER, ((2, 3), (3, 2)), int8_constant(2), "of type int32"),
        ("STRIDED_SLICE", ELLIPSIS, ((4,), (4,)), constants([0], [4], [1]), "an ellipsis"),
        ("STRIDED_SLICE", NEW_AXIS, ((4,), (1, 4)), constants([0], [4], [1]), "a new axis"),
        ("STRIDED_SLICE", PART, ((4,), (4,)), constants([0], [4], [0]), "a stride of 0"),
        ("STRIDED_SLICE", PART, ((4,), (4,)), constants([3], [2], [1]), "nothing is left"),
        ("STRIDED_SLICE", PART, ((4,), (4,)), constants([0, 0], [4, 4], [1, 1]), "do not fit 1"),
        ("STRIDED_SLICE", PART, ((4, 4), (4,)), constants([0], [4, 4], [1]), "do not fit 2"),
        ("STRIDED_SLICE", PART, ((4,), (3,)), constants([0], [4], [2]), "its output is 3 where"),
        ("STRIDED_SLICE", INDEX, ((4, 2), (2,)), constants([4], [5], [1]), "index 4 by steps of 1"),
        ("STRIDED_SLICE", INDEX, ((4, 2), (2,)), constants([3], [2], [-1]), "by steps of -1"),
        ("PADV2", PAD_V2, ((2,), (4,)), constants([[1, 1]], 0), "its border is int32, not int8"),
        ("PADV2", PAD_V2, ((2,), (4,)), bordered(0.5, 1), "differ in scale or zero point"),
        ("PADV2", PAD_V2, ((2,), (4,)), bordered(1.0, 2), "its border is 2, not one value"),
        ("PADV2", PAD_V2, ((2,), (5,)), bordered(1.0, 1), "its output is 5 where"),
        ("MIRROR_PAD", REFLECT, ((2,), (4,)), constants([[2, 0]]), "2 elements of border mirror"),
        ("MIRROR_PAD", SYMMETRIC, ((2,), (5,)), constants([[0, 3]]), "3 elements of border mirror"),
        ("MIRROR_PAD", THIRD, ((2,), (3,)), constants([[0, 1]]), "mode number 2"),
        ("MIRROR_PAD", REFLECT, ((2,), (3,)), constants([[0, -1]]), "its paddings are not two"),
        ("SLICE", SLICE, ((4,), (4,)), constants([1], [4]), "begin 1 and size 4 leave an axis"),
        ("SLICE", SLICE, ((4,), (4,)), constants([-1], [4]), "begin -1 and size 4 leave"),
        ("SLICE", SLICE, ((4,), (4,)), constants([0], [0]), "begin 0 and size 0 leave"),
        ("SLICE", SLICE, ((4, 1), (4,)), constants([0], [4]), "do not fit 2 axes"),
    ],
)
def test_a_shape_that_is_not_as_it_should_be(
    name: str, options: Any, shapes: Sequence[tuple[int, ...]], extra: Any, cause: str
) -> None:
    order = (1, 0) if name == "SPLIT" else ()
    message = refusal(one_operator(name, options, shapes=shapes, constants=extra, order=order))
    assert f"operator 0 ({name}): " in message and cause in message


@pytest.mark.parametrize("spoilt", [{"scale": 0.5}, {"zero_point": 3}])
def test_another_scale_or_zero_point(spoilt: dict[str, float]) -> None:
    shapes = ((2, 3), (3, 2))
    model = one_operator(
        "TRANSPOSE", ORDER, shapes=shapes, target=spoilt, constants=constant([1, 0])
    )
    assert "operator 0 (TRANSPOSE): its input and output differ in scale" in refusal(model)


def test_several_outputs_of_an_operator_that_has_one() -> None:
    model = one_operator("TRANSPOSE", ORDER, shapes=((2,), (2,), (2,)), constants=constant([0]))
    assert "operator 0 (TRANSPOSE): has 2 outputs where one is expected" in refusal(model)
