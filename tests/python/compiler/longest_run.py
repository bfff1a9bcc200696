"""Compiles with as many layers depth first as can be, whatever that saves."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from ossicle.compiler import CompiledModel, Target, choice, compile_model
from ossicle.compiler.choice import Run
from ossicle.compiler.depth_first import Way

ROWS = Way()


class Longest:
    """Takes the longest run that can be, whatever it saves."""

    def __init__(
        self, graph: Any, operators: Sequence[Any], target: Target, _: Any, *, way: Way
    ) -> None:
        rows = [choice.row_of(operator, target, way) for operator in operators]
        spans = [(a, b) for a in range(len(rows)) for b in range(a, len(rows))]
        found = (choice.run_of(graph, operators, span, rows, way) for span in spans)
        self._runs = [run for run in found if run]

    def runs(self) -> tuple[Run, ...]:
        longest = max(self._runs, key=lambda r: r.layers[1] - r.layers[0], default=None)
        return (longest,) if longest else ()


def compiled_with_the_longest_run(content: bytes, target: Target, way: Way = ROWS) -> CompiledModel:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choice, "_Search", partial(Longest, way=way))
        return compile_model(content, "chain.tflite", target=target)
