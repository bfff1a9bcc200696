"""Drawn layers that reduce along axes."""

from math import log2

import numpy as np
import tflite
from drawn import ZERO_POINTS, Draw, Layer, factors, like, made, rescaled
from flatbuffer import ModelBuilder
from hypothesis import strategies as st


def _axes(draw: Draw, model: ModelBuilder, source: int) -> tuple[int, list[int], bool]:
    """Draw axes, negative and repeated ones included; give their constant, and what they leave."""
    shape = model.tensors[source].shape
    axes = st.integers(-len(shape), len(shape) - 1)
    given = draw(st.lists(axes, min_size=1, max_size=len(shape)))
    reduced = {axis % len(shape) for axis in given}
    keep = draw(st.booleans())
    kept = [
        1 if axis in reduced else n for axis, n in enumerate(shape) if keep or axis not in reduced
    ]
    return model.constant(np.array(given, dtype=np.int32)), kept, keep


def mean_or_sum(name: str) -> Layer:
    """Add a MEAN or a SUM over any axes."""

    def layer(draw: Draw, model: ModelBuilder, source: int) -> int:
        axes, kept, keep = _axes(draw, model, source)
        spec = model.tensors[source]
        scale = rescaled(draw, spec.scales[0], -36.0, 12.0 if spec.dtype == "int8" else 3.0)
        output = made(draw, model, source, kept, scale)
        model.operator(name, [source, axes], [output], ("ReducerOptions", {"KeepDims": keep}))
        return output

    return layer


def reduce_max(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a REDUCE_MAX over any axes."""
    axes, kept, keep = _axes(draw, model, source)
    output = like(model, source, kept)
    model.operator("REDUCE_MAX", [source, axes], [output], ("ReducerOptions", {"KeepDims": keep}))
    return output


def arg_max(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add an ARG_MAX along any axis, its axis and its output of either integer type."""
    shape = model.tensors[source].shape
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    place = axis % len(shape)
    kind = draw(st.sampled_from(["int32", "int64"]))
    output = model.tensor((*shape[:place], *shape[place + 1 :]), dtype=kind, scale=None)
    given = model.constant(np.array(axis, dtype=draw(st.sampled_from(["int32", "int64"]))))
    number = getattr(tflite.TensorType, kind.upper())
    model.operator("ARG_MAX", [source, given], [output], ("ArgMaxOptions", {"OutputType": number}))
    return output


def softmax(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a SOFTMAX; TFLite aborts where beta times the input's scale is 2^-26 or less."""
    spec = model.tensors[source]
    if spec.dtype == "int16":
        return _softmax_of_int16(draw, model, source)
    lowest = -25.0 - log2(spec.scales[0])
    beta = draw(factors(max(lowest, -15.0), 8.0)) if draw(st.booleans()) else 1.0
    output = model.tensor(spec.shape, scale=1 / 256, zero_point=-128)
    model.operator("SOFTMAX", [source], [output], ("SoftmaxOptions", {"Beta": beta}))
    return output


def _softmax_of_int16(draw: Draw, model: ModelBuilder, source: int) -> int:
    spec = model.tensors[source]
    beta = draw(factors(-8.0, 1.0 - log2(spec.scales[0]))) if draw(st.booleans()) else 1.0
    output = model.tensor(spec.shape, dtype="int16", scale=2.0**-15)
    model.operator("SOFTMAX", [source], [output], ("SoftmaxOptions", {"Beta": beta}))
    return output


def log_softmax(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a LOG_SOFTMAX, after a QUANTIZE where the input's scale is too small for it."""
    spec = model.tensors[source]
    if spec.scales[0] < 2.0**-25:
        given = source
        source = model.tensor(spec.shape, scale=2.0**-8, zero_point=draw(ZERO_POINTS))
        model.operator("QUANTIZE", [given], [source], ("QuantizeOptions", {}))
    output = model.tensor(spec.shape, scale=1 / 16, zero_point=127)
    model.operator("LOG_SOFTMAX", [source], [output], ("LogSoftmaxOptions", {}))
    return output
