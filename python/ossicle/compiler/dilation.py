"""SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND around a convolution: taken into its dilation.

Converters that know no dilation put the first before and the second behind a convolution: elements
a block apart become neighbours, are convolved, and go back to their places. The convolution with a
dilation of that block and with the padding that results reads the elements where they lie.
"""

from collections.abc import Sequence
from dataclasses import replace

from ossicle.compiler.graph import Array, Blocks, Graph, Node, Tensor
from ossicle.compiler.operators.operator import UnsupportedError, require_same_quantisation
from ossicle.errors import ModelError

APART, BACK = "SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND"
CONVOLUTIONS = ("CONV_2D", "DEPTHWISE_CONV_2D")


def fuse(graph: Graph) -> Graph:
    """Return the graph with every such three operators as one convolution.

    Raises:
        ModelError: one of them stands elsewhere; the message names it.
    """
    gone: set[int] = set()
    fused: dict[int, Node] = {}
    for node in graph.nodes:
        if node.name == APART:
            try:
                convolution, back = _followers(graph, node)
                fused[convolution.index] = _fused(node, convolution, back)
            except UnsupportedError as refusal:
                raise ModelError(f"{graph.source}: {node.label}: {refusal}") from refusal
            gone |= {node.index, back.index}
    nodes = [fused.get(node.index, node) for node in graph.nodes if node.index not in gone]
    return replace(graph, nodes=tuple(nodes))


def _followers(graph: Graph, apart: Node) -> tuple[Node, Node]:
    convolution = _reader(graph, apart)
    if convolution.name not in CONVOLUTIONS or convolution.inputs[0] != apart.outputs[0]:
        raise UnsupportedError(f"is supported before a convolution, not before {convolution.label}")
    back = _reader(graph, convolution)
    if back.name != BACK or back.inputs[0] != convolution.outputs[0]:
        raise UnsupportedError(f"its convolution is followed by {back.label}, not by {BACK}")
    return convolution, back


def _reader(graph: Graph, node: Node) -> Node:
    """Return the only operator that reads what a node gives."""
    output = _output(node)
    readers = [other for other in graph.nodes if output in other.inputs]
    if len(readers) != 1 or output in graph.outputs:
        raise UnsupportedError(f"what {node.label} gives is not read by one operator alone")
    return readers[0]


def _output(node: Node) -> Tensor:
    if len(node.outputs) != 1:
        raise UnsupportedError(f"{node.label} has {len(node.outputs)} outputs, not one")
    return node.outputs[0]


def _fused(apart: Node, convolution: Node, back: Node) -> Node:
    shape, before, after = _arguments(apart)
    back_shape, cut_before, cut_after = _arguments(back)
    if shape != back_shape:
        raise UnsupportedError(f"blocks of {shape} come back as blocks of {back_shape}")
    source, target = apart.inputs[0], _output(back)
    assert source is not None  # _arguments has checked it
    for given, made in ((source, apart.outputs[0]), (convolution.outputs[0], target)):
        require_same_quantisation(given, made)
        if given.dtype != made.dtype:
            raise UnsupportedError(f"{given.dtype} becomes {made.dtype}")
    blocks = Blocks(shape, before, after, cut_before, cut_after)
    _check_shape(apart.outputs[0], source, blocks)
    inputs = (source, *convolution.inputs[1:])
    return replace(convolution, inputs=inputs, outputs=(target,), blocks=blocks)


Pair = tuple[int, int]


def _arguments(node: Node) -> tuple[Pair, Pair, Pair]:
    """Return the block, and what is padded or cut off before and after."""
    given = node.inputs[0] if node.inputs else None
    if given is None or len(given.shape) != 4:
        raise UnsupportedError(f"{node.label} has an input that is not of four dimensions")
    block, ends = (_constant(node, index) for index in (1, 2))
    if block.shape != (2,) or ends.shape != (2, 2) or block.min() < 1 or ends.min() < 0:
        raise UnsupportedError(f"{node.label} has no block of two, or no four counts")
    return _pair(block), _pair(ends[:, 0]), _pair(ends[:, 1])


def _constant(node: Node, index: int) -> Array:
    tensor = node.inputs[index] if index < len(node.inputs) else None
    if tensor is None or tensor.data is None or tensor.dtype != "int32":
        raise UnsupportedError(f"{node.label} needs constants of type int32")
    return tensor.data


def _pair(numbers: Sequence[int] | Array) -> Pair:
    first, second = numbers
    return int(first), int(second)


def _check_shape(moved: Tensor, source: Tensor, blocks: Blocks) -> None:
    sizes = zip(source.shape[1:3], blocks.before, blocks.after, blocks.shape, strict=True)
    padded = [(size + before + after, step) for size, before, after, step in sizes]
    batches = source.shape[0] * blocks.shape[0] * blocks.shape[1]
    expected = (batches, *(length // step for length, step in padded), source.shape[3])
    if any(length % step for length, step in padded) or moved.shape != expected:
        raise UnsupportedError(f"its output {moved.dimensions} is not blocks of its input")
