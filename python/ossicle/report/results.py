"""Everything that a report says, gathered: scores, proof, cost."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ossicle import __version__
from ossicle.budget import Budget, measure
from ossicle.datasets import Corpus
from ossicle.device.boards import Board
from ossicle.device.program import Program
from ossicle.parity import bundles
from ossicle.parity.bundles import BundleParity
from ossicle.report import heard
from ossicle.report.evaluation import host_outputs, host_votes
from ossicle.report.heard import Heard
from ossicle.report.sounds import Sounds, of_corpus
from ossicle.training.evaluate import Score


@dataclass(frozen=True)
class Results:
    """What is known of a bundle on a board.

    Attributes:
        sounds: the windows that it was tried on.
        host: the score of the generated C on the host.
        device: the score of the emulated device, from its own outputs.
        parity: every window, every stage, compared.
        budget: what it costs.
        heard: one clip as the device heard it.
    """

    program: Program
    board: Board
    sounds: Sounds
    fold: int | None
    host: Score
    device: Score
    parity: BundleParity
    budget: Budget
    heard: Heard

    def figures(self) -> dict[str, Any]:
        """Return report.json."""
        assert self.program.bundle is not None
        score = self._float_score()
        return {
            "ossicle": __version__,
            "bundle": {"name": self.program.name, "digest": self.program.digest.hex()},
            "board": self.board.name,
            "data": {
                "name": self.sounds.corpus.name,
                "licence": self.sounds.corpus.licence,
                "test_fold": self.fold,
                "clips": self.host.clips,
                "windows": len(self.sounds),
            },
            "labels": list(self.program.bundle.labels),
            "accuracy": {
                "float": None if score is None else score["accuracy"],
                "int8_host": self.host.accuracy,
                "int8_device": self.device.accuracy,
            },
            "scores": {
                "float": score,
                "int8_host": self.host.to_json(),
                "int8_device": self.device.to_json(),
            },
            "parity": self.parity.figures(),
            "budget": self.budget.figures(),
        }

    def _float_score(self) -> dict[str, Any] | None:
        """Return the float model's score, if it was taken on these very recordings in training."""
        assert self.program.bundle is not None
        metrics = self.program.bundle.metrics  # a stranger's JSON: anything may be missing
        try:
            data, score = metrics["data"], metrics["test"]["float"]
            tested_on = data["name"], data["test_fold"], score["clips"]
            figures = {name: score[name] for name in self.host.to_json()}
        except (KeyError, TypeError):
            return None
        same = tested_on == (self.sounds.corpus.name, self.fold, self.host.clips)
        numbers = (value for name, value in figures.items() if name != "confusion")
        usable = all(isinstance(value, int | float) for value in numbers)
        return figures if same and usable and self.fold is not None else None


def gather(program: Program, corpus: Corpus, *, fold: int | None, board: Board) -> Results:
    """Score a bundle on recordings, prove every window equal, and measure its cost.

    Raises:
        DataError: the recordings do not fit the bundle.
        BudgetError: the bundle does not fit the board.
    """
    sounds = of_corpus(program, corpus, fold)
    budget = measure(program, board)
    shown = heard.choose(sounds)
    parity = bundles.compare(program, board, sounds, keep=shown, clip=sounds.windows.clip.tolist())
    return Results(
        program=program,
        board=board,
        sounds=sounds,
        fold=fold,
        host=host_votes(sounds, host_outputs(sounds)).score(),
        device=host_votes(sounds, _stacked(parity)).score(),
        parity=parity,
        budget=budget,
        heard=heard.collect(sounds, parity, shown),
    )


def _stacked(parity: BundleParity) -> NDArray[np.int8]:
    return np.stack(parity.device_outputs)
