"""What the drawn layers share: shapes, scales, zero points and values."""

from collections.abc import Callable, Sequence
from math import ceil, floor
from typing import Any

import numpy as np
from flatbuffer import ModelBuilder
from hypothesis import strategies as st

Draw = Callable[..., Any]
Layer = Callable[[Draw, ModelBuilder, int], int]
ACTIVATIONS = st.sampled_from([0, 1, 2, 3])  # NONE, RELU, RELU_N1_TO_1, RELU6
ZERO_POINTS = st.one_of(st.sampled_from([-128, 0, 127]), st.integers(-128, 127))
SEEDS = st.integers(0, 2**32 - 1)


def factors(low: float, high: float) -> st.SearchStrategy[float]:
    """Draw positive factors between 2^low and 2^high: powers of two, beside them, and any.

    Powers of two make ties, which tell the roundings apart; beside a power of two a factor that was
    multiplied in float32 instead of double precision would round to another multiplier.
    """
    exponents = st.integers(ceil(low), floor(high)) if ceil(low) <= high else st.just(low)
    powers = exponents.map(lambda exponent: 2.0**exponent)
    beside = st.builds(lambda p, e: p * (1 + e * 2.0**-13), powers, st.sampled_from([-1, 1]))
    return st.one_of(powers, beside, st.floats(low, high).map(lambda e: 2.0**e))


def rescaled(draw: Draw, scale: float, low: float, high: float) -> float:
    """Draw an output scale that makes `scale` over it a factor between 2^low and 2^high.

    Chains of layers stay far from float32's ends: TFLite refuses a fused activation whose bounds,
    in steps of the output, leave 32 bits.
    """
    low = low if scale < 2.0**10 else min(0.0, high)
    return float(np.float32(max(scale / draw(factors(low, high)), 2.0**-24)))


def zero_point(draw: Draw, dtype: str) -> int:
    """Draw a zero point; that of int16 is 0."""
    if dtype == "int16":
        return 0
    return int(draw(ZERO_POINTS)) + (128 if dtype == "uint8" else 0)


def activation(draw: Draw, model: ModelBuilder, shape: Sequence[int], dtype: str = "int8") -> int:
    """Add an activation of some scale and zero point; float32 has none."""
    if dtype == "float32":
        return model.tensor(shape, dtype=dtype, scale=None)
    scale = float(np.float32(draw(factors(-18, 1) if dtype == "int16" else factors(-10, 4))))
    return model.tensor(shape, dtype=dtype, scale=scale, zero_point=zero_point(draw, dtype))


def made(draw: Draw, model: ModelBuilder, source: int, shape: Sequence[int], scale: float) -> int:
    """Add an activation of the type of another, of any zero point."""
    dtype = model.tensors[source].dtype
    return model.tensor(shape, dtype=dtype, scale=scale, zero_point=zero_point(draw, dtype))


def like(model: ModelBuilder, source: int, shape: Sequence[int]) -> int:
    """Add an activation with the quantisation of another."""
    spec = model.tensors[source]
    return model.tensor(shape, dtype=spec.dtype, scale=spec.scales, zero_point=spec.zero_points)


def image(draw: Draw) -> tuple[int, ...]:
    """Draw an NHWC shape."""
    side = st.integers(1, 9)
    return (draw(st.integers(1, 2)), draw(side), draw(side), draw(st.integers(1, 6)))


def anything(draw: Draw) -> tuple[int, ...]:
    """Draw a shape of one to four dimensions."""
    return tuple(draw(st.lists(st.integers(1, 6), min_size=1, max_size=4)))


def with_ones(draw: Draw) -> tuple[int, ...]:
    """Draw a shape of one to four dimensions, several of them 1."""
    return tuple(draw(st.lists(st.sampled_from([1, 1, 2, 5]), min_size=1, max_size=4)))


def int8_values(draw: Draw, shape: Sequence[int]) -> np.ndarray[Any, np.dtype[np.int8]]:
    """Draw weights: random ones, small ones, or all at one end."""
    generator = np.random.default_rng(draw(SEEDS))
    kind = draw(st.sampled_from(["random", "small", "lowest", "highest"]))
    ranges = {
        "random": (-128, 128),
        "small": (-3, 4),
        "lowest": (-128, -127),
        "highest": (127, 128),
    }
    return generator.integers(*ranges[kind], shape).astype(np.int8)


def values(draw: Draw, shape: Sequence[int], dtype: str) -> np.ndarray[Any, np.dtype[Any]]:
    """Draw constants: bytes as weights are, int16 over the whole range."""
    if dtype == "int8":
        return int8_values(draw, shape)
    generator = np.random.default_rng(draw(SEEDS))
    return generator.integers(-(2**15), 2**15, shape).astype(np.int16)
