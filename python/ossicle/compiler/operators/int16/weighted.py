"""Weights of layers on int16: accumulators of 64 bits, multipliers of 16."""

from typing import Any

import numpy as np

from ossicle.compiler.arithmetic import Integers, requantise_by_16_bits, to_integer
from ossicle.compiler.graph import Array
from ossicle.compiler.operators.operator import (
    Constant,
    Field,
    Kernel,
    Operator,
    Reference,
    UnsupportedError,
)
from ossicle.compiler.operators.weighted import Weighted
from ossicle.compiler.quantisation import multiplier_and_shift

SHIFTS = (-31, 7)  # what TFLite's requantisation of 64 bits is written for
SUM_BITS = 47


class Int16Weighted(Weighted):
    """int8 weights and int64 biases; sums are requantised by the upper half of a multiplier."""

    dtype = "int16"
    bias_dtype = "int64"

    @staticmethod
    def decompose(factor: float) -> tuple[int, int]:
        """Return a multiplier of 15 bits and its shift, as TFLite halves that of 31."""
        multiplier, shift = multiplier_and_shift(factor)
        return min((multiplier + (1 << 15)) >> 16, 0x7FFF), shift

    def _prove_no_overflow(self, weights: Integers) -> None:
        """Refuse a layer in which some input could take a sum or an output out of its bits."""
        bound = np.abs(weights).sum(axis=1) * self.largest_input + np.abs(self.bias_row())
        multipliers, shifts, _ = self.requantisation()
        if bound.max() >= 1 << SUM_BITS:
            raise UnsupportedError("its biases are too large")
        if shifts.max() > SHIFTS[1]:
            raise UnsupportedError("its output's scale is too small for its input's")
        outputs = requantise_by_16_bits(bound, multipliers, shifts)
        if outputs.max() >= 2**31:
            raise UnsupportedError(
                f"the result of output channel {int(np.argmax(outputs))} could overflow 32 bits"
            )

    def constants(self) -> tuple[Constant, ...]:
        """Return the tables of the layer."""
        tables = [Constant("weights", "int8_t", self.weights)]
        if self.biases is not None:
            tables.append(Constant("biases", "int64_t", self.biases))
        multipliers, shifts, _ = self.requantisation()
        tables.append(Constant("multipliers", "int16_t", multipliers))
        tables.append(Constant("shifts", "int8_t", shifts))
        return tuple(tables)

    def outputs(self, sums: Integers) -> Any:
        """Requantise sums and clamp them."""
        multipliers, shifts, bounds = self.requantisation()
        return to_integer(requantise_by_16_bits(sums, multipliers, shifts), *bounds, self.dtype)

    def kernel(
        self, operator: Operator, geometry: dict[str, Field], groups: int, weights: Array
    ) -> Kernel:
        """Return the call of ossicle_conv_2d_16x8, which serves all layers with weights.

        Args:
            operator: the layer.
            geometry: the beginning of its descriptor.
            groups: of channels.
            weights: (output channel, row, column, input channel of the group).
        """
        tables = {table.name: table for table in self.constants()}
        tables["weights"] = Constant("weights", "int8_t", weights)
        return Kernel(
            function="ossicle_conv_2d_16x8",
            header="ossicle_conv_2d_16x8.h",
            sources=("ossicle_conv_2d_16x8.c",),
            descriptor="ossicle_conv_2d_16x8_layer",
            fields={
                **geometry,
                "output_channels": self.channels,
                "groups": groups,
                "weights": Reference("weights"),
                "biases": Reference("biases" if self.biases is not None else None),
                "multipliers": Reference("multipliers"),
                "shifts": Reference("shifts"),
                "channel_step": int(len(self.factors) > 1),
                "minimum": self.minimum,
                "maximum": self.maximum,
            },
            constants=tuple(tables.values()),
            operands=(operator.input(0),),
        )
