"""Single convolutions for Toom-Cook, of any geometry that it takes and of extreme weights."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from flatbuffer import ModelBuilder

from ossicle.compiler.operators import conv_2d
from ossicle.compiler.operators.conv_2d_toom import Toom, toom_cook
from ossicle.compiler.work import Work

SCALE = 2.0**-4  # of outputs
SAME, VALID = 0, 1
WEIGHTS = {"any": (-128, 128), "lowest": (-128, -127), "highest": (127, 128), "small": (-3, 4)}


def convolution(
    image: tuple[int, int, int],
    taps: tuple[int, int],
    channels: int = 4,
    *,
    batches: int = 1,
    strides: tuple[int, int] = (1, 1),
    padding: int = SAME,
    activation: int = 0,
    points: tuple[int, int] = (0, 0),
    weights: str = "any",
    seed: int = 0,
) -> bytes:
    """Return a model of one CONV_2D whose outputs are spread over all of int8.

    Args:
        image: height, width, channels.
        taps: height and width of the filters.
        points: zero points of input and output.
        weights: a key of WEIGHTS.
    """
    random = np.random.default_rng(seed)
    model = ModelBuilder()
    values = random.integers(*WEIGHTS[weights], (channels, *taps, image[2])).astype(np.int8)
    scales = [float(2.0**-e) for e in random.integers(0, 3, channels)]
    biases = random.integers(-1000, 1001, channels).astype(np.int32)
    sides = [
        -(-length // stride) if padding == SAME else (length - count) // stride + 1
        for length, count, stride in zip(image[:2], taps, strides, strict=True)
    ]
    factor = 64.0 / _spread(values[0], points[0])
    source = model.tensor((batches, *image), scale=SCALE * factor, zero_point=points[0])
    output = model.tensor((batches, *sides, channels), scale=SCALE, zero_point=points[1])
    given = [
        source,
        model.constant(values, scale=scales, axis=0),
        model.constant(biases, scale=[SCALE * factor * scale for scale in scales]),
    ]
    options = {
        **{"Padding": padding, "StrideH": strides[0], "StrideW": strides[1]},
        **{"DilationHFactor": 1, "DilationWFactor": 1, "FusedActivationFunction": activation},
    }
    model.operator("CONV_2D", given, [output], ("Conv2DOptions", options))
    model.inputs.append(source)
    model.outputs.append(output)
    return model.finish()


def _spread(weights: Any, point: int) -> float:
    """Return about how far sums of random bytes are from 0, as a power of two."""
    deviation = 74.0 * np.sqrt(1.0 + np.sum(np.square(weights, dtype=np.float64)))
    return float(2.0 ** np.round(np.log2(deviation + abs(point * np.sum(weights, dtype=np.int64)))))


@contextmanager
def taken(number: int) -> Iterator[None]:
    """Take one of the ways by Toom-Cook, whatever it costs."""

    def one(*given: Any) -> list[Toom]:
        ways = list(toom_cook(*given))
        return [ways[number % len(ways)]] if ways else []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conv_2d, "toom_cook", one)
        patch.setattr(Toom, "work", Work.usual(-(1 << 40)))
        yield
