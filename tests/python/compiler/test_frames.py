"""Frame by frame: what begins and pushes gives what the whole input gives."""

from typing import Any

import pytest
from drawing import draws
from flatbuffer import ModelBuilder
from harness import SanitizedModel, assert_same, extremes_and_random
from hypothesis import assume, given
from hypothesis import strategies as st
from test_depth_first import chains, pool

from ossicle.compiler import Target, compile_model
from ossicle.errors import ModelError
from ossicle.reference import ReferenceModel

FRAMES = st.sampled_from(["rows", "columns"])


@draws(normal=12, fuzz=2_000)
@given(
    chains(),
    st.sampled_from(["ram", "balanced", "speed"]),
    st.sampled_from(["portable", "dsp", "mve"]),
    FRAMES,
)
def test_equals_tflite(content: bytes, optimize: Any, extension: Any, frames: Any) -> None:
    """The harness pushes the frames of the same input and compares."""
    try:
        compiled = compile_model(
            content, "chain.tflite", target=Target(optimize, extension, frames=frames)
        )
    except ModelError:
        assume(False)
    assert compiled.choice.pushed
    cases = extremes_and_random(compiled.graph.inputs, seed=1, random=2)
    reference = ReferenceModel(content)
    with SanitizedModel(compiled) as model:
        for (outputs, _), case in zip(model.run(cases), cases, strict=True):
            for c, tflite in zip(outputs, reference.run(case, [])[0], strict=True):
                assert_same(c, tflite, "C and TFLite")


def model_of(*sizes: tuple[int, int]) -> bytes:
    model = ModelBuilder()
    first = last = model.tensor((1, 12, 12, 3), scale=0.1)
    for size, stride in sizes:
        last = pool(model, last, size, stride)
    return model.finish([first], [last])


def test_a_frame_is_a_row_or_a_column() -> None:
    for frames in ("rows", "columns"):
        target = Target(frames=frames)
        header = compile_model(model_of((3, 3)), "pool.tflite", target=target).files["pool.h"]
        assert "#define POOL_FRAMES 12\n#define POOL_FRAME_BYTES 36\n" in header
        assert f"A frame is one of the input's\n * {frames}" in header


def test_frames_that_no_window_reaches_are_not_waited_for() -> None:
    target = Target(frames="columns")
    header = compile_model(model_of((5, 5)), "pool.tflite", target=target).files["pool.h"]
    assert "#define POOL_FRAMES 10\n" in header


def test_without_frames_there_is_nothing_to_push() -> None:
    header = compile_model(model_of((3, 3)), "pool.tflite").files["pool.h"]
    assert "_push" not in header and "_FRAMES" not in header


def test_a_model_that_cannot_take_frames_is_refused() -> None:
    model = ModelBuilder()
    x, y = model.tensor((1, 6, 6, 2), scale=0.1), model.tensor((1, 72), scale=0.1)
    model.operator("RESHAPE", [x], [y], ("ReshapeOptions", {"NewShape": [1, 72]}))
    with pytest.raises(ModelError, match=r"flat.tflite: its input cannot come by rows: .*RESHAPE"):
        compile_model(model.finish([x], [y]), "flat.tflite", target=Target(frames="rows"))
