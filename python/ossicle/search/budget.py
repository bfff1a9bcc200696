"""What a candidate would cost on a board, measured before it has learnt anything."""

from typing import Any

from ossicle.budget import measure
from ossicle.budget.verdict import Verdict, require_fit
from ossicle.bundle import Bundle
from ossicle.compiler import Target, compile_model
from ossicle.decision import Decision
from ossicle.device.boards import Board
from ossicle.device.program import Program
from ossicle.errors import BudgetError
from ossicle.quantize.untrained import untrained
from ossicle.search.space import Limits
from ossicle.training import Recipe

NAME = "candidate"


def cost(recipe: Recipe, labels: tuple[str, ...], board: Board, limits: Limits) -> dict[str, Any]:
    """Compile and link a recipe's untrained network, run it once on the emulated board.

    What is certain from the compiled model alone is refused before anything is built.

    Returns:
        macs, parameters, flash_bytes, ram_bytes (with the stack), instructions (a second of sound).

    Raises:
        BudgetError: it does not fit the board or the limits; the message says why.
        ModelError: the network cannot be built, converted or compiled.
    """
    program = _program(recipe, labels, board)
    compiled = program.compiled
    _require([Verdict("MACs", compiled.macs, limits.macs or compiled.macs, "the search", "MAC")])
    require_fit(program, board)
    measured = measure(program, board)
    ram = measured.ram_bytes + measured.stack_bytes
    instructions = measured.instructions_per_second or 0
    own = [
        ("flash", measured.flash_bytes, limits.flash_bytes, "bytes"),
        ("RAM with stack", ram, limits.ram_bytes, "bytes"),
        ("instructions a second", instructions, limits.instructions, "a second"),
    ]
    _require([v for v in measured.verdicts if v.authority == board.name])
    _require([Verdict(n, v, most or v, "the search", unit) for n, v, most, unit in own])
    return {
        "macs": compiled.macs,
        "parameters": compiled.parameters,
        "flash_bytes": measured.flash_bytes,
        "ram_bytes": ram,
        "instructions": instructions,
    }


def _program(recipe: Recipe, labels: tuple[str, ...], board: Board) -> Program:
    spec, cutting = recipe.spec, recipe.cutting
    model = untrained(
        recipe.model.name,
        len(labels),
        bands=spec.mel_bands,
        frames=spec.frames(cutting.length),
        options=recipe.model.options,
    )
    vote = recipe.windows.unlearnt_vote.how
    decision = Decision(cutting.silence_peak, cutting.hop, cutting.short, vote)
    bundle = Bundle(NAME, model, spec, labels, decision, {}, "", {})
    compiled = compile_model(model, NAME, NAME, Target.of(board.core))
    return Program(NAME, model, compiled, bundle)


def _require(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        if not verdict.fits:
            raise BudgetError(str(verdict))
