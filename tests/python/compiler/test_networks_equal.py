"""Whole networks: generated C == written arithmetic == TFLite, after every layer."""

import numpy as np
import pytest
from converted import NETWORKS, int16_activations, post_training, quantisation_aware
from drawing import draws
from drawn import SEEDS
from flatbuffer import ModelBuilder
from harness import SanitizedModel, assert_equal_three_ways, assert_same, extremes_and_random
from hypothesis import given, note
from layers import graphs
from networks import DILATION, WINDOW, small_network

from ossicle.compiler import compile_model
from ossicle.parity.host import HostModel


def test_a_network_of_all_operators() -> None:
    assert_equal_three_ways(small_network().finish(), random=20)


@draws(normal=40, fuzz=2000)
@given(graphs(), SEEDS)
def test_drawn_graphs(model: ModelBuilder, seed: int) -> None:
    note(str(model))
    assert_equal_three_ways(model.finish(), seed=seed)


@pytest.mark.parametrize("name", NETWORKS)
def test_converted_networks(name: str) -> None:
    assert_equal_three_ways(post_training(name), random=10)


def test_unsigned_input_and_output() -> None:
    model = assert_equal_three_ways(post_training("reshaped_input", ends="uint8"), random=10)
    assert {tensor.dtype for tensor in (*model.graph.inputs, *model.graph.outputs)} == {"uint8"}


@pytest.mark.parametrize("ends", ["int16", "float32"])
def test_int16_activations(ends: str) -> None:
    model = assert_equal_three_ways(int16_activations(ends), random=10)
    assert {tensor.dtype for tensor in (*model.graph.inputs, *model.graph.outputs)} == {ends}
    inner = {tensor.dtype for operator in model.operators for tensor in operator.outputs}
    assert inner - {ends} <= {"int16"}


def test_one_scale_for_all_channels() -> None:
    content = post_training("residual_separable", per_channel=False)
    model = assert_equal_three_ways(content, random=10)
    weights = [operator.node.inputs[1] for operator in model.operators if operator.macs]
    assert all(w and w.quantisation and len(w.quantisation.scales) == 1 for w in weights)


def test_quantisation_aware_training() -> None:
    assert_equal_three_ways(quantisation_aware("residual_separable"), random=10)


def test_a_convolution_without_biases_has_zeros() -> None:
    """TFLite's kernels refuse a convolution without biases; Ossicle takes them for zeros."""
    bare, zeros = (_convolution(biases) for biases in (False, True))
    with SanitizedModel(compile_model(zeros.finish(), "zeros.tflite")) as model:
        cases = extremes_and_random(model.compiled.graph.inputs, seed=0)
        expected = model.run(cases)
    with SanitizedModel(compile_model(bare.finish(), "bare.tflite")) as model:
        found = model.run(cases)
    for (left, _), (right, _) in zip(expected, found, strict=True):
        assert_same(left[0], right[0], "with and without biases")


def _convolution(biases: bool) -> ModelBuilder:
    model = ModelBuilder()
    model.inputs, model.outputs = [model.tensor((1, 4, 4, 2))], [model.tensor((1, 4, 4, 3))]
    weights = np.random.default_rng(0).integers(-127, 128, (3, 3, 3, 2)).astype(np.int8)
    inputs = [*model.inputs, model.constant(weights, scale=0.01)]
    if biases:
        inputs.append(model.constant(np.zeros(3, dtype=np.int32), scale=0.01))
    options = ("Conv2DOptions", {**WINDOW, **DILATION})
    model.operator("CONV_2D", inputs, model.outputs, options)
    return model


def test_the_host_model_is_the_same_program() -> None:
    """What Python calls through a shared library, and what runs under the sanitizers."""
    compiled = compile_model(small_network().finish(), "small.tflite")
    cases = extremes_and_random(compiled.graph.inputs, seed=0)
    host = HostModel(compiled)
    with SanitizedModel(compiled) as model:
        for case, (outputs, layers) in zip(cases, model.run(cases), strict=True):
            found_outputs, found_layers = host.run_layers(case)
            shown = layers[: len(compiled.shown)]  # without the states
            for left, right in zip(
                [*outputs, *shown], [*found_outputs, *found_layers], strict=True
            ):
                assert_same(left, right, "host model and program")
