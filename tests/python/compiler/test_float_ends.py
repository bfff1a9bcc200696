"""float32 in and out around an int8 body: C == numpy == TFLite."""

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from converted import post_training
from flatbuffer import ModelBuilder
from harness import Array, SanitizedModel, assert_equal_three_ways, written_arithmetic
from refusing import one_operator, refusal
from test_generated_c import CORES, STRICT

from ossicle.compiler import compile_model

SCALES = (1.0, 0.5, 0.1, 0.037, 3.0, 2.0**-20, float(np.float32(1 / 3)))
BYTES = np.arange(-128, 128).astype(np.int8)
FLOAT = {"dtype": "float32", "scale": None}
FLOAT_HELPERS = "fadd|fsub|fmul|fdiv|i2f|f2iz|fcmp(eq|lt|le|ge|gt|un)|cf(cmpeq|cmple|rcmple)"


def around_ties(scale: float) -> Array:
    """Every tie between two steps as float32, its neighbours, whole steps and far values."""
    halves = (np.arange(-600, 601) / 2 * scale).astype(np.float32)
    beside = [np.nextafter(halves, np.float32(end)) for end in (-np.inf, np.inf)]
    far = np.array([1e6, -1e6, 0.0, -0.0], dtype=np.float32) * np.float32(scale)
    return np.concatenate([halves, *beside, far])


@pytest.mark.parametrize(("dtype", "point"), [("int8", -7), ("uint8", 131)])
def test_quantize_of_every_tie(dtype: str, point: int) -> None:
    model, inputs = ModelBuilder(), []
    for scale in SCALES:
        inputs.append(around_ties(scale))
        given = model.tensor(inputs[-1].shape, **FLOAT)
        output = model.tensor(inputs[-1].shape, dtype=dtype, scale=scale, zero_point=point)
        model.operator("QUANTIZE", [given], [output], ("QuantizeOptions", {}))
        model.inputs.append(given)
        model.outputs.append(output)
    assert_equal_three_ways(model.finish(), cases=[inputs])


@pytest.mark.parametrize(("dtype", "point"), [("int8", -7), ("uint8", 131)])
def test_dequantize_of_every_byte(dtype: str, point: int) -> None:
    model = ModelBuilder()
    for scale in SCALES:
        model.inputs.append(model.tensor((256,), dtype=dtype, scale=scale, zero_point=point))
        model.outputs.append(model.tensor((256,), **FLOAT))
        ends = [model.inputs[-1]], [model.outputs[-1]]
        model.operator("DEQUANTIZE", *ends, ("DequantizeOptions", {}))
    assert_equal_three_ways(model.finish(), cases=[[BYTES.view(dtype)] * len(SCALES)])


def test_far_and_strange_floats_are_the_ends() -> None:
    """Where TFLite's conversion to an integer is undefined; C and written arithmetic agree."""
    model = one_operator(
        "QUANTIZE",
        ("QuantizeOptions", {}),
        shapes=((5,), (5,)),
        source=FLOAT,
        target={"scale": 0.5},
    )
    compiled = compile_model(model.finish(), "strange.tflite")
    given = np.array([np.nan, np.inf, -np.inf, 3e38, -3e38], dtype=np.float32)
    with SanitizedModel(compiled) as program:
        ((outputs, _),) = program.run([[given]])
    assert outputs[0].tolist() == [-128, 127, -128, 127, -128]
    assert np.array_equal(outputs[0], written_arithmetic(compiled, [given])[0])


def test_a_converted_network_with_float_ends() -> None:
    model = assert_equal_three_ways(post_training("reshaped_input", ends="float32"), random=5)
    assert {tensor.dtype for tensor in (*model.graph.inputs, *model.graph.outputs)} == {"float32"}
    header = model.files[f"{model.prefix}.h"]
    assert "INPUT_BYTES 480" in header and "SCALE" not in header


@pytest.mark.parametrize("core", CORES)
def test_floats_are_clean_on_every_core(core: str, tmp_path: Path) -> None:
    """Only the compiler's own helpers for float are called, and none for double."""
    model = one_operator(
        "QUANTIZE",
        ("QuantizeOptions", {}),
        shapes=((4,), (4,)),
        source=FLOAT,
        target={"scale": 0.5},
    )
    model.outputs = [model.tensor((4,), **FLOAT)]
    model.operator("DEQUANTIZE", [1], model.outputs, ("DequantizeOptions", {}))
    compile_model(model.finish(), "ends.tflite").write(tmp_path)
    for source in sorted(tmp_path.glob("*.c")):
        target = str(tmp_path / "out.o")
        flags = [*CORES[core], *STRICT, "-Wdouble-promotion", "-Os"]
        subprocess.run(["arm-none-eabi-gcc", *flags, "-c", str(source), "-o", target], check=True)
        called = subprocess.run(
            ["arm-none-eabi-nm", "-u", target], capture_output=True, text=True, check=True
        )
        for name in called.stdout.split():
            allowed = rf"U|ossicle_\w+|memcpy|__aeabi_({FLOAT_HELPERS})"
            assert re.fullmatch(allowed, name), name


@pytest.mark.parametrize(
    ("name", "arguments", "cause"),
    [
        ("DEQUANTIZE", {"target": {"dtype": "int32", "scale": None}}, "its output is int32, not"),
        ("DEQUANTIZE", {"source": FLOAT, "target": FLOAT}, "its input is float32, not int8"),
        ("DEQUANTIZE", {"shapes": ((4,), (2, 2)), "target": FLOAT}, "its output is 2x2 where"),
        ("QUANTIZE", {"source": FLOAT, "target": FLOAT}, "its output is float32, not int8"),
        ("QUANTIZE", {"source": FLOAT, "shapes": ((4,), (3,))}, "its output is 3 where"),
        ("RELU", {"source": FLOAT, "target": FLOAT}, "its input is float32, not int8: convert"),
    ],
)
def test_what_is_refused(name: str, arguments: dict[str, object], cause: str) -> None:
    options = None if name == "RELU" else (f"{name.capitalize()}Options", {})
    sound: dict[str, object] = {"shapes": ((4,), (4,))}
    message = refusal(one_operator(name, options, **{**sound, **arguments}))
    assert f"operator 0 ({name}): " in message and cause in message
