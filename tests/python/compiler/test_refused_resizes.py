"""What RESIZE_NEAREST_NEIGHBOR, RESIZE_BILINEAR and TRANSPOSE_CONV refuse."""

from typing import Any

import numpy as np
import pytest
from flatbuffer import ModelBuilder
from refusing import constant, one_operator, refusal

BILINEAR = "ResizeBilinearOptions"
NEAREST = "ResizeNearestNeighborOptions"
BOTH = {"AlignCorners": True, "HalfPixelCenters": True}
IMAGE = (1, 4, 4, 2)
LARGE = (1, 8, 8, 2)


@pytest.mark.parametrize(
    ("name", "options", "arguments", "cause"),
    [
        ("RESIZE_BILINEAR", (BILINEAR, BOTH), {}, "both align_corners and half_pixel_centers"),
        ("RESIZE_NEAREST_NEIGHBOR", (NEAREST, BOTH), {}, "both align_corners and half_pixel"),
        ("RESIZE_BILINEAR", (BILINEAR, {}), {"shapes": (IMAGE, IMAGE)}, "its output is 1x4x4x2"),
        ("RESIZE_BILINEAR", (BILINEAR, {}), {"target": {"scale": 0.5}}, "differ in scale"),
        ("RESIZE_BILINEAR", (BILINEAR, {}), {"constants": constant([8])}, "its size two"),
        ("RESIZE_NEAREST_NEIGHBOR", (NEAREST, {}), {"shapes": ((4, 4), LARGE)}, "four dimensions"),
        (
            "RESIZE_BILINEAR",
            (BILINEAR, {}),
            {"shapes": ((1, 1, 1, 1), (1, 1, 66, 1)), "constants": constant([1, 66])},
            "66 elements of 1 are too many to be rounded",
        ),
        (
            "RESIZE_NEAREST_NEIGHBOR",
            (NEAREST, {}),
            {"shapes": ((1, 1, 2**21, 1), (1, 1, 2, 1)), "constants": constant([1, 2])},
            "an axis is longer than",
        ),
    ],
)
def test_a_resize_that_is_not_as_it_should_be(
    name: str, options: Any, arguments: dict[str, Any], cause: str
) -> None:
    sound: dict[str, Any] = {"shapes": (IMAGE, LARGE), "constants": constant([8, 8])}
    message = refusal(one_operator(name, options, **{**sound, **arguments}))
    assert f"operator 0 ({name}): " in message and cause in message


def laid(
    weights: tuple[int, ...] = (3, 3, 3, 2),
    size: tuple[int, ...] = (1, 8, 8, 3),
    shapes: Any = (IMAGE, (1, 8, 8, 3)),
    **options: int,
) -> ModelBuilder:
    """Build a TRANSPOSE_CONV to be spoilt."""

    def constants(model: ModelBuilder) -> list[int]:
        values = np.ones(weights, dtype=np.int8)
        return [model.constant(np.array(size, dtype=np.int32)), model.constant(values, scale=0.1)]

    given = ("TransposeConvOptions", {"StrideH": 2, "StrideW": 2, **options})
    return one_operator(
        "TRANSPOSE_CONV", given, shapes=shapes, constants=constants, order=(1, 2, 0)
    )


@pytest.mark.parametrize(
    ("spoilt", "cause"),
    [
        ({"weights": (3, 3, 3, 1)}, "its weights have other channels than its input"),
        ({"weights": (2, 3, 3, 2)}, "its output has other batches or channels"),
        ({"weights": (3, 3, 2)}, "must have four dimensions"),
        ({"size": (1, 7, 8, 3)}, "its output is 1x8x8x3 where its inputs give 1x7x8x3"),
        ({"StrideH": 0}, "stride 0"),
        ({"Padding": 2}, "padding number 2"),
        ({"FusedActivationFunction": 5}, "activation number 5"),
    ],
)
def test_a_transpose_conv_that_is_not_as_it_should_be(spoilt: dict[str, Any], cause: str) -> None:
    message = refusal(laid(**spoilt))
    assert "operator 0 (TRANSPOSE_CONV): " in message and cause in message
