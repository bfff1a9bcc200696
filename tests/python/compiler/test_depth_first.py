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
from ossicle.compiler.depth_first import Way
from ossicle.compiler.memory_plan import ALIGNMENT
from ossicle.compiler.rings import FILL, Stream
from ossicle.reference import ReferenceModel

WINDOWS = [
    conv_2d,
    depthwise_conv_2d,
    pooling("MAX_POOL_2D"),
    pooling("MAX_POOL_2D", apart=True),
    pooling("AVERAGE_POOL_2D"),
]


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
@given(chains(), st.sampled_from(["portable", "dsp", "mve"]), st.booleans())
def test_equals_tflite(content: bytes, extension: Any, by_columns: bool) -> None:
    """Under sanitizers: no row is read before it was written, none is written beside its ring."""
    way = Way(by_columns=by_columns)
    compiled = compiled_with_the_longest_run(content, Target("ram", extension), way)
    reference = ReferenceModel(content)
    cases = extremes_and_random(compiled.graph.inputs, seed=1, random=2)
    indices = [tensor.index for _, tensor in compiled.shown]
    with SanitizedModel(compiled) as model:
        for (outputs, layers), case in zip(model.run(cases), cases, strict=True):
            expected, shown = reference.run(case, indices)
            for c, tflite in zip([*outputs, *layers], [*expected, *shown], strict=True):
                assert_same(c, tflite, "depth first and TFLite")


def rows_that_are_there(stream: Stream) -> None:
    """Walk the steps with plain lists of rows' parts: all that are read are in their ring."""
    parts = [ring.parts for ring in stream.rings]
    held = [list(range(-r.lead * r.parts, r.given * r.parts)) for r in stream.rings]
    for step in stream.steps:
        made = step & ~FILL if step & FILL else stream.stages[step].output
        part = held[made][-1] + 1 if held[made] else 0
        for ring, need in () if step & FILL else stream.stages[step].inputs:
            begin = part * need.stride - need.padding
            wanted = range(begin * parts[ring], (begin + need.reach) * parts[ring])
            assert set(wanted) <= set(held[ring][-stream.rings[ring].rows * parts[ring] :])
        held[made] += range(part, part + (parts[made] if step & FILL else 1))
    assert held[-1] == list(range(stream.rings[-1].height * parts[-1]))


@draws(normal=100, fuzz=10_000)
@given(chains(), st.booleans(), st.booleans())
def test_every_row_is_there_when_it_is_read(content: bytes, by_columns: bool, copies: bool) -> None:
    way = Way(by_columns, copies)
    for run in compiled_with_the_longest_run(content, Target("ram"), way).choice.runs:
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


def pool(model: ModelBuilder, source: int, size: int, stride: int) -> int:
    length = (model.tensors[source].shape[1] - size) // stride + 1
    like = model.tensors[source]
    output = model.tensor((1, length, length, 3), dtype=like.dtype, scale=0.1)
    window = {"FilterHeight": size, "FilterWidth": size, "StrideH": stride, "StrideW": stride}
    model.operator("MAX_POOL_2D", [source], [output], ("Pool2DOptions", {"Padding": 1, **window}))
    return output


def test_a_maximum_over_rows_that_no_other_shares_needs_one_of_them_at_a_time() -> None:
    model = ModelBuilder()
    image = model.tensor((1, 11, 11, 3), scale=0.1)
    last = pool(model, pool(model, image, 3, 1), 3, 3)
    compiled = compiled_with_the_longest_run(model.finish([image], [last]), Target("ram"))
    (run,) = compiled.choice.runs
    assert [ring.rows for ring in run.stream.rings] == [11, 1, 3]


@pytest.mark.parametrize("by_columns", [False, True])
def test_elements_of_two_bytes(by_columns: bool) -> None:
    model = ModelBuilder()
    image = model.tensor((1, 9, 9, 3), dtype="int16", scale=0.1)
    last = pool(model, pool(model, image, 3, 1), 2, 2)
    content = model.finish([image], [last])
    target, way = Target("ram"), Way(by_columns)
    compiled = compiled_with_the_longest_run(content, target, way)
    assert compiled.choice.runs
    (case,) = extremes_and_random(compiled.graph.inputs, seed=1, random=1)[3:]
    with SanitizedModel(compiled) as program:
        ((found, _),) = program.run([case])
    assert_same(found[0], ReferenceModel(content).run(case, [])[0][0], "depth first and TFLite")
