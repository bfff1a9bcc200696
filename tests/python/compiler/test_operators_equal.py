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
from ossicle.compiler.operators.int16 import OPERATORS_INT16
from ossicle.compiler.operators.move import Move
from ossicle.compiler.operators.reshape import Reshape

DTYPES = {"QUANTIZE": ["int8", "uint8", "float32"], "DEQUANTIZE": ["int8", "uint8"]}
# Those that take either type besides the ones that have arithmetic of their own on int16.
EITHER = [name for name, kind in OPERATORS.items() if issubclass(kind, Move | Reshape)]
INT16 = sorted([*OPERATORS_INT16, *EITHER, "PAD", "QUANTIZE", "DEQUANTIZE"])


@st.composite
def layers_side_by_side(draw: st.DrawFn, name: str, dtypes: list[str]) -> ModelBuilder:
    """Draw a model of one to eight such layers, each with inputs and an output of its own.

    Building a program costs far more than running a layer, so several share one.
    """
    layer, shapes = LAYERS[name]
    model = ModelBuilder()
    for _ in range(draw(st.integers(1, 8))):
        dtype = draw(st.sampled_from(dtypes))
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
    model = data.draw(layers_side_by_side(name, DTYPES.get(name, ["int8"])))
    note(str(model))
    assert_equal_three_ways(model.finish(), seed=seed)


@pytest.mark.parametrize("name", INT16)
@draws(normal=8, fuzz=300)
@given(data=st.data(), seed=SEEDS)
def test_int16_equals_written_arithmetic_and_tflite(
    name: str, data: st.DataObject, seed: int
) -> None:
    model = data.draw(layers_side_by_side(name, ["int16"]))
    note(str(model))
    assert_equal_three_ways(model.finish(), seed=seed)
