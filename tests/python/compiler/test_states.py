"""Layers that keep a state: where it lies, how it begins, how it goes on, and what is refused."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from converted import post_training
from flatbuffer import ModelBuilder
from harness import SanitizedModel, assert_equal_three_ways, assert_same, extremes_and_random
from refusing import refusal
from states import VECTORS, lstm, remembering_network, svdf

from ossicle import bundle
from ossicle.bundle import Bundle, Decision
from ossicle.compiler import Target, compile_model
from ossicle.device.program import load_bundle
from ossicle.errors import BundleError
from ossicle.frontend import FrontendSpec
from ossicle.parity.host import HostModel
from ossicle.reference import ReferenceModel


def test_what_a_state_becomes_goes_on_from_inference_to_inference() -> None:
    assert_equal_three_ways(remembering_network().finish(), random=20)


def test_the_same_input_twice_gives_another_output() -> None:
    content = remembering_network().finish()
    host, reference = HostModel(compile_model(content, "model.tflite")), ReferenceModel(content)
    given = [np.full(VECTORS, 9, np.int8)]
    first, second = (host.run(given)[0] for _ in range(2))
    assert np.any(first != second)
    assert_same(first, reference.run(given)[0][0], "first, host and TFLite")
    assert_same(second, reference.run(given)[0][0], "second, host and TFLite")


@pytest.mark.parametrize("optimize", ["ram", "balanced", "speed"])
def test_nothing_else_lies_where_a_state_is(optimize: Any) -> None:
    compiled = compile_model(remembering_network().finish(), "m.tflite", target=Target(optimize))
    states = [buffer for b in compiled.graph.states for buffer in compiled.plan.buffers
              if b in buffer.tensors]  # fmt: skip
    assert len(states) == 3
    for state in states:
        others = [buffer for buffer in compiled.plan.buffers if buffer is not state]
        assert not any(state.shares_bytes(other) for other in others)
    assert "1x3, kept" in compiled.plan.text()


def test_the_header_says_where_the_states_are() -> None:
    compiled = compile_model(remembering_network().finish(), "m.tflite", prefix="net")
    ranges = re.findall(r"\[(\d+), (\d+)\)", compiled.files["net.h"])
    offsets = [(compiled.plan.offset(state), state.bytes) for state in compiled.graph.states]
    assert [(int(a), int(b) - int(a)) for a, b in ranges] == offsets
    assert "void net_reset(void *arena);" in compiled.files["net.h"]
    assert f"memset(base + {offsets[0][0]}, 9, 3);" in compiled.files["net.c"]


def test_without_states_there_is_no_reset() -> None:
    model = ModelBuilder()
    model.inputs, model.outputs = [model.tensor((4,))], [model.tensor((4,))]
    model.operator("RELU", model.inputs, model.outputs)
    compiled = compile_model(model.finish(), "m.tflite", prefix="net")
    assert not any("reset" in compiled.files[name] for name in ("net.c", "net.h"))


def test_a_state_beside_layers_that_take_frames() -> None:
    """The frames' rings and the state share no byte, and a push goes on from the same state."""
    model = ModelBuilder()
    model.inputs = [model.tensor((1, 12, 3, 1), scale=0.05)]
    pooled = model.tensor((1, 6, 3, 1), scale=0.05)
    window = {"Padding": 0, "StrideH": 2, "StrideW": 1, "FilterHeight": 2, "FilterWidth": 1}
    model.operator("MAX_POOL_2D", model.inputs, [pooled], ("Pool2DOptions", window))
    model.outputs = [lstm(model, pooled)]
    content = model.finish()
    compiled = compile_model(content, "m.tflite", target=Target("ram", frames="rows"))
    cases = extremes_and_random(compiled.graph.inputs, seed=3)
    reference = ReferenceModel(content)
    with SanitizedModel(compiled) as program:  # pushes the frames of each case as well
        for case, (outputs, _) in zip(cases, program.run(cases), strict=True):
            assert_same(outputs[0], reference.run(case)[0][0], "frames and TFLite")


def test_a_bundle_judges_each_window_by_itself(tmp_path: Path) -> None:
    bundle.write(
        tmp_path / "kept",
        Bundle(
            name="kept",
            model=remembering_network().finish(),
            frontend=FrontendSpec(),
            labels=("a", "b"),
            decision=Decision(0),
            metrics={},
            card="# kept",
            vectors={"pcm": np.zeros((1, 4), np.int16)},
        ),
    )
    with pytest.raises(BundleError, match="keeps a state from inference to inference"):
        load_bundle(tmp_path / "kept")


def test_the_converter_has_no_int16_lstm() -> None:
    with pytest.raises(RuntimeError, match="16x8-bit not yet supported for op: 'UNIDIRECTIONAL"):
        post_training("recurrent", activations="int16", ends="int16")


def network(layer: Any, **spoilt: Any) -> ModelBuilder:
    model = ModelBuilder()
    model.inputs = [model.tensor(VECTORS, scale=0.05)]
    model.outputs = [layer(model, model.inputs[0], **spoilt)]
    return model


def spoilt(layer: Any, place: int, values: Any = None, **tensor: Any) -> str:
    """Return the refusal of a layer one of whose inputs is another tensor."""
    model = ModelBuilder()
    model.inputs = [model.tensor(VECTORS, scale=0.05)]
    index = model.tensor(**tensor) if values is None else model.constant(values, **tensor)
    model.outputs = [layer(model, model.inputs[0], inputs={place: index})]
    return refusal(model)


def test_the_examples_are_sound_before_they_are_spoilt() -> None:
    for layer in (lstm, svdf):
        compile_model(network(layer).finish(), "sound.tflite")


@pytest.mark.parametrize(
    ("place", "what"),
    [(9, "peephole connections"), (16, "a projection"), (23, "layer normalisation")],
)
def test_other_kinds_of_lstm(place: int, what: str) -> None:
    message = spoilt(lstm, place, np.ones(3, np.int16), scale=0.1)
    assert f"operator 1 (UNIDIRECTIONAL_SEQUENCE_LSTM): has {what}" in message


def test_an_lstm_whose_gates_are_coupled() -> None:
    assert "its input gate is missing" in refusal(network(lstm, inputs={1: -1}))
    assert "its bias of the forget gate is missing" in refusal(network(lstm, inputs={13: -1}))


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"FusedActivationFunction": 1}, "its activation must be TANH"),
        ({"DiagonalRecurrentTensors": True}, "diagonal recurrent weights"),
        ({"clip": -1.0}, "the limit of its cells"),
        ({"clip": float("nan")}, "the limit of its cells"),
    ],
)
def test_options_of_an_lstm(fields: dict[str, Any], what: str) -> None:
    assert what in refusal(network(lstm, **fields))


def test_states_of_an_lstm() -> None:
    cell: dict[str, Any] = {"dtype": "int16", "shape": (1, 3), "scale": 2.0**-11, "variable": True}
    assert "its cell state is not a variable" in spoilt(
        lstm, 19, np.zeros((1, 3), np.int16), scale=2.0**-11
    )
    assert "its cell state is int8, not int16" in spoilt(lstm, 19, **cell | {"dtype": "int8"})
    assert "its cell state is 1x4" in spoilt(lstm, 19, **cell | {"shape": (1, 4)})
    for scale in (3e-4, 2.0**-16, 2.0**-8):
        assert "a power of two, 2^-15 to 2^-9" in spoilt(lstm, 19, **cell | {"scale": scale})
    state = {"shape": (1, 3), "scale": 0.01, "zero_point": 8, "variable": True}
    assert "differ in scale or zero point" in spoilt(lstm, 18, **state)


def test_ends_and_weights_of_an_lstm() -> None:
    vectors = np.ones((2, 9), np.int8)
    assert "is not sequences of vectors" in spoilt(lstm, 0, vectors, scale=0.1)
    assert "its input is int16" in spoilt(lstm, 0, vectors.astype(np.int16), scale=0.1)
    ones = np.ones((3, 3), np.int8)
    assert "weights are 3x2, not 3x3" in spoilt(lstm, 2, ones[:, :2], scale=0.1)
    assert "weights are 3x3, not 3x3 of one" in spoilt(lstm, 2, ones, scale=[0.1, 0.2, 0.1])
    assert "zero point other than 0" in spoilt(lstm, 6, ones, scale=0.1, zero_point=1)
    assert "its biases are not 3 constants" in spoilt(lstm, 12, np.ones(2, np.int32))
    largest = np.full(3, 2**31 - 1, np.int32)
    assert "could overflow 32 bits" in spoilt(lstm, 14, largest)
    assert "is out of range" in spoilt(lstm, 1, ones, scale=1e30)
    assert "is out of range" in spoilt(lstm, 1, ones, scale=3e38)


def test_an_lstm_without_intermediate_tensors() -> None:
    model = network(lstm)
    model._operators[-1].intermediates = ()
    assert "its five intermediate tensors are missing" in refusal(model)


def test_the_output_of_an_lstm() -> None:
    def of(shape: tuple[int, ...], scale: float) -> str:
        model = ModelBuilder()
        model.inputs = [model.tensor(VECTORS, scale=0.05)]
        output = model.tensor(shape, scale=scale, zero_point=9)
        affine = {"scale": scale, "zero_point": 9}
        state = model.tensor((1, 3), variable=True, **affine)
        lstm(model, model.inputs[0], output=output, inputs={18: state})
        model.outputs = [output]
        return refusal(model)

    assert "its output is 1x5x3 where its inputs give 1x6x3" in of((1, 5, 3), 0.01)
    assert "its output's scale is too small" in of((1, 6, 3), 1e-9)


def test_what_an_svdf_must_be() -> None:
    name = "operator 1 (SVDF): "
    assert f"{name}its activation must be RELU" in refusal(network(svdf, FusedActivationFunction=0))
    for rank in (0, -1, 2):
        assert f"{name}rank {rank} does not divide 3 filters" in refusal(network(svdf, Rank=rank))
    vectors = np.ones((1, 6, 3), np.int8)
    assert f"{name}its input 1x6x3 is not vectors" in spoilt(svdf, 0, vectors, scale=0.1)
    times = np.ones((3, 2), np.int16)
    assert "its weights of time must be a constant" in spoilt(svdf, 2, times.astype(np.int8))
    assert "its weights of time are not a matrix" in spoilt(svdf, 2, times[0], scale=0.1)
    assert "its weights of time are not a matrix" in spoilt(svdf, 2, times)
    assert "zero point 0" in spoilt(svdf, 2, times, scale=0.1, zero_point=1)
    assert "too small for its state's" in spoilt(svdf, 2, times, scale=1e4)
    assert "its biases are not 3 constants" in spoilt(svdf, 3, np.ones(2, np.int32))


def test_the_state_of_an_svdf() -> None:
    state: dict[str, Any] = {"dtype": "int16", "shape": (6, 6), "scale": 0.01, "variable": True}
    assert "its state is int8, not int16" in spoilt(svdf, 4, **state | {"dtype": "int8"})
    assert "its state is 6x5, not of 36 elements" in spoilt(svdf, 4, **state | {"shape": (6, 5)})
    assert "its state is not a variable tensor" in spoilt(
        svdf, 4, np.zeros((6, 6), np.int16), scale=0.01
    )


def test_a_variable_tensor_is_the_state_of_one_layer() -> None:
    model = network(svdf)
    state = next(index for index, tensor in enumerate(model.tensors) if tensor.variable)
    model.operator("RELU", [state], [model.tensor((6, 6))])
    assert f"variable tensor {state} is an input, or read more than once" in refusal(model)
    model = network(svdf)
    model.outputs.append(state)
    assert f"output tensor {state} is computed by no operator" in refusal(model)
    model = ModelBuilder()
    model.inputs = [model.tensor((4,))]
    kept, model.outputs = model.tensor((4,), variable=True), [model.tensor((4,))]
    model.operator("ADD", [*model.inputs, kept], model.outputs, ("AddOptions", {}))
    assert "(ADD): reads a variable tensor" in refusal(model)
    model.tensors[kept].data = b"abcd"
    assert "is variable but holds values" in refusal(model)


def test_an_empty_tensor_may_only_be_an_intermediate_one() -> None:
    model = ModelBuilder()
    model.inputs, model.outputs = [model.tensor((0,))], [model.tensor((4,))]
    model.operator("RELU", model.inputs, model.outputs)
    assert "tensor 0 () is empty" in refusal(model)


def test_tflite_itself_wants_a_relu_of_an_svdf() -> None:
    """And would read a state of bytes as one of 16 bits."""
    model = ReferenceModel(network(svdf, FusedActivationFunction=0).finish())
    with pytest.raises(RuntimeError, match="kTfLiteActRelu"):
        model.run([np.zeros(VECTORS, np.int8)])
