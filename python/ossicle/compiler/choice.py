"""Which kernel computes each layer, and which layers are computed depth first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeAlias

from ossicle.compiler import memory
from ossicle.compiler.depth_first import Way, stream
from ossicle.compiler.graph import Graph
from ossicle.compiler.memory import Fused
from ossicle.compiler.memory_plan import ALIGNMENT, MemoryPlan
from ossicle.compiler.operators.operator import Kernel, Operator, UnsupportedError
from ossicle.compiler.operators.spatial import RowByRow, Spatial
from ossicle.compiler.rings import Frames, Stream
from ossicle.compiler.target import Target

STATE_BYTES = 4  # of a number of ossicle_stream's state


@dataclass(frozen=True, eq=False)
class Run:
    """Layers that are computed depth first.

    Attributes:
        layers: numbers of the first and of the last.
        kernels: the call of each layer for one row.
        ring_offsets: of the rings between, from the beginning of the run's memory, where the state
            is: the number of the next step, and how much each ring has had.
        scratch_offset: of the kernels' scratch memory, likewise.
    """

    layers: tuple[int, int]
    stream: Stream
    kernels: tuple[Kernel, ...]
    ring_offsets: tuple[int, ...]
    scratch_offset: int

    @property
    def fused(self) -> Fused:
        """What the memory planner needs to know."""
        scratch = max(kernel.scratch_bytes for kernel in self.kernels)
        return Fused(
            self.layers,
            self.scratch_offset + scratch,
            self.stream.first,
            self.stream.last,
            self.stream.distance,
        )


@dataclass(frozen=True)
class Choice:
    """How a model is computed.

    Attributes:
        kernels: the call of each layer, for one row in a run; None where nothing is computed.
        runs: the layers that are computed depth first.
        pushed: the first of them, if it takes the model's input frame by frame.
    """

    kernels: tuple[Kernel | None, ...]
    runs: tuple[Run, ...]
    plan: MemoryPlan
    pushed: Run | None = None

    @property
    def frames(self) -> Frames | None:
        """How the input is divided into frames, if it comes by frames."""
        return self.pushed.stream.frames if self.pushed else None


def choose(graph: Graph, operators: Sequence[Operator], target: Target) -> Choice:
    """Choose within what the target weighs; with "ram", some layers are computed depth first.

    Raises:
        UnsupportedError: the target wants frames, and the model cannot take them.
    """
    pushed = _pushed(graph, operators, target) if target.frames else None
    runs: tuple[Run, ...] = (pushed,) if pushed else ()
    if target.optimize == "ram":
        runs = _Search(graph, operators, target, pushed).runs()
    return replace(_chosen(graph, operators, target, runs), pushed=pushed)


def _pushed(graph: Graph, operators: Sequence[Operator], target: Target) -> Run:
    """Return the longest run from the input on, of which no other layer reads the input.

    The longer it is, the less is left to do when the last frame has come.
    """
    way = Way(by_columns=target.frames == "columns", copies=True)
    rows = [row_of(operator, target, way) for operator in operators]
    image = graph.inputs[0]
    for last in reversed(range(len(operators) if len(graph.inputs) == 1 else 0)):
        rest = [tensor for operator in operators[last + 1 :] for tensor in operator.activations]
        if all(tensor.index != image.index for tensor in (*rest, *graph.outputs)) and (
            run := run_of(graph, operators, (0, last), rows, way)
        ):
            return run
    first = operators[0].node.label if operators else "nothing"
    raise UnsupportedError(
        f"its input cannot come by {target.frames}: that takes a single image, "
        f"batch 1, and a convolution, pooling or sum to begin with, not {first}"
    )


class _Search:
    """Divides the layers into runs and single ones so that the worst needs least memory.

    What a run needs does not depend on how the other layers are divided, so dynamic programming
    over the boundaries finds the least; among the divisions that keep to it, the one is taken that
    has the fewest layers in runs, as rows cost some instructions.
    """

    def __init__(
        self, graph: Graph, operators: Sequence[Operator], target: Target, pushed: Run | None = None
    ) -> None:
        self._count = len(operators)
        kernels = [_kernel(operator, target) for operator in operators]
        alive = _planned(graph, operators, kernels, ()).alive
        free = range(pushed.layers[1] + 1 if pushed else 0, self._count)
        self._pieces: dict[tuple[int, int], tuple[int, Run | None]] = {
            (layer, layer): (alive[layer], None) for layer in free
        }
        runs = [pushed] if pushed else []
        for way in (Way(), Way(by_columns=True)):
            rows = [row_of(operator, target, way) for operator in operators]
            found = (run_of(graph, operators, span, rows, way) for span in combinations(free, 2))
            runs += [run for run in found if run]
        for run in runs:
            with_run = list(kernels)
            with_run[run.layers[0] : run.layers[1] + 1] = run.kernels
            needed = _planned(graph, operators, with_run, (run,)).alive[run.layers[0]]
            if run.layers not in self._pieces or needed < self._pieces[run.layers][0]:
                self._pieces[run.layers] = needed, run

    def runs(self) -> tuple[Run, ...]:
        """Return the runs, in the order of their layers."""
        least = self._divide(lambda before, piece: max(before, self._pieces[piece][0]))[0]
        _, pieces = self._divide(
            lambda before, piece: before + (piece[1] - piece[0]), most_bytes=least
        )
        found = (self._pieces[piece][1] for piece in pieces)
        return tuple(run for run in found if run)

    def _divide(
        self, cost: Callable[[int, tuple[int, int]], int], most_bytes: int | None = None
    ) -> tuple[int, list[tuple[int, int]]]:
        """Return the least cost of all layers and the pieces that have it."""
        best: list[tuple[int, list[tuple[int, int]]]] = [(0, [])]
        for end in range(self._count):
            ways = [
                (cost(best[first][0], (first, end)), [*best[first][1], (first, end)])
                for first in range(end + 1)
                if (first, end) in self._pieces
                and (most_bytes is None or self._pieces[first, end][0] <= most_bytes)
            ]
            best.append(min(ways, default=(1 << 60, [])))
        return best[-1]


Row: TypeAlias = "tuple[Spatial, RowByRow, Kernel] | None"


def row_of(operator: Operator, target: Target, way: Way) -> Row:
    """Return the layer as it is gone through, how it computes a row, and the call that does."""
    if not isinstance(operator, Spatial) or operator.row_by_row() is None:
        return None
    turned = operator.transposed() if way.by_columns else operator
    row = turned.row_by_row()
    if row is None:
        return None
    calls = turned.output.shape[1] * row.parts
    return turned, row, row.operator.kernel_for(target.repeated(calls))


def run_of(
    graph: Graph,
    operators: Sequence[Operator],
    layers: tuple[int, int],
    all_rows: Sequence[Row],
    way: Way,
) -> Run | None:
    """Return the run from one layer to another, or None where that cannot be."""
    rows = all_rows[layers[0] : layers[1] + 1]
    known = [row for row in rows if row]
    if len(known) < len(rows):
        return None
    inside = operators[layers[0] : layers[1] + 1]
    outside = [op for op in operators if op not in inside]
    needed = {tensor.index for op in outside for tensor in op.activations}
    needed |= {tensor.index for tensor in graph.outputs}
    turned = [operator for operator, _, _ in known]
    found = stream(turned, [row for _, row, _ in known], frozenset(needed), way)
    if found is None:
        return None
    offsets, at = [], STATE_BYTES * (1 + len(found.rings))
    for ring in found.inner:
        offsets.append(at)
        at += ring.bytes
    kernels = tuple(kernel for _, _, kernel in known)
    return Run(layers, found, kernels, tuple(offsets), -(-at // ALIGNMENT) * ALIGNMENT)


def _chosen(
    graph: Graph, operators: Sequence[Operator], target: Target, runs: tuple[Run, ...]
) -> Choice:
    """Choose kernels within the target's scratch memory, then where the arena has room for more."""
    kernels = [_kernel(operator, target) for operator in operators]
    for run in runs:
        kernels[run.layers[0] : run.layers[1] + 1] = run.kernels
    plan = _planned(graph, operators, kernels, runs)
    in_runs = {layer for run in runs for layer in range(run.layers[0], run.layers[1] + 1)}
    roomy = [
        kernel if at in in_runs else _kernel(operator, target.with_room(plan.room(at)))
        for at, (operator, kernel) in enumerate(zip(operators, kernels, strict=True))
    ]
    wider = _planned(graph, operators, roomy, runs)
    if wider.arena_bytes <= plan.arena_bytes:
        return Choice(tuple(roomy), runs, wider)
    return Choice(tuple(kernels), runs, plan)


def _kernel(operator: Operator, target: Target) -> Kernel | None:
    return None if operator.is_alias else operator.kernel_for(target)


def _planned(
    graph: Graph,
    operators: Sequence[Operator],
    kernels: Sequence[Kernel | None],
    runs: Sequence[Run],
) -> MemoryPlan:
    scratch = [kernel.scratch_bytes if kernel else 0 for kernel in kernels]
    for run in runs:
        scratch[run.layers[0] : run.layers[1] + 1] = [0] * (run.layers[1] + 1 - run.layers[0])
    return memory.plan(graph, operators, scratch, [run.fused for run in runs])
