"""Drawn layers that move bytes, or only rename them."""

from math import prod

import numpy as np
from drawn import Draw, int8_values, like
from flatbuffer import ModelBuilder
from hypothesis import strategies as st


def pad(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a PAD, its counts of either integer type."""
    shape = model.tensors[source].shape
    count = st.integers(0, 3)
    paddings = [(draw(count), draw(count)) for _ in shape]
    output = like(model, source, [a + n + b for (a, b), n in zip(paddings, shape, strict=True)])
    values = np.array(paddings, dtype=draw(st.sampled_from(["int32", "int64"])))
    model.operator("PAD", [source, model.constant(values)], [output], ("PadOptions", {}))
    return output


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
