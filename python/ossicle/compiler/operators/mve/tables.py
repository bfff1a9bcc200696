"""Requantisation tables as the kernels for Helium read them."""

from dataclasses import dataclass

import numpy as np

from ossicle.compiler.arithmetic import Integers, integers
from ossicle.compiler.graph import Array
from ossicle.compiler.operators.operator import Constant, Field, Reference
from ossicle.compiler.operators.weighted import Weighted

VECTOR = 16  # bytes
QUAD = 4  # channels that are requantised at a time
SMALL_SCRATCH = 4096  # bytes that "ram" may take, too: the other kernels are far slower


@dataclass(frozen=True)
class Tables:
    """Biases, multipliers and shifts, one a channel and on to a multiple of four.

    Attributes:
        constants: the tables.
        fields: the C descriptor `ossicle_requantisation_mve`.
    """

    constants: tuple[Constant, ...]
    fields: dict[str, Field]

    @classmethod
    def of(cls, weighted: Weighted, by_channel: Integers) -> "Tables | None":
        """Return the tables, or None where a factor is not below a half.

        Args:
            weighted: the layer's weights, biases and factors.
            by_channel: the weights, (output channel, tap).
        """
        multipliers, shifts, (zero_point, minimum, maximum) = weighted.requantisation()
        if np.any(shifts > -1):
            return None
        return cls(
            constants=(
                Constant("biases", "int32_t", quads(folded_biases(weighted, by_channel), 0)),
                Constant("multipliers", "int32_t", quads(_each(weighted, multipliers), 0)),
                Constant("shifts", "int8_t", quads(_each(weighted, shifts), -1)),
            ),
            fields={
                "biases": Reference("biases"),
                "multipliers": Reference("multipliers"),
                "shifts": Reference("shifts"),
                "zero_point": zero_point,
                "minimum": minimum,
                "maximum": maximum,
            },
        )


def folded_biases(weighted: Weighted, by_channel: Integers) -> Integers:
    """Return biases from which the zero point's part is taken, so that kernels multiply raw bytes.

    They stay within the bound of `Weighted`, which counts at least |zero point| for each |weight|.
    """
    return integers(weighted.bias_row() + weighted.input_offset * by_channel.sum(axis=1))


def _each(weighted: Weighted, values: Integers) -> Integers:
    return np.broadcast_to(values, (weighted.channels,))


def quads(values: Array, fill: int = 0) -> Array:
    """Return numbers of channels, filled up to a multiple of four."""
    return np.pad(values, (0, -len(values) % QUAD), constant_values=fill)
