"""Whole networks: generated C == written arithmetic == TFLite, after every layer."""

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
