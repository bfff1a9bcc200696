"""What a run of layers that is computed depth first consists of: rings of rows, stages, steps."""

from dataclasses import dataclass, field

from ossicle.compiler.graph import Tensor
from ossicle.compiler.operators.operator import Operator
from ossicle.compiler.operators.spatial import RowNeed

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
        is_spread: whether the rows are columns of a tensor that lies in memory as a whole.
    """

    tensor: Tensor
    lead: int = 0
    rows: int = 0
    given: int = 0
    parts: int = 1
    is_spread: bool = False

    @property
    def row_bytes(self) -> int:
        """Bytes of a row."""
        return self.tensor.bytes // self.height

    @property
    def step(self) -> int:
        """Bytes from a row to the next."""
        return self.pixel_bytes if self.is_spread else self.row_bytes

    @property
    def pixel_bytes(self) -> int:
        """Bytes of all channels of a pixel."""
        return self.row_bytes // self.tensor.shape[2]

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
    """One layer of the stream, or the copying of the first tensor into a ring, or to the last.

    Attributes:
        operator: of the graph; None for copying.
        inputs: rings, and which of their rows a row of output, or a part of it, needs.
        output: the ring of its rows.
    """

    operator: Operator | None
    inputs: tuple[tuple[int, RowNeed], ...]
    output: int


@dataclass(frozen=True)
class Frames:
    """How frames lie in a model's input.

    Attributes:
        count: of the frames that are looked at.
        step: bytes from a frame to the next.
        pieces: each frame is so many pieces,
        piece_bytes: of so many bytes,
        piece_step: that lie so many bytes apart.
    """

    count: int
    step: int
    pieces: int
    piece_bytes: int
    piece_step: int

    @property
    def bytes(self) -> int:
        """Bytes of a frame."""
        return self.pieces * self.piece_bytes


@dataclass
class Stream:
    """A run of layers that is computed depth first.

    Attributes:
        by_columns: whether rows are the columns of the images.
        rings: the first tensor's, those between, and the last tensor's.
        steps: the number of a stage, or FILL and the number of a ring.
        distance: where the last tensor may begin, in bytes from where the first one does; None if
            they must not share bytes.
    """

    operators: tuple[Operator, ...]
    by_columns: bool
    rings: list[Ring] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    distance: int | None = None

    @property
    def first(self) -> Tensor:
        """The tensor that is read."""
        return self._image(self.rings[0])

    @property
    def last(self) -> Tensor:
        """The tensor that is written."""
        return self._image(self.rings[-1])

    def _image(self, ring: Ring) -> Tensor:
        return ring.tensor.transposed if self.by_columns else ring.tensor

    @property
    def inner(self) -> list[Ring]:
        """The rings between."""
        return self.rings[1:-1]

    @property
    def frames(self) -> Frames:
        """The rows of the first tensor, of a stream whose first stage copies them."""
        ring, (_, height, width, _) = self.rings[0], self.first.shape
        count, pixel = self.steps.count(0), ring.pixel_bytes
        if self.by_columns:
            return Frames(count, pixel, height, pixel, width * pixel)
        return Frames(count, ring.row_bytes, 1, ring.row_bytes, 0)
