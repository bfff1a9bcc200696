"""What a memory plan is: buffers in an arena, each for some layers."""

from dataclasses import dataclass

from ossicle.compiler.graph import Tensor

ALIGNMENT = 16  # bytes: a vector register of Helium; covers every smaller element


@dataclass(frozen=True)
class Buffer:
    """A range of the arena and the time in which it is needed.

    Attributes:
        tensors: those that live in it; several if some only rename another, none for scratch.
        bytes: its size, rounded up to ALIGNMENT.
        first, last: the layers between which it is alive, both included.
        offset: of its first byte in the arena.
    """

    tensors: tuple[Tensor, ...]
    bytes: int
    first: int
    last: int
    offset: int = 0

    def overlaps_in_time(self, other: "Buffer") -> bool:
        """Whether both are needed at some layer."""
        return self.first <= other.last and other.first <= self.last

    def shares_bytes(self, other: "Buffer") -> bool:
        """Whether they overlap in the arena."""
        return self.offset < other.offset + other.bytes and other.offset < self.offset + self.bytes

    @property
    def contents(self) -> str:
        """What is in it, in words; what has no tensors and outlasts a layer is of several."""
        names = " = ".join(tensor.dimensions for tensor in self.tensors)
        if any(tensor.variable for tensor in self.tensors):
            return f"{names}, kept"
        return names or ("scratch" if self.first == self.last else "rows and scratch")

    @property
    def key(self) -> int:
        """The first tensor's index; for scratch memory, a number that no tensor has."""
        return self.tensors[0].index if self.tensors else -1 - self.first


@dataclass(frozen=True)
class MemoryPlan:
    """The arena: where each buffer lies, and how large it is.

    Attributes:
        alive: the bytes that are needed while each layer runs; shared ones count once.

    The bound is that of the chosen kernels and of the layers that are computed depth first.
    """

    buffers: tuple[Buffer, ...]
    arena_bytes: int
    alive: tuple[int, ...]

    @property
    def lower_bound(self) -> int:
        """The bytes alive at the worst layer: no plan can be smaller."""
        return max(self.alive)

    def offset(self, tensor: Tensor) -> int:
        """Return the arena offset of an activation."""
        return next(b.offset for b in self.buffers if tensor in b.tensors)

    def scratch_offset(self, layer: int) -> int:
        """Return the arena offset of a layer's scratch memory."""
        return next(b.offset for b in self.buffers if not b.tensors and b.first == layer)

    def room(self, layer: int) -> int:
        """Return the bytes that the arena has beside the tensors needed while a layer runs."""
        alive = (b.bytes for b in self.buffers if b.tensors and b.first <= layer <= b.last)
        return max(0, self.arena_bytes - sum(alive))

    def text(self) -> str:
        """Return the plan as a table, in the order of time."""
        over = 100.0 * (self.arena_bytes / self.lower_bound - 1.0)
        lines = [
            f"arena {self.arena_bytes:,} bytes; lower bound {self.lower_bound:,} (+{over:.1f} %)",
            f"{'layers':>9}  {'arena range':>17}  {'bytes':>8}  contents",
        ]
        for buffer in sorted(self.buffers, key=lambda b: (b.first, b.offset)):
            span = f"{max(buffer.first, 0)}-{buffer.last}"
            place = f"{buffer.offset}-{buffer.offset + buffer.bytes}"
            how = "" if buffer.tensors or buffer.first == buffer.last else ", depth first"
            lines.append(f"{span:>9}  {place:>17}  {buffer.bytes:>8,}  {buffer.contents}{how}")
        return "\n".join(lines)
