"""Networks on int16: what is refused, what damage does, and that the C is clean."""

import itertools
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawing import FUZZ
from flatbuffer import ModelBuilder
from harness import SanitizedModel, assert_equal_three_ways, build, extremes_and_random
from networks import DILATION, WINDOW
from refusing import one_operator, refusal
from test_generated_c import CORES, STRICT
from test_hostile_files import compiled_or_refused, damaged_bytes, descriptors

from ossicle.compiler import compile_model
from ossicle.compiler.operators.int16 import OPERATORS_INT16

INT16 = {"dtype": "int16", "scale": 0.001}
IMAGE = (1, 4, 4, 2)


def every_operator() -> ModelBuilder:
    """Build a network of every operator that has arithmetic of its own on int16."""
    model, generator = ModelBuilder(), np.random.default_rng(1)

    def layer(name: str, inputs: list[int], shape: tuple[int, ...], options: Any, **q: Any) -> int:
        output = model.tensor(shape, **{**INT16, **q})
        model.operator(name, inputs, [output], options)
        return output

    def weights(shape: tuple[int, ...], channels: int) -> list[int]:
        values = generator.integers(-127, 128, shape).astype(np.int8)
        biases = generator.integers(-(2**20), 2**20, channels)
        return [model.constant(values, scale=0.01), model.constant(biases, scale=1e-5)]

    given = model.tensor(IMAGE, **{**INT16, "scale": 0.003})
    x = layer("QUANTIZE", [given], IMAGE, ("QuantizeOptions", {}))
    window = {**WINDOW, **DILATION, "FusedActivationFunction": 1}
    x = layer("CONV_2D", [x, *weights((2, 3, 3, 2), 2)], IMAGE, ("Conv2DOptions", window))
    depthwise = ("DepthwiseConv2DOptions", {**WINDOW, **DILATION, "DepthMultiplier": 1})
    y = layer("DEPTHWISE_CONV_2D", [x, *weights((1, 3, 3, 2), 2)], IMAGE, depthwise)
    row = model.constant(np.array([-900, 4000], dtype=np.int16), scale=0.001)
    y = layer("ADD", [y, row], IMAGE, ("AddOptions", {"PotScaleInt16": False}))
    y = layer("SUB", [x, y], IMAGE, ("SubOptions", {"PotScaleInt16": False}))
    y = layer("MUL", [x, y], IMAGE, ("MulOptions", {}))
    pool = ("Pool2DOptions", {**WINDOW, "FilterHeight": 2, "FilterWidth": 2})
    y = layer("AVERAGE_POOL_2D", [y], IMAGE, pool)
    y = layer("MAX_POOL_2D", [y], IMAGE, pool)
    constant = model.constant(np.ones(IMAGE, dtype=np.int16), scale=0.001)
    y = layer("CONCATENATION", [y, constant], (1, 4, 4, 4), ("ConcatenationOptions", {"Axis": 3}))
    borders = model.constant(np.array([[0, 0], [1, 0], [0, 1], [0, 0]], dtype=np.int32))
    y = layer("PAD", [y, borders], (1, 5, 5, 4), ("PadOptions", {}))
    rows, columns = (model.constant(np.array([axis], dtype=np.int32)) for axis in (1, 2))
    y = layer("SUM", [y, rows], (1, 1, 5, 4), ("ReducerOptions", {"KeepDims": True}))
    y = layer("MEAN", [y, columns], (1, 1, 4), ("ReducerOptions", {}))
    y = layer("RESHAPE", [y], (1, 4), ("ReshapeOptions", {"NewShape": (1, 4)}))
    y = layer("FULLY_CONNECTED", [y, *weights((3, 4), 3)], (1, 3), ("FullyConnectedOptions", {}))
    y = layer("LEAKY_RELU", [y], (1, 3), ("LeakyReluOptions", {"Alpha": 0.2}))
    for name in ("RELU6", "RELU"):
        y = layer(name, [y], (1, 3), None)
    for name in ("TANH", "LOGISTIC"):
        y = layer(name, [y], (1, 3), None, scale=2.0**-15)
    y = layer("SOFTMAX", [y], (1, 3), ("SoftmaxOptions", {"Beta": 1.0}), scale=2.0**-15)
    model.inputs, model.outputs = [given], [y]
    return model


def test_a_network_of_all_operators() -> None:
    compiled = assert_equal_three_ways(every_operator().finish())
    assert {operator.name for operator in compiled.operators} >= set(OPERATORS_INT16)


@pytest.mark.parametrize("core", ["host", *CORES])
def test_clean(core: str, tmp_path: Path) -> None:
    compile_model(every_operator().finish(), "wide.tflite").write(tmp_path)
    for source in sorted(tmp_path.glob("*.c")):
        flags = [*STRICT, "-Os", "-c", str(source), "-o", str(tmp_path / "out.o")]
        if core == "host":
            build(flags)
        else:
            subprocess.run(["arm-none-eabi-gcc", *CORES[core], *flags], check=True)


def test_any_byte_may_be_damaged() -> None:
    """What survives runs without a sanitizer's report."""
    survivors = {}
    damages = damaged_bytes(every_operator().finish())
    for damaged in itertools.islice(damages, 0, None, 1 if FUZZ else 163):
        if compiled := compiled_or_refused(damaged):
            survivors.setdefault(descriptors(compiled), compiled)
    assert len(survivors) > 1
    for compiled in itertools.islice(survivors.values(), None if FUZZ else 6):
        with SanitizedModel(compiled) as model:
            model.run(extremes_and_random(compiled.graph.inputs, seed=0))


def weighted(name: str, **spoilt: Any) -> ModelBuilder:
    """A convolution or FULLY_CONNECTED of 4x2 int16 to 4x2."""
    given: dict[str, Any] = {"factor": 0.01, "bias": np.zeros(2, np.int64), "weight": 1, **spoilt}
    is_conv = name == "CONV_2D"
    values = np.full((2, 1, 1, 2) if is_conv else (2, 2), given["weight"], dtype=np.int8)

    def constants(model: ModelBuilder) -> list[int]:
        scale = {"scale": given["factor"]}
        return [model.constant(values, **scale), model.constant(given["bias"], scale=1.0)]

    window = ("Conv2DOptions", {**WINDOW, **DILATION})
    options = window if is_conv else ("FullyConnectedOptions", {"KeepNumDims": True})
    shape = (1, 4, 1, 2) if is_conv else (4, 2)
    return one_operator(
        name, options, shapes=(shape, shape), source=INT16, target=INT16, constants=constants
    )


@pytest.mark.parametrize(
    ("name", "spoilt", "cause"),
    [
        (
            "CONV_2D",
            {"bias": np.zeros(2, np.int32)},
            "its biases are not 2 constants of type int64",
        ),
        ("CONV_2D", {"bias": np.full(2, 2**47)}, "its biases are too large"),
        ("CONV_2D", {"factor": 128.0}, "its output's scale is too small for its input's"),
        ("CONV_2D", {"bias": np.full(2, 2**40)}, "the result of output channel 0 could overflow"),
        ("FULLY_CONNECTED", {"bias": np.full(2, 2**31)}, "could overflow 32 bits"),
    ],
)
def test_weights_that_are_refused(name: str, spoilt: dict[str, Any], cause: str) -> None:
    compile_model(weighted(name).finish(), "sound.tflite")
    message = refusal(weighted(name, **spoilt))
    assert f"operator 0 ({name}): " in message and cause in message


@pytest.mark.parametrize(
    ("name", "options", "change", "cause"),
    [
        ("RELU", None, {"target": {**INT16, "zero_point": 1}}, "zero point 1, out of range"),
        ("RELU", None, {"target": {**INT16, "scale": 1e-8}}, "its output's scale is too small"),
        ("HARD_SWISH", ("HardSwishOptions", {}), {}, "its input is int16, not int8"),
        ("LOGISTIC", None, {}, "its output's scale must be 1/32768"),
        ("SOFTMAX", ("SoftmaxOptions", {"Beta": 1.0}), {}, "its output's scale must be 1/32768"),
        ("QUANTIZE", ("QuantizeOptions", {}), {"target": {"dtype": "uint8"}}, "is uint8, not int8"),
        ("QUANTIZE", ("QuantizeOptions", {}), {"source": {}}, "its output is int16, not int8"),
        (
            *("QUANTIZE", ("QuantizeOptions", {})),
            *({"source": {**INT16, "scale": 100.0}}, "scale is too small"),
        ),
    ],
)
def test_other_refusals(name: str, options: Any, change: dict[str, Any], cause: str) -> None:
    given = {"source": INT16, "target": INT16, **change}
    message = refusal(one_operator(name, options, shapes=((4,), (4,)), **given))
    assert f"operator 0 ({name}): " in message and cause in message


def test_scales_that_are_powers_of_two_by_promise() -> None:
    model = ModelBuilder()
    pair = [model.tensor((4,), **INT16), model.tensor((4,), **INT16)]
    model.inputs, model.outputs = pair, [model.tensor((4,), **INT16)]
    model.operator("ADD", pair, model.outputs, ("AddOptions", {"PotScaleInt16": True}))
    assert "scales that must be powers of two are not supported" in refusal(model)
