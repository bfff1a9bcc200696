"""The verbs that cross several rooms: train, quantise a Keras model, report, and the whole demo."""

from pathlib import Path
from typing import Any

import numpy as np

from ossicle import datasets
from ossicle.console import console
from ossicle.datasets import Corpus
from ossicle.device import boards
from ossicle.device import program as programs
from ossicle.device.boards import Board
from ossicle.device.program import Program
from ossicle.errors import DataError
from ossicle.files import write_atomically
from ossicle.paths import BUILD
from ossicle.report import results


def corpus(data: Path | None) -> Corpus:
    """Load the recordings that were named, or find some, and say which."""
    if data is not None:
        return datasets.load(data)
    found, sentence = datasets.find()
    console.print(f"Recordings: {sentence}")
    return found


def default_fold(recordings: Corpus) -> int:
    """Return the first fold that is meant for testing (fold 0 is for training only)."""
    return min(fold for fold in recordings.folds if fold > 0)


def train(
    recordings: Corpus, out: Path, *, fold: int | None, method: Any = None, **overrides: int | None
) -> dict[str, Any]:
    """Train, quantise and write a bundle; return its metrics.

    Args:
        recordings: what to learn.
        out: the bundle's folder; what an interrupted run needs lies beside it, in `<out>.work`.
        fold: the fold that is held out; None trains on everything.
        method: "ptq" or "qat"; None lets validation choose.
        **overrides: fields of the recipe; None leaves one as it is.
    """
    from ossicle.quantize.pipeline import make_bundle
    from ossicle.training import Recipe

    given = {name: value for name, value in overrides.items() if value is not None}
    work = out.with_name(f"{out.name}.work")
    made = make_bundle(
        recordings, out, work=work, test_fold=fold, recipe=Recipe(**given), method=method
    )
    return dict(made.metrics)


def training_summary(metrics: dict[str, Any], out: Path) -> str:
    """Say in a few lines what a training gave."""
    lines = [f"{out}: {metrics['chosen']} int8 model, trained on {metrics['data']['name']}"]
    if metrics["test"]:
        scores = (f"{name} {score['accuracy']:.1%}" for name, score in metrics["test"].items())
        lines.append(f"clips of test fold {metrics['data']['test_fold']}: {', '.join(scores)}")
    return "\n".join(lines)


def quantize(model: Path, recordings: Corpus, out: Path, *, fold: int | None) -> dict[str, Any]:
    """Quantise a Keras file after training, calibrated on recordings outside `fold`."""
    from ossicle.frontend import FrontendSpec
    from ossicle.models.files import load
    from ossicle.quantize import post_training
    from ossicle.quantize.pipeline import CALIBRATION_WINDOWS
    from ossicle.training import prepare

    network = load(model)
    windows = prepare(recordings, FrontendSpec(), BUILD / "features")
    usable = np.flatnonzero(windows.active & (windows.fold != fold))
    if not len(usable):
        raise DataError(f"{recordings.name}: has no sound outside fold {fold} to calibrate on")
    rows = usable[np.linspace(0, len(usable) - 1, CALIBRATION_WINDOWS).astype(int)]
    content = post_training(network, windows.features[np.unique(rows)])
    write_atomically(out, content)
    return {"model": str(out), "bytes": len(content), "calibration_windows": len(np.unique(rows))}


def report(
    program: Program, recordings: Corpus, out: Path, *, fold: int | None, board: Board
) -> dict[str, Any]:
    """Score, prove and measure a bundle; write `report.html` and `report.json` into `out`."""
    from ossicle.report.page import write

    gathered = results.gather(program, recordings, fold=fold, board=board)
    write(gathered, out)
    return gathered.figures()


def demo(out: Path, *, data: Path | None, fold: int | None, board: str) -> dict[str, Any]:
    """Go the whole way from recordings to a report."""
    target = boards.board(board)
    recordings = corpus(data)
    chosen = default_fold(recordings) if fold is None else fold
    bundle = out / "bundle"
    console.rule("train and quantise")
    train(recordings, bundle, fold=chosen)
    program = programs.load_bundle(bundle)
    console.rule(f"prove and measure on {target.name}")
    return report(program, recordings, out, fold=chosen, board=target)


def summary(figures: dict[str, Any], out: Path) -> str:
    """Say in a few lines what a report holds."""
    accuracy, parity, budget = figures["accuracy"], figures["parity"], figures["budget"]
    known = {name: value for name, value in accuracy.items() if value is not None}
    scores = ", ".join(f"{name} {value:.1%}" for name, value in known.items())
    differ = ", ".join(
        f"{parity[f'{stage}_mismatches']:,} {stage}" for stage in ("feature", "layer", "output")
    )
    return "\n".join(
        [
            f"accuracy: {scores}",
            f"parity: {parity['windows']} windows; mismatches: {differ}",
            f"cost: {budget['macs']:,} MAC, {budget['instructions_per_inference']:,} instructions, "
            f"{budget['flash_bytes']:,} bytes flash, {budget['ram_bytes']:,} RAM, "
            f"{budget['stack_bytes']:,} stack",
            f"report: {out / 'report.html'}",
        ]
    )
