"""Whole networks: generated C == written arithmetic == TFLite, after every layer."""

import pytest
from converted import NETWORKS, post_training, quantisation_aware
from drawing import draws
from flatbuffer import ModelBuilder
from harness import assert_equal_three_ways
from hypothesis import given, note
from layers import SEEDS, graphs
from networks import small_network


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
    model = assert_equal_three_ways(post_training("reshaped_input", unsigned=True), random=10)
    assert {tensor.dtype for tensor in (*model.graph.inputs, *model.graph.outputs)} == {"uint8"}


def test_one_scale_for_all_channels() -> None:
    content = post_training("residual_separable", per_channel=False)
    model = assert_equal_three_ways(content, random=10)
    weights = [operator.node.inputs[1] for operator in model.operators if operator.macs]
    assert all(w and w.quantisation and len(w.quantisation.scales) == 1 for w in weights)


def test_quantisation_aware_training() -> None:
    assert_equal_three_ways(quantisation_aware("residual_separable"), random=10)
