"""How long a model listens before it answers, and how often it begins: what that gives and costs.

A network of convolutions to the end hears windows of any length with the same weights. So what a
cross-validation has learnt is made int8 anew for each length, and scored on the folds that it has
not heard, cut into windows of this length; nothing is trained.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

from ossicle.budget import Budget, measure
from ossicle.bundle import Bundle
from ossicle.compiler import Target, compile_model
from ossicle.console import track
from ossicle.datasets import Corpus
from ossicle.decision import Decision
from ossicle.device.boards import Board
from ossicle.device.listener import listener_bytes
from ossicle.device.program import Program
from ossicle.errors import BudgetError, DataError
from ossicle.models import build
from ossicle.paths import FEATURE_CACHE
from ossicle.quantize.convert import post_training, spread
from ossicle.quantize.folds import RECIPE, WORK, Run, Validation, identity, runs_of
from ossicle.quantize.pipeline import reference_predictor
from ossicle.training import Recipe, Windows, prepare
from ossicle.training.cutting import Cutting
from ossicle.training.earlier import Earlier, take_weights
from ossicle.training.evaluate import Score, vote_on
from ossicle.training.recipe import load
from ossicle.training.split import split
from ossicle.training.vote import Vote, Voting, voting

VOTES: tuple[Vote, ...] = ("soft", "majority", "max")
"""Those that need not be learnt."""

_FLOAT_MODEL = "{earlier}/fold{fold}_seed{seed}/float.keras"

Scores = dict[Vote, Score]
"""By the vote."""


@dataclass(frozen=True)
class Row:
    """One length and hop.

    Attributes:
        seconds: of a window.
        hop_seconds: from the beginning of one window to that of the next.
        right: by the vote, the share of clips that it has right, a mean over folds and seeds.
        log_loss: of the soft vote, likewise.
        windows_right: the share of the windows that are right by themselves, likewise.
        windows_a_clip: that vote, likewise.
        cost: on the board; None where the model does not fit it.
    """

    seconds: float
    hop_seconds: float
    right: dict[Vote, float]
    log_loss: float
    windows_right: float
    windows_a_clip: float
    cost: dict[str, int] | None


def gather(corpus: Corpus, results: Path, *, lengths: Sequence[float], board: Board) -> list[Row]:
    """Score and measure each length, with windows one behind the other and with half as long a hop.

    Args:
        corpus: the recordings of the cross-validation.
        results: its folder; seeds and folds that are not finished are left out.
        lengths: of the windows, in seconds.
        board: where the costs are measured.

    Raises:
        DataError: the folder holds no finished run, or the recordings are others, or the model
            does not hear windows of other lengths.
    """
    recipe, runs = _finished(corpus, results)
    found = []
    for seconds in lengths:
        apart, overlapping = (_heard(recipe, seconds, hop) for hop in (seconds, seconds / 2))
        windows = prepare(corpus, apart.spec, apart.cutting, FEATURE_CACHE)
        with closing(track(runs, f"windows of {seconds:g} s", len(runs))) as named:
            models = {run: _int8(corpus, apart, windows, run, results) for run in named}
        budget = _measured(corpus, apart, models[runs[0]], board)
        found.append(_row(windows, apart, models, budget))
        windows = prepare(corpus, apart.spec, overlapping.cutting, FEATURE_CACHE)
        found.append(_row(windows, overlapping, models, budget))
    return found


def text(rows: Sequence[Row], board: Board) -> str:
    """Return the rows as a table in Markdown."""
    costs = {
        "macs": "MAC a window",
        "instructions_per_inference": "instructions a window",
        "instructions_per_second": "a second of sound",
        "flash_bytes": "flash",
        "ram_bytes": "RAM",
    }
    head = ["window, s", "hop, s", *(f"{vote} vote" for vote in VOTES), "log loss"]
    head += ["windows by themselves", "windows a clip", *costs.values()]
    lines = [f"| {' | '.join(head)} |", f"|{'---:|' * len(head)}"]
    for row in rows:
        cells = [f"{row.seconds:g}", f"{row.hop_seconds:g}"]
        cells += [f"{row.right[vote]:.1%}" for vote in VOTES]
        cells += [f"{row.log_loss:.3f}", f"{row.windows_right:.1%}", f"{row.windows_a_clip:.1f}"]
        cells += ["does not fit" if row.cost is None else f"{row.cost[key]:,}" for key in costs]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", f"Instructions and bytes on {board.name}."])


def _finished(corpus: Corpus, results: Path) -> tuple[Recipe, list[Run]]:
    """Return the recipe of a folder of results, and its finished runs."""
    if not (results / RECIPE).is_file():
        raise DataError(
            f"{results}: holds no results of a cross-validation, which "
            "`ossicle train RECIPE --folds all` leaves"
        )
    recipe = load(results / RECIPE)
    whole = Validation(corpus, recipe, results, FEATURE_CACHE, identity(corpus, recipe))
    runs = [run for run in runs_of(corpus, recipe) if whole.finished(run)]
    if not runs:
        raise DataError(f"{results}: holds no finished run that has learnt these recordings")
    return recipe, runs


def _heard(recipe: Recipe, seconds: float, hop_seconds: float) -> Recipe:
    windows = replace(recipe.windows, seconds=seconds, hop_seconds=hop_seconds, vote="soft")
    return replace(recipe, windows=windows)


def _int8(corpus: Corpus, recipe: Recipe, windows: Windows, run: Run, results: Path) -> bytes:
    """Return the model of a run, for windows of another length, quantised after training."""
    bands, frames = windows.features.shape[1:]
    network = recipe.model
    model = build(
        network.name, len(corpus.labels), bands=bands, frames=frames, options=network.options
    )
    take_weights(model, _FLOAT_MODEL, Earlier(run.fold, run.seed, results / WORK))
    share, count = recipe.validation_share, recipe.quantisation.calibration_windows
    parts = split(corpus, windows, test_fold=run.fold, validation_share=share, seed=run.seed)
    return post_training(model, spread(parts.training.features, count))


def _row(windows: Windows, recipe: Recipe, models: dict[Run, bytes], budget: Budget | None) -> Row:
    scores = [_scores(windows, run.fold, model) for run, model in models.items()]
    soft = [each["soft"] for each in scores]
    hop_seconds = recipe.windows.hop_seconds
    assert hop_seconds is not None  # `_heard` gave it
    return Row(
        seconds=recipe.windows.seconds,
        hop_seconds=hop_seconds,
        right={vote: fmean(each[vote].accuracy for each in scores) for vote in VOTES},
        log_loss=fmean(each.log_loss for each in soft),
        windows_right=fmean(each.window_accuracy for each in soft),
        windows_a_clip=fmean(each.windows / each.clips for each in soft),
        cost=None if budget is None else _cost(budget, recipe.cutting),
    )


def _scores(windows: Windows, fold: int, model: bytes) -> Scores:
    """Return what an int8 model scores on the clips of a fold, by each vote."""
    tested = windows.select(windows.fold == fold)
    heard = tested.select(voting(tested.clip, tested.active))
    said = reference_predictor(model)(heard.features)
    return {
        vote: vote_on(
            lambda _: said,
            heard.features,
            clip=heard.clip,
            label=heard.label,
            active=heard.active,
            how=Voting(vote),
        ).score()
        for vote in VOTES
    }


def _measured(corpus: Corpus, recipe: Recipe, model: bytes, board: Board) -> Budget | None:
    """Return what windows of this length cost, one behind the other; None where they do not fit."""
    cutting = recipe.cutting
    decision = Decision(cutting.silence_peak, cutting.hop, cutting.short)
    bundle = Bundle(recipe.name, model, recipe.spec, corpus.labels, decision, {}, "", {})
    compiled = compile_model(model, recipe.name, recipe.name, Target.of(board.core))
    try:
        return measure(Program(recipe.name, model, compiled, bundle), board)
    except BudgetError:
        return None


def _cost(budget: Budget, cutting: Cutting) -> dict[str, int]:
    """Return what a device takes that listens so; RAM is arena and listener, nothing else."""
    bundle = budget.program.bundle
    assert bundle is not None  # `_measured` made it
    decision = replace(bundle.decision, hop_samples=cutting.hop)
    program = replace(budget.program, bundle=replace(bundle, decision=decision))
    figures: dict[str, Any] = replace(budget, program=program).figures()
    names = ("macs", "instructions_per_inference", "instructions_per_second", "flash_bytes")
    ram = figures["arena_bytes"] + listener_bytes(program)
    return {name: figures[name] for name in names} | {"ram_bytes": ram}
