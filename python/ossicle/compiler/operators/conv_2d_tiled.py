"""CONV_2D by ossicle_conv_2d_tiled: its tables and its scratch memory."""

import numpy as np

from ossicle.compiler.blocks.pairs import pairs
from ossicle.compiler.graph import Array
from ossicle.compiler.operators.convolution import Convolution
from ossicle.compiler.operators.operator import Constant, Kernel, Reference, Symbol
from ossicle.compiler.operators.weighted import Rescaled, Weighted
from ossicle.compiler.operators.window import Axis
from ossicle.compiler.target import Target

LARGEST_TILE = 64  # positions; more would hardly spread the widening of a filter further
_WIDENED = [0, 2, 1, 3]  # how SXTB16 unpacks four bytes, even ones first


def tiled(layer: Convolution, weighted: Weighted, tables: Rescaled, target: Target) -> Kernel:
    """Return the call for an ungrouped convolution."""
    is_wide = target.optimize == "speed"
    height, width = _flattened(layer)
    taps = int(tables.weights.shape[1])
    spare_patch = taps if layer.input(0).shape[3] % 4 else 0
    tile = tile_positions(height.output * width.output, taps, target.scratch_bytes, is_wide)
    block = pairs(-(-taps // 4), weighted.rounding())
    filters = interleaved(tables.weights)
    table = (
        Constant(
            "wide_filters",
            "int16_t",
            filters[..., _WIDENED].reshape(*filters.shape[:2], 2, 2, 2).swapaxes(2, 3),
        )
        if is_wide
        else Constant("filters", "int8_t", filters)
    )
    return Kernel(
        function="ossicle_conv_2d_tiled",
        header="ossicle_conv_2d_tiled.h",
        sources=("ossicle_conv_2d_tiled.c", "ossicle_quads.c"),
        descriptor="ossicle_conv_2d_tiled_layer",
        fields={
            "batches": layer.output.shape[0],
            "height": height.fields(),
            "width": width.fields(),
            "input_channels": layer.input(0).shape[3],
            "output_channels": layer.output.shape[3],
            "input_offset": weighted.input_offset,
            "filters": Reference(None if is_wide else "filters"),
            "wide_filters": Reference("wide_filters" if is_wide else None),
            "biases": Reference("biases"),
            "output": weighted.output_fields(),
            "tile": tile,
            "block": Symbol(block.name),
        },
        constants=(table, *tables.constants()),
        operands=(layer.input(0),),
        blocks=(block,),
        scratch_bytes=scratch_bytes(tile, taps, is_wide) + spare_patch,
    )


def _flattened(layer: Convolution) -> tuple[Axis, Axis]:
    """Return height and width; a filter of one tap without stride sees one long row."""
    height, width = layer.height, layer.width
    if (height.filter, width.filter, height.stride, width.stride) != (1, 1, 1, 1):
        return height, width
    positions = height.output * width.output
    return Axis(1, 1, 1, 1, 1, 0), Axis(positions, positions, 1, 1, 1, 0)


def interleaved(weights: Array) -> Array:
    """Return filters by twos, quads of the first and of the second in turn, zeros at the end.

    Args:
        weights: (filters, taps).

    Returns:
        (pairs, quads, 2, 4).
    """
    filters, taps = weights.shape
    padded = np.pad(weights, ((0, filters % 2), (0, -taps % 4)))
    return padded.reshape(-(-filters // 2), 2, -1, 4).transpose(0, 2, 1, 3)


def tile_positions(positions: int, taps: int, limit: int, is_wide: bool) -> int:
    """Return how many output positions a tile gathers: even, no more than there are or fit."""
    tile = min(LARGEST_TILE, positions + positions % 2)
    while tile > 2 and scratch_bytes(tile, taps, is_wide) > limit:
        tile -= 2
    return tile


def scratch_bytes(tile: int, taps: int, is_wide: bool) -> int:
    """Return what the patches and a pair of widened filters take."""
    return (tile + (0 if is_wide else 2)) * -(-taps // 4) * 8
