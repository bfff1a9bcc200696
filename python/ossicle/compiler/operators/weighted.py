"""What layers with weights share: their checks, their overflow proof and their requantisation."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ossicle.compiler.arithmetic import Integers, integers, requantise_twice, to_int8
from ossicle.compiler.blocks.thumb import Rounding
from ossicle.compiler.graph import Array, Tensor
from ossicle.compiler.operators.operator import (
    Constant,
    Field,
    Reference,
    UnsupportedError,
    require_quantised,
)
from ossicle.compiler.quantisation import activation_range, multiplier_and_shift, product_factors

FAR_SHIFT = 20  # OSSICLE_FAR_SHIFT


@dataclass(frozen=True)
class Rescaled:
    """Tables of a layer that requantises by ossicle_rescale.h.

    Attributes:
        weights: int8, (output channel, tap).
        biases: int32, one an output channel; zeros where the layer has none.
        multipliers, shifts: one for the tensor, or one a channel.
    """

    weights: Array
    biases: Integers
    multipliers: Integers
    shifts: Integers

    def by_channel(self, zero_point: int) -> Integers:
        """Return bias, multiplier, half and shift of each channel, as ossicle_rescale has these.

        But for the multiplier, which is the plain one.
        """
        count = len(self.biases)
        right = -np.broadcast_to(integers(self.shifts), (count,))
        half = (1 << (right - 1)) + (zero_point << right)
        multipliers = np.broadcast_to(integers(self.multipliers), (count,))
        return np.stack([integers(self.biases), multipliers, half, right], axis=1)

    def channels(self, zero_point: int) -> Constant:
        """Return biases and requantisation by two channels, as ossicle_channels holds them.

        Args:
            zero_point: of the output.
        """
        rows = self.by_channel(zero_point)
        rows[:, 1] = (2 * rows[:, 1] + 2**31) % 2**32 - 2**31
        rows = np.pad(rows, ((0, len(rows) % 2), (0, 0)), mode="edge").reshape(-1, 2, 4)
        rescale = rows[:, :, 1:].reshape(-1, 6)
        return Constant("channels", "int32_t", np.hstack([rows[:, :, 0], rescale]))

    def constants(self) -> tuple[Constant, ...]:
        """Return biases, multipliers and shifts as tables."""
        return (
            Constant("biases", "int32_t", self.biases),
            Constant("multipliers", "int32_t", self.multipliers),
            Constant("shifts", "int8_t", self.shifts),
        )


class Weighted:
    """Weights, biases and requantisation of a layer whose accumulators are int32.

    Attributes:
        weights: the constant int8 array, as in the file.
        biases: int32, one an output channel; None where the layer has none.
        factors: input scale * weight scale / output scale, for the tensor or for each channel.
        minimum, maximum: the range that the fused activation leaves.
        dtype: of input and output.
        bias_dtype: of the biases.
    """

    dtype: ClassVar[str] = "int8"
    bias_dtype: ClassVar[str] = "int32"

    @staticmethod
    def decompose(factor: float) -> tuple[int, int]:
        """Return multiplier and shift of a factor."""
        return multiplier_and_shift(factor)

    def __init__(
        self,
        inputs: Tensor,
        weights: Tensor,
        biases: Tensor | None,
        output: Tensor,
        *,
        channel_axis: int,
        activation: int,
    ) -> None:
        require_quantised(inputs, "input", (self.dtype,))
        require_quantised(output, "output", (self.dtype,))
        self._zero_point = inputs.affine.zero_point
        self.weights = checked_weights(weights, channel_axis)
        self.channels = weights.shape[channel_axis]
        self.biases = checked_biases(biases, self.channels, self.bias_dtype)
        self.minimum, self.maximum = fused_range(activation, output)
        self._output_zero_point = output.affine.zero_point
        self.factors = product_factors(inputs, weights, output)
        pairs = [self.decompose(real) for real in self.factors]
        self._multipliers = [pair[0] for pair in pairs]
        # Nothing is left of a product with 0 whatever the shift: a far one, as dead channels have.
        self._shifts = [shift if multiplier else -31 for multiplier, shift in pairs]
        self._channel_axis = channel_axis
        self._by_channel = self._taps()
        self._prove_no_overflow(integers(self._by_channel))

    def _taps(self) -> Array:
        """Return the weights as (output channel, tap)."""
        return np.moveaxis(self.weights, self._channel_axis, 0).reshape(self.channels, -1)

    def transposed(self) -> "Weighted":
        """Return the same for windows, the second and third axis, whose rows are the columns."""
        clone = copy(self)
        clone.weights = self.weights.swapaxes(1, 2)
        clone._by_channel = clone._taps()
        return clone

    def _prove_no_overflow(self, weights: Integers) -> None:
        """Refuse a layer in which some input could take an accumulator out of 32 bits.

        The bound is that of the actual weights and covers every partial sum, the left shift of the
        requantisation, and the addition of the output's zero point after it.
        """
        bound = np.abs(weights).sum(axis=1) * self.largest_input
        if self.biases is not None:
            bound = bound + np.abs(integers(self.biases))
        # Beyond 32 bits the exact bound does not matter, and shifting it could leave even 64.
        self._bounds = bound
        shifted = np.minimum(bound, 2**31) << np.maximum(integers(self._shifts), 0)
        worst = int(np.argmax(shifted))
        if int(shifted[worst]) > 2**31 - 1 - 256:
            raise UnsupportedError(
                f"the accumulator of output channel {worst} could overflow 32 bits"
            )

    @property
    def scales_down(self) -> bool:
        """Whether ossicle_requantise_down may be used.

        It asks for factors below a half, and for sums below 2^30 in every channel whose right shift
        is not beyond OSSICLE_FAR_SHIFT.
        """
        shifts = integers(self._shifts)
        small = (self._bounds < 2**30) | (shifts < -FAR_SHIFT)
        return bool(np.all(shifts <= -1) and np.all(small))

    def rescaled(self) -> "Rescaled | None":
        """Return the tables for ossicle_rescale.h, or None if its conditions do not hold.

        They are that every shift goes to the right, and that the high product of no sum leaves 32
        bits with `half` added. Training leaves channels whose output no input changes, with extreme
        factors; such a one becomes a sum that is the constant, with harmless factors.
        """
        multipliers, right = integers(self._multipliers), -integers(self._shifts)
        fixed, value = self._fixed_outputs()
        high = (self._bounds * multipliers + 2**30) >> 31
        half = (1 << np.maximum(right - 1, 0)) + (abs(self._output_zero_point) << right)
        if np.any(~fixed & ((right < 1) | (high + half >= 2**31))):
            return None
        # Halving twice: multiplier 2^30 and a shift of one.
        constant = 4 * (value - self._output_zero_point)
        return Rescaled(
            weights=np.where(fixed[:, None], 0, self._by_channel),
            biases=np.where(fixed, constant, self.bias_row()),
            multipliers=np.where(fixed[: right.size], 2**30, multipliers),
            shifts=np.where(fixed[: right.size], -1, -right),
        )

    def _fixed_outputs(self) -> tuple[Array, Integers]:
        """Return which channels' outputs no input changes, and the value at the lowest sum.

        Where all channels share their factors, none is taken to be such a one.
        """
        reach = self._bounds - np.abs(self.bias_row())
        ends = [
            to_int8(requantise_twice(sums, *self.requantisation()[:2]), *self.bounds)
            for sums in (self.bias_row() - reach, self.bias_row() + reach)
        ]
        fixed = np.array(ends[0] == ends[1]) & (len(self._multipliers) == self.channels)
        return fixed, integers(ends[0])

    @property
    def largest_input(self) -> int:
        """What no input less its zero point exceeds in magnitude."""
        limits = np.iinfo(self.dtype)
        return max(limits.max - self._zero_point, self._zero_point - limits.min)

    @property
    def largest_sum(self) -> int:
        """What no accumulator exceeds in magnitude."""
        return int(self._bounds.max())

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return int(self.weights.size) + (self.channels if self.biases is not None else 0)

    @property
    def input_offset(self) -> int:
        """Minus the input's zero point."""
        return -self._zero_point

    def constants(self) -> tuple[Constant, ...]:
        """Return the tables of the layer."""
        tables = [Constant("weights", "int8_t", self.weights)]
        if self.biases is not None:
            tables.append(Constant("biases", "int32_t", self.biases))
        tables.append(Constant("multipliers", "int32_t", np.array(self._multipliers)))
        tables.append(Constant("shifts", "int8_t", np.array(self._shifts)))
        return tuple(tables)

    def fields(self) -> dict[str, Field]:
        """Return the end of the layer's descriptor: input_offset, weights, biases, output."""
        return {
            "input_offset": self.input_offset,
            "weights": Reference("weights"),
            "biases": Reference("biases" if self.biases is not None else None),
            "output": self.output_fields(),
        }

    def output_fields(self) -> dict[str, Field]:
        """Return the C descriptor `ossicle_requantisation`."""
        return {
            "multipliers": Reference("multipliers"),
            "shifts": Reference("shifts"),
            "channel_step": 1 if len(self._multipliers) > 1 else 0,
            "zero_point": self._output_zero_point,
            "minimum": self.minimum,
            "maximum": self.maximum,
        }

    def rounding(self) -> Rounding:
        """Return how blocks in assembly turn sums into outputs."""
        is_relu = self.minimum == self._output_zero_point
        return Rounding(is_relu, self.minimum, self.maximum)

    def bias_row(self) -> Integers:
        """Return the biases, zeros where there are none."""
        return integers(np.zeros(self.channels) if self.biases is None else self.biases)

    @property
    def bounds(self) -> tuple[int, int, int]:
        """Zero point, minimum and maximum of the output."""
        return self._output_zero_point, self.minimum, self.maximum

    def outputs(self, sums: Integers) -> Any:
        """Requantise sums, rounded twice, and clamp them."""
        multipliers, shifts, bounds = self.requantisation()
        return to_int8(requantise_twice(sums, multipliers, shifts), *bounds)

    def requantisation(self) -> tuple[Integers, Integers, tuple[int, int, int]]:
        """Return multipliers, shifts, and the output's bounds."""
        return integers(self._multipliers), integers(self._shifts), self.bounds


def checked_weights(weights: Tensor, channel_axis: int) -> Array:
    """Return constant int8 weights whose zero points are 0, or refuse."""
    if weights.data is None or weights.dtype != "int8" or weights.quantisation is None:
        kind = "not constant" if weights.data is None else f"{weights.dtype}, not quantised int8"
        raise UnsupportedError(f"its weights are {kind}")
    if any(weights.affine.zero_points):
        raise UnsupportedError("its weights have a zero point other than 0")
    if len(weights.affine.scales) > 1 and weights.affine.axis != channel_axis:
        raise UnsupportedError(f"its weights are quantised along axis {weights.affine.axis}")
    return weights.data


def checked_biases(biases: Tensor | None, channels: int, dtype: str) -> Array | None:
    """Return constant biases, one a channel, or refuse; None where there are none."""
    if biases is None:
        return None
    if biases.data is None or biases.dtype != dtype or biases.elements != channels:
        raise UnsupportedError(f"its biases are not {channels} constants of type {dtype}")
    return biases.data.reshape(-1)


def fused_range(activation: int, output: Tensor) -> tuple[int, int]:
    """Return the range of a fused activation, or refuse.

    The range is never empty: every activation lets a real 0 through, which is the zero point.
    """
    try:
        return activation_range(activation, output)
    except ValueError as error:
        raise UnsupportedError(f"{error} is not supported") from error


def optional(inputs: Sequence[Tensor | None], index: int) -> Tensor | None:
    """Return an input that may be left out."""
    return inputs[index] if index < len(inputs) else None
