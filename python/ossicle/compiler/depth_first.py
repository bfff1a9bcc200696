"""Depth-first execution: a run of layers computed row by row, so that only the rows in use exist.

How it works:
  * Each row of the last layer's output asks for the rows that it is computed from, and these for
    theirs. The order in which rows are computed follows from the shapes: a list of steps.
  * Between two layers lies a ring of rows, as many as are ever needed at once. It begins with rows
    of the zero point, which are the padding above the tensor; those below are computed like rows.
  * Each layer is an operator that computes one row of output from the rows under its window
    (`Spatial.row_by_row`). It computes what the whole layer computes there, by the same kernel.
  * Rows may be the columns: the layers are then those of the images turned by a quarter. A column
    of the first tensor is copied into a ring, and one of the last tensor out of a ring.
  * The first tensor is there as a whole, and so is the last one in the end. Rows of the first that
    nobody needs any more may be written over by rows of the last (`distance`).

Source: the order of execution is that of fused-layer accelerators (M. Alwani, H. Chen, M. Ferdman,
P. Milder, "Fused-layer CNN accelerators", MICRO 2016), and writing over an input that is being
consumed that of S. Lin et al., "Diagonal memory optimisation", 2020.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ossicle.compiler.graph import Tensor
from ossicle.compiler.operators.operator import Operator
from ossicle.compiler.operators.spatial import RowByRow, RowNeed
from ossicle.compiler.rings import ALIGNMENT, FILL, Ring, Stage, Stream

MOST_RINGS = 32  # OSSICLE_STREAM_RINGS


@dataclass(frozen=True)
class Way:
    """How a stream goes through the images.

    Attributes:
        by_columns: whether its rows are the columns.
        copies: whether rows of the first tensor are always copied, so that they can come one by
            one instead.
    """

    by_columns: bool = False
    copies: bool = False


def stream(
    operators: Sequence[Operator],
    rows: Sequence[RowByRow],
    needed: frozenset[int],
    way: Way,
) -> Stream | None:
    """Make a stream of consecutive layers, or None where that cannot be.

    Args:
        operators: at least one, in their order; of transposed images to go by columns.
        rows: how each computes one row.
        needed: indices of tensors that are read elsewhere, or are the model's outputs.
        way: how it goes through the images.
    """
    made = {operator.output.index for operator in operators}
    given = {t.index: t for operator in operators for t in operator.activations}
    firsts = [tensor for index, tensor in given.items() if index not in made]
    kept = [operator for operator in operators if operator.output.index in needed]
    if len(firsts) != 1 or kept != [operators[-1]]:
        return None
    built = _Builder(firsts[0], operators, rows, way)
    return built.stream if _fits(built.stream) else None


def _fits(stream: Stream) -> bool:
    """Whether the numbers are within those of ossicle_stream.h's tables."""
    return (
        len(stream.rings) <= MOST_RINGS
        and all(max(it.rows, it.lead, it.given) < 1 << 16 for it in stream.rings)
        and all(it.parts < 1 << 8 for it in stream.rings)
        and all(it.stride < 1 << 8 for stage in stream.stages for _, it in stage.inputs)
    )


class _Builder:
    """Builds rings and stages, then runs the stream to see which rows are needed when."""

    def __init__(
        self,
        first: Tensor,
        operators: Sequence[Operator],
        rows: Sequence[RowByRow],
        way: Way,
    ) -> None:
        self.stream = Stream(tuple(operators), way.by_columns)
        self._ring_of = {first.index: 0}
        whole = Ring(first, given=first.shape[1], rows=first.shape[1], is_spread=way.by_columns)
        self.stream.rings.append(whole)
        self._copies = way.copies or way.by_columns
        if self._copies or _is_padded(first, operators, rows):
            self._add_copy(first)
        for operator, row in zip(operators, rows, strict=True):
            self._add_layer(operator, row)
        if way.by_columns:
            self._add_copy(operators[-1].output)
        self.stream.rings[-1].is_spread = way.by_columns
        self._lead()
        self._run()
        self._size()
        self.stream.distance = None if way.by_columns else self._distance()

    def _add_copy(self, tensor: Tensor) -> None:
        """Copy what was added last; later layers read the copy."""
        rings = self.stream.rings
        self.stream.stages.append(Stage(None, ((len(rings) - 1, RowNeed(1, 1, 0)),), len(rings)))
        rings.append(Ring(tensor))

    def _add_layer(self, operator: Operator, row: RowByRow) -> None:
        inputs = []
        for tensor, need in zip(operator.activations, row.needs, strict=True):
            ring = self._ring_of[tensor.index]
            is_padded = need.is_padded(tensor.shape[1], operator.output.shape[1])
            if ring == 0 and (self._copies or is_padded):
                ring = 1
            inputs.append((ring, need))
        output = len(self.stream.rings)
        self._ring_of[operator.output.index] = output
        self.stream.rings.append(Ring(operator.output, parts=row.parts))
        self.stream.stages.append(Stage(operator, tuple(inputs), output))

    def _lead(self) -> None:
        for stage in self.stream.stages:
            for ring, need in stage.inputs:
                it = self.stream.rings[ring]
                it.lead = max(it.lead, need.padding)

    def _run(self) -> None:
        """Ask for every row of the last tensor."""
        rings = self.stream.rings
        self._maker = {stage.output: number for number, stage in enumerate(self.stream.stages)}
        self._count = [ring.lead + ring.given for ring in rings]  # whole rows
        self._part = [0 for _ in rings]  # of the next row, how many there are
        self._reads: list[list[tuple[int, int]]] = []  # by step: ring, first row
        self._writes: list[tuple[int, int]] = []  # by step: ring, row
        self._most = [ring.lead for ring in rings]
        self._ask(len(rings) - 1, rings[-1].height)

    def _ask(self, ring: int, rows: int) -> None:
        """Add steps until a ring has had as many rows, those of its lead included."""
        it = self.stream.rings[ring]
        while self._count[ring] < rows:
            if self._count[ring] - it.lead >= it.height:
                self._add(FILL | ring, [], ring)
                self._count[ring] += 1
                continue
            self._compute(self._maker[ring])
            self._part[ring] = (self._part[ring] + 1) % it.parts
            self._count[ring] += self._part[ring] == 0

    def _compute(self, number: int) -> None:
        stage = self.stream.stages[number]
        made = self.stream.rings[stage.output]
        row = self._count[stage.output] - made.lead
        part = row * made.parts + self._part[stage.output]
        reads = []
        for ring, need in stage.inputs:
            begin = self.stream.rings[ring].lead + part * need.stride - need.padding
            self._ask(ring, begin + need.reach)
            reads.append((ring, begin))
        for ring, begin in reads:
            self._most[ring] = max(self._most[ring], self._count[ring] - begin)
        self._add(number, reads, stage.output)

    def _add(self, step: int, reads: list[tuple[int, int]], ring: int) -> None:
        self.stream.steps.append(step)
        self._reads.append(reads)
        self._writes.append((ring, self._count[ring]))

    def _size(self) -> None:
        rings = self.stream.rings
        for ring, most in zip(rings[1:], self._most[1:], strict=True):
            ring.rows = most
        rings[-1].rows = rings[-1].height

    def _distance(self) -> int | None:
        """Return how far after the first tensor's beginning the last one's may lie, at most 0.

        When a row of the last tensor is written, rows of the first that are read then or later must
        lie behind it.
        """
        first, last = self.stream.rings[0], self.stream.rings[-1]
        alive = first.tensor.bytes
        distance = 0
        for reads, written in zip(reversed(self._reads), reversed(self._writes), strict=True):
            for ring, begin in reads:
                if ring == 0:
                    alive = min(alive, begin * first.row_bytes)
            ring, row = written
            if ring == len(self.stream.rings) - 1:
                distance = min(distance, alive - (row + 1) * last.row_bytes)
        return distance // ALIGNMENT * ALIGNMENT


def _is_padded(first: Tensor, operators: Sequence[Operator], rows: Sequence[RowByRow]) -> bool:
    """Whether some layer needs rows outside the first tensor."""
    return any(
        need.is_padded(first.shape[1], operator.output.shape[1])
        for operator, row in zip(operators, rows, strict=True)
        for tensor, need in zip(operator.activations, row.needs, strict=True)
        if tensor.index == first.index
    )
