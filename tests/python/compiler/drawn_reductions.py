"""Drawn layers that reduce along axes."""

from math import log2

import numpy as np
from drawn import ZERO_POINTS, Draw, factors, rescaled
from flatbuffer import ModelBuilder
from hypothesis import strategies as st


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


def softmax(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a SOFTMAX; TFLite aborts where beta times the input's scale is 2^-26 or less."""
    spec = model.tensors[source]
    lowest = -25.0 - log2(spec.scales[0])
    beta = draw(factors(max(lowest, -15.0), 8.0)) if draw(st.booleans()) else 1.0
    output = model.tensor(spec.shape, scale=1 / 256, zero_point=-128)
    model.operator("SOFTMAX", [source], [output], ("SoftmaxOptions", {"Beta": beta}))
    return output
