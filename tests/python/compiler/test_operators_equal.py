"""Each operator, over the whole space of its parameters: C == written arithmetic == TFLite."""

import pytest
from drawing import draws
from drawn import SEEDS, activation
from flatbuffer import ModelBuilder
from harness import assert_equal_three_ways
from hypothesis import given, note
from hypothesis import strategies as st
from layers import LAYERS

from ossicle.compiler.operators import OPERATORS

DTYPES = {"QUANTIZE": ["int8", "uint8", "float32"], "DEQUANTIZE": ["int8", "uint8"]}


@st.composite
def layers_side_by_side(draw: st.DrawFn, name: str) -> ModelBuilder:
    """Draw a model of one to eight such layers, each with inputs and an output of its own.

    Building a program costs far more than running a layer, so several share one.
    """
    layer, shapes = LAYERS[name]
    model = ModelBuilder()
    for _ in range(draw(st.integers(1, 8))):
        dtype = draw(st.sampled_from(DTYPES.get(name, ["int8"])))
        source = activation(draw, model, shapes(draw), dtype)
        model.inputs.append(source)
        model.outputs.append(layer(draw, model, source))
    return model


def test_every_operator_is_drawn() -> None:
    assert set(LAYERS) == set(OPERATORS)


@pytest.mark.parametrize("name", sorted(LAYERS))
@draws(normal=15, fuzz=500)
@given(data=st.data(), seed=SEEDS)
def test_equals_written_arithmetic_and_tflite(name: str, data: st.DataObject, seed: int) -> None:
    model = data.draw(layers_side_by_side(name))
    note(str(model))
    assert_equal_three_ways(model.finish(), seed=seed)
