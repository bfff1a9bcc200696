"""What the tests of refusals share: a model of one operator, and the message of its refusal."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from flatbuffer import ModelBuilder

from ossicle.compiler import compile_model
from ossicle.errors import ModelError


def refusal(model: ModelBuilder | bytes, name: str = "file.tflite") -> str:
    content = model if isinstance(model, bytes) else model.finish()
    with pytest.raises(ModelError) as caught:
        compile_model(content, name)
    message = str(caught.value)
    assert message.startswith(f"{name}: ")
    assert message.isprintable()
    return message


def one_operator(
    name: str,
    options: Any,
    *,
    shapes: Sequence[tuple[int, ...]] = ((1, 4, 4, 2), (1, 4, 4, 2)),
    source: dict[str, Any] | None = None,
    target: dict[str, Any] | None = None,
    constants: Callable[[ModelBuilder], list[int]] = lambda _: [],
    order: Sequence[int] = (),
) -> ModelBuilder:
    """Build a model of an int8 operator, to be spoilt by the arguments.

    `shapes` are of the input and of each output; `order` puts the inputs into another one.
    """
    model = ModelBuilder()
    given = model.tensor(shapes[0], **(source or {}))
    outputs = [model.tensor(shape, **(target or {})) for shape in shapes[1:]]
    inputs = [given, *constants(model)]
    model.operator(name, [inputs[place] for place in order] or inputs, outputs, options)
    model.inputs, model.outputs = [given], outputs
    return model


def constant(values: Any) -> Callable[[ModelBuilder], list[int]]:
    return lambda model: [model.constant(np.array(values, dtype=np.int32))]


def int8_constant(length: int) -> Callable[[ModelBuilder], list[int]]:
    return lambda model: [model.constant(np.ones(length, dtype=np.int8), scale=1.0)]
