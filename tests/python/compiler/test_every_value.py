"""Operators over every value, or pair of values, that a byte can have: C == numpy == TFLite."""

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from flatbuffer import ModelBuilder
from harness import Array, assert_equal_three_ways

BYTES = np.arange(-128, 128).astype(np.int8)
# Powers of two make ties; a third makes ties that double precision just misses; the rest is any.
SCALES = (1.0, 0.5, 4.0, 3.0, 0.1, 0.037)


# The last two make ties of an operand of SUB, and of MUL's factor in double precision only.
PAIRS = [
    *itertools.product(SCALES[:4], SCALES[:4], (2.0, 3.0, 8.0)),
    (1.0, 0.5 + 2.0**-21, 1.0),
    (1.0 + 2.0**-13, 3.0 - 3 * 2.0**-13, 2.0),
]


def test_prelu_of_every_pair() -> None:
    """Every byte and slope; the last scales tell factors of float32 from those of doubles."""
    model, inputs = ModelBuilder(), []
    for left, right, ratio in PAIRS:
        given = model.tensor((256, 256), scale=left, zero_point=3)
        slopes = model.constant(BYTES.reshape(1, 256), scale=right, zero_point=-1)
        output = model.tensor((256, 256), scale=float(np.float32(ratio * left)), zero_point=5)
        model.operator("PRELU", [given, slopes], [output])
        model.inputs.append(given)
        model.outputs.append(output)
        inputs.append(np.broadcast_to(BYTES.reshape(256, 1), (256, 256)).copy())
    assert_equal_three_ways(model.finish(), cases=[inputs])


@pytest.mark.parametrize("centred", [False, True])
def test_resize_bilinear_of_every_pair(centred: bool) -> None:
    """Two columns become four: halves between them are ties, centred ones quarters."""
    image = np.empty((256, 1, 2, 256), dtype=np.int8)
    image[:, 0, 0, :], image[:, 0, 1, :] = BYTES.reshape(256, 1), BYTES.reshape(1, 256)
    model = ModelBuilder()
    model.inputs, model.outputs = [model.tensor(image.shape)], [model.tensor((256, 1, 4, 256))]
    size = model.constant(np.array([1, 4], dtype=np.int32))
    options = ("ResizeBilinearOptions", {"HalfPixelCenters": centred})
    model.operator("RESIZE_BILINEAR", [*model.inputs, size], model.outputs, options)
    assert_equal_three_ways(model.finish(), cases=[[image]])


POINTS = {1.0: 0, 2.0: 0, 3.0: -7, 8.0: 5}


@pytest.mark.parametrize("name", ["ADD", "SUB", "MUL"])
def test_every_pair(name: str) -> None:
    model, inputs = ModelBuilder(), []
    for left, right, ratio in PAIRS:
        point = POINTS[ratio]
        a = model.tensor((256, 1), scale=left, zero_point=point)
        b = model.tensor((1, 256), scale=right, zero_point=-point)
        scale = float(np.float32(ratio * max(left, right)))
        output = model.tensor((256, 256), scale=scale, zero_point=point)
        model.operator(name, [a, b], [output], (f"{name.capitalize()}Options", {}))
        model.inputs += [a, b]
        model.outputs.append(output)
        inputs += [BYTES.reshape(256, 1), BYTES.reshape(1, 256)]
    assert_equal_three_ways(model.finish(), cases=[inputs])


@pytest.mark.parametrize("activation", [0, 1])
@pytest.mark.parametrize("name", ["ADD", "SUB"])
def test_every_pair_of_tensors_of_one_shape(name: str, activation: int) -> None:
    """Which have a kernel of their own; the pairs of scales hold each in either place."""
    model, inputs = ModelBuilder(), []
    options = (f"{name.capitalize()}Options", {"FusedActivationFunction": activation})
    for left, right, ratio in PAIRS:
        point = POINTS[ratio]
        a = model.tensor((256, 256), scale=left, zero_point=point)
        b = model.tensor((256, 256), scale=right, zero_point=-point)
        scale = float(np.float32(ratio * max(left, right)))
        output = model.tensor((256, 256), scale=scale, zero_point=point)
        model.operator(name, [a, b], [output], options)
        model.inputs += [a, b]
        model.outputs.append(output)
        inputs += list(np.meshgrid(BYTES, BYTES))
    compiled = assert_equal_three_ways(model.finish(), cases=[inputs])
    functions = [kernel.function for kernel in compiled.kernels if kernel]
    # Ties of an operand alone, which those of the sum undo, are beyond one rounding; a ReLU helps.
    assert functions.count(f"ossicle_{name.lower()}") == (0 if activation else 1)
    assert functions.count("ossicle_add_once") == len(PAIRS) - (0 if activation else 1)


@pytest.mark.parametrize("source", ["int8", "uint8"])
@pytest.mark.parametrize("target", ["int8", "uint8"])
def test_quantize_of_every_value(source: str, target: str) -> None:
    model, inputs = ModelBuilder(), []
    values = BYTES if source == "int8" else BYTES.view(np.uint8)
    for scale, ratio in itertools.product(SCALES, SCALES):
        given = model.tensor((256,), dtype=source, scale=scale, zero_point=3)
        output = model.tensor((256,), dtype=target, scale=scale * ratio, zero_point=9)
        model.operator("QUANTIZE", [given], [output], ("QuantizeOptions", {}))
        model.inputs.append(given)
        model.outputs.append(output)
        inputs.append(values)
    assert_equal_three_ways(model.finish(), cases=[inputs])


SOFTMAXES = {
    "SOFTMAX": (("SoftmaxOptions", {"Beta": 1.0}), {"scale": 1 / 256, "zero_point": -128}),
    "LOG_SOFTMAX": (("LogSoftmaxOptions", {}), {"scale": 1 / 16, "zero_point": 127}),
}


@pytest.mark.parametrize("name", SOFTMAXES)
def test_softmax_of_every_difference(name: str) -> None:
    options, quantisation = SOFTMAXES[name]
    model, inputs = ModelBuilder(), []
    rows = np.stack([BYTES, np.full(256, 127, dtype=np.int8)], axis=1)
    for scale in (2.0**-10, 0.004, 0.03, 0.1, 0.25, 1.0, 7.0):
        given = model.tensor((256, 2), scale=scale)
        output = model.tensor((256, 2), **quantisation)
        model.operator(name, [given], [output], options)
        model.inputs.append(given)
        model.outputs.append(output)
        inputs.append(rows)
    assert_equal_three_ways(model.finish(), cases=[inputs])


def test_log_softmax_of_many_sums() -> None:
    """Rows of 1 to 4,095 equal values, whose sums are those integers."""
    model, inputs = ModelBuilder(), []
    for depth in (1, 2, 3, 5, 7, 11, 23, 46, 90, 181, 362, 724, 1448, 2047, 2048, 2897, 4095):
        given = model.tensor((1, depth), scale=0.1)
        output = model.tensor((1, depth), scale=1 / 16, zero_point=127)
        model.operator("LOG_SOFTMAX", [given], [output], ("LogSoftmaxOptions", {}))
        model.inputs.append(given)
        model.outputs.append(output)
        inputs.append(np.zeros((1, depth), dtype=np.int8))
    assert_equal_three_ways(model.finish(), cases=[inputs])


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 100])
def test_mean_sum_and_average_of_every_sum(count: int) -> None:
    """Windows of one byte beside zeros: every value over every count."""
    model, inputs = ModelBuilder(), []
    image = np.zeros((256, 1, count, 1), dtype=np.int8)
    image[:, 0, 0, 0] = BYTES
    pool = {"Padding": 1, "StrideH": 1, "StrideW": 1, "FilterHeight": 1, "FilterWidth": count}
    given = model.tensor((256, 1, count, 1))
    pooled = model.tensor((256, 1, 1, 1))
    model.operator("AVERAGE_POOL_2D", [given], [pooled], ("Pool2DOptions", pool))
    axes = model.constant(np.array([1, 2], dtype=np.int32))
    model.inputs, model.outputs = [given], [pooled]
    for name, scale in itertools.product(("MEAN", "SUM"), SCALES):
        model.outputs.append(model.tensor((256, 1), scale=1 / scale))
        model.operator(name, [given, axes], model.outputs[-1:], ("ReducerOptions", {}))
    inputs.append(image)
    assert_equal_three_ways(model.finish(), cases=[inputs])


WEIGHTED = {
    "CONV_2D": ("Conv2DOptions", 0),
    "DEPTHWISE_CONV_2D": ("DepthwiseConv2DOptions", 3),
    "FULLY_CONNECTED": ("FullyConnectedOptions", 0),
    "TRANSPOSE_CONV": ("TransposeConvOptions", 0),
}


@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize("name", WEIGHTED)
def test_requantisation_at_every_tie(name: str, per_channel: bool) -> None:
    """Accumulators (the biases) at every tie between two outputs, and one to either side.

    The output's scale over the others' is an integer, whose inverse is no double: the product of
    tie and factor is then a tie in double precision for some ties only, and never exactly.
    """
    halves = np.arange(-255, 256, 2)
    model = ModelBuilder()
    for ratio in (2, 4, 6, 22, 98, 1000, 16_346_456):
        ties = halves[np.abs(halves) < 2**31 / ratio * 2 - 4] * (ratio // 2)
        biases = np.concatenate([ties - 1, ties, ties + 1]).astype(np.int32)
        _layer_of_biases(model, name, biases, ratio=ratio, per_channel=per_channel)
    assert_equal_three_ways(model.finish(), random=1)


def test_requantisation_by_float32_scales_is_in_double_precision() -> None:
    """(1 + 2^-13)(1 - 2^-13) is 1 in float32 and less in double precision; 2 makes ties of it."""
    for name in WEIGHTED:
        model = ModelBuilder()
        biases = np.arange(-127, 128, 2).astype(np.int32)
        scales = (1 + 2.0**-13, 1 - 2.0**-13)
        _layer_of_biases(model, name, biases, ratio=2, per_channel=False, scales=scales)
        assert_equal_three_ways(model.finish(), random=1)


def _layer_of_biases(
    model: ModelBuilder,
    name: str,
    biases: Array,
    *,
    ratio: float,
    per_channel: bool,
    scales: tuple[float, float] = (1.0, 1.0),
) -> None:
    """Add a layer of weights that are zero, whose accumulators are its biases."""
    kind, axis = WEIGHTED[name]
    count = len(biases)
    rank4 = name != "FULLY_CONNECTED"
    multiplier = {"DepthMultiplier": count} if axis == 3 else {}
    window = {"Padding": 1, "StrideH": 1, "StrideW": 1, **multiplier} if rank4 else {}
    dilated = rank4 and name != "TRANSPOSE_CONV"
    dilation = {"DilationHFactor": 1, "DilationWFactor": 1} if dilated else {}
    lead = (1, 1, 1) if rank4 else (1,)
    given = model.tensor((*lead, 1), scale=scales[0])
    shape = (1, 1, 1, count) if axis == 3 else (count, *lead)
    repeated: Sequence[float] = [scales[1]] * (count if per_channel else 1)
    weights = model.constant(np.zeros(shape, dtype=np.int8), scale=repeated, axis=axis)
    sums = model.constant(biases, scale=scales[0] * scales[1])
    output = model.tensor((*lead, count), scale=ratio)
    inputs = [given, weights, sums]
    if name == "TRANSPOSE_CONV":
        inputs = [model.constant(np.array((*lead, count), dtype=np.int32)), weights, given, sums]
    model.operator(name, inputs, [output], (kind, {**window, **dilation}))
    model.inputs.append(given)
    model.outputs.append(output)


@pytest.mark.parametrize(("activation", "bound"), [(2, 1.0), (3, 6.0)])
def test_bounds_of_fused_activations_at_ties(activation: int, bound: float) -> None:
    """Scales for which the bound is a tie when divided in float32, as TFLite does."""
    model, inputs = ModelBuilder(), []
    for steps in range(1, 255, 2):
        output_scale = float(np.float32(bound) / np.float32(steps / 2))
        given = model.tensor((2,), scale=output_scale * 4)
        output = model.tensor((2,), scale=output_scale, zero_point=-40)
        options = {"FusedActivationFunction": activation}
        model.operator("ADD", [given, given], [output], ("AddOptions", options))
        model.inputs.append(given)
        model.outputs.append(output)
        inputs.append(np.array([-128, 127], dtype=np.int8))
    assert_equal_three_ways(model.finish(), cases=[inputs])
