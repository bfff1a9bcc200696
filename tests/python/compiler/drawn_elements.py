"""Drawn layers that compute element by element, of one tensor or of two."""

from collections.abc import Callable
from math import log2
from typing import Any

import numpy as np
from drawn import (
    ACTIVATIONS,
    ZERO_POINTS,
    Draw,
    Layer,
    activation,
    factors,
    int8_values,
    like,
    made,
    rescaled,
    values,
    zero_point,
)
from flatbuffer import ModelBuilder
from hypothesis import strategies as st

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
        dtype = model.tensors[source].dtype
        right = _operand(draw, model, other_shape, dtype, constant=other == "constant")
        return join(draw, model, source, right)

    return layer


def joined_by(name: str) -> Join:
    """Return what adds an ADD or a SUB of two tensors, in either order."""

    def join(draw: Draw, model: ModelBuilder, left: int, right: int) -> int:
        specs = [model.tensors[left], model.tensors[right]]
        # TFLite aborts where the output's scale is 2^-19 of the larger input's or less (2^-14).
        most = 18.0 if specs[0].dtype == "int8" else 13.0
        scale = rescaled(draw, max(spec.scales[0] for spec in specs), -10.0, most)
        return _joined(draw, model, name, (left, right), scale)

    return join


def multiplied(draw: Draw, model: ModelBuilder, left: int, right: int) -> int:
    """Add a MUL of two tensors, in either order; of large scales an ADD, lest they grow forever."""
    product = model.tensors[left].scales[0] * model.tensors[right].scales[0]
    if product > 2.0**20:
        return added(draw, model, left, right)
    is_byte = model.tensors[left].dtype == "int8"
    scale = rescaled(draw, product, -30.0, 13.0 if is_byte else -1.0)
    return _joined(draw, model, "MUL", (left, right), scale)


def _joined(draw: Draw, model: ModelBuilder, name: str, pair: tuple[int, int], scale: float) -> int:
    shape = np.broadcast_shapes(*(model.tensors[index].shape for index in pair))
    output = made(draw, model, pair[0], shape, scale)
    options = {"FusedActivationFunction": draw(ACTIVATIONS)}
    if name != "MUL":
        options["PotScaleInt16"] = False
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


def _operand(
    draw: Draw, model: ModelBuilder, shape: tuple[int, ...], dtype: str, *, constant: bool
) -> int:
    if not constant:
        index = activation(draw, model, shape, dtype)
        model.inputs.append(index)
        return index
    scale = draw(factors(-10, 4) if dtype == "int8" else factors(-18, 1))
    point = zero_point(draw, dtype)
    return model.constant(values(draw, shape, dtype), scale=scale, zero_point=point)


def quantize(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a QUANTIZE to int8."""
    return _quantize(draw, model, source, "int8")


def quantize_to_any(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a QUANTIZE to another type or the same, from any or from float32."""
    to = {"int16": ["int8", "int16"], "float32": ["int8", "uint8", "int16"]}
    dtypes = to.get(model.tensors[source].dtype, ["int8", "uint8"])
    return _quantize(draw, model, source, draw(st.sampled_from(dtypes)))


def dequantize(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a DEQUANTIZE to float32."""
    output = model.tensor(model.tensors[source].shape, dtype="float32", scale=None)
    model.operator("DEQUANTIZE", [source], [output], ("DequantizeOptions", {}))
    return output


def _quantize(draw: Draw, model: ModelBuilder, source: int, dtype: str) -> int:
    spec = model.tensors[source]
    is_float = spec.dtype == "float32"
    most = 13.0 if "int16" in (dtype, spec.dtype) else 21.0
    scale = draw(factors(-9, 4)) if is_float else rescaled(draw, spec.scales[0], -36.0, most)
    output = model.tensor(spec.shape, dtype=dtype, scale=scale, zero_point=zero_point(draw, dtype))
    model.operator("QUANTIZE", [source], [output], ("QuantizeOptions", {}))
    return output


def lookup(
    name: str,
    scales: Callable[[Draw, float], float] = lambda draw, scale: rescaled(draw, scale, -36.0, 21.0),
    int16_scales: Callable[[Draw, float], float] = lambda draw, scale: 2.0**-15,
    options: Callable[[Draw], Any] = lambda draw: None,
) -> Layer:
    """Return the layer function of a function of one value.

    `scales` and `int16_scales` draw the output's scale from the input's, `options` the options.
    """

    def apply(draw: Draw, model: ModelBuilder, source: int) -> int:
        spec = model.tensors[source]
        by_type = scales if spec.dtype == "int8" else int16_scales
        output = made(draw, model, source, spec.shape, by_type(draw, spec.scales[0]))
        model.operator(name, [source], [output], options(draw))
        return output

    return apply


def leaky_relu(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a LEAKY_RELU of any slope, rising or falling."""
    alpha = draw(st.one_of(st.sampled_from([0.0, 1.0, -1.0, 0.25]), st.floats(-8, 8, width=32)))
    return lookup(
        "LEAKY_RELU",
        lambda draw, scale: rescaled(draw, scale, -36.0, 18.0),
        lambda draw, scale: rescaled(draw, scale, -36.0, 11.0),
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
        options=lambda draw: ("HardSwishOptions", {}),
    )(draw, model, source)


def prelu(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a PRELU whose constant slopes are repeated along some axes."""
    spec = model.tensors[source]
    shape = tuple(draw(st.sampled_from([1, size])) for size in spec.shape)
    shape = shape[draw(st.integers(0, len(shape) - 1)) :]
    slope_scale = float(np.float32(draw(factors(-10, 2))))
    slopes = model.constant(
        int8_values(draw, shape), scale=slope_scale, zero_point=draw(ZERO_POINTS)
    )
    most = 13.0 - max(log2(slope_scale), -8.0)
    scale = rescaled(draw, spec.scales[0], -30.0, most)
    output = model.tensor(spec.shape, scale=scale, zero_point=draw(ZERO_POINTS))
    model.operator("PRELU", [source, slopes], [output])
    return output
