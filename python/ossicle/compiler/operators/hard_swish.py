"""HARD_SWISH: x * relu6(x + 3) / 6, in 16-bit numbers."""

import numpy as np

from ossicle.compiler.arithmetic import Integers, integers, rounding_shift_right
from ossicle.compiler.graph import Node
from ossicle.compiler.operators.lookup import Lookup
from ossicle.compiler.operators.operator import UnsupportedError
from ossicle.compiler.quantisation import multiplier_and_shift

HEADROOM_BITS = 7  # an offset of nine bits fills 16
GATE_SCALE = np.float32(3) / np.float32(32768)  # a 16-bit step of the gate, from -3 to 3


class HardSwish(Lookup):
    """Input times gate; both factors, their product and its shift are rounded to 16 bits."""

    name = "HARD_SWISH"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        # TFLite divides in float32 here.
        with np.errstate(over="ignore", under="ignore"):
            finer = np.float32(self.input(0).affine.scale) / np.float32(1 << HEADROOM_BITS)
            to_output = float(finer / np.float32(self.output.affine.scale))
            to_gate = float(finer / GATE_SCALE)
        self._multiplier, self._shift = _short_multiplier(to_output)
        self._gate_multiplier, self._gate_shift = _short_multiplier(to_gate)
        if self._shift > 0:  # TFLite's kernels insist
            raise UnsupportedError("its output's scale is too small for its input's")
        if min(self._shift, self._gate_shift) < -15:
            # Beyond 15 bits TFLite's 16-bit shift rounds every positive number up to 1.
            raise UnsupportedError("its input's scale is too small, or its output's too large")

    def steps(self, offset: Integers) -> Integers:
        """Multiply the input in output steps by the gate between 0 and 1."""
        fine = offset << HEADROOM_BITS
        product = _towards_zero(self._gate(fine) * _product(fine, self._multiplier))
        return rounding_shift_right(product, integers(-self._shift))

    def _gate(self, fine: Integers) -> Integers:
        """Compute (clamp(x, -3, 3) + 3) / 6 with 15 fraction bits."""
        up = self._gate_shift
        # The last bit up is shifted after the product: it could not be told from saturation before.
        scaled = _product(_saturated(fine << max(up - 1, 0)), self._gate_multiplier)
        if up > 0:
            scaled = _saturated(scaled << 1)
        return (rounding_shift_right(scaled, integers(max(-up, 0))) + (1 << 15)) >> 1


def _short_multiplier(real: float) -> tuple[int, int]:
    """Write a factor as multiplier * 2^(shift - 15), multiplier in [2^14, 2^15)."""
    if not np.isfinite(real):
        raise UnsupportedError("its input's scale is out of range")
    multiplier, shift = multiplier_and_shift(real)
    return min((multiplier + (1 << 15)) >> 16, 32767), shift


def _product(value: Integers, multiplier: int) -> Integers:
    """Give value * multiplier / 2^15, to nearest, ties towards plus infinity."""
    return (value * multiplier + (1 << 14)) >> 15


def _towards_zero(product: Integers) -> Integers:
    """Give product / 2^15, rounded towards zero."""
    return integers(np.sign(product) * (np.abs(product) >> 15))


def _saturated(value: Integers) -> Integers:
    return np.clip(value, -(1 << 15), (1 << 15) - 1)
