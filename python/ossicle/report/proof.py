"""`ossicle parity`: choose what is compared, compare it, and say what came of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ossicle import datasets
from ossicle.device.boards import Board
from ossicle.device.program import Program
from ossicle.parity import bundles, models
from ossicle.parity.bundles import BundleParity
from ossicle.parity.models import ModelParity
from ossicle.report.sounds import of_bundle as own_sounds
from ossicle.report.sounds import of_corpus


@dataclass(frozen=True)
class Proof:
    """The outcome of a comparison on a board."""

    board: Board
    parity: BundleParity | ModelParity

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs."""
        return self.parity.is_equal

    def figures(self) -> dict[str, Any]:
        """Return the figures of `--json`."""
        return {"board": self.board.name, **self.parity.figures()}

    def text(self) -> str:
        """Say it in a few lines."""
        lines = [str(comparison) for comparison in self.parity.comparisons if comparison.elements]
        verdict = "equal, bit for bit" if self.is_equal else "NOT EQUAL"
        lines.append(f"{self.parity.cases} inferences on {self.board.name}: {verdict}")
        return "\n".join(lines)


def of_model(
    program: Program, board: Board, *, inputs: int, seed: int, vectors: Path | None
) -> Proof:
    """Compare a model on random inputs, or on vectors that somebody else made."""
    if vectors is None:
        given = models.random_inputs(program.input, inputs, seed)
        return Proof(board, models.compare(program, board, given))
    given, expected = models.read_vectors(vectors, program.input, program.output)
    return Proof(board, models.compare(program, board, given, expected))


def of_bundle(
    program: Program, board: Board, *, data: Path | None, fold: int | None, sounds: int
) -> Proof:
    """Compare a bundle on sound: a whole fold, some windows of recordings, or its own test sounds.

    With neither `data` nor `fold` the sounds are those in the bundle's vectors.
    """
    if data is None and fold is None:
        return Proof(board, bundles.compare(program, board, list(own_sounds(program))))
    corpus = datasets.load(data) if data is not None else datasets.find()[0]
    recordings = of_corpus(program, corpus, fold)
    if fold is None:
        return Proof(board, bundles.compare(program, board, recordings.some(sounds)))
    clip = recordings.windows.clip.tolist()
    return Proof(board, bundles.compare(program, board, recordings, clip=clip))
