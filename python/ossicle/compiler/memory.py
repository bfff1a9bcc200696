"""Place every activation in one arena, so that tensors which are never alive together share bytes.

How it works:
  * A tensor is alive from the layer that computes it (-1 for a model's input) to the last layer
    that reads it (one past the last layer for a model's output).
  * A state is alive all the time, from inference to inference.
  * Tensors that are the same bytes under another shape (RESHAPE and its kin) are one buffer.
  * A kernel's scratch memory is a buffer that is alive while its layer runs.
  * Layers that are computed depth first (depth_first.py) are taken together: their rings and
    scratch memory are one buffer, and tensors of which only rows exist have none. Their last tensor
    may write over their first one as far as that is consumed.
  * Buffers are placed one by one, each at the lowest offset where no buffer alive at the same time
    lies. Which comes first decides how well it goes: three orders are tried and the best is kept.
  * No plan can be smaller than the bytes alive at the worst layer; that lower bound is reported.
Placing greedily is not always optimal: the plan says how far above the bound it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ossicle.compiler.graph import Graph, Tensor
from ossicle.compiler.memory_plan import ALIGNMENT, Buffer, MemoryPlan
from ossicle.compiler.operators.operator import Operator


@dataclass(frozen=True)
class Fused:
    """Layers that are computed depth first.

    Attributes:
        layers: numbers of the first and of the last.
        bytes: of rings and scratch memory.
        first, last: the tensors that are there as a whole.
        distance: as `Stream` has it.
    """

    layers: tuple[int, int]
    bytes: int
    first: Tensor
    last: Tensor
    distance: int | None


@dataclass(frozen=True)
class _Overlay:
    """Two buffers, of which the second may begin `distance` bytes after the first does."""

    first: int
    second: int
    distance: int

    def shared(self, sizes: Mapping[int, int]) -> int:
        """Return how many bytes are counted twice if both are."""
        first, second = sizes[self.first], sizes[self.second]
        return first + second - (max(first, self.distance + second) - min(0, self.distance))


def plan(
    graph: Graph,
    operators: Sequence[Operator],
    scratch: Sequence[int],
    fused: Sequence[Fused] = (),
) -> MemoryPlan:
    """Plan the arena.

    Args:
        graph: the model.
        operators: its layers, in the order in which they run.
        scratch: bytes that each layer needs besides; 0 for those that are computed depth first.
        fused: the layers that are computed depth first.
    """
    buffers = _buffers(graph, operators, fused)
    buffers += [Buffer((), _aligned(size), at, at) for at, size in enumerate(scratch) if size]
    buffers += [Buffer((), _aligned(run.bytes), *run.layers) for run in fused]
    overlays = _overlays(buffers, fused)
    plans = [_place(sorted(buffers, key=order), overlays) for order in _ORDERS]
    best = min(plans, key=_extent)
    alive = _alive(buffers, overlays, len(operators))
    return MemoryPlan(tuple(best), _extent(best), tuple(alive))


_ORDERS: tuple[Callable[[Buffer], tuple[int, ...]], ...] = (
    lambda b: (-b.bytes, b.first),
    lambda b: (-b.bytes * (b.last - b.first + 1), b.first),
    lambda b: (b.first, -b.bytes),
)


def _buffers(graph: Graph, operators: Sequence[Operator], fused: Sequence[Fused]) -> list[Buffer]:
    root = {tensor.index: tensor.index for tensor in graph.inputs}
    members = {tensor.index: [tensor] for tensor in graph.inputs}
    first = dict.fromkeys(root, -1)
    last = dict.fromkeys(root, 0)
    span = {layer: run for run in fused for layer in range(run.layers[0], run.layers[1] + 1)}
    for layer, operator in enumerate(operators):
        begin, end = span[layer].layers if layer in span else (layer, layer)
        for tensor in operator.activations:
            if tensor.index in root:
                last[root[tensor.index]] = end
        for output in operator.outputs:
            if layer in span and output.index != span[layer].last.index:
                continue  # only rows of it exist
            owner = root[operator.activations[0].index] if operator.is_alias else output.index
            root[output.index] = owner
            members.setdefault(owner, []).append(output)
            first.setdefault(owner, begin)
            last[owner] = end
    for tensor in graph.outputs:
        last[root[tensor.index]] = len(operators)
    for state in graph.states:
        members[state.index], first[state.index], last[state.index] = [state], -1, len(operators)
    return [
        Buffer(tuple(tensors), _aligned(tensors[0].bytes), first[owner], last[owner])
        for owner, tensors in members.items()
    ]


def _overlays(buffers: Sequence[Buffer], fused: Sequence[Fused]) -> list[_Overlay]:
    """Return what may overlap: the first tensor must not be needed after the layers."""
    overlays = []
    for run in fused:
        first, second = (
            next(b for b in buffers if tensor in b.tensors) for tensor in (run.first, run.last)
        )
        if run.distance is not None and first.last == run.layers[1]:
            distance = run.distance // ALIGNMENT * ALIGNMENT
            overlays.append(_Overlay(first.key, second.key, distance))
    return overlays


def _place(buffers: Sequence[Buffer], overlays: Sequence[_Overlay]) -> list[Buffer]:
    placed: list[Buffer] = []
    for buffer in buffers:
        found = _laid_over(buffer, placed, overlays)
        placed.append(found or _lowest(buffer, placed, _room_before(buffer, overlays)))
    return placed


def _room_before(buffer: Buffer, overlays: Sequence[_Overlay]) -> int:
    """Return how far before a buffer its partner will begin."""
    return max((-o.distance for o in overlays if o.first == buffer.key), default=0)


def _laid_over(
    buffer: Buffer, placed: Sequence[Buffer], overlays: Sequence[_Overlay]
) -> Buffer | None:
    """Place a buffer where it shares bytes with its partner, if nothing else is there."""
    for overlay in overlays:
        for key, partner, distance in (
            (overlay.second, overlay.first, overlay.distance),
            (overlay.first, overlay.second, -overlay.distance),
        ):
            found = [b for b in placed if b.key == partner]
            if key != buffer.key or not found or found[0].offset + distance < 0:
                continue
            moved = replace(buffer, offset=found[0].offset + distance)
            others = [b for b in placed if b.key != partner and b.overlaps_in_time(buffer)]
            if not any(moved.shares_bytes(other) for other in others):
                return moved
    return None


def _lowest(buffer: Buffer, placed: Sequence[Buffer], room: int) -> Buffer:
    """Place a buffer as low as it can lie with `room` bytes before it."""
    neighbours = sorted(
        (other for other in placed if other.overlaps_in_time(buffer)), key=lambda b: b.offset
    )
    offset = 0
    for other in neighbours:
        if offset + room + buffer.bytes <= other.offset:
            break
        offset = max(offset, other.offset + other.bytes)
    return replace(buffer, offset=offset + room)


def _extent(buffers: Sequence[Buffer]) -> int:
    return max(b.offset + b.bytes for b in buffers)


def _alive(buffers: Sequence[Buffer], overlays: Sequence[_Overlay], layers: int) -> list[int]:
    sizes = {b.key: b.bytes for b in buffers}
    alive = []
    for layer in range(layers):
        keys = {b.key for b in buffers if b.first <= layer <= b.last}
        twice = sum(o.shared(sizes) for o in overlays if {o.first, o.second} <= keys)
        alive.append(sum(sizes[key] for key in keys) - twice)
    return alive


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT
