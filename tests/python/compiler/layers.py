"""Hypothesis draws of single layers, each over the whole space of its parameters.

A layer function takes hypothesis' `draw`, the model being built and the index of an activation in
it, adds one operator that reads that activation, and returns the index of the operator's output.
What TFLite's reference kernels refuse, or answer by aborting the process, is left out of the draws;
each such limit has a comment.
"""

from collections.abc import Callable, Sequence
from math import ceil, floor, log2, prod
from typing import Any

import numpy as np
from flatbuffer import ModelBuilder, TensorSpec
from hypothesis import strategies as st

Draw = Callable[..., Any]
Layer = Callable[[Draw, ModelBuilder, int], int]

SAME, VALID = 0, 1
ACTIVATIONS = st.sampled_from([0, 1, 2, 3])  # NONE, RELU, RELU_N1_TO_1, RELU6
ZERO_POINTS = st.one_of(st.sampled_from([-128, 0, 127]), st.integers(-128, 127))
SEEDS = st.integers(0, 2**32 - 1)


def factors(low: float, high: float) -> st.SearchStrategy[float]:
    """Draw positive factors between 2^low and 2^high: powers of two, beside them, and any.

    Powers of two make ties, which tell the roundings apart; beside a power of two a factor that was
    multiplied in float32 instead of double precision would round to another multiplier.
    """
    exponents = st.integers(ceil(low), floor(high)) if ceil(low) <= high else st.just(low)
    powers = exponents.map(lambda exponent: 2.0**exponent)
    beside = st.builds(lambda p, e: p * (1 + e * 2.0**-13), powers, st.sampled_from([-1, 1]))
    return st.one_of(powers, beside, st.floats(low, high).map(lambda e: 2.0**e))


def rescaled(draw: Draw, scale: float, low: float, high: float) -> float:
    """Draw an output scale that makes `scale` over it a factor between 2^low and 2^high.

    Chains of layers stay far from float32's ends: TFLite refuses a fused activation whose bounds,
    in steps of the output, leave 32 bits.
    """
    low = low if scale < 2.0**10 else min(0.0, high)
    return float(np.float32(max(scale / draw(factors(low, high)), 2.0**-24)))


def activation(draw: Draw, model: ModelBuilder, shape: Sequence[int], dtype: str = "int8") -> int:
    """Add an activation of some scale and zero point."""
    point = draw(ZERO_POINTS) + (128 if dtype == "uint8" else 0)
    return model.tensor(
        shape, dtype=dtype, scale=float(np.float32(draw(factors(-10, 4)))), zero_point=point
    )


def like(model: ModelBuilder, source: int, shape: Sequence[int]) -> int:
    """Add an activation with the quantisation of another."""
    spec = model.tensors[source]
    return model.tensor(shape, dtype=spec.dtype, scale=spec.scales, zero_point=spec.zero_points)


def image(draw: Draw) -> tuple[int, ...]:
    """Draw an NHWC shape."""
    side = st.integers(1, 9)
    return (draw(st.integers(1, 2)), draw(side), draw(side), draw(st.integers(1, 6)))


def anything(draw: Draw) -> tuple[int, ...]:
    """Draw a shape of one to four dimensions."""
    return tuple(draw(st.lists(st.integers(1, 6), min_size=1, max_size=4)))


def window(draw: Draw, length: int, *, padding: int, dilated: bool) -> tuple[int, int, int, int]:
    """Draw filter length, stride and dilation along an axis; give the output's length as well."""
    taps = draw(st.integers(1, 5 if padding == SAME else min(5, length)))
    furthest = 3 if padding == SAME else (length - 1) // max(taps - 1, 1)
    dilation = draw(st.integers(1, max(1, min(3, furthest)))) if dilated else 1
    stride = draw(st.integers(1, 3))
    reach = (taps - 1) * dilation + 1
    output = -(-length // stride) if padding == SAME else (length - reach) // stride + 1
    return taps, stride, dilation, output


def int8_values(draw: Draw, shape: Sequence[int]) -> np.ndarray[Any, np.dtype[np.int8]]:
    """Draw weights: random ones, small ones, or all at one end."""
    generator = np.random.default_rng(draw(SEEDS))
    kind = draw(st.sampled_from(["random", "small", "lowest", "highest"]))
    ranges = {
        "random": (-128, 128),
        "small": (-3, 4),
        "lowest": (-128, -127),
        "highest": (127, 128),
    }
    return generator.integers(*ranges[kind], shape).astype(np.int8)


def weighted(
    draw: Draw,
    model: ModelBuilder,
    source: int,
    weights: np.ndarray[Any, np.dtype[np.int8]],
    *,
    axis: int,
    shape: Sequence[int],
    bias: bool = True,
) -> tuple[list[int], int]:
    """Add weights, biases and output of a layer whose accumulators stay just within 32 bits."""
    spec = model.tensors[source]
    channels = weights.shape[axis]
    per_channel = draw(st.booleans())
    scales = [draw(factors(-10, 2)) for _ in range(channels if per_channel else 1)]
    biases, bound = _biases(draw, spec, np.moveaxis(weights, axis, 0).reshape(channels, -1), bias)
    # The compiler proves bound * 2^shift < 2^31 - 256, and shift is at most log2(factor) + 1.
    most = 29.0 - log2(bound + 1)
    scale = rescaled(draw, spec.scales[0] * max(scales), -36.0, min(most, 20.0))
    output = model.tensor(shape, scale=scale, zero_point=draw(ZERO_POINTS))
    inputs = [source, model.constant(weights, scale=scales, axis=axis)]
    if bias:
        products = [float(np.float32(spec.scales[0] * scale)) for scale in scales]
        inputs.append(model.constant(biases, scale=products))
    return inputs, output


def _biases(draw: Draw, spec: TensorSpec, weights: Any, bias: bool) -> tuple[Any, int]:
    furthest = max(127 - spec.zero_points[0], spec.zero_points[0] + 128)
    sums = np.abs(weights.astype(np.int64)).sum(axis=1) * furthest
    magnitude = draw(st.sampled_from([0, 100, 2**16, 2**28])) if bias else 0
    generator = np.random.default_rng(draw(SEEDS))
    biases = generator.integers(-magnitude, magnitude + 1, len(weights)).astype(np.int32)
    return biases, int((sums + np.abs(biases)).max())


def conv_2d(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a CONV_2D: any stride, padding, dilation and grouping; TFLite insists on biases."""
    batches, rows, columns, depth = model.tensors[source].shape
    groups = draw(st.sampled_from([n for n in range(1, depth + 1) if depth % n == 0]))
    channels = groups * draw(st.integers(1, 3))
    padding = draw(st.sampled_from([SAME, VALID]))
    height = window(draw, rows, padding=padding, dilated=True)
    width = window(draw, columns, padding=padding, dilated=True)
    weights = int8_values(draw, (channels, height[0], width[0], depth // groups))
    shape = (batches, height[3], width[3], channels)
    inputs, output = weighted(draw, model, source, weights, axis=0, shape=shape)
    model.operator(
        "CONV_2D", inputs, [output], ("Conv2DOptions", _window(draw, padding, height, width))
    )
    return output


def depthwise_conv_2d(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a DEPTHWISE_CONV_2D of any depth multiplier."""
    batches, rows, columns, depth = model.tensors[source].shape
    multiplier = draw(st.integers(1, 3))
    padding = draw(st.sampled_from([SAME, VALID]))
    height = window(draw, rows, padding=padding, dilated=True)
    width = window(draw, columns, padding=padding, dilated=True)
    weights = int8_values(draw, (1, height[0], width[0], depth * multiplier))
    shape = (batches, height[3], width[3], depth * multiplier)
    inputs, output = weighted(draw, model, source, weights, axis=3, shape=shape)
    options = {**_window(draw, padding, height, width), "DepthMultiplier": multiplier}
    model.operator("DEPTHWISE_CONV_2D", inputs, [output], ("DepthwiseConv2DOptions", options))
    return output


def _window(draw: Draw, padding: int, height: Any, width: Any) -> dict[str, int]:
    return {
        "Padding": padding,
        "StrideH": height[1],
        "StrideW": width[1],
        "DilationHFactor": height[2],
        "DilationWFactor": width[2],
        "FusedActivationFunction": draw(ACTIVATIONS),
    }


def fully_connected(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a FULLY_CONNECTED on rows of the last axis, or on the whole input as one row."""
    shape = model.tensors[source].shape
    keep = draw(st.booleans())
    rows = shape[:-1] if keep else (prod(shape[:-1]),)
    units = draw(st.integers(1, 5))
    weights = int8_values(draw, (units, shape[-1]))
    inputs, output = weighted(
        draw, model, source, weights, axis=0, shape=(*rows, units), bias=draw(st.booleans())
    )
    options = {"FusedActivationFunction": draw(ACTIVATIONS), "KeepNumDims": keep}
    model.operator("FULLY_CONNECTED", inputs, [output], ("FullyConnectedOptions", options))
    return output


Join = Callable[[Draw, ModelBuilder, int, int], int]


def with_partner(join: Join) -> Layer:
    """Return the layer of `join` and the source with itself, a constant or another input.

    Their shapes broadcast.
    """

    def layer(draw: Draw, model: ModelBuilder, source: int) -> int:
        shape = model.tensors[source].shape
        other = draw(st.sampled_from(["itself", "constant", "input"]))
        if other == "itself":
            return join(draw, model, source, source)
        other_shape = tuple(draw(st.sampled_from([1, size])) for size in shape)
        other_shape = other_shape[draw(st.integers(0, len(shape) - 1)) :]
        right = _operand(draw, model, other_shape, constant=other == "constant")
        return join(draw, model, source, right)

    return layer


def joined_by(name: str) -> Join:
    """Return what adds an ADD or a SUB of two tensors, in either order."""

    def join(draw: Draw, model: ModelBuilder, left: int, right: int) -> int:
        specs = [model.tensors[left], model.tensors[right]]
        # TFLite aborts where the output's scale is 2^-19 of the larger input's or less.
        scale = rescaled(draw, max(spec.scales[0] for spec in specs), -10.0, 18.0)
        return _joined(draw, model, name, (left, right), scale)

    return join


def multiplied(draw: Draw, model: ModelBuilder, left: int, right: int) -> int:
    """Add a MUL of two tensors, in either order; of large scales an ADD, lest they grow forever."""
    product = model.tensors[left].scales[0] * model.tensors[right].scales[0]
    if product > 2.0**20:
        return added(draw, model, left, right)
    scale = rescaled(draw, product, -30.0, 13.0)
    return _joined(draw, model, "MUL", (left, right), scale)


def _joined(draw: Draw, model: ModelBuilder, name: str, pair: tuple[int, int], scale: float) -> int:
    shape = np.broadcast_shapes(*(model.tensors[index].shape for index in pair))
    output = model.tensor(shape, scale=scale, zero_point=draw(ZERO_POINTS))
    options = {"FusedActivationFunction": draw(ACTIVATIONS)}
    model.operator(
        name, draw(st.permutations(pair)), [output], (f"{name.capitalize()}Options", options)
    )
    return output


def compared_by(name: str) -> Join:
    """Return what adds a MAXIMUM or MINIMUM; a partner of its own gets the source's scale."""

    def join(draw: Draw, model: ModelBuilder, left: int, right: int) -> int:
        given, partner = model.tensors[left], model.tensors[right]
        partner.scales, partner.zero_points = given.scales, given.zero_points
        output = like(model, left, np.broadcast_shapes(given.shape, partner.shape))
        pair = draw(st.permutations([left, right]))
        model.operator(name, pair, [output], ("MaximumMinimumOptions", {}))
        return output

    return join


added, subtracted = joined_by("ADD"), joined_by("SUB")


def _operand(draw: Draw, model: ModelBuilder, shape: tuple[int, ...], *, constant: bool) -> int:
    if not constant:
        index = activation(draw, model, shape)
        model.inputs.append(index)
        return index
    quantisation = {"scale": draw(factors(-10, 4)), "zero_point": draw(ZERO_POINTS)}
    return model.constant(int8_values(draw, shape), **quantisation)


def pooling(name: str) -> Layer:
    """Return the layer function of a pooling."""

    def pool(draw: Draw, model: ModelBuilder, source: int) -> int:
        batches, rows, columns, channels = model.tensors[source].shape
        padding = draw(st.sampled_from([SAME, VALID]))
        height = window(draw, rows, padding=padding, dilated=False)
        width = window(draw, columns, padding=padding, dilated=False)
        output = like(model, source, (batches, height[3], width[3], channels))
        options = _window(draw, padding, height, width)
        del options["DilationHFactor"], options["DilationWFactor"]
        options |= {"FilterHeight": height[0], "FilterWidth": width[0]}
        model.operator(name, [source], [output], ("Pool2DOptions", options))
        return output

    return pool


def mean(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a MEAN over any axes, negative and repeated ones included."""
    shape = model.tensors[source].shape
    axes = st.integers(-len(shape), len(shape) - 1)
    given = draw(st.lists(axes, min_size=1, max_size=len(shape)))
    reduced = {axis % len(shape) for axis in given}
    keep = draw(st.booleans())
    kept = [
        1 if axis in reduced else n for axis, n in enumerate(shape) if keep or axis not in reduced
    ]
    scale = rescaled(draw, model.tensors[source].scales[0], -36.0, 12.0)
    output = model.tensor(kept, scale=scale, zero_point=draw(ZERO_POINTS))
    inputs = [source, model.constant(np.array(given, dtype=np.int32))]
    model.operator("MEAN", inputs, [output], ("ReducerOptions", {"KeepDims": keep}))
    return output


def pad(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a PAD, its counts of either integer type."""
    shape = model.tensors[source].shape
    count = st.integers(0, 3)
    paddings = [(draw(count), draw(count)) for _ in shape]
    output = like(model, source, [a + n + b for (a, b), n in zip(paddings, shape, strict=True)])
    values = np.array(paddings, dtype=draw(st.sampled_from(["int32", "int64"])))
    model.operator("PAD", [source, model.constant(values)], [output], ("PadOptions", {}))
    return output


def softmax(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a SOFTMAX; TFLite aborts where beta times the input's scale is 2^-26 or less."""
    spec = model.tensors[source]
    lowest = -25.0 - log2(spec.scales[0])
    beta = draw(factors(max(lowest, -15.0), 8.0)) if draw(st.booleans()) else 1.0
    output = model.tensor(spec.shape, scale=1 / 256, zero_point=-128)
    model.operator("SOFTMAX", [source], [output], ("SoftmaxOptions", {"Beta": beta}))
    return output


def quantize(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a QUANTIZE to int8."""
    return _quantize(draw, model, source, "int8")


def quantize_to_any(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a QUANTIZE to int8 or uint8."""
    return _quantize(draw, model, source, draw(st.sampled_from(["int8", "uint8"])))


def _quantize(draw: Draw, model: ModelBuilder, source: int, dtype: str) -> int:
    spec = model.tensors[source]
    scale = rescaled(draw, spec.scales[0], -36.0, 21.0)
    point = draw(ZERO_POINTS) + (128 if dtype == "uint8" else 0)
    output = model.tensor(spec.shape, dtype=dtype, scale=scale, zero_point=point)
    model.operator("QUANTIZE", [source], [output], ("QuantizeOptions", {}))
    return output


def lookup(
    name: str,
    scales: Callable[[Draw, float], float] = lambda draw, scale: rescaled(draw, scale, -36.0, 21.0),
    options: Callable[[Draw], Any] = lambda draw: None,
) -> Layer:
    """Return the layer function of a function of one value.

    `scales` draws the output's scale from the input's, `options` the options.
    """

    def apply(draw: Draw, model: ModelBuilder, source: int) -> int:
        spec = model.tensors[source]
        scale = scales(draw, spec.scales[0])
        output = model.tensor(spec.shape, scale=scale, zero_point=draw(ZERO_POINTS))
        model.operator(name, [source], [output], options(draw))
        return output

    return apply


def leaky_relu(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a LEAKY_RELU of any slope, rising or falling."""
    alpha = draw(st.one_of(st.sampled_from([0.0, 1.0, -1.0, 0.25]), st.floats(-8, 8, width=32)))
    return lookup(
        "LEAKY_RELU",
        lambda draw, scale: rescaled(draw, scale, -36.0, 18.0),
        lambda draw: ("LeakyReluOptions", {"Alpha": alpha}),
    )(draw, model, source)


def hard_swish(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a HARD_SWISH, after a QUANTIZE where the input's scale is too small for it."""
    spec = model.tensors[source]
    if spec.scales[0] < 2.0**-20:
        given = source
        source = model.tensor(spec.shape, scale=2.0**-8, zero_point=draw(ZERO_POINTS))
        model.operator("QUANTIZE", [given], [source], ("QuantizeOptions", {}))
    # TFLite refuses an output whose scale is 2^-7 of the input's or less.
    return lookup(
        "HARD_SWISH",
        lambda draw, scale: rescaled(draw, scale, -8.0, 6.9),
        lambda draw: ("HardSwishOptions", {}),
    )(draw, model, source)


def reshape(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a RESHAPE, its shape in a constant, in the options, or in both."""
    elements = prod(model.tensors[source].shape)
    first = draw(st.sampled_from([n for n in range(1, elements + 1) if elements % n == 0]))
    shape = draw(
        st.sampled_from([(elements,), (first, elements // first), (1, first, elements // first, 1)])
    )
    output = like(model, source, shape)
    where = draw(st.sampled_from(["constant", "options", "both"]))
    inputs = [source]
    if where != "options":
        inputs.append(model.constant(np.array(shape, dtype=np.int32)))
    options = {"NewShape": list(shape)} if where != "constant" else {}
    model.operator("RESHAPE", inputs, [output], ("ReshapeOptions", options))
    return output


def concatenation(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a CONCATENATION of the source with itself, constants and inputs of its scale."""
    spec = model.tensors[source]
    axis = draw(st.integers(0, len(spec.shape) - 1))
    inputs, length = [source], spec.shape[axis]
    for kind in draw(st.lists(st.sampled_from(["itself", "constant", "input"]), max_size=3)):
        size = spec.shape[axis] if kind == "itself" else draw(st.integers(1, 4))
        shape = (*spec.shape[:axis], size, *spec.shape[axis + 1 :])
        inputs.append(source if kind == "itself" else like(model, source, shape))
        if kind == "constant":
            model.tensors[inputs[-1]].data = int8_values(draw, shape).tobytes()
        elif kind == "input":
            model.inputs.append(inputs[-1])
        length += size
    output = like(model, source, (*spec.shape[:axis], length, *spec.shape[axis + 1 :]))
    given = axis - draw(st.sampled_from([0, len(spec.shape)]))
    options = ("ConcatenationOptions", {"Axis": given})
    model.operator("CONCATENATION", draw(st.permutations(inputs)), [output], options)
    return output


def squeeze(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a SQUEEZE of some axes of length 1, or of all without naming them."""
    shape = model.tensors[source].shape
    if max(shape) == 1:  # nothing would be left: no other layer takes a scalar
        return reshape(draw, model, source)
    ones = [axis for axis, size in enumerate(shape) if size == 1]
    named = draw(st.lists(st.sampled_from(ones), unique=True)) if ones else []
    dropped = named or ones
    output = like(model, source, [n for axis, n in enumerate(shape) if axis not in dropped])
    signed = [axis - draw(st.sampled_from([0, len(shape)])) for axis in named]
    model.operator("SQUEEZE", [source], [output], ("SqueezeOptions", {"SqueezeDims": signed}))
    return output


def expand_dims(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add an EXPAND_DIMS, its axis of either integer type; at five dimensions a SQUEEZE."""
    shape = model.tensors[source].shape
    if len(shape) == 5:
        return squeeze(draw, model, source)
    axis = draw(st.integers(-len(shape) - 1, len(shape)))
    place = axis % (len(shape) + 1)
    output = like(model, source, [*shape[:place], 1, *shape[place:]])
    given = model.constant(np.array(axis, dtype=draw(st.sampled_from(["int32", "int64"]))))
    model.operator("EXPAND_DIMS", [source, given], [output], ("ExpandDimsOptions", {}))
    return output


def with_ones(draw: Draw) -> tuple[int, ...]:
    """Draw a shape of one to four dimensions, several of them 1."""
    return tuple(draw(st.lists(st.sampled_from([1, 1, 2, 5]), min_size=1, max_size=4)))


# Each supported operator: its layer function and a draw of input shapes that it takes.
LAYERS: dict[str, tuple[Layer, Callable[[Draw], tuple[int, ...]]]] = {
    "ADD": (with_partner(added), anything),
    "AVERAGE_POOL_2D": (pooling("AVERAGE_POOL_2D"), image),
    "CONCATENATION": (concatenation, anything),
    "CONV_2D": (conv_2d, image),
    "DEPTHWISE_CONV_2D": (depthwise_conv_2d, image),
    "EXPAND_DIMS": (expand_dims, anything),
    "FULLY_CONNECTED": (fully_connected, anything),
    "HARD_SWISH": (hard_swish, anything),
    "LEAKY_RELU": (leaky_relu, anything),
    "LOGISTIC": (lookup("LOGISTIC", lambda draw, scale: 1 / 256), anything),
    "MAX_POOL_2D": (pooling("MAX_POOL_2D"), image),
    "MAXIMUM": (with_partner(compared_by("MAXIMUM")), anything),
    "MEAN": (mean, anything),
    "MINIMUM": (with_partner(compared_by("MINIMUM")), anything),
    "MUL": (with_partner(multiplied), anything),
    "PAD": (pad, anything),
    "QUANTIZE": (quantize_to_any, anything),
    "RELU": (lookup("RELU"), anything),
    "RELU6": (lookup("RELU6"), anything),
    "RELU_N1_TO_1": (lookup("RELU_N1_TO_1"), anything),
    "RESHAPE": (reshape, anything),
    "SOFTMAX": (softmax, anything),
    "SQUEEZE": (squeeze, with_ones),
    "SUB": (with_partner(subtracted), anything),
    "TANH": (lookup("TANH", lambda draw, scale: 2.0 ** draw(st.floats(-14, 2))), anything),
}


@st.composite
def graphs(draw: st.DrawFn) -> ModelBuilder:
    """Draw a network of up to twelve layers: chains, branches, joins, several inputs and outputs.

    A layer reads any tensor that stands: the model's inputs may feed several layers, outputs may
    be read again, results may be left unused, and tensors live short or long.
    """
    model = ModelBuilder()
    model.inputs.append(activation(draw, model, image(draw)))
    made: list[int] = []
    for _ in range(draw(st.integers(1, 12))):
        source = draw(st.sampled_from([*model.inputs, *made]))
        made.append(_any_layer(draw, model, source, [*model.inputs, *made]))
    model.outputs = draw(st.lists(st.sampled_from(made), min_size=1, max_size=3, unique=True))
    return model


def _any_layer(draw: Draw, model: ModelBuilder, source: int, standing: Sequence[int]) -> int:
    shape = model.tensors[source].shape
    partners = [other for other in standing if model.tensors[other].shape == shape]
    if draw(st.booleans()) and len(partners) > 1:
        join = draw(st.sampled_from([added, subtracted, multiplied]))
        return join(draw, model, source, draw(st.sampled_from(partners)))
    fitting = [
        name
        for name, (_, shapes) in LAYERS.items()
        if len(shape) == 4 or shapes in (anything, with_ones)
    ]
    name = draw(st.sampled_from(fitting))
    if name in ("PAD", "CONCATENATION") and prod(shape) > 500:
        name = "RESHAPE"  # layers that grow upon layers that grow would only be slow
    layer = quantize if name == "QUANTIZE" else LAYERS[name][0]
    return layer(draw, model, source)
