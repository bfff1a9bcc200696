"""Models on which the compiler once failed; each test says how."""

import numpy as np
import pytest
from flatbuffer import ModelBuilder
from harness import assert_equal_three_ways

from ossicle.compiler import compile_model
from ossicle.errors import ModelError

DENSE = ("FullyConnectedOptions", {})


def dense(biases: list[int], output_scale: float) -> ModelBuilder:
    """Build a FULLY_CONNECTED layer of weights that are zero: its accumulators are its biases."""
    model, count = ModelBuilder(), len(biases)
    model.inputs, model.outputs = (
        [model.tensor((1, 1))],
        [model.tensor((1, count), scale=output_scale)],
    )
    weights = model.constant(np.zeros((count, 1), dtype=np.int8), scale=1.0)
    sums = model.constant(np.array(biases, dtype=np.int32), scale=1.0)
    model.operator("FULLY_CONNECTED", [*model.inputs, weights, sums], model.outputs, DENSE)
    return model


def test_a_fully_connected_layer_rounds_ties_away_from_zero() -> None:
    """Was rounded once with ties towards plus infinity: -356 / 8 = -44.5 gave -44, TFLite -45."""
    assert_equal_three_ways(dense([-356, 356, -4, 4, -12, 12], 8.0).finish())


def test_a_fully_connected_layer_rounds_a_product_of_doubles() -> None:
    """Rounding the exact product with a 31-bit multiplier gave 1, TFLite's double gives 2."""
    assert_equal_three_ways(dense([24_519_684, -24_519_684, 40_866_140], 16_346_456.0).finish())


def test_padding_of_six_dimensions_is_refused() -> None:
    """The refusal came while the C was written, and escaped as an error of another kind."""
    model, shape = ModelBuilder(), (1, 1, 1, 1, 2, 2)
    model.inputs, model.outputs = [model.tensor(shape)], [model.tensor(shape)]
    counts = model.constant(np.zeros((6, 2), dtype=np.int32))
    model.operator("PAD", [*model.inputs, counts], model.outputs, ("PadOptions", {}))
    with pytest.raises(ModelError, match="operator 0"):
        compile_model(model.finish(), "six.tflite")


def test_a_constant_of_unsigned_bytes_is_an_operand() -> None:
    """200 was written as an int8_t's initialiser, which compilers warn about."""
    model = ModelBuilder()
    given = model.tensor((2,))
    model.inputs = [given]
    constant = model.constant(np.array([200, 3], dtype=np.uint8), scale=1.0, zero_point=128)
    between, model.outputs = model.tensor((2,)), [model.tensor((2,), scale=2.0)]
    model.operator("QUANTIZE", [constant], [between], ("QuantizeOptions", {}))
    model.operator("ADD", [given, between], model.outputs, ("AddOptions", {}))
    assert_equal_three_ways(model.finish())


def test_a_model_named_like_a_header() -> None:
    """math.tflite gave math.h, which then stood in for the C library's."""
    assert set(compile_model(dense([1], 1.0).finish(), "math.tflite").files) >= {"model_math.h"}


def test_a_name_with_line_ends_and_escapes_stays_on_one_line() -> None:
    """Names from the file went into messages as they were."""
    model = ModelBuilder()
    model.inputs = [model.tensor((0,), name=b"\n\x1b[2J")]
    with pytest.raises(ModelError) as caught:
        compile_model(model.finish(), "names.tflite")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("name", "scale", "point"), [("LOGISTIC", 1 / 256, -128), ("TANH", 1 / 128, 0)]
)
def test_a_scale_near_the_end_of_float32(name: str, scale: float, point: int) -> None:
    """A damaged scale overflowed float32, with numpy's warning on the user's screen."""
    model = ModelBuilder()
    model.inputs = [model.tensor((4,), scale=3e38)]
    model.outputs = [model.tensor((4,), scale=scale, zero_point=point)]
    model.operator(name, model.inputs, model.outputs)
    assert_equal_three_ways(model.finish())
