"""Real scales turned into the integers that kernels use, exactly as TFLite's preparation does.

TFLite keeps scales as float32 and combines them in double precision; where a formula of theirs
multiplies or divides in float32, so does this module. A last bit that differs here would show as a
last bit that differs in a layer's output.
"""

import math

import numpy as np

from ossicle.compiler.graph import Quantisation, Tensor


def multiplier_and_shift(real: float) -> tuple[int, int]:
    """Write a non-negative factor as multiplier * 2^(shift - 31).

    Returns:
        The multiplier in [2^30, 2^31), rounded half away from zero, and the shift in [-31, 30];
        (0, 0) for factors below 2^-32; the largest pair for factors of 2^30 and more.
        Source: TFLite's QuantizeMultiplier.
    """
    if real == 0.0:
        return 0, 0
    fraction, shift = math.frexp(real)
    multiplier = round_half_away(fraction * 2**31)
    if multiplier == 2**31:
        multiplier, shift = 2**30, shift + 1
    if shift < -31:
        return 0, 0
    if shift > 30:
        return 2**31 - 1, 30
    return multiplier, shift


def double_parts(real: float) -> tuple[int, int, int]:
    """Write a positive factor exactly as (high + low / 2^22) * 2^(shift - 31).

    A double has 53 bits: the upper 31 are `high`, in [2^30, 2^31), the lower 22 are `low`.

    Returns:
        high, low and shift in [-31, 30]; zeros for factors below 2^-32, which bring no 32-bit
        accumulator to 1/2; the largest for factors of 2^30 and more.
    """
    fraction, shift = math.frexp(real)
    if shift < -31:
        return 0, 0, 0
    if shift > 30:
        return 2**31 - 1, 2**22 - 1, 30
    high, low = divmod(int(fraction * 2**53), 2**22)
    return high, low, shift


def round_half_away(value: float) -> int:
    """Round to the nearest integer, ties away from zero, as C's round()."""
    return math.floor(abs(value) + 0.5) * (1 if value >= 0 else -1)


def product_factors(inputs: Tensor, weights: Tensor, outputs: Tensor) -> list[float]:
    """Return input scale * weight scale / output scale, for the tensor or for each channel."""
    ratio_in, ratio_out = float(inputs.affine.scale), float(outputs.affine.scale)
    return [ratio_in * scale / ratio_out for scale in weights.affine.scales]


def activation_range(activation: int, output: Tensor) -> tuple[int, int]:
    """Return the range that a fused activation leaves of the output's integers.

    Args:
        activation: TFLite's ActivationFunctionType: 0 none, 1 RELU, 2 RELU_N1_TO_1, 3 RELU6.
        output: of the layer.

    Raises:
        ValueError: another activation.
    """
    bounds = {0: (None, None), 1: (0.0, None), 2: (-1.0, 1.0), 3: (0.0, 6.0)}
    if activation not in bounds:
        raise ValueError(f"fused activation number {activation}")
    low, high = bounds[activation]
    limits = np.iinfo(output.dtype)
    minimum = limits.min if low is None else max(limits.min, _quantised(low, output.affine))
    maximum = limits.max if high is None else min(limits.max, _quantised(high, output.affine))
    return minimum, maximum


def _quantised(real: float, output: Quantisation) -> int:
    # TFLite divides two float32 here. With a tiny scale the quotient may be infinite; whatever lies
    # beyond 16 bits is clamped anyway.
    with np.errstate(over="ignore"):
        ratio = float(np.float32(real) / np.float32(output.scale))
    return output.zero_point + round_half_away(max(-(2.0**17), min(ratio, 2.0**17)))
