"""Which kernel computes each layer, and which layers are computed depth first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from ossicle.compiler import memory
from ossicle.compiler.depth_first import Way, stream
from ossicle.compiler.graph import Graph
from ossicle.compiler.memory import ALIGNMENT, Fused, MemoryPlan
from ossicle.compiler.operators.operator import Kernel, Operator
from ossicle.compiler.operators.spatial import RowByRow, Spatial
from ossicle.compiler.rings import Stream
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
    """

    kernels: tuple[Kernel | None, ...]
    runs: tuple[Run, ...]
    plan: MemoryPlan


def choose(graph: Graph, operators: Sequence[Operator], target: Target) -> Choice:
    """Choose within what the target weighs; with "ram", some layers are computed depth first."""
    runs = _Search(graph, operators, target).runs() if target.optimize == "ram" else ()
    return _chosen(graph, operators, target, runs)


class _Search:
    """Divides the layers into runs and single ones so that the worst needs least memory.

    What a run needs does not depend on how the other layers are divided, so dynamic programming
    over the boundaries finds the least; among the divisions that keep to it, the one is taken that
    has the fewest layers in runs, as rows cost some instructions.
    """

    def __init__(self, graph: Graph, operators: Sequence[Operator], target: Target) -> None:
        self._count = len(operators)
        kernels = [_kernel(operator, target) for operator in operators]
        alive = _planned(graph, operators, kernels, ()).alive
        self._pieces: dict[tuple[int, int], tuple[int, Run | None]] = {
            (layer, layer): (needed, None) for layer, needed in enumerate(alive)
        }
        for way in (Way(), Way(by_columns=True)):
            rows = [row_of(operator, target, way) for operator in operators]
            for layers in combinations(range(self._count), 2):
                if run := run_of(graph, operators, layers, rows, way):
                    with_run = list(kernels)
                    with_run[layers[0] : layers[1] + 1] = run.kernels
                    alive = _planned(graph, operators, with_run, (run,)).alive
                    self._take(layers, alive[layers[0]], run)

    def _take(self, layers: tuple[int, int], needed: int, run: Run) -> None:
        """Note a run, unless one of the same layers needs no more memory."""
        if layers not in self._pieces or needed < self._pieces[layers][0]:
            self._pieces[layers] = needed, run

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
