"""The Helium kernel of DEPTHWISE_CONV_2D."""

import numpy as np

from ossicle.compiler.arithmetic import Integers, integers
from ossicle.compiler.graph import Array
from ossicle.compiler.operators.convolution import Convolution
from ossicle.compiler.operators.mve.tables import SMALL_SCRATCH, VECTOR, Tables
from ossicle.compiler.operators.operator import Constant, Kernel, Reference
from ossicle.compiler.operators.weighted import Weighted
from ossicle.compiler.operators.window import Axis
from ossicle.compiler.target import Target


def depthwise_conv_2d(layer: Convolution, weighted: Weighted, target: Target) -> Kernel | None:
    """Return the call of ossicle_depthwise_conv_2d_mve."""
    weights = integers(weighted.weights[0])
    channels = weights.shape[2]
    tables = Tables.of(weighted, weights.reshape(-1, channels).T, by_slices)
    scratch_bytes = _reach(layer.height) * _columns(layer.width) * VECTOR
    if tables is None or channels != layer.input(0).shape[3]:
        return None
    if np.any(weights == -128) or scratch_bytes > max(SMALL_SCRATCH, target.scratch_bytes):
        return None
    return Kernel(
        function="ossicle_depthwise_conv_2d_mve",
        header="ossicle_depthwise_conv_2d_mve.h",
        sources=("ossicle_depthwise_conv_2d_mve.c", "ossicle_columns_mve.c"),
        descriptor="ossicle_depthwise_conv_2d_mve_layer",
        fields={
            "batches": layer.output.shape[0],
            "height": layer.height.fields(),
            "width": layer.width.fields(),
            "channels": channels,
            "zero_point": -weighted.input_offset,
            "weights": Reference("weights"),
            "output": tables.fields,
        },
        constants=(Constant("weights", "int8_t", sliced(weights)), *tables.constants),
        operands=(layer.input(0),),
        scratch_bytes=scratch_bytes,
    )


def _reach(axis: Axis) -> int:
    return (axis.filter - 1) * axis.dilation + 1


def _columns(width: Axis) -> int:
    """Return how many columns lie under the filter somewhere, padding included."""
    return (width.output - 1) * width.stride + _reach(width)


def sliced(weights: Integers) -> Array:
    """Return weights (row, column, channel) as (slice, row, column, 16), zeros at the end."""
    rows, columns, channels = weights.shape
    padded = np.pad(weights, ((0, 0), (0, 0), (0, -channels % VECTOR)))
    return padded.reshape(rows, columns, -1, VECTOR).transpose(2, 0, 1, 3)


def by_slices(values: Integers, fill: int) -> Array:
    """Return numbers of channels by sixteen: of channels 0, 4, 8, 12, then 1, 5, 9, 13, and on."""
    padded = np.pad(values, (0, -len(values) % VECTOR), constant_values=fill)
    return padded.reshape(-1, 4, 4).swapaxes(1, 2)
