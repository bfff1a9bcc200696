"""What TensorFlow Lite Micro and CMSIS-NN compute, in Python's integers, by published sources.

They are tensorflow/lite/micro/kernels and the reference kernels beside them, and of CMSIS-NN
Include/arm_nnsupportfunctions.h and Source/. Nothing of theirs runs here, nor is it their code:
these are their formulas.
"""

import math
from collections.abc import Callable, Sequence

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1
Rounding = Callable[[int, int, int], int]


def truncated(numerator: int, denominator: int) -> int:
    """Divide as C does, for a positive denominator."""
    quotient = abs(numerator) // denominator
    return quotient if numerator >= 0 else -quotient


def clamped(value: int, low: int = -128, high: int = 127) -> int:
    """Limit to bytes, or to another range."""
    return max(low, min(value, high))


def high_multiply(left: int, right: int) -> int:
    """gemmlowp's SaturatingRoundingDoublingHighMul; CMSIS-NN's arm_nn_doubling_high_mult."""
    if left == right == INT32_MIN:
        return INT32_MAX
    nudge = 1 - 2**30 if (left < 0) != (right < 0) else 2**30
    return truncated(left * right + nudge, 2**31)


def high_multiply_of_cmsis(left: int, right: int) -> int:
    """arm_nn_doubling_high_mult_no_sat, and Helium's VQRDMULH for what is no saturation."""
    return (left * right + 2**30) >> 31


def divide_by_power(value: int, exponent: int) -> int:
    """gemmlowp's RoundingDivideByPOT; CMSIS-NN's arm_nn_divide_by_power_of_two."""
    mask = (1 << exponent) - 1
    threshold = (mask >> 1) + (value < 0)
    return (value >> exponent) + ((value & mask) > threshold)


def divide_by_power_of_mve(value: int, exponent: int) -> int:
    """arm_divide_by_power_of_two_mve: what is negative less one, then VRSHL."""
    fixed = max(INT32_MIN, value - (value < 0 < exponent))
    return (fixed + (1 << exponent >> 1)) >> exponent


def requantised(value: int, multiplier: int, shift: int) -> int:
    """MultiplyByQuantizedMultiplier, as built without TFLITE_SINGLE_ROUNDING."""
    return divide_by_power(high_multiply(value << max(shift, 0), multiplier), max(-shift, 0))


def requantised_by_cmsis(value: int, multiplier: int, shift: int) -> int:
    """arm_nn_requantize, as built without CMSIS_NN_USE_SINGLE_ROUNDING."""
    product = high_multiply_of_cmsis(value << max(shift, 0), multiplier)
    return divide_by_power(product, max(-shift, 0))


def requantised_by_mve(value: int, multiplier: int, shift: int) -> int:
    """arm_requantize_mve, likewise."""
    product = high_multiply_of_cmsis(value << max(shift, 0), multiplier)
    return divide_by_power_of_mve(product, max(-shift, 0))


ROUNDINGS: tuple[Rounding, ...] = (requantised, requantised_by_cmsis, requantised_by_mve)


def quantised_multiplier(real: float) -> tuple[int, int]:
    """QuantizeMultiplier."""
    fraction, shift = math.frexp(real)
    multiplier = math.floor(fraction * 2**31 + 0.5)
    if multiplier == 2**31:
        multiplier, shift = 2**30, shift + 1
    return (0, 0) if shift < -31 else (multiplier, shift)


def sum_of_bytes(
    left: int, right: int, scales: Sequence[float], points: Sequence[int], sign: int
) -> int:
    """ADD, or SUB with a sign of -1: scales and zero points of both operands and of the output."""
    twice = 2.0 * max(scales[:2])
    scaled = [
        requantised_by_cmsis((value - point) << 20, *quantised_multiplier(scale / twice))
        for value, scale, point in zip((left, right), scales, points, strict=False)
    ]
    output = quantised_multiplier(twice / (2**20 * scales[2]))
    return clamped(requantised_by_cmsis(scaled[0] + sign * scaled[1], *output) + points[2])


def average(values: Sequence[int]) -> int:
    """AVERAGE_POOL_2D of a window, that of arm_avgpool_s8 as well."""
    total, count = sum(values), len(values)
    half = count // 2
    return clamped(truncated(total + half if total > 0 else total - half, count))


def mean(values: Sequence[int], scales: Sequence[float], points: Sequence[int]) -> int:
    """MEAN (QuantizedMeanOrSum): scales and zero points of input and output."""
    multiplier, shift = quantised_multiplier(scales[0] / scales[1])
    count = len(values)
    up = min(count.bit_length() - 1, 32, 31 + shift)
    factor = ((multiplier << up) // count, shift - up)
    return clamped(requantised(sum(values) - points[0] * count, *factor) + points[1])


def total(values: Sequence[int], scales: Sequence[float], points: Sequence[int]) -> int:
    """SUM, likewise; the factor has no count in it."""
    factor = quantised_multiplier(scales[0] / scales[1])
    return clamped(requantised(sum(values) - points[0] * len(values), *factor) + points[1])


def exponential(value: int) -> int:
    """arm_nn_exp_on_negative_values, gemmlowp's in Q5."""
    last = (value & (2**24 - 1)) - 2**24
    x = (last << 5) + 2**28
    square = high_multiply(x, x)
    cubic = divide_by_power(high_multiply(square, square), 2) + high_multiply(square, x)
    rest = divide_by_power(high_multiply(cubic, 715827883) + square, 1)
    result = 1895147668 + high_multiply(1895147668, x + rest)
    powers = (1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242)
    for bit, power in enumerate(powers):
        if (last - value) >> (24 + bit) & 1:
            result = high_multiply(result, power)
    return INT32_MAX if value == 0 else result


def shifted_left(value: int, exponent: int) -> int:
    """arm_nn_mult_by_power_of_two: saturating."""
    return clamped(value << exponent, INT32_MIN, INT32_MAX)


def reciprocal(value: int) -> int:
    """arm_nn_one_over_one_plus_x_for_x_in_0_1."""
    total = value + INT32_MAX
    half = truncated(total + (1 if total >= 0 else -1), 2)
    x = 1515870810 + high_multiply(half, -1010580540)
    for _ in range(3):
        x += shifted_left(high_multiply(x, 2**29 - high_multiply(half, x)), 2)
    return shifted_left(x, 1)


def softmax(row: Sequence[int], beta: float, scale: float) -> list[int]:
    """arm_softmax_s8 behind PreprocessSoftmaxScaling."""
    multiplier, shift = quantised_multiplier(min(beta * scale * 2.0**26, 2.0**31 - 1))
    lowest = -math.floor(31.0 * 2.0**26 / 2.0**shift)
    differences = [value - max(row) for value in row]
    powers = [
        exponential(high_multiply(d << shift, multiplier)) if d >= lowest else None
        for d in differences
    ]
    total = sum(divide_by_power(power, 12) for power in powers if power is not None)
    headroom = 32 - total.bit_length()
    inverse = reciprocal((total << headroom) - 2**31)
    bits = 12 - headroom + 23
    return [
        -128
        if power is None
        else clamped(divide_by_power(high_multiply(inverse, power), bits) - 128)
        for power in powers
    ]


def relu(value: int, scales: Sequence[float], points: Sequence[int]) -> int:
    """RELU, whose factor is a quotient of doubles."""
    scaled = requantised(value - points[0], *quantised_multiplier(scales[0] / scales[1]))
    return clamped(scaled + points[1], points[1])


def relu6(value: int, scale: float, point: int) -> int:
    """RELU6, which clamps the input."""
    return clamped(value, point, min(127, point + math.floor(6.0 / scale + 0.5)))


def prelu(value: int, slope: int, scales: Sequence[float], points: Sequence[int]) -> int:
    """PRELU: scales and zero points of input, slopes and output; factors are of doubles."""
    offset = value - points[0]
    if offset >= 0:
        scaled = requantised(offset, *quantised_multiplier(scales[0] / scales[2]))
    else:
        factor = quantised_multiplier(scales[0] * scales[1] / scales[2])
        scaled = requantised(offset * (slope - points[1]), *factor)
    return clamped(scaled + points[2])
