"""Depth-first execution: equal to layer by layer, in less memory."""

from typing import Any

import pytest
from drawing import draws
from drawn import Draw, activation
from drawn_elements import added
from drawn_windows import conv_2d, depthwise_conv_2d, pooling
from flatbuffer import ModelBuilder
from harness import SanitizedModel, assert_same, extremes_and_random
from hypothesis import given
from hypothesis import strategies as st
from longest_run import compiled_with_the_longest_run

from ossicle.compiler import Target, choice, compile_model
from ossicle.compiler.depth_first import FILL, Stream
from ossicle.compiler.memory import ALIGNMENT
from ossicle.reference import ReferenceModel

WINDOWS = [conv_2d, depthwise_conv_2d, pooling("MAX_POOL_2D"), pooling("AVERAGE_POOL_2D")]


@st.composite
def chains(draw: Draw) -> bytes:
    """Draw an image, two to four windows over it, and perhaps a sum with what came before."""
    model = ModelBuilder()
    size = st.integers(4, 12)
    shape = (1, draw(size), draw(size), draw(st.integers(1, 5)))
    first = source = activation(draw, model, shape)
    for _ in range(draw(st.integers(2, 4))):
        before = source
        source = draw(st.sampled_from(WINDOWS))(draw, model, source)
        if model.tensors[source].shape == model.tensors[before].shape and draw(st.booleans()):
            source = added(draw, model, before, source)
    return model.finish([first], [source])


@draws(normal=25, fuzz=3_000)
@given(chains(), st.sampled_from(["portable", "dsp", "mve"]))
def test_equals_tflite(content: bytes, extension: Any) -> None:
    """Under sanitizers: no row is read before it was written, none is written beside its ring."""
    compiled = compiled_with_the_longest_run(content, Target("ram", extension))
    reference = ReferenceModel(content)
    cases = extremes_and_random(compiled.graph.inputs, seed=1, random=2)
    indices = [tensor.index for _, tensor in compiled.shown]
    with SanitizedModel(compiled) as model:
        for (outputs, layers), case in zip(model.run(cases), cases, strict=True):
            expected, shown = reference.run(case, indices)
            for c, tflite in zip([*outputs, *layers], [*expected, *shown], strict=True):
                assert_same(c, tflite, "depth first and TFLite")


def rows_that_are_there(stream: Stream) -> None:
    """Walk the steps with plain lists of row numbers: every row that is read is in its ring."""
    held = [list(range(-ring.lead, ring.given)) for ring in stream.rings]
    for step in stream.steps:
        if not step & FILL:
            stage = stream.stages[step]
            made = held[stage.output]
            row = made[-1] + 1 if made else 0
            for ring, need in stage.inputs:
                begin = row * need.stride - need.padding
                wanted = range(begin, begin + need.reach)
                assert set(wanted) <= set(held[ring][-stream.rings[ring].rows :])
        ring = step & ~FILL if step & FILL else stream.stages[step].output
        held[ring].append(held[ring][-1] + 1 if held[ring] else 0)
    assert held[-1] == list(range(stream.last.shape[1]))


@draws(normal=100, fuzz=10_000)
@given(chains())
def test_every_row_is_there_when_it_is_read(content: bytes) -> None:
    for run in compiled_with_the_longest_run(content, Target("ram")).choice.runs:
        rows_that_are_there(run.stream)


@draws(normal=100, fuzz=10_000)
@given(chains())
def test_takes_no_more_memory_than_layer_by_layer(content: bytes) -> None:
    """The greedy placing may lose a little to the alignment; the bound may not."""
    plan = compile_model(content, "chain.tflite", target=Target("ram")).plan
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choice._Search, "runs", lambda _: ())
        plain = compile_model(content, "chain.tflite", target=Target("ram")).plan
    assert plan.lower_bound <= plain.lower_bound
    assert all(buffer.offset % ALIGNMENT == 0 for buffer in plan.buffers)
