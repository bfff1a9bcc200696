"""Kernels for Helium: their C twin on the host, and the instructions on an emulated core."""

import numpy as np
import pytest
from flatbuffer import ModelBuilder
from harness import (
    SanitizedModel,
    assert_equal_three_ways,
    assert_same,
    extremes_and_random,
    written_arithmetic,
)
from mve_networks import network, ties

from ossicle.compiler import CompiledModel, Optimize, Target, compile_model
from ossicle.device import boards
from ossicle.device.program import Program
from ossicle.errors import ModelError
from ossicle.parity import models
from ossicle.reference import ReferenceModel

KERNELS = {
    f"ossicle_{name}_mve"
    for name in (
        "average_pool_2d",
        "conv_2d",
        "conv_2d_pointwise",
        "depthwise_conv_2d",
        "fully_connected",
        "max_pool_2d",
    )
}
INPUTS = 4
NONE, RELU = 0, 1
SHAPES = (
    *((1, 9, 11, 16), (2, 5, 6, 3), (1, 6, 3, 21), (1, 8, 19, 1), (1, 3, 2, 48), (2, 3, 3, 8)),
    (1, 5, 45, 16),
)


def compiled_for(content: bytes, optimize: Optimize) -> CompiledModel:
    return compile_model(content, "layers.tflite", target=Target(optimize, "mve"))


@pytest.mark.parametrize("seed", range(len(SHAPES)))
def test_the_twin_equals_written_arithmetic_and_tflite(seed: int) -> None:
    content = network(SHAPES[seed], seed).finish()
    reference = ReferenceModel(content)
    expected = None
    for optimize in ("ram", "speed"):
        compiled = compiled_for(content, optimize)
        functions = {kernel.function for kernel in compiled.kernels if kernel is not None}
        assert functions >= KERNELS - {"ossicle_conv_2d_pointwise_mve"}
        cases = extremes_and_random(compiled.graph.inputs, seed, random=2)
        indices = [tensor.index for _, tensor in compiled.shown]
        expected = expected or [
            (written_arithmetic(compiled, case), reference.run(case, indices)[1]) for case in cases
        ]
        with SanitizedModel(compiled) as model:
            found = model.run(cases)
        for (_, layers), (written, tflite) in zip(found, expected, strict=True):
            for (operator, _), c, *others in zip(
                compiled.shown, layers, written, tflite, strict=True
            ):
                for other in others:
                    assert_same(c, other, operator.node.label)


@pytest.mark.parametrize(
    ("seed", "optimize"), [*((seed, "speed") for seed in (0, 1, 2, 3, 5)), (6, "ram")]
)
def test_the_instructions_compute_the_same(seed: int, optimize: Optimize) -> None:
    """On every layer of the same networks: what no host runs."""
    assert_equal_on_the_core(network(SHAPES[seed], seed).finish(), optimize, seed)


@pytest.mark.parametrize("activation", [NONE, RELU])
def test_the_instructions_round_as_they_should_at_every_tie(activation: int) -> None:
    """After a RELU without the step that tells negative numbers from the others."""
    content = ties(activation).finish()
    kernels = [kernel for kernel in compiled_for(content, "speed").kernels if kernel is not None]
    assert all(kernel.function.endswith("_mve") for kernel in kernels)
    blocks = {block.name for kernel in kernels for block in kernel.blocks}
    assert all(("_relu" in name) == (activation == RELU) for name in blocks)
    assert_equal_on_the_core(content, "speed", 0)


def assert_equal_on_the_core(content: bytes, optimize: Optimize, seed: int) -> None:
    """Hold every layer on the emulated Cortex-M55 against TFLite and the host's C."""
    program = Program("layers", content, compiled_for(content, optimize), None)
    inputs = models.random_inputs(program.input, INPUTS, seed)
    parity = models.compare(program, boards.board("qemu_m55"), inputs)
    elements = INPUTS * sum(output.elements for _, output in program.compiled.shown)
    for comparison in parity.comparisons:
        assert (comparison.elements, comparison.mismatches, comparison.first) == (elements, 0, None)


def test_a_pointwise_convolution_needs_no_strip() -> None:
    for shape, seed in (((1, 9, 11, 16), 0), ((1, 3, 2, 48), 4)):
        compiled = compiled_for(network(shape, seed).finish(), "ram")
        functions = [kernel.function for kernel in compiled.kernels if kernel is not None]
        assert "ossicle_conv_2d_pointwise_mve" in functions


def of_biases(biases: list[int], zero_point: int, ratio: float) -> bytes:
    """Return a pointwise convolution of lowest weights under an output scale of `ratio`."""
    model = ModelBuilder()
    model.inputs.append(model.tensor((1, 1, 4, 16), zero_point=zero_point))
    weights = np.full((len(biases), 1, 1, 16), -128, dtype=np.int8)
    given = [
        model.inputs[0],
        model.constant(weights, scale=1.0),
        model.constant(np.array(biases, dtype=np.int32), scale=1.0),
    ]
    model.outputs.append(model.tensor((1, 1, 4, len(biases)), scale=ratio))
    window = {"StrideH": 1, "StrideW": 1, "DilationHFactor": 1, "DilationWFactor": 1}
    model.operator("CONV_2D", given, model.outputs, ("Conv2DOptions", window))
    return model.finish()


@pytest.mark.parametrize("zero_point", [-128, 0, 127])
def test_folded_biases_near_the_end_of_32_bits(zero_point: int) -> None:
    most = 2**31 - 257 - 16 * 128 * max(127 - zero_point, zero_point + 128)
    content = of_biases([most, -most, 0], zero_point, 2.0**25)
    kernel = compiled_for(content, "speed").kernels[0]
    assert kernel is not None and kernel.function == "ossicle_conv_2d_pointwise_mve"
    assert_equal_three_ways(content, random=1)
    with pytest.raises(ModelError, match="could overflow"):
        compiled_for(of_biases([most + 1], zero_point, 2.0**25), "speed")


@pytest.mark.parametrize(("ratio", "serves"), [(2.0, False), (2.0**1.01, True), (0.3, False)])
def test_a_factor_of_a_half_or_more_has_another_kernel(ratio: float, serves: bool) -> None:
    kernel = compiled_for(of_biases([1], 0, ratio), "speed").kernels[0]
    assert kernel is not None and kernel.function.endswith("_mve") == serves
