"""What is refused: one line that names the file, the operator's number and name, and the cause."""

from typing import Any

import numpy as np
import pytest
from flatbuffer import ModelBuilder
from networks import DILATION, WINDOW, small_network
from refusing import constant, int8_constant, one_operator, refusal

from ossicle.compiler import compile_model
from ossicle.compiler.operators import OPERATORS

CONV = ("Conv2DOptions", {**WINDOW, **DILATION})
POOL = ("Pool2DOptions", {**WINDOW, "FilterHeight": 2, "FilterWidth": 2})


def convolution(
    weights: Any = None,
    biases: Any = None,
    *,
    scale: Any = 0.1,
    options: Any = CONV,
    weight_point: int = 0,
    axis: int = 0,
    **spoilt: Any,
) -> ModelBuilder:
    values = np.ones((2, 3, 3, 2), dtype=np.int8) if weights is None else weights

    def constants(model: ModelBuilder) -> list[int]:
        index = model.constant(values, scale=scale, zero_point=weight_point, axis=axis)
        return [index] if biases is None else [index, model.constant(biases, scale=0.1)]

    return one_operator("CONV_2D", options, constants=constants, **spoilt)


def test_the_examples_are_sound_before_they_are_spoilt() -> None:
    compile_model(convolution(biases=np.zeros(2, dtype=np.int32)).finish(), "sound.tflite")
    compile_model(one_operator("MAX_POOL_2D", POOL).finish(), "sound.tflite")


def test_a_float_model() -> None:
    float32 = {"dtype": "float32", "scale": None}
    weights = np.ones((2, 3, 3, 2), dtype=np.float32)
    message = refusal(convolution(weights, scale=None, source=float32, target=float32))
    assert "operator 0 (CONV_2D)" in message
    assert "float32, not int8" in message and "full integer quantisation" in message


def test_a_dynamic_range_model() -> None:
    float32 = {"dtype": "float32", "scale": None}
    message = refusal(convolution(source=float32, target=float32))
    assert "operator 0 (CONV_2D)" in message and "full integer quantisation" in message


def test_activations_of_two_types() -> None:
    int16 = {"dtype": "int16", "scale": 0.001}
    assert "(CONV_2D): its input is int8, not int16" in refusal(convolution(target=int16))
    assert "(CONV_2D): its output is int8, not int16" in refusal(convolution(source=int16))


def test_an_unsupported_operator() -> None:
    message = refusal(one_operator("COS", ("CosOptions", {})))
    assert "operator 0 (COS): not supported" in message
    assert all(name in message for name in OPERATORS)


def test_the_second_operator_is_named_by_its_number() -> None:
    model = one_operator("MAX_POOL_2D", POOL)
    model.outputs = [model.tensor((1, 4, 4, 2))]
    model.operator("ELU", [1], model.outputs)
    assert "operator 1 (ELU): not supported" in refusal(model)


def test_a_custom_operator_with_a_hostile_name() -> None:
    message = refusal(one_operator("evil\n\x1b[2J" + "x" * 1000, None))
    assert "operator 0 (custom evil" in message and len(message) < 800


def test_names_of_tensors_cannot_break_the_line() -> None:
    model = ModelBuilder()
    model.inputs = [model.tensor((1, 0), name=b"a\nb\xff\x1b[31m")]
    assert "tensor 0 (a" in refusal(model)


@pytest.mark.parametrize("content", [b"", b"TFL3", b"\0" * 7, b"RIFF....WAVEfmt ", b"\x89PNG" * 9])
def test_not_a_model(content: bytes) -> None:
    assert "not a TensorFlow Lite model" in refusal(content)


def test_a_truncated_model() -> None:
    content = small_network().finish()
    assert "damaged" in refusal(content[: len(content) // 2])


def test_two_graphs() -> None:
    model = small_network()
    model.graphs = 2
    assert "holds 2 graphs" in refusal(model)


@pytest.mark.parametrize(
    ("biases", "cause"),
    [
        (np.zeros(2, dtype=np.int64), "biases are not 2 constants of type int32"),
        (np.zeros(3, dtype=np.int32), "biases are not 2 constants of type int32"),
        (np.array([2**31 - 1, 0], dtype=np.int32), "output channel 0 could overflow 32 bits"),
        (np.array([0, -(2**31)], dtype=np.int32), "output channel 1 could overflow 32 bits"),
    ],
)
def test_wrong_biases(biases: Any, cause: str) -> None:
    message = refusal(convolution(biases=biases))
    assert "operator 0 (CONV_2D): " in message and cause in message


def test_biases_that_are_no_constant() -> None:
    model = convolution()
    model.tensor((2,), dtype="int32", scale=0.1)
    model._operators[0].inputs = [*model._operators[0].inputs, 3]
    model.inputs.append(3)
    assert "operator 0 (CONV_2D): its biases are not" in refusal(model)


def test_an_accumulator_that_could_overflow() -> None:
    """2^16 weights of 127 on inputs of up to 255 are 2,122,252,320: just too many with a bias."""
    shapes = ((1, 65536), (1, 1))
    weights = np.full((1, 65536), 127, dtype=np.int8)

    def with_bias(bias: int) -> ModelBuilder:
        def constants(model: ModelBuilder) -> list[int]:
            biases = np.array([bias], dtype=np.int32)
            return [model.constant(weights, scale=1e-6), model.constant(biases, scale=1e-6)]

        return one_operator(
            "FULLY_CONNECTED",
            ("FullyConnectedOptions", {}),
            shapes=shapes,
            source={"zero_point": -128},
            constants=constants,
        )

    room = 2**31 - 1 - 256 - 65536 * 127 * 255
    compile_model(with_bias(room).finish(), "file.tflite")
    message = refusal(with_bias(room + 1))
    assert "operator 0 (FULLY_CONNECTED): the accumulator of output channel 0 could" in message


def test_an_accumulator_that_could_overflow_when_shifted_left() -> None:
    """A factor of 2^29 has shift 30: no sum but 0 and 1 has room."""
    weights = np.ones((1, 2**19), dtype=np.int8)
    model = one_operator(
        "FULLY_CONNECTED",
        ("FullyConnectedOptions", {}),
        shapes=((1, 2**19), (1, 1)),
        source={"scale": 2.0**20},
        target={"scale": 2.0**-9},
        constants=lambda model: [model.constant(weights, scale=1.0)],
    )
    assert "could overflow 32 bits" in refusal(model)


@pytest.mark.parametrize(
    ("spoilt", "cause"),
    [
        ({"weights": np.ones((2, 3, 3, 2), dtype=np.uint8)}, "its weights are uint8"),
        ({"weight_point": 3}, "its weights have a zero point other than 0"),
        ({"scale": [0.1] * 3, "axis": 1}, "its weights are quantised along axis 1"),
        ({"weights": np.ones((2, 3, 3), dtype=np.int8)}, "must have four dimensions"),
        ({"weights": np.ones((2, 3, 3, 3), dtype=np.int8)}, "do not divide into groups of 3"),
        ({"options": None}, "has no options"),
        ({"options": POOL}, "its options are not Conv2DOptions"),
        ({"options": (CONV[0], {**CONV[1], "StrideH": 0})}, "stride 0"),
        ({"options": (CONV[0], {**CONV[1], "DilationWFactor": 2**30})}, "is too large"),
        ({"options": (CONV[0], {**CONV[1], "FusedActivationFunction": 4})}, "activation number 4"),
        ({"shapes": ((1, 4, 4, 2), (1, 4, 5, 2))}, "its output is 1x4x5x2 where its inputs give"),
        ({"source": {"zero_point": 128}}, "zero point 128, out of range"),
        ({"source": {"scale": None}}, "its input has no single quantisation scale"),
        ({"source": {"scale": [0.1, 0.2], "axis": 3}}, "no single quantisation scale"),
        ({"target": {"dtype": "uint8"}}, "its output is uint8, not int8"),
    ],
)
def test_a_convolution_that_is_not_as_it_should_be(spoilt: dict[str, Any], cause: str) -> None:
    message = refusal(convolution(**spoilt))
    assert "operator 0 (CONV_2D): " in message and cause in message


SIX = (1, 1, 1, 1, 2, 2)
SEVEN = (1, *SIX)
ADD = ("AddOptions", {})
SUB = ("SubOptions", {})
MUL = ("MulOptions", {})
HALVES = {"source": {"scale": 0.5}, "target": {"scale": 0.5}}
COMPARE = ("MaximumMinimumOptions", {})
SQUEEZE = ("SqueezeOptions", {"SqueezeDims": [1]})
EXPAND = ("ExpandDimsOptions", {})
JOIN = ("ConcatenationOptions", {"Axis": 3})
JOIN_RELU = ("ConcatenationOptions", {"Axis": 3, "FusedActivationFunction": 1})
LEAKY = ("LeakyReluOptions", {"Alpha": 8.0})
SWISH = ("HardSwishOptions", {})
ARG = ("ArgMaxOptions", {"OutputType": 2})
INDEX = {"target": {"dtype": "int32", "scale": None}}
HALF_OUT = {"shapes": ((1, 4, 4, 2), (1, 1, 4, 2)), "target": {"scale": 0.5}}
MEAN = ("ReducerOptions", {"KeepDims": True})
WHOLE = {"shapes": ((1, 4), (1, 1)), "constants": constant([1])}
PAD = ("PadOptions", {})
SOFTMAX = ("SoftmaxOptions", {"Beta": -1.0})
LOG = ("LogSoftmaxOptions", {})
LOGARITHMS = {"target": {"scale": 1 / 16, "zero_point": 127}}
PROBABILITIES = {"scale": 1 / 256, "zero_point": -128}


@pytest.mark.parametrize(
    ("name", "options", "arguments", "cause"),
    [
        ("MAX_POOL_2D", POOL, {"target": {"scale": 2.0}}, "differ in scale or zero point"),
        ("AVERAGE_POOL_2D", POOL, {"shapes": ((4, 4), (4, 4))}, "must have four dimensions"),
        ("ADD", ADD, {"constants": int8_constant(3)}, "do not broadcast"),
        ("ADD", ADD, {"target": {"scale": 1e-9}, "constants": int8_constant(2)}, "is too small"),
        ("SUB", SUB, {"target": {"scale": 1e-9}, "constants": int8_constant(2)}, "is too small"),
        ("MUL", MUL, {"constants": int8_constant(3)}, "do not broadcast"),
        ("MUL", MUL, {"target": {"scale": 1e-9}, "constants": int8_constant(2)}, "is too small"),
        (
            "MUL",
            MUL,
            {"source": {"scale": 1e38}, "target": {"scale": 1e-9}, "constants": int8_constant(2)},
            "out of range",
        ),
        (
            "MAXIMUM",
            COMPARE,
            {"target": {"scale": 0.7}, "constants": int8_constant(2)},
            "differ in",
        ),
        ("MINIMUM", COMPARE, {**HALVES, "constants": int8_constant(2)}, "differ in"),
        ("MEAN", MEAN, {"constants": constant([4])}, "axes [4] are not axes of 4 dimensions"),
        ("MEAN", MEAN, {"shapes": (SEVEN, SEVEN), "constants": constant([0])}, "has 6 dimensions"),
        ("SUM", MEAN, {"target": {"scale": 2.0**-29}, **WHOLE}, "scale is too small"),
        ("SUM", MEAN, {"constants": constant([4])}, "axes [4] are not axes of 4 dimensions"),
        ("REDUCE_MAX", MEAN, {"constants": constant([-5])}, "axes [-5] are not axes of 4"),
        ("REDUCE_MAX", MEAN, {**HALF_OUT, "constants": constant([1])}, "differ in scale"),
        ("ARG_MAX", ARG, {"constants": constant(1)}, "its output is int8, not int32"),
        ("ARG_MAX", ARG, {**INDEX, "constants": constant(4)}, "its axis [4] is no axis of 4"),
        ("ARG_MAX", ARG, {**INDEX, "constants": constant([1, 2])}, "its axis [1, 2] is no axis"),
        ("ARG_MAX", ARG, {**INDEX, "constants": constant(1)}, "its output is 1x4x4x2 where"),
        ("PRELU", None, {"constants": int8_constant(3)}, "do not broadcast"),
        (
            "PRELU",
            None,
            {"target": {"scale": 2.0**-15}, "constants": int8_constant(2)},
            "too small",
        ),
        ("PRELU", None, {"shapes": ((1,), (2,)), "constants": int8_constant(2)}, "its output is 2"),
        ("PAD", PAD, {"constants": constant([[0, 0]] * 3)}, "its paddings are not"),
        ("PAD", PAD, {"constants": constant([[0, -1]] * 4)}, "its paddings are not"),
        ("PAD", PAD, {"shapes": (SIX, SIX), "constants": constant([[0, 0]] * 6)}, "6 dimensions"),
        ("SOFTMAX", ("SoftmaxOptions", {"Beta": 1.0}), {}, "scale must be 1/256"),
        ("LOG_SOFTMAX", LOG, {}, "scale must be 1/16 and its zero point 127"),
        ("LOG_SOFTMAX", LOG, {"source": {"scale": 2.0**-26}, **LOGARITHMS}, "scale is too small"),
        ("SOFTMAX", SOFTMAX, {"target": PROBABILITIES}, "is too small"),
        ("QUANTIZE", ("QuantizeOptions", {}), {"target": {"scale": 2.0**-25}}, "is too small"),
        ("RELU", None, {"target": {"scale": 2.0**-25}}, "is too small"),
        ("RELU6", None, {"shapes": ((8,), (2, 4))}, "its output is 2x4"),
        ("LEAKY_RELU", LEAKY, {"target": {"scale": 2.0**-25}}, "is too small"),
        ("LEAKY_RELU", LEAKY, {"source": {"scale": 1e38}}, "out of range"),
        ("LOGISTIC", None, {}, "scale must be 1/256"),
        ("TANH", None, {"target": {"scale": 2.0**-40}}, "is too small"),
        ("HARD_SWISH", SWISH, {"target": {"scale": 2.0**-7}}, "is too small"),
        ("HARD_SWISH", SWISH, {"target": {"scale": 2.0**10}}, "or its output's too large"),
        ("RESHAPE", ("ReshapeOptions", {}), {"shapes": ((8,), (9,))}, "number of elements"),
        ("CONCATENATION", JOIN, {"target": {"scale": 0.7}}, "differ in scale or zero point"),
        ("CONCATENATION", JOIN, {"constants": int8_constant(2)}, "do not join along axis 3"),
        ("CONCATENATION", JOIN, {"shapes": ((2, 4), (2, 4))}, "axis 3 is no axis of 2"),
        ("CONCATENATION", JOIN, {"shapes": ((1, 1, 1, 2), (1, 1, 1, 3))}, "its output is 1x1x1x3"),
        ("CONCATENATION", JOIN_RELU, {}, "a fused activation is not supported"),
        ("SQUEEZE", SQUEEZE, {"shapes": ((1, 2, 4), (2, 4))}, "axes [1] of 1x2x4 are not all 1"),
        ("SQUEEZE", ("SqueezeOptions", {}), {"shapes": ((1, 8), (1, 8))}, "its output is 1x8"),
        ("EXPAND_DIMS", EXPAND, {"constants": constant([5])}, "its axis [5] is none of 5"),
        ("EXPAND_DIMS", EXPAND, {"constants": constant([0])}, "where its inputs give 1x1x4x4x2"),
    ],
)
def test_other_operators(name: str, options: Any, arguments: dict[str, Any], cause: str) -> None:
    message = refusal(one_operator(name, options, **arguments))
    assert f"operator 0 ({name}): " in message and cause in message


def test_inputs_and_outputs_of_the_model_need_a_scale() -> None:
    """RESHAPE itself does not ask for one."""
    bare = {"scale": None}
    options = ("ReshapeOptions", {})
    message = refusal(one_operator("RESHAPE", options, source=bare, target=bare))
    assert "no single quantisation scale" in message


def test_an_input_that_is_a_constant() -> None:
    model = ModelBuilder()
    given, output = model.constant(np.ones(4, dtype=np.int8), scale=1.0), model.tensor((4,))
    model.operator("RESHAPE", [given], [output], ("ReshapeOptions", {}))
    assert "input tensor 0 is a constant" in refusal(model.finish([given], [output]))


def test_operators_out_of_order() -> None:
    model = ModelBuilder()
    first, second, third = (model.tensor((4,)) for _ in range(3))
    model.operator("RESHAPE", [second], [third], ("ReshapeOptions", {}))
    model.operator("RESHAPE", [first], [second], ("ReshapeOptions", {}))
    message = refusal(model.finish([first], [third]))
    assert "operator 0 (RESHAPE) reads tensor 1, which nothing has computed" in message


def test_a_tiny_output_scale_leaves_the_whole_range_to_an_activation() -> None:
    """RELU6's bound in steps of 2^-149 is beyond float32; it is 127, and no warning is given."""
    options = ("AddOptions", {"FusedActivationFunction": 3})
    tiny = {"scale": 2.0**-149}
    model = one_operator(
        "ADD",
        options,
        source=tiny,
        target=tiny,
        constants=lambda m: [m.constant(np.ones(2, np.int8), scale=2.0**-149)],
    )
    kernel = compile_model(model.finish(), "tiny.tflite").operators[0].kernel()
    assert (kernel.fields["minimum"], kernel.fields["maximum"]) == (0, 127)
