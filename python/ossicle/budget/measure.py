"""The budget of a model on a board: by layer, in total, and against the limits."""

from dataclasses import dataclass
from typing import Any

from ossicle.budget.verdict import Verdict, challenge_verdicts, fitting_image
from ossicle.compiler.operators.operator import Operator
from ossicle.device import elf
from ossicle.device.boards import Board
from ossicle.device.instructions import InstructionCounts, count
from ossicle.device.program import Program


@dataclass(frozen=True)
class Layer:
    """What one layer costs.

    Attributes:
        macs, parameters, weight_bytes, activation_bytes: counted from the graph; the last is the
            size of its outputs.
        instructions: counted on the emulated core; those of layers that are computed depth first
            together count for the last of them, and the others have 0.
        cycles: likewise, by the core's published timings; None where there are none.
    """

    index: int
    operator: str
    output: str
    macs: int
    parameters: int
    weight_bytes: int
    activation_bytes: int
    instructions: int
    cycles: int | None = None


@dataclass(frozen=True)
class Budget:
    """What a model costs on a board.

    Attributes:
        program: the model, with its front end where it has one.
        layers: the costs by layer.
        flash_bytes, ram_bytes: of the linked firmware; RAM without the stack.
        stack_bytes: the deepest that the painted stack was used.
        counts: instructions.
    """

    program: Program
    board: Board
    layers: tuple[Layer, ...]
    flash_bytes: int
    ram_bytes: int
    counts: InstructionCounts

    @property
    def stack_bytes(self) -> int:
        """The deepest that the painted stack was used."""
        return self.counts.stack_bytes

    @property
    def instructions_per_second(self) -> int | None:
        """Front end and inference, each time a window begins; None without a front end.

        Where windows overlap, the front end computes their common frames anew.
        """
        bundle = self.program.bundle
        if bundle is None or self.counts.frontend is None:
            return None
        hop = bundle.decision.hop_samples or self.program.pcm_samples
        seconds = hop / bundle.frontend.sample_rate
        return round((self.counts.frontend + self.counts.inference) / seconds)

    @property
    def verdicts(self) -> list[Verdict]:
        """Every figure that has a limit."""
        board = self.board
        limits = [
            Verdict("flash", self.flash_bytes, board.flash_bytes, board.name, "bytes"),
            Verdict(
                "RAM with stack",
                self.ram_bytes + self.stack_bytes,
                board.ram_bytes,
                board.name,
                "bytes",
            ),
            Verdict("stack", self.stack_bytes, board.stack_bytes, board.name, "bytes"),
        ]
        if (needed := self.instructions_per_second) is not None:
            # A core of this class takes at least a cycle for an instruction, on average.
            limits.append(
                Verdict(
                    "instructions a second of sound", needed, board.clock_hz, board.name, "a second"
                )
            )
        return limits + challenge_verdicts(self.program)

    @property
    def fits(self) -> bool:
        """Whether every limit is kept."""
        return all(verdict.fits for verdict in self.verdicts)

    def figures(self) -> dict[str, Any]:
        """Return the figures of `ossicle budget --json` and of the report."""
        compiled = self.program.compiled
        return {
            "board": self.board.name,
            "macs": compiled.macs,
            "parameters": compiled.parameters,
            "constant_bytes": compiled.constant_bytes,
            "arena_bytes": compiled.plan.arena_bytes,
            "flash_bytes": self.flash_bytes,
            "ram_bytes": self.ram_bytes,
            "stack_bytes": self.stack_bytes,
            "instructions_per_inference": self.counts.inference,
            "cycles_per_inference": self.counts.cycles,
            "instructions_after_input": self.counts.last_frame,
            "instructions_per_frame": self.counts.frontend_frame,
            "instructions_per_second": self.instructions_per_second,
            "layers": [vars(layer).copy() for layer in self.layers],
            "verdicts": [verdict.figures() for verdict in self.verdicts],
            "fits": self.fits,
        }

    def text(self) -> str:
        """Return tables for people."""
        head = f"{'layer':>5}  {'operator':<18} {'output':>14} {'MAC':>12} {'parameters':>10} "
        head += f"{'weights':>9} {'output':>9} {'instructions':>13}"
        head += "" if self.counts.cycles is None else f" {'cycles':>13}"
        rows = [head, f"{'':>5}  {'':<18} {'':>14} {'':>12} {'':>10} {'bytes':>9} {'bytes':>9}"]
        rows += [
            f"{la.index:>5}  {la.operator:<18} {la.output:>14} {la.macs:>12,} {la.parameters:>10,} "
            f"{la.weight_bytes:>9,} {la.activation_bytes:>9,} {la.instructions:>13,}"
            + ("" if la.cycles is None else f" {la.cycles:>13,}")
            for la in self.layers
        ]
        rows.append(f"\ninstructions an inference: {self.counts.inference:,}")
        if self.counts.last_frame is not None:
            rows.append(f"instructions after the input's end: {self.counts.last_frame:,}")
        if self.counts.cycles is not None:
            rows.append(f"cycles by the core's published timings: {self.counts.cycles:,}")
        if self.instructions_per_second is not None:
            rows.append(f"instructions a frame of the front end: {self.counts.frontend_frame:,}")
        rows += map(str, self.verdicts)
        verdict = "fits" if self.fits else "DOES NOT FIT"
        rows.append(f"{self.program.name} {verdict} {self.board.name}")
        return "\n".join(rows)


def measure(program: Program, board: Board) -> Budget:
    """Build the firmware, run it once under the counter, and read the ELF.

    Raises:
        BudgetError: the model does not fit the board: before the build where that is certain, from
            the linker else.
        DeviceError: the device failed.
    """
    image = fitting_image(program, board)
    linked = elf.read(image)
    counts = count(image, board)
    compiled = program.compiled
    shown = dict.fromkeys(operator.node.index for operator, _ in compiled.shown)
    counted = dict(zip(shown, counts.layers, strict=True))
    cycles = dict(zip(shown, counts.layer_cycles, strict=True)) if counts.layer_cycles else None
    layers = [_layer(op, counted, cycles) for op in compiled.operators]
    return Budget(program, board, tuple(layers), linked.flash_bytes, linked.ram_bytes, counts)


def _layer(operator: Operator, counted: dict[int, int], cycles: dict[int, int] | None) -> Layer:
    index = operator.node.index
    return Layer(
        index=index,
        operator=operator.name,
        output=" + ".join(output.dimensions for output in operator.outputs),
        macs=operator.macs,
        parameters=operator.parameters,
        weight_bytes=operator.constant_bytes,
        activation_bytes=sum(output.bytes for output in operator.outputs),
        instructions=counted.get(index, 0),
        cycles=cycles.get(index, 0) if cycles is not None else None,
    )
