"""Drawn layers that move bytes, or only rename them."""

from math import prod

import numpy as np
import tflite
from drawn import Draw, like, values
from flatbuffer import ModelBuilder
from hypothesis import strategies as st

RANK = 5  # of the most that the moving kernels take


def pad(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a PAD, its counts of either integer type."""
    paddings, output = _padded(draw, model, source, [3] * len(model.tensors[source].shape))
    model.operator("PAD", [source, paddings], [output], ("PadOptions", {}))
    return output


def pad_v2(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a PADV2 of any value in the source's scale."""
    spec = model.tensors[source]
    paddings, output = _padded(draw, model, source, [3] * len(spec.shape))
    value = np.array(draw(st.integers(-128, 127)), dtype=np.int8)
    border = model.constant(value, scale=spec.scales, zero_point=spec.zero_points)
    model.operator("PADV2", [source, paddings, border], [output], ("PadV2Options", {}))
    return output


def mirror_pad(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a MIRROR_PAD of either mode, its borders up to what can be mirrored."""
    mode = draw(st.sampled_from([tflite.MirrorPadMode.REFLECT, tflite.MirrorPadMode.SYMMETRIC]))
    beside = int(mode == tflite.MirrorPadMode.REFLECT)
    most = [min(3, size - beside) for size in model.tensors[source].shape]
    paddings, output = _padded(draw, model, source, most)
    model.operator("MIRROR_PAD", [source, paddings], [output], ("MirrorPadOptions", {"Mode": mode}))
    return output


def _padded(draw: Draw, model: ModelBuilder, source: int, most: list[int]) -> tuple[int, int]:
    """Draw borders of at most so many elements; give their constant and the output."""
    paddings = [(draw(st.integers(0, n)), draw(st.integers(0, n))) for n in most]
    sizes = zip(paddings, model.tensors[source].shape, strict=True)
    output = like(model, source, [a + n + b for (a, b), n in sizes])
    values = np.array(paddings, dtype=draw(st.sampled_from(["int32", "int64"])))
    return model.constant(values), output


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
            model.tensors[inputs[-1]].data = values(
                draw, shape, model.tensors[source].dtype
            ).tobytes()
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


def pack(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a PACK of the source with itself, constants and inputs of its scale; up to rank 5."""
    shape = model.tensors[source].shape
    if len(shape) == (RANK if model.tensors[source].dtype == "int8" else RANK - 1):
        return concatenation(draw, model, source)
    inputs = [source]
    for kind in draw(st.lists(st.sampled_from(["itself", "constant", "input"]), max_size=3)):
        inputs.append(source if kind == "itself" else like(model, source, shape))
        if kind == "constant":
            model.tensors[inputs[-1]].data = values(
                draw, shape, model.tensors[source].dtype
            ).tobytes()
        elif kind == "input":
            model.inputs.append(inputs[-1])
    axis = draw(st.integers(-len(shape) - 1, len(shape)))
    place = axis % (len(shape) + 1)
    output = like(model, source, (*shape[:place], len(inputs), *shape[place:]))
    options = ("PackOptions", {"ValuesCount": len(inputs), "Axis": axis})
    model.operator("PACK", draw(st.permutations(inputs)), [output], options)
    return output


def split(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a SPLIT into as many pieces as divide an axis; return one of them."""
    shape = model.tensors[source].shape
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    size, place = shape[axis], axis % len(shape)
    count = draw(st.sampled_from([n for n in range(1, size + 1) if size % n == 0]))
    piece = (*shape[:place], size // count, *shape[place + 1 :])
    outputs = [like(model, source, piece) for _ in range(count)]
    inputs = [model.constant(np.array(axis, dtype=np.int32)), source]
    model.operator("SPLIT", inputs, outputs, ("SplitOptions", {"NumSplits": count}))
    return draw(st.sampled_from(outputs))


def split_v(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a SPLIT_V into pieces of any lengths, one of which may be left open."""
    shape = model.tensors[source].shape
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    size, place = shape[axis], axis % len(shape)
    cuts = draw(st.lists(st.integers(1, size - 1), unique=True)) if size > 1 else []
    lengths = np.diff([0, *sorted(cuts), size]).tolist()
    outputs = [like(model, source, (*shape[:place], n, *shape[place + 1 :])) for n in lengths]
    if draw(st.booleans()):
        lengths[draw(st.integers(0, len(lengths) - 1))] = -1
    kind = draw(st.sampled_from(["int32", "int64"]))
    listed = model.constant(np.array(lengths, dtype=kind))
    inputs = [source, listed, model.constant(np.array(axis, dtype=np.int32))]
    model.operator("SPLIT_V", inputs, outputs, ("SplitVOptions", {"NumSplits": len(lengths)}))
    return draw(st.sampled_from(outputs))


def unpack(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add an UNPACK along any axis; of one dimension a SPLIT, as no other layer takes a scalar."""
    shape = model.tensors[source].shape
    if len(shape) == 1:
        return split(draw, model, source)
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    place = axis % len(shape)
    piece = (*shape[:place], *shape[place + 1 :])
    outputs = [like(model, source, piece) for _ in range(shape[axis])]
    options = ("UnpackOptions", {"Num": shape[axis], "Axis": axis})
    model.operator("UNPACK", [source], outputs, options)
    return draw(st.sampled_from(outputs))


def transpose(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a TRANSPOSE of any order."""
    shape = model.tensors[source].shape
    order = draw(st.permutations(range(len(shape))))
    output = like(model, source, [shape[axis] for axis in order])
    given = model.constant(np.array(order, dtype=np.int32))
    model.operator("TRANSPOSE", [source, given], [output], ("TransposeOptions", {}))
    return output


def strided_slice(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a STRIDED_SLICE: forwards, backwards, up to an end, beyond it, or of one index."""
    shape = model.tensors[source].shape
    masks = {"BeginMask": 0, "EndMask": 0, "ShrinkAxisMask": 0}
    given, kept = [], []
    for axis, size in enumerate(shape):
        if draw(st.integers(0, 4)) == 0 and (kept or axis + 1 < len(shape)):
            masks["ShrinkAxisMask"] |= 1 << axis
            index = draw(st.integers(-size, size - 1))
            given.append((index, draw(st.sampled_from([index % size + 1, 0])), 1))
            continue
        part = draw(_parts(size))
        masks["BeginMask"] |= (part.start is None) << axis
        masks["EndMask"] |= (part.stop is None) << axis
        given.append((part.start or 0, part.stop or 0, part.step))
        kept.append(len(range(size)[part]))
    output = like(model, source, kept)
    numbers = np.array(given, dtype=np.int32).T
    inputs = [source, *(model.constant(np.ascontiguousarray(row)) for row in numbers)]
    model.operator("STRIDED_SLICE", inputs, [output], ("StridedSliceOptions", masks))
    return output


def _parts(size: int) -> st.SearchStrategy[slice]:
    """Draw slices of an axis that leave something of it."""
    ends = st.one_of(st.none(), st.integers(-size - 2, size + 2))
    steps = st.sampled_from([1, 1, 2, 3, -1, -2])
    return st.builds(slice, ends, ends, steps).filter(lambda part: len(range(size)[part]) > 0)


def slice_(draw: Draw, model: ModelBuilder, source: int) -> int:
    """Add a SLICE; a size may be left open."""
    shape = model.tensors[source].shape
    begins = [draw(st.integers(0, size - 1)) for size in shape]
    sizes = [draw(st.integers(1, n - begin)) for begin, n in zip(begins, shape, strict=True)]
    output = like(model, source, sizes)
    ends = [begin + size for begin, size in zip(begins, sizes, strict=True)]
    given = [
        -1 if end == n and draw(st.booleans()) else size
        for end, n, size in zip(ends, shape, sizes, strict=True)
    ]
    kind = draw(st.sampled_from(["int32", "int64"]))
    inputs = [source, *(model.constant(np.array(row, dtype=kind)) for row in (begins, given))]
    model.operator("SLICE", inputs, [output], ("SliceOptions", {}))
    return output
