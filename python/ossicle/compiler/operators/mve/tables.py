"""Requantisation tables as the kernels for Helium read them."""

import numpy as np

from ossicle.compiler.arithmetic import Integers, integers
from ossicle.compiler.graph import Array
from ossicle.compiler.operators.operator import Constant
from ossicle.compiler.operators.weighted import Weighted

VECTOR = 16  # bytes
QUAD = 4  # channels that are requantised at a time
SMALL_SCRATCH = 4096  # bytes that "ram" may take, too: the other kernels are far slower


def rescale(weighted: Weighted, by_channel: Integers, multiple: int = 1) -> Constant | None:
    """Return bias, multiplier and shift of each channel, or None where a factor is a half or more.

    Args:
        weighted: the layer's weights, biases and factors.
        by_channel: the weights, (output channel, tap).
        multiple: of channels, to which the last one is repeated.
    """
    multipliers, shifts, _ = weighted.requantisation()
    if np.any(shifts > -1):
        return None
    shape = (weighted.channels,)
    columns = (
        folded_biases(weighted, by_channel),
        np.broadcast_to(multipliers, shape),
        np.broadcast_to(shifts, shape),
    )
    rows = np.stack(columns, axis=1)
    rows = np.pad(rows, ((0, -len(rows) % multiple), (0, 0)), mode="edge")
    return Constant("rescale", "int32_t", rows)


def folded_biases(weighted: Weighted, by_channel: Integers) -> Integers:
    """Return biases from which the zero point's part is taken, so that kernels multiply raw bytes.

    They stay within the bound of `Weighted`, which counts at least |zero point| for each |weight|.
    """
    return integers(weighted.bias_row() + weighted.input_offset * by_channel.sum(axis=1))


def quads(values: Array, fill: int = 0) -> Array:
    """Return numbers of channels, filled up to a multiple of four."""
    return np.pad(values, (0, -len(values) % QUAD), constant_values=fill)
