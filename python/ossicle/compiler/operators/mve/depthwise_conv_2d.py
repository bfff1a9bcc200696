"""The Helium kernel of DEPTHWISE_CONV_2D."""

import numpy as np

from ossicle.compiler.arithmetic import Integers, integers
from ossicle.compiler.graph import Array
from ossicle.compiler.operators.convolution import Convolution
from ossicle.compiler.operators.mve.lines import Lines
from ossicle.compiler.operators.mve.strip import Columns
from ossicle.compiler.operators.mve.tables import QUAD, SMALL_SCRATCH, VECTOR, rescale
from ossicle.compiler.operators.operator import Constant, Kernel, Reference
from ossicle.compiler.operators.weighted import Weighted
from ossicle.compiler.target import Target

LANES = 8  # strips that a scattering store goes to
OFFSETS = 1 << 16  # bytes that the lanes of a scattering store reach over


def depthwise_conv_2d(layer: Convolution, weighted: Weighted, target: Target) -> Kernel | None:
    """Return the call of ossicle_depthwise_conv_2d_mve."""
    lines = Lines.of(layer)
    filters = filters_of(integers(weighted.weights), lines)
    table = rescale(weighted, filters)
    inputs, output = layer.input(0), layer.output
    channels = inputs.shape[3]
    limit = max(SMALL_SCRATCH, target.scratch_bytes)
    strip = Columns(lines, 1, lines.along.output).fitted(target, limit, QUAD)
    slice_ = max(QUAD, min(limit // strip.bytes // QUAD * QUAD, -(-channels // QUAD) * QUAD))
    if table is None or strip.bytes * LANES > OFFSETS:
        return None
    position = strip.step * strip.column
    holds_two = position + filters.shape[1] <= VECTOR
    weights = twice(filters, position) if holds_two else with_zeros(filters)
    zero_point, minimum, maximum = weighted.bounds
    return Kernel(
        function="ossicle_depthwise_conv_2d_mve",
        header="ossicle_depthwise_conv_2d_mve.h",
        sources=("ossicle_depthwise_conv_2d_mve.c", "ossicle_strip_mve.c"),
        descriptor="ossicle_depthwise_conv_2d_mve_layer",
        fields={
            "batches": output.shape[0],
            "input_bytes": inputs.bytes // output.shape[0],
            "output_bytes": output.bytes // output.shape[0],
            "output_line": lines.output_bytes[0],
            "output_step": lines.output_bytes[1],
            "strip": strip.fields(-weighted.input_offset),
            "channels": channels,
            "depth_multiplier": weighted.channels // channels,
            "slice": slice_,
            "vectors": -(-filters.shape[1] // VECTOR),
            "holds_two": int(holds_two),
            "strip_bytes": strip.bytes,
            "weights": Reference("weights"),
            "rescale": Reference("rescale"),
            "zero_point": zero_point,
            "minimum": minimum,
            "maximum": maximum,
        },
        constants=(Constant("weights", "int8_t", weights), table),
        operands=(inputs,),
        scratch_bytes=slice_ * strip.bytes,
    )


def filters_of(weights: Integers, lines: Lines) -> Integers:
    """Return weights (1, row, column, channel) in the order of patches: (channel, tap)."""
    along, across = lines.filter_axes
    return integers(weights.transpose(3, 0, along, across).reshape(weights.shape[3], -1))


def with_zeros(filters: Integers) -> Array:
    """Return filters up to whole vectors."""
    return np.pad(filters, ((0, 0), (0, -filters.shape[1] % VECTOR)))


def twice(filters: Integers, position: int) -> Array:
    """Return filters as the first position of a vector wants them and as the second does.

    Args:
        filters: (channel, tap).
        position: bytes from one to the other.

    Returns:
        (channel, 2, 16).
    """
    rest = VECTOR - filters.shape[1]
    ways = [np.pad(filters, ((0, 0), (at, rest - at))) for at in (0, position)]
    return np.stack(ways, axis=1)
