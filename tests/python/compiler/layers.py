"""Hypothesis draws of single layers, each over the whole space of its parameters.

A layer function takes hypothesis' `draw`, the model being built and the index of an activation in
it, adds one operator that reads that activation, and returns the index of the operator's output.
What TFLite's reference kernels refuse, or answer by aborting the process, is left out of the draws;
each such limit has a comment.
"""

from collections.abc import Callable, Sequence
from math import prod

from drawn import Draw, Layer, activation, anything, image, rescaled, with_ones
from drawn_elements import (
    added,
    compared_by,
    dequantize,
    hard_swish,
    leaky_relu,
    lookup,
    multiplied,
    prelu,
    quantize,
    quantize_to_any,
    subtracted,
    with_partner,
)
from drawn_moves import (
    concatenation,
    expand_dims,
    mirror_pad,
    pack,
    pad,
    pad_v2,
    reshape,
    slice_,
    split,
    split_v,
    squeeze,
    strided_slice,
    transpose,
    unpack,
)
from drawn_reductions import arg_max, log_softmax, mean_or_sum, reduce_max, softmax
from drawn_states import lstm, svdf
from drawn_windows import (
    conv_2d,
    depthwise_conv_2d,
    fully_connected,
    pooling,
    resize,
    transpose_conv,
)
from flatbuffer import ModelBuilder
from hypothesis import strategies as st


def near(draw: Draw, scale: float) -> float:
    """Draw the scale of what an int16 becomes without a shift beyond 15 bits."""
    return rescaled(draw, scale, -36.0, 14.0)


# Each supported operator: its layer function and a draw of input shapes that it takes.
LAYERS: dict[str, tuple[Layer, Callable[[Draw], tuple[int, ...]]]] = {
    "ADD": (with_partner(added), anything),
    "ARG_MAX": (arg_max, anything),
    "AVERAGE_POOL_2D": (pooling("AVERAGE_POOL_2D"), image),
    "CONCATENATION": (concatenation, anything),
    "CONV_2D": (conv_2d, image),
    "DEPTHWISE_CONV_2D": (depthwise_conv_2d, image),
    "DEQUANTIZE": (dequantize, anything),
    "EXPAND_DIMS": (expand_dims, anything),
    "FULLY_CONNECTED": (fully_connected, anything),
    "HARD_SWISH": (hard_swish, anything),
    "LEAKY_RELU": (leaky_relu, anything),
    "LOGISTIC": (lookup("LOGISTIC", lambda draw, scale: 1 / 256), anything),
    "LOG_SOFTMAX": (log_softmax, anything),
    "MAX_POOL_2D": (pooling("MAX_POOL_2D"), image),
    "MAXIMUM": (with_partner(compared_by("MAXIMUM")), anything),
    "MEAN": (mean_or_sum("MEAN"), anything),
    "MINIMUM": (with_partner(compared_by("MINIMUM")), anything),
    "MIRROR_PAD": (mirror_pad, anything),
    "MUL": (with_partner(multiplied), anything),
    "PACK": (pack, anything),
    "PAD": (pad, anything),
    "PADV2": (pad_v2, anything),
    "PRELU": (prelu, anything),
    "QUANTIZE": (quantize_to_any, anything),
    "REDUCE_MAX": (reduce_max, anything),
    "RELU": (lookup("RELU", int16_scales=near), anything),
    "RELU6": (lookup("RELU6", int16_scales=near), anything),
    "RELU_N1_TO_1": (lookup("RELU_N1_TO_1", int16_scales=near), anything),
    "RESHAPE": (reshape, anything),
    "RESIZE_BILINEAR": (resize("RESIZE_BILINEAR", "ResizeBilinearOptions"), image),
    "RESIZE_NEAREST_NEIGHBOR": (
        resize("RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighborOptions"),
        image,
    ),
    "SLICE": (slice_, anything),
    "SOFTMAX": (softmax, anything),
    "SPLIT": (split, anything),
    "SPLIT_V": (split_v, anything),
    "SQUEEZE": (squeeze, with_ones),
    "STRIDED_SLICE": (strided_slice, anything),
    "SUB": (with_partner(subtracted), anything),
    "SUM": (mean_or_sum("SUM"), anything),
    "SVDF": (svdf, anything),
    "TANH": (lookup("TANH", lambda draw, scale: 2.0 ** draw(st.floats(-14, 2))), anything),
    "TRANSPOSE": (transpose, anything),
    "TRANSPOSE_CONV": (transpose_conv, image),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": (lstm, anything),
    "UNPACK": (unpack, anything),
}


GROWING = ("PAD", "PADV2", "MIRROR_PAD", "CONCATENATION", "PACK", "TRANSPOSE_CONV")
LAST = ("ARG_MAX", "DEQUANTIZE")  # no other layer takes what they give


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
        if name not in LAST and (len(shape) == 4 or shapes in (anything, with_ones))
    ]
    name = draw(st.sampled_from(fitting))
    if name in GROWING and prod(shape) > 500:
        name = "RESHAPE"  # layers that grow upon layers that grow would only be slow
    layer = quantize if name == "QUANTIZE" else LAYERS[name][0]
    return layer(draw, model, source)
