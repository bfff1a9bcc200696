"""The memory plan, held against lifetimes that this file works out anew."""

from itertools import combinations

from drawing import draws
from flatbuffer import ModelBuilder
from hypothesis import given, note
from layers import graphs
from networks import small_network

from ossicle.compiler import CompiledModel, compile_model
from ossicle.compiler.memory_plan import ALIGNMENT


def lifetimes(model: CompiledModel) -> dict[int, tuple[int, int, int]]:
    """Give first layer, last layer and bytes of each piece of memory, by its first tensor."""
    end = len(model.operators)
    owner = {tensor.index: tensor.index for tensor in model.graph.inputs}
    alive = {tensor.index: [-1] for tensor in model.graph.inputs}
    size = {tensor.index: tensor.bytes for tensor in (*model.graph.inputs, *model.graph.states)}
    owner |= {state.index: state.index for state in model.graph.states}
    alive |= {state.index: [-1, end] for state in model.graph.states}  # and ever after
    for layer, operator in enumerate(model.operators):
        source = operator.node.inputs[0]
        shared = operator.is_alias and source is not None
        for output in operator.outputs:
            owner[output.index] = owner[source.index] if shared and source else output.index
            size.setdefault(owner[output.index], output.bytes)
        read = [t.index for t in operator.node.inputs if t is not None and t.data is None]
        for index in (*read, *(output.index for output in operator.outputs)):
            alive.setdefault(owner[index], []).append(layer)
    for tensor in model.graph.outputs:
        alive[owner[tensor.index]].append(end)
    return {index: (min(times), max(times), size[index]) for index, times in alive.items()}


def check(model: CompiledModel) -> None:
    plan, tensors = model.plan, model.graph.tensors
    pieces = lifetimes(model)
    place = {index: plan.offset(tensors[index]) for index in pieces}
    for buffer in plan.buffers:
        if not buffer.tensors:
            layer = -1 - buffer.first  # no tensor's index
            assert buffer.first == buffer.last
            pieces[layer] = (buffer.first, buffer.last, buffer.bytes)
            place[layer] = plan.scratch_offset(buffer.first)
    for index, (_, _, size) in pieces.items():
        assert place[index] % ALIGNMENT == 0
        assert 0 <= place[index] <= place[index] + size <= plan.arena_bytes
    for (a, (first_a, last_a, size_a)), (b, (first_b, last_b, size_b)) in combinations(
        pieces.items(), 2
    ):
        together = first_a <= last_b and first_b <= last_a
        apart = place[a] + size_a <= place[b] or place[b] + size_b <= place[a]
        assert apart or not together, (a, b)
    peak = max(
        sum(
            -(-size // ALIGNMENT) * ALIGNMENT
            for first, last, size in pieces.values()
            if first <= t <= last
        )
        for t in range(-1, len(model.operators) + 1)
    )
    assert plan.lower_bound == peak <= plan.arena_bytes


def test_a_network_of_all_operators() -> None:
    check(compile_model(small_network().finish(), "small.tflite"))


@draws(normal=150, fuzz=20_000)
@given(graphs())
def test_no_two_living_tensors_share_a_byte(model: ModelBuilder) -> None:
    note(str(model))
    check(compile_model(model.finish(), "drawn.tflite"))


def test_a_chain_needs_only_its_largest_pair() -> None:
    model = ModelBuilder()
    x = model.tensor((1, 64), scale=0.1)
    model.inputs = [x]
    for _ in range(6):
        y = model.tensor((1, 64), scale=0.1)
        model.operator("QUANTIZE", [x], [y], ("QuantizeOptions", {}))
        x = y
    compiled = compile_model(model.finish([], [x]), "chain.tflite")
    assert compiled.plan.arena_bytes == compiled.plan.lower_bound == 128


def test_a_reshape_takes_no_memory() -> None:
    model = ModelBuilder()
    x, y = model.tensor((4, 16)), model.tensor((64,))
    model.operator("RESHAPE", [x], [y], ("ReshapeOptions", {"NewShape": [64]}))
    compiled = compile_model(model.finish([x], [y]), "reshape.tflite")
    assert compiled.plan.arena_bytes == 64
    assert compiled.plan.offset(compiled.graph.tensors[x]) == compiled.plan.offset(
        compiled.graph.tensors[y]
    )


def test_the_text_of_the_plan_names_every_buffer() -> None:
    plan = compile_model(small_network().finish(), "small.tflite").plan
    lines = plan.text().splitlines()
    assert f"{plan.arena_bytes:,} bytes" in lines[0]
    assert len(lines) == 2 + len(plan.buffers)
