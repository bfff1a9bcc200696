"""Each operator, over the whole space of its parameters: C == written arithmetic == TFLite."""

import pytest
from drawing import draws
from flatbuffer import ModelBuilder
from harness import assert_equal_three_ways
from hypothesis import given, note
from hypothesis import strategies as st
from layers import LAYERS, SEEDS, activation

from ossicle.compiler.operators import OPERATORS


@st.composite
def single_layers(draw: st.DrawFn, name: str) -> ModelBuilder:
    layer, shapes = LAYERS[name]
    model = ModelBuilder()
    dtype = draw(st.sampled_from(["int8", "uint8"])) if name == "QUANTIZE" else "int8"
    source = activation(draw, model, shapes(draw), dtype)
    model.inputs.append(source)
    model.outputs.append(layer(draw, model, source))
    return model


def test_every_operator_is_drawn() -> None:
    assert set(LAYERS) == set(OPERATORS)


@pytest.mark.parametrize("name", sorted(LAYERS))
@draws(normal=10, fuzz=1000)
@given(data=st.data(), seed=SEEDS)
def test_equals_written_arithmetic_and_tflite(name: str, data: st.DataObject, seed: int) -> None:
    model = data.draw(single_layers(name))
    note(str(model))
    assert_equal_three_ways(model.finish(), seed=seed)
