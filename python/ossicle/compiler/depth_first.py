"""Depth-first execution: a run of layers computed row by row, so that only the rows in use exist.

How it works:
  * Each row of the last layer's output asks for the rows that it is computed from, and these for
    theirs. The order in which rows are computed follows from the shapes: a list of steps.
  * Between two layers lies a ring of rows, as many as are ever needed at once. It begins with rows
    of the zero point, which are the padding above the tensor; those below are computed like rows.
  * Each layer is an operator that computes one row of output from the rows under its window
    (`Operator.row_by_row`). It computes what the whole layer computes there, by the same kernel.
  * The first tensor is there as a whole, and so is the last one in the end. Rows of the first that
    nobody needs any more may be written over by rows of the last (`distance`).

Source: the order of execution is that of fused-layer accelerators (M. Alwani, H. Chen, M. Ferdman,
P. Milder, "Fused-layer CNN accelerators", MICRO 2016), and writing over an input that is being
consumed that of S. Lin et al., "Diagonal memory optimisation", 2020.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ossicle.compiler.graph import Tensor
from ossicle.compiler.operators.operator import Operator, RowByRow, RowNeed

MOST_RINGS = 32  # OSSICLE_STREAM_RINGS
ALIGNMENT = 4  # of a ring's first byte
FILL = 0x80  # a step that adds a row of padding to a ring


@dataclass
class Ring:
    """The rows of a tensor that exist at a time.

    Attributes:
        lead: rows of padding above the tensor's first.
        rows: how many rows it holds.
        given: rows that are there before the first step: all of the first tensor's.
        parts: steps that make a row.
    """

    tensor: Tensor
    lead: int = 0
    rows: int = 0
    given: int = 0
    parts: int = 1

    @property
    def row_bytes(self) -> int:
        """Bytes of a row."""
        return self.tensor.bytes // self.height

    @property
    def height(self) -> int:
        """Rows of the tensor."""
        return self.tensor.shape[1]

    @property
    def bytes(self) -> int:
        """Bytes of the ring, rounded up."""
        return -(-self.rows * self.row_bytes // ALIGNMENT) * ALIGNMENT


@dataclass(frozen=True)
class Stage:
    """One layer of the stream, or the copying of its first tensor into a ring.

    Attributes:
        operator: of the graph; None for copying.
        inputs: rings, and which of their rows a row of output, or a part of it, needs.
        output: the ring of its rows.
    """

    operator: Operator | None
    inputs: tuple[tuple[int, RowNeed], ...]
    output: int


@dataclass
class Stream:
    """A run of layers that is computed depth first.

    Attributes:
        rings: the first tensor's, those between, and the last tensor's.
        steps: the number of a stage, or FILL and the number of a ring.
        distance: where the last tensor may begin, in bytes from where the first one does; None if
            they must not share bytes.
    """

    operators: tuple[Operator, ...]
    rings: list[Ring] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    distance: int | None = None

    @property
    def first(self) -> Tensor:
        """The tensor that is read."""
        return self.rings[0].tensor

    @property
    def last(self) -> Tensor:
        """The tensor that is written."""
        return self.rings[-1].tensor

    @property
    def inner(self) -> list[Ring]:
        """The rings between."""
        return self.rings[1:-1]


def stream(
    operators: Sequence[Operator], rows: Sequence[RowByRow], needed: frozenset[int]
) -> Stream | None:
    """Make a stream of consecutive layers, or None where that cannot be.

    Args:
        operators: at least one, in their order.
        rows: how each computes one row.
        needed: indices of tensors that are read elsewhere, or are the model's outputs.
    """
    made = {operator.output.index for operator in operators}
    given = {t.index: t for operator in operators for t in operator.activations}
    firsts = [tensor for index, tensor in given.items() if index not in made]
    kept = [operator for operator in operators if operator.output.index in needed]
    if len(firsts) != 1 or kept != [operators[-1]]:
        return None
    built = _Builder(firsts[0], operators, rows)
    return built.stream if len(built.stream.rings) <= MOST_RINGS else None


class _Builder:
    """Builds rings and stages, then runs the stream to see which rows are needed when."""

    def __init__(self, first: Tensor, operators: Sequence[Operator], rows: Sequence[RowByRow]):
        self.stream = Stream(tuple(operators))
        self._ring_of = {first.index: 0}
        self.stream.rings.append(Ring(first, given=first.shape[1], rows=first.shape[1]))
        if any(
            need.is_padded(first.shape[1], operator.output.shape[1])
            for operator, row in zip(operators, rows, strict=True)
            for tensor, need in zip(operator.activations, row.needs, strict=True)
            if tensor.index == first.index
        ):
            self._add_copy(first)
        for operator, row in zip(operators, rows, strict=True):
            self._add_layer(operator, row)
        self._lead()
        self._run()
        self._size()
        self.stream.distance = self._distance()

    def _add_copy(self, first: Tensor) -> None:
        self.stream.rings.append(Ring(first))
        self.stream.stages.append(Stage(None, ((0, RowNeed(1, 1, 0)),), 1))
        self._padded = 1

    def _add_layer(self, operator: Operator, row: RowByRow) -> None:
        inputs = []
        for tensor, need in zip(operator.activations, row.needs, strict=True):
            ring = self._ring_of[tensor.index]
            if ring == 0 and need.is_padded(tensor.shape[1], operator.output.shape[1]):
                ring = self._padded
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
