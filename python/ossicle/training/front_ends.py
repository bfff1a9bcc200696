"""What the fixed-point front end costs accuracy: the baseline on its features and on librosa's.

Each fold is left out once. Two networks learn from the rest, with the same seed: one from the int8
features of the device, one from librosa's in double precision, which are scaled and clipped alike
but not rounded. Each is then tested on both kinds of the fold that it never heard.
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ossicle.console import track
from ossicle.datasets import Corpus
from ossicle.errors import DataError
from ossicle.frontend import FrontendSpec
from ossicle.frontend.reference import log_mel, steps
from ossicle.models import dcase2022_baseline
from ossicle.tensorflow import make_deterministic
from ossicle.training.evaluate import Score
from ossicle.training.fit import Stage, fit, predictor, score_windows
from ossicle.training.preparation import read_clip
from ossicle.training.recipe_tables import Windowing
from ossicle.training.split import split
from ossicle.training.windows import Windows, prepare

KINDS = ("int8", "float64")
"""The device's features; librosa's."""

Scores = dict[str, dict[str, dict[int, Score]]]
"""By the features learnt from, those tested on, and the fold."""


def exact(corpus: Corpus, spec: FrontendSpec, windows: Windows) -> Windows:
    """Return `windows` with librosa's features in place of the C front end's, unrounded."""
    cutting = Windowing().cutting(spec)
    features = [
        np.clip(steps(log_mel(pcm, spec), spec), -128, 127).astype(np.float32)
        for clip in track(corpus.clips, "librosa's features", len(corpus.clips))
        for pcm in cutting.cut(read_clip(clip, spec)[0])
    ]
    floats: Any = np.stack(features)  # elsewhere windows hold the device's int8 only
    return dataclasses.replace(windows, features=floats)


def measure(
    corpus: Corpus, work: Path, *, epochs: int, seed: int = 0, spec: FrontendSpec | None = None
) -> Scores:
    """Train on each kind of features, test on both, for every fold that is meant for testing.

    Args:
        corpus: recordings with at least two folds.
        work: a folder for features and checkpoints; an interrupted call goes on from there.
        epochs: of each training, without validation: the last weights are tested.
        seed: of weights and order.
        spec: the front end; None takes that of the baseline.

    Raises:
        DataError: there is no fold to test on.
    """
    spec = spec or FrontendSpec()
    folds = [fold for fold in corpus.folds if fold > 0]
    if len(folds) < 2:
        raise DataError(f"{corpus.name}: needs two folds to learn from one and test on the other")
    fixed = prepare(corpus, spec, Windowing().cutting(spec), work / "features")
    tables = dict(zip(KINDS, (fixed, exact(corpus, spec, fixed)), strict=True))
    scores: Scores = {learnt: {tested: {} for tested in KINDS} for learnt in KINDS}
    for fold in folds:
        for learnt in KINDS:
            stage = Stage(f"fold {fold}, {learnt} features", epochs, 32, 1e-3, seed)
            file = work / f"{learnt}_{fold}.npz"
            score = _trained(corpus, tables[learnt], fold, stage, file)
            for tested in KINDS:
                part = tables[tested]
                scores[learnt][tested][fold] = score(part.select(part.fold == fold))
    return scores


def _trained(
    corpus: Corpus, windows: Windows, fold: int, stage: Stage, checkpoint: Path
) -> Callable[[Windows], Score]:
    """Train on all folds but `fold`; return what scores windows."""
    parts = split(corpus, windows, test_fold=fold, validation_share=0.0, seed=stage.seed)
    make_deterministic(stage.seed)
    model = dcase2022_baseline.build(len(corpus.labels))
    fit(model, parts.training, None, stage, checkpoint)
    predict = predictor(model)
    return lambda table: score_windows(predict, table)


def figures(scores: Scores) -> list[dict[str, Any]]:
    """Return one row for each pair of features: means over folds, and deviations of clips right."""
    return [
        {"learnt_from": learnt, "tested_on": tested, "folds": len(by_fold), **_mean(by_fold)}
        for learnt, by_tested in scores.items()
        for tested, by_fold in by_tested.items()
    ]


def _mean(by_fold: dict[int, Score]) -> dict[str, float]:
    clips = [score.accuracy for score in by_fold.values()]
    return {
        "accuracy": float(np.mean(clips)),
        "accuracy_deviation": float(np.std(clips, ddof=1)),
        "window_accuracy": float(np.mean([score.window_accuracy for score in by_fold.values()])),
        "log_loss": float(np.mean([score.log_loss for score in by_fold.values()])),
    }


def text(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a table in Markdown."""
    lines = [
        "| learnt from | tested on | clips right | over folds | windows right | log loss |",
        "|---|---|---:|---:|---:|---:|",
    ]
    line = "| {learnt_from} | {tested_on} | {accuracy:.1%} | ± {accuracy_deviation:.1%} |"
    line += " {window_accuracy:.1%} | {log_loss:.3f} |"
    return "\n".join(lines + [line.format(**row) for row in rows])
