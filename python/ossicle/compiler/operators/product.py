"""A matrix of bytes times a vector of bytes, rescaled to int16: what layers with states compute."""

from dataclasses import dataclass

import numpy as np

from ossicle.compiler.arithmetic import Integers, integers, requantise_twice
from ossicle.compiler.graph import Array, Tensor
from ossicle.compiler.operators.operator import (
    UnsupportedError,
    requantise_fields,
    require_quantised,
)
from ossicle.compiler.operators.weighted import checked_biases, checked_weights

GATE_LIMIT = 1 << 15  # what is added to a product afterwards does not exceed this


@dataclass(frozen=True)
class Product:
    """weights · (x - zero point) + biases, rounded twice.

    Attributes:
        weights: int8 (rows, depth).
        biases: int32 (rows,), the zero point's part among them: x is taken as it is.
        multiplier, shift: of the factor.
    """

    weights: Array
    biases: Integers
    multiplier: int
    shift: int

    @classmethod
    def of(
        cls,
        source: Tensor,
        weights: Tensor,
        shape: tuple[int, int],
        biases: Tensor | None,
        to: float,
    ) -> "Product":
        """Check the constants, and that no input takes a sum or a result out of 32 bits.

        Args:
            source: of the vectors.
            weights: int8, of one scale.
            shape: that the weights must have, (rows, depth).
            biases: None where there are none.
            to: the scale of the results.
        """
        values = checked_weights(weights, 0)
        if values.shape != shape or len(weights.affine.scales) != 1:
            wanted = "x".join(map(str, shape))
            raise UnsupportedError(
                f"its weights are {weights.dimensions}, not {wanted} of one scale"
            )
        given = checked_biases(biases, shape[0], "int32")
        sums = integers(values).sum(axis=1) * source.affine.zero_point
        folded = integers(np.zeros(shape[0]) if given is None else given) - sums
        factor = float32_factor(source, weights, to)
        made = cls(values, folded, *requantise_fields(factor))
        made._prove_no_overflow()
        return made

    def _prove_no_overflow(self) -> None:
        bound = int((np.abs(integers(self.weights)).sum(axis=1) * 128 + np.abs(self.biases)).max())
        if bound << max(self.shift, 0) >= 2**31 - GATE_LIMIT:
            raise UnsupportedError("a sum of its products could overflow 32 bits")

    def __call__(self, vectors: Integers) -> Integers:
        """Multiply vectors [..., depth]; return [..., rows]."""
        sums = vectors @ integers(self.weights).T + self.biases
        return requantise_twice(sums, integers(self.multiplier), integers(self.shift))


def float32_factor(source: Tensor, weights: Tensor, to: float) -> float:
    """Return weight scale * source scale / `to` in float32, as TFLite computes it."""
    with np.errstate(over="ignore", under="ignore"):
        product = np.float32(weights.affine.scale) * np.float32(source.affine.scale)
        factor = float(product / np.float32(to))
    if not np.isfinite(factor):
        raise UnsupportedError(f"a scale factor of {factor} is out of range")
    return factor


def require_state(state: Tensor, elements: int, dtype: str, what: str) -> None:
    """Refuse a state that is not a variable tensor of a type and as many elements."""
    if not state.variable:
        raise UnsupportedError(f"its {what} is not a variable tensor")
    require_quantised(state, what, (dtype,))
    if state.elements != elements:
        raise UnsupportedError(f"its {what} is {state.dimensions}, not of {elements} elements")
