"""Drawn layers that slide a window or hold weights: convolutions, poolings, FULLY_CONNECTED."""

from collections.abc import Sequence
from math import log2, prod
from typing import Any

import numpy as np
from drawn import (
    ACTIVATIONS,
    SEEDS,
    Draw,
    Layer,
    factors,
    int8_values,
    like,
    made,
    rescaled,
)
from flatbuffer import ModelBuilder, TensorSpec
from hypothesis import strategies as st

SAME, VALID = 0, 1


def window(draw: Draw, length: int, *, padding: int, dilated: bool) -> tuple[int, int, int, int]:
    """Draw filter length, stride and dilation along an axis; give the output's length as well."""
    taps = draw(st.integers(1, 5 if padding == SAME else min(5, length)))
    furthest = 3 if padding == SAME else (length - 1) // max(taps - 1, 1)
    dilation = draw(st.integers(1, max(1, min(3, furthest)))) if dilated else 1
    stride = draw(st.integers(1, 3))
    reach = (taps - 1) * dilation + 1
    output = -(-length // stride) if padding == SAME else (length - reach) // stride + 1
    return taps, stride, dilation, output


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
    most = min(29.0 - log2(bound + 1), 20.0 if spec.dtype == "int8" else 6.0)
    scale = rescaled(draw, spec.scales[0] * max(scales), -36.0, most)
    output = made(draw, model, source, shape, scale)
    inputs = [source, model.constant(weights, scale=scales, axis=axis)]
    if bias:
        products = [float(np.float32(spec.scales[0] * scale)) for scale in scales]
        inputs.append(model.constant(biases, scale=products))
    return inputs, output


def _biases(draw: Draw, spec: TensorSpec, weights: Any, bias: bool) -> tuple[Any, int]:
    limits, point = np.iinfo(spec.dtype), spec.zero_points[0]
    furthest = max(limits.max - point, point - limits.min)
    sums = np.abs(weights.astype(np.int64)).sum(axis=1) * furthest
    magnitude = draw(st.sampled_from([0, 100, 2**16, 2**28])) if bias else 0
    generator = np.random.default_rng(draw(SEEDS))
    biases = generator.integers(-magnitude, magnitude + 1, len(weights))
    biases = biases.astype(np.int32 if spec.dtype == "int8" else np.int64)
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


def pooling(name: str, *, apart: bool = False) -> Layer:
    """Return the layer function of a pooling, or of one whose windows share no row."""

    def pool(draw: Draw, model: ModelBuilder, source: int) -> int:
        batches, rows, columns, channels = model.tensors[source].shape
        padding = VALID if apart else draw(st.sampled_from([SAME, VALID]))
        height = window(draw, rows, padding=padding, dilated=False)
        if apart:
            height = (height[0], height[0], 1, rows // height[0])
        width = window(draw, columns, padding=padding, dilated=False)
        output = like(model, source, (batches, height[3], width[3], channels))
        options = _window(draw, padding, height, width)
        del options["DilationHFactor"], options["DilationWFactor"]
        options |= {"FilterHeight": height[0], "FilterWidth": width[0]}
        model.operator(name, [source], [output], ("Pool2DOptions", options))
        return output

    return pool


def transpose_conv(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a TRANSPOSE_CONV: any stride and padding, its output as long as these would be or not."""
    batches, rows, columns, depth = model.tensors[source].shape
    padding = draw(st.sampled_from([SAME, VALID]))
    height, width = (_laid(draw, length, padding) for length in (rows, columns))
    weights = int8_values(draw, (draw(st.integers(1, 4)), height[0], width[0], depth))
    shape = (batches, height[2], width[2], len(weights))
    bias = draw(st.booleans())
    inputs, output = weighted(draw, model, source, weights, axis=0, shape=shape, bias=bias)
    size = model.constant(np.array(shape, dtype=np.int32))
    options = {
        "Padding": padding,
        "StrideH": height[1],
        "StrideW": width[1],
        "FusedActivationFunction": draw(ACTIVATIONS),
    }
    given = [size, inputs[1], source, *inputs[2:]]
    model.operator("TRANSPOSE_CONV", given, [output], ("TransposeConvOptions", options))
    return output


def _laid(draw: Draw, length: int, padding: int) -> tuple[int, int, int]:
    """Draw filter length, stride and output length along an axis."""
    taps, stride = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    whole = length * stride if padding == SAME else (length - 1) * stride + taps
    return taps, stride, max(1, whole + draw(st.sampled_from([0, 0, -1, 2])))


def resize(name: str, options: str) -> Layer:
    """Return the layer function of a resizing by nearest neighbours or between four."""

    def add(draw: Draw, model: ModelBuilder, source: int) -> int:
        batches, _, _, depth = model.tensors[source].shape
        size = [draw(st.integers(1, 20)), draw(st.integers(1, 20))]
        output = like(model, source, (batches, *size, depth))
        given = [source, model.constant(np.array(size, dtype=np.int32))]
        aligned, centred = draw(st.sampled_from([(False, False), (True, False), (False, True)]))
        switches = {"AlignCorners": aligned, "HalfPixelCenters": centred}
        model.operator(name, given, [output], (options, switches))
        return output

    return add


def between_blocks(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a convolution between SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND, as SAME or VALID."""
    batches, rows, columns, depth = model.tensors[source].shape
    steps = (draw(st.integers(1, 3)), draw(st.integers(1, 3)))
    axes = [_blocks(draw, n, step) for n, step in zip((rows, columns), steps, strict=True)]
    taps, before, after, cut, output = zip(*axes, strict=True)
    sides = [
        (b + n + a) // s for b, n, a, s in zip(before, (rows, columns), after, steps, strict=True)
    ]
    apart = like(model, source, (batches * steps[0] * steps[1], *sides, depth))
    block = model.constant(np.array(steps, dtype=np.int32))
    ends = model.constant(np.array(list(zip(before, after, strict=True)), dtype=np.int32))
    model.operator("SPACE_TO_BATCH_ND", [source, block, ends], [apart])
    depthwise = draw(st.booleans())
    count = depth if depthwise else draw(st.integers(1, 3))
    weights = int8_values(draw, (1, *taps, depth) if depthwise else (count, *taps, depth))
    inner = [side - k + 1 for side, k in zip(sides, taps, strict=True)]
    shape = (model.tensors[apart].shape[0], *inner, count)
    inputs, convolved = weighted(
        draw, model, apart, weights, axis=3 if depthwise else 0, shape=shape
    )
    options = _window(draw, VALID, *((k, 1, 1) for k in taps))
    if depthwise:
        kind = ("DepthwiseConv2DOptions", {**options, "DepthMultiplier": 1})
        model.operator("DEPTHWISE_CONV_2D", inputs, [convolved], kind)
    else:
        model.operator("CONV_2D", inputs, [convolved], ("Conv2DOptions", options))
    result = like(model, convolved, (batches, *output, count))
    crops = model.constant(np.array([(0, n) for n in cut], dtype=np.int32))
    model.operator("BATCH_TO_SPACE_ND", [convolved, block, crops], [result])
    return result


def _blocks(draw: Draw, length: int, step: int) -> tuple[int, int, int, int, int]:
    """Draw filter length; give padding before and behind, what is cut off, output length."""
    same = draw(st.booleans())
    taps = draw(st.integers(1, 4 if same else min(4, (length - 1) // step + 1)))
    before = (taps - 1) * step // 2 if same else 0
    after = (taps - 1) * step - before if same else 0
    rest = -(before + length + after) % step
    output = before + length + after - (taps - 1) * step
    return taps, before, after + rest, rest, output
