"""The Helium kernel of DEPTHWISE_CONV_2D."""

import numpy as np

from ossicle.compiler.arithmetic import Integers, integers
from ossicle.compiler.graph import Array
from ossicle.compiler.operators.convolution import Convolution
from ossicle.compiler.operators.mve.strip import Strip
from ossicle.compiler.operators.mve.tables import QUAD, SMALL_SCRATCH, VECTOR, Tables
from ossicle.compiler.operators.operator import Constant, Kernel, Reference
from ossicle.compiler.operators.weighted import Weighted
from ossicle.compiler.target import Target

LANES = 8  # strips that a scattering store goes to
OFFSETS = 1 << 16  # bytes that the lanes of a scattering store reach over


def depthwise_conv_2d(layer: Convolution, weighted: Weighted, target: Target) -> Kernel | None:
    """Return the call of ossicle_depthwise_conv_2d_mve."""
    filters = filters_of(integers(weighted.weights[0]))
    tables = Tables.of(weighted, filters)
    channels = layer.input(0).shape[3]
    limit = max(SMALL_SCRATCH, target.scratch_bytes)
    row = Strip(layer.height, layer.width, channels, 1, 1, layer.width.output)
    strip = row.fitted(limit, QUAD)
    room = (limit - strip.sums_bytes) // strip.bytes // QUAD * QUAD
    slice_ = max(QUAD, min(room, -(-channels // QUAD) * QUAD))
    if tables is None or strip.bytes * LANES > OFFSETS:
        return None
    padded = np.pad(filters, ((0, -len(filters) % QUAD), (0, -filters.shape[1] % VECTOR)))
    return Kernel(
        function="ossicle_depthwise_conv_2d_mve",
        header="ossicle_depthwise_conv_2d_mve.h",
        sources=("ossicle_depthwise_conv_2d_mve.c", "ossicle_strip_mve.c"),
        descriptor="ossicle_depthwise_conv_2d_mve_layer",
        fields={
            "batches": layer.output.shape[0],
            "strip": strip.fields(-weighted.input_offset),
            "depth_multiplier": weighted.channels // channels,
            "slice": slice_,
            "vectors": padded.shape[1] // VECTOR,
            "strip_bytes": strip.bytes,
            "weights": Reference("weights"),
            "output": tables.fields,
        },
        constants=(Constant("weights", "int8_t", padded), *tables.constants),
        operands=(layer.input(0),),
        scratch_bytes=strip.sums_bytes + slice_ * strip.bytes,
    )


def filters_of(weights: Integers) -> Array:
    """Return weights (row, column, channel) in the order of patches: (channel, column * row)."""
    return weights.transpose(2, 1, 0).reshape(weights.shape[2], -1)
