"""DEPTHWISE_CONV_2D by ossicle_depthwise_conv_2d_3x3: when it can be, tables and scratch."""

from dataclasses import replace

import numpy as np

from ossicle.compiler.arithmetic import integers
from ossicle.compiler.blocks.depthwise_3x3 import depthwise_3x3
from ossicle.compiler.graph import Array
from ossicle.compiler.operators.convolution import Convolution
from ossicle.compiler.operators.operator import Constant, Field, Kernel, Reference, Symbol
from ossicle.compiler.operators.weighted import Rescaled, Weighted
from ossicle.compiler.operators.window import Axis
from ossicle.compiler.target import Target
from ossicle.compiler.work import Work

GROUP = 4  # OSSICLE_DEPTHWISE_GROUP
WIDENING = Work(30, 48)  # of the filter of a channel
MOST_PAIRS = 8  # OSSICLE_DEPTHWISE_MOST_PAIRS: seven steps share what begins a run


def small(layer: Convolution, weighted: Weighted, target: Target) -> Kernel | None:
    """Return the call for a filter of 3 x 3 of at least four channels, or None for any other."""
    height, width, channels = layer.height, layer.width, layer.output.shape[3]
    if channels < GROUP or channels != layer.input(0).shape[3] or not _fits(height, width):
        return None
    tables = weighted.rescaled()
    if tables is None or not _can_be_doubled(tables, weighted.input_offset):
        return None
    if height.output == 1:  # whatever its stride, a step is a row
        height = replace(height, stride=2)
    columns = _columns(width)
    pairs = _pairs(height, columns, target)
    block = depthwise_3x3(height.stride, width.stride, pairs, weighted.rounding())
    table, references = _filters(tables.weights.reshape(channels, 3, 3).swapaxes(1, 2), target)
    requantise = tables.by_channel(weighted.bounds[0])
    requantise[:, 0] *= 2
    return Kernel(
        function="ossicle_depthwise_conv_2d_3x3",
        header="ossicle_depthwise_conv_2d_3x3.h",
        sources=("ossicle_depthwise_conv_2d_3x3.c",),
        descriptor="ossicle_depthwise_conv_2d_3x3_layer",
        fields={
            "batches": layer.output.shape[0],
            "height": height.fields(),
            "width": width.fields(),
            "channels": channels,
            "input_offset": weighted.input_offset,
            **references,
            "requantise": Reference("requantise"),
            "pairs": pairs,
            "columns": columns,
            "block": Symbol(block.name),
        },
        constants=(table, Constant("requantise", "int32_t", requantise)),
        operands=(layer.input(0),),
        blocks=(block,),
        scratch_bytes=16 * columns * pairs,
    )


def _filters(by_columns: Array, target: Target) -> tuple[Constant, dict[str, Field]]:
    """Return the table of filters and the two members of the descriptor that name it.

    Args:
        by_columns: (channel, column, row).
        target: weighs flash against widening the filters in each call.
    """
    channels = len(by_columns)
    narrow = target.price(channels * WIDENING, 0, 9 * channels)
    if target.optimize == "balanced" or narrow <= target.price(Work(0, 0), 0, 24 * channels):
        table = Constant("filters", "int8_t", by_columns)
    else:
        table = Constant("wide_filters", "int16_t", 2 * integers(by_columns)[..., [0, 1, 1, 2]])
    names = ("filters", "wide_filters")
    return table, {n: Reference(n if n == table.name else None) for n in names}


def _fits(height: Axis, width: Axis) -> bool:
    is_square = (height.filter, width.filter, height.dilation, width.dilation) == (3, 3, 1, 1)
    is_single = height.output == 1
    return is_square and width.stride <= 2 and (is_single or height.stride == width.stride)


def _pairs(height: Axis, columns: int, target: Target) -> int:
    if height.output == 1:
        return 2
    return MOST_PAIRS if 16 * columns * MOST_PAIRS <= target.scratch_bytes else MOST_PAIRS // 2


def _columns(width: Axis) -> int:
    """Return how many columns an even number of outputs of a row needs."""
    outputs = -(-width.output // 2) * 2
    return (outputs - 1) * width.stride + 3


def _can_be_doubled(tables: Rescaled, input_offset: int) -> bool:
    largest = max(127 + input_offset, 128 - input_offset)
    bounds = np.abs(integers(tables.weights)).sum(axis=1) * largest + np.abs(tables.biases)
    return bool(np.all(2 * bounds < 2**31))
