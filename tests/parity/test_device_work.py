"""What the compiler expects of its kernels, against what an emulated core takes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from flatbuffer import ModelBuilder
from test_device_random import AnyWay

from ossicle.budget.measure import Layer, measure
from ossicle.compiler import CompiledModel, Target, compile_model
from ossicle.compiler.operators.conv_2d_rows import Rows
from ossicle.compiler.operators.conv_2d_tiled import Tiled
from ossicle.compiler.operators.conv_2d_toom import Toom
from ossicle.compiler.work import Work
from ossicle.device import boards
from ossicle.device.program import Program

BOARD = boards.board("qemu_m4")
CLOSE = 0.1
"""An estimate serves to choose by; counts that are farther off would choose wrongly."""
# Input channels, filters, taps along each side, stride.
LAYERS = (
    (12, 20, 3, 1),
    (3, 8, 5, 1),
    (24, 16, 1, 1),
    (16, 24, 3, 2),
    (7, 10, 2, 1),
    (1, 12, 3, 1),
)


@dataclass(frozen=True)
class ByInstructions(Target):
    """Takes the way of the fewest instructions."""

    def price(self, work: Work, scratch_bytes: int, flash_bytes: int) -> float:
        return work.instructions


def convolutions(shape: tuple[int, int], layers: tuple[tuple[int, ...], ...]) -> bytes:
    """Build a model of convolutions, each of an image of as many channels as it wants."""
    model, random = ModelBuilder(), np.random.default_rng(0)
    given = model.tensor((1, *shape, 1), scale=0.05)
    for depth, filters, taps, stride in layers:
        image = given
        if depth > 1:
            image = model.tensor((1, *shape, depth), scale=0.05)
            joined = ("ConcatenationOptions", {"Axis": 3})
            model.operator("CONCATENATION", [given] * depth, [image], joined)
        weights = random.integers(-127, 128, (filters, taps, taps, depth)).astype(np.int8)
        biases = random.integers(-500, 500, filters).astype(np.int32)
        inputs = [
            image,
            model.constant(weights, scale=0.01),
            model.constant(biases, scale=0.0005),
        ]
        sides = [-(-side // stride) for side in shape]
        output = model.tensor((1, *sides, filters), scale=0.1)
        window = {"Padding": 0, "StrideH": stride, "StrideW": stride}
        dilation = {"DilationHFactor": 1, "DilationWFactor": 1}
        model.operator("CONV_2D", inputs, [output], ("Conv2DOptions", {**window, **dilation}))
    return model.finish([given], [output])


def measured(content: bytes, target: Target) -> tuple[CompiledModel, list[Layer]]:
    """Return the convolutions as the board takes them."""
    compiled = compile_model(content, "work.tflite", target=target)
    layers = measure(Program("work", content, compiled, None), BOARD).layers
    return compiled, [layer for layer in layers if layer.operator == "CONV_2D"]


@pytest.fixture
def expected(monkeypatch: pytest.MonkeyPatch) -> dict[int, Work]:
    """Return a table that compiling fills: the estimates of what was chosen, by the layer."""
    noted: dict[int, Work] = {}
    for kind in (Tiled, Rows, Toom):

        def kernel(self: Any, tables: Any, plain: Any = kind.kernel) -> Any:
            noted[self._layer.node.index] = self.work
            return plain(self, tables)

        monkeypatch.setattr(kind, "kernel", kernel)
    return noted


@pytest.mark.parametrize("seed", range(3))
def test_estimates_are_close_to_what_the_core_takes(seed: int, expected: dict[int, Work]) -> None:
    """Of any tiles, rows and strips."""
    content = convolutions((12, 10), LAYERS)
    _, layers = measured(content, AnyWay("speed", "dsp", seed=seed))
    for layer in layers:
        found = np.array([layer.instructions, layer.cycles])
        work = expected[layer.index]
        errors = np.array([work.instructions, work.cycles]) / found - 1
        assert np.abs(errors).max() < CLOSE, f"layer {layer.index}: {errors}"


def test_fewer_cycles_outweigh_some_instructions() -> None:
    content = convolutions((12, 9), ((8, 32, 2, 1),))
    chosen, (both,) = measured(content, Target("speed", "dsp"))
    others, (fewest,) = measured(content, ByInstructions("speed", "dsp"))
    functions = [one.kernels[-1].function for one in (chosen, others) if one.kernels[-1]]
    assert functions == ["ossicle_conv_2d_rows", "ossicle_conv_2d_tiled"]
    assert both.cycles is not None and fewest.cycles is not None
    assert both.cycles < 0.97 * fewest.cycles
    assert fewest.instructions < both.instructions
