"""What the template of the generated source says of layers and of runs of layers."""

from collections.abc import Sequence

import numpy as np

from ossicle.compiler import choice
from ossicle.compiler.choice import Choice
from ossicle.compiler.graph import Tensor
from ossicle.compiler.initialiser import members, table
from ossicle.compiler.memory_plan import MemoryPlan
from ossicle.compiler.operators.operator import Kernel, Operator
from ossicle.compiler.rings import Ring, Stage


class Run:
    """What the template says of layers that are computed depth first."""

    def __init__(self, prefix: str, run: choice.Run, plan: MemoryPlan) -> None:
        self._run, self._prefix = run, prefix
        self.owners: dict[str, str] = {}
        first, last = run.layers
        self.layers = range(first, last + 1)
        self.symbol = f"{prefix}_stream_{first}"
        self.places = (
            f"{_place(run.stream.first, plan)} -> {_place(run.stream.last, plan)}, "
            f"rows and scratch from {plan.scratch_offset(first)}"
        )
        memory = plan.scratch_offset(first)
        self._scratch = memory + run.scratch_offset
        between = [memory + offset for offset in run.ring_offsets]
        ends = [plan.offset(tensor) for tensor in (run.stream.first, run.stream.last)]
        self._offsets = [ends[0], *between, ends[1]]
        self.state = memory
        self.lines = "columns" if run.stream.by_columns else "rows"
        self.frames = run.stream.frames

    def arguments(self, kernel: Kernel | None) -> list[str]:
        """The arguments of a layer's kernel after the descriptor."""
        assert kernel is not None
        inputs = [f"inputs[{number}]" for number in range(len(kernel.operands))]
        scratch = [f"base + {self._scratch}"] if kernel.scratch_bytes else []
        return [*inputs, "output", *scratch]

    @property
    def rings(self) -> list[str]:
        """Initialisers."""
        return [
            f"{{{offset}, {ring.step}, {ring.rows}, {ring.lead}, {ring.given}, "
            f"{ring.parts}, {ring.tensor.affine.zero_point}}}"
            for ring, offset in zip(self._run.stream.rings, self._offsets, strict=True)
        ]

    @property
    def stages(self) -> list[str]:
        """Initialisers."""
        lines = []
        for stage in self._run.stream.stages:
            if stage.operator is None:
                row = self._copy_symbol(stage)
            else:
                row = self.row_symbol(stage.operator.node.index)
            inputs = [f"{{{ring}, {n.stride}, {n.padding}}}" for ring, n in stage.inputs]
            lines.append(f"{{{row}, {{{', '.join(inputs)}}}, {len(inputs)}, {stage.output}}}")
        return lines

    @property
    def steps(self) -> tuple[str, int]:
        """Initialiser and length."""
        steps = self._run.stream.steps
        return table(np.array(steps)), len(steps)

    @property
    def copies(self) -> list[tuple[str, str]]:
        """The functions that copy a row, and how: steps between pieces on both sides, how many."""
        stages = [stage for stage in self._run.stream.stages if stage.operator is None]
        return [(self._copy_symbol(stage), ", ".join(self._pieces(stage))) for stage in stages]

    def _copy_symbol(self, stage: Stage) -> str:
        return "_".join((self._prefix, "copy", *self._pieces(stage)))

    def _pieces(self, stage: Stage) -> list[str]:
        rings = self._run.stream.rings
        return _pieces(rings[stage.inputs[0][0]], rings[stage.output])

    def row_symbol(self, layer: int) -> str:
        """The function that computes a row of a layer."""
        return f"{self._prefix}_row_{layer}"


class Layer:
    """What the template says of one layer."""

    def __init__(
        self, prefix: str, at: int, operator: Operator, chosen: Choice, run: Run | None
    ) -> None:
        kernel, plan = chosen.kernels[at], chosen.plan
        self._at = at
        self._prefix = prefix
        self._operator = operator
        self.index = operator.node.index
        self.symbol = layer_symbol(prefix, operator)
        self.kernel = kernel
        self.run = run
        self.is_last_of_run = run is not None and run.layers[-1] == at
        exists = run is None or self.is_last_of_run
        outputs = operator.outputs if exists else ()
        self.outputs = [(plan.offset(output), output.bytes) for output in outputs]
        self.title = self._title()
        self.places = self._places(plan) if run is None else ""
        self.arguments = self._arguments(plan) if run is None else run.arguments(kernel)

    @property
    def constants(self) -> list[tuple[str, str, str, int]]:
        """C type, name, initialiser and length of each table."""
        tables = self.kernel.constants if self.kernel else ()
        return [
            (c.ctype, f"{self.symbol}_{c.name}", table(c.values), c.values.size) for c in tables
        ]

    @property
    def descriptor(self) -> str:
        """The descriptor's initialiser."""
        assert self.kernel is not None
        return members(self.kernel.fields, self.symbol, indent=4)

    def _operands(self) -> Sequence[Tensor]:
        if self.kernel is None or self.run is not None:
            return self._operator.activations
        return self.kernel.operands

    def _title(self) -> str:
        given, made = (
            " + ".join(tensor.dimensions for tensor in tensors)
            for tensors in (self._operands(), self._operator.outputs)
        )
        text = f"{self._operator.name} {given} -> {made}"
        if self._operator.detail:
            text += f", {self._operator.detail}"
        return text + (f", {self._operator.macs:,} MAC" if self._operator.macs else "")

    def _places(self, plan: MemoryPlan) -> str:
        inputs = [_place(t, plan) for t in self._operands() if t.data is None]
        outputs = " + ".join(_place(output, plan) for output in self._operator.outputs)
        if self.kernel is None:
            return f"{outputs}, the input's own bytes"
        text = f"{' + '.join(inputs)} -> {outputs}"
        if self.kernel.scratch_bytes:
            start = plan.scratch_offset(self._at)
            text += f", scratch [{start}, {start + self.kernel.scratch_bytes})"
        return text

    def _arguments(self, plan: MemoryPlan) -> list[str]:
        """The kernel's arguments after the descriptor."""
        pointers = [self._pointer(tensor, plan) for tensor in self._operands()]
        targets = [f"base + {offset}" for offset, _ in self.outputs]
        if self.kernel is not None and self.kernel.gathered:
            pointers = [f"(const int8_t *const[]){{{', '.join(pointers)}}}"]
            targets = [f"(int8_t *const[]){{{', '.join(targets)}}}"]
        pointers += targets
        if self.kernel is not None and self.kernel.scratch_bytes:
            pointers.append(f"base + {plan.scratch_offset(self._at)}")
        return pointers

    def _pointer(self, tensor: Tensor, plan: MemoryPlan) -> str:
        if tensor.data is not None:
            cast = "" if tensor.dtype == "int8" else "(const void *)"
            return cast + operand_symbol(self._prefix, tensor)
        return f"base + {plan.offset(tensor)}"


def share_tables(runs: Sequence[Run]) -> None:
    """Let runs of the same rings or steps have one table of them, that of the first."""
    first: dict[tuple[str, object], str] = {}
    for run in runs:
        for kind, content in (("rings", tuple(run.rings)), ("steps", run.steps)):
            run.owners[kind] = first.setdefault((kind, content), run.symbol)


def _pieces(source: Ring, target: Ring) -> list[str]:
    """Say how a row is copied: steps from piece to piece, how many, and the bytes of each."""
    pieces, piece = source.tensor.shape[2], source.pixel_bytes
    if not (source.is_spread or target.is_spread):
        return ["0", "0", "1", str(source.row_bytes)]
    steps = [piece * (ring.height if ring.is_spread else 1) for ring in (source, target)]
    return [str(number) for number in (*steps, pieces, piece)]


def _place(tensor: Tensor, plan: MemoryPlan) -> str:
    offset = plan.offset(tensor)
    return f"[{offset}, {offset + tensor.bytes})"


def layer_symbol(prefix: str, operator: Operator) -> str:
    """Return the C name of a layer's descriptor; its tables append their own names."""
    return f"{prefix}_layer_{operator.node.index}"


def operand_symbol(prefix: str, tensor: Tensor) -> str:
    """Return the C name of a constant operand."""
    return f"{prefix}_tensor_{tensor.index}"


def constant_operands(operators: Sequence[Operator]) -> list[Tensor]:
    """Return the operands that are constants of the graph, each once."""
    kernels = [operator.kernel() for operator in operators if not operator.is_alias]
    operands = {t.index: t for kernel in kernels for t in kernel.operands if t.data is not None}
    return list(operands.values())
