"""Place every activation in one arena, so that tensors which are never alive together share bytes.

How it works:
  * A tensor is alive from the layer that computes it (-1 for a model's input) to the last layer
    that reads it (one past the last layer for a model's output).
  * Tensors that are the same bytes under another shape (RESHAPE and its kin) are one buffer.
  * A kernel's scratch memory is a buffer that is alive while its layer runs.
  * Buffers are placed one by one, each at the lowest offset where no buffer alive at the same time
    lies. Which comes first decides how well it goes: three orders are tried and the best is kept.
  * No plan can be smaller than the bytes alive at the worst layer; that lower bound is reported.
Placing greedily is not always optimal: the plan says how far above the bound it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ossicle.compiler.graph import Graph, Tensor
from ossicle.compiler.operators.operator import Operator

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


@dataclass(frozen=True)
class MemoryPlan:
    """The arena: where each buffer lies, how large it is, and the bound below which none goes."""

    buffers: tuple[Buffer, ...]
    arena_bytes: int
    lower_bound: int

    def offset(self, tensor: Tensor) -> int:
        """Return the arena offset of an activation."""
        return next(b.offset for b in self.buffers if tensor in b.tensors)

    def scratch_offset(self, layer: int) -> int:
        """Return the arena offset of a layer's scratch memory."""
        return next(b.offset for b in self.buffers if not b.tensors and b.first == layer)

    def live_bytes(self, layer: int) -> int:
        """Return the bytes of the tensors that are needed while a layer runs."""
        return sum(b.bytes for b in self.buffers if b.tensors and b.first <= layer <= b.last)

    def text(self) -> str:
        """Return the plan as a table, in the order of time."""
        over = 100.0 * (self.arena_bytes / self.lower_bound - 1.0)
        lines = [
            f"arena {self.arena_bytes:,} bytes; lower bound {self.lower_bound:,} (+{over:.1f} %)",
            f"{'layers':>9}  {'arena range':>17}  {'bytes':>8}  tensors",
        ]
        for buffer in sorted(self.buffers, key=lambda b: (b.first, b.offset)):
            span = f"{max(buffer.first, 0)}-{buffer.last}"
            place = f"{buffer.offset}-{buffer.offset + buffer.bytes}"
            names = ", ".join(t.dimensions for t in buffer.tensors) or "scratch"
            lines.append(f"{span:>9}  {place:>17}  {buffer.bytes:>8,}  {names}")
        return "\n".join(lines)


def plan(graph: Graph, operators: Sequence[Operator], scratch: Sequence[int]) -> MemoryPlan:
    """Plan the arena of a graph whose operators run in order, with each layer's scratch bytes."""
    buffers = _buffers(graph, operators)
    buffers += [Buffer((), _aligned(size), at, at) for at, size in enumerate(scratch) if size]
    plans = [_place(sorted(buffers, key=order)) for order in _ORDERS]
    best = min(plans, key=_extent)
    return MemoryPlan(tuple(best), _extent(best), _lower_bound(buffers, len(operators)))


_ORDERS: tuple[Callable[[Buffer], tuple[int, ...]], ...] = (
    lambda b: (-b.bytes, b.first),
    lambda b: (-b.bytes * (b.last - b.first + 1), b.first),
    lambda b: (b.first, -b.bytes),
)


def _buffers(graph: Graph, operators: Sequence[Operator]) -> list[Buffer]:
    root = {tensor.index: tensor.index for tensor in graph.inputs}
    members = {tensor.index: [tensor] for tensor in graph.inputs}
    first = dict.fromkeys(root, -1)
    last = dict.fromkeys(root, 0)
    for layer, operator in enumerate(operators):
        for tensor in operator.activations:
            last[root[tensor.index]] = layer
        for output in operator.outputs:
            owner = root[operator.activations[0].index] if operator.is_alias else output.index
            root[output.index] = owner
            members.setdefault(owner, []).append(output)
            first.setdefault(owner, layer)
            last[owner] = layer
    for tensor in graph.outputs:
        last[root[tensor.index]] = len(operators)
    return [
        Buffer(tuple(tensors), _aligned(tensors[0].bytes), first[owner], last[owner])
        for owner, tensors in members.items()
    ]


def _place(buffers: Sequence[Buffer]) -> list[Buffer]:
    placed: list[Buffer] = []
    for buffer in buffers:
        neighbours = sorted(
            (other for other in placed if other.overlaps_in_time(buffer)), key=lambda b: b.offset
        )
        offset = 0
        for other in neighbours:
            if offset + buffer.bytes <= other.offset:
                break
            offset = max(offset, other.offset + other.bytes)
        placed.append(replace(buffer, offset=offset))
    return placed


def _extent(buffers: Sequence[Buffer]) -> int:
    return max(b.offset + b.bytes for b in buffers)


def _lower_bound(buffers: Sequence[Buffer], layers: int) -> int:
    return max(
        sum(b.bytes for b in buffers if b.first <= layer <= b.last) for layer in range(layers)
    )


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT
