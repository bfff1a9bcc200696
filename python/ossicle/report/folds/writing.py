"""The results folder: `results.json`, `results.md`, and the epochs for TensorBoard."""

import json
from pathlib import Path

from ossicle.bundle import Bundle
from ossicle.datasets import Corpus
from ossicle.files import write_atomically
from ossicle.quantize.folds import Run, State
from ossicle.report.folds.results import Figures, gather, markdown
from ossicle.report.folds.tensorboard import TensorBoard
from ossicle.training import Recipe


def write(out: Path, figures: Figures) -> None:
    """Write `results.json` and `results.md` into `out`."""
    write_atomically(out / "results.json", json.dumps(figures, indent=1) + "\n")
    write_atomically(out / "results.md", markdown(figures))


def write_single(out: Path, recordings: Corpus, recipe: Recipe, made: Bundle) -> None:
    """Write what one training gave; of one that set no fold aside the card and its metrics."""
    metrics = dict(made.metrics)
    fold = metrics["data"]["test_fold"]
    run = Run(fold or 0, metrics["seed"])
    TensorBoard(out / "tensorboard").write([State(run, metrics["history"]["float"], metrics)])
    if fold is not None:
        write(out, gather(recordings, recipe, [run], [metrics]))
        return
    write_atomically(out / "results.json", json.dumps(metrics, indent=1) + "\n")
    write_atomically(out / "results.md", made.card)
