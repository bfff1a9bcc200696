"""What a search found, as results.json, results.md and the winner's recipe."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from optuna.trial import FrozenTrial, TrialState

from ossicle.errors import DataError
from ossicle.search.space import Space
from ossicle.training import Recipe

COSTS = ("macs", "flash_bytes", "ram_bytes", "instructions")


def rows(trials: Sequence[FrozenTrial]) -> list[dict[str, Any]]:
    """Return a row for each trial that is over: what it drew, cost and scored, or why it ended."""
    return [
        _row(trial) for trial in trials if trial.state in (TrialState.COMPLETE, TrialState.PRUNED)
    ]


def _row(trial: FrozenTrial) -> dict[str, Any]:
    told = trial.user_attrs
    if "refused" in told:
        ended = f"refused: {told['refused']}"
    else:
        epochs = len(trial.intermediate_values)
        pruned = trial.state is TrialState.PRUNED
        ended = f"pruned after {epochs} epochs" if pruned else "complete"
    return {
        "trial": trial.number,
        "parameters": dict(trial.params),
        "ended": ended,
        "validation_window_accuracy": trial.value if trial.state is TrialState.COMPLETE else None,
        **{name: told.get(name) for name in COSTS},
    }


def winner(space: Space, found: Sequence[dict[str, Any]]) -> Recipe:
    """Return the recipe with the most validation windows right; of equals the one with fewer MACs.

    Raises:
        DataError: no trial came to its end.
    """
    complete = [row for row in found if row["validation_window_accuracy"] is not None]
    if not complete:
        raise DataError(
            f"no trial of {len(found)} fitted and was trained to its end; {_why(found)}"
        )
    best = max(complete, key=lambda row: (row["validation_window_accuracy"], -row["macs"]))
    recipe = space.of(best["parameters"])
    return dataclasses.replace(recipe, name=f"{recipe.name}_found")


def markdown(space: Space, found: Sequence[dict[str, Any]]) -> str:
    """Return results.md, the best first."""
    order = sorted(found, key=lambda row: row["validation_window_accuracy"] or 0.0, reverse=True)
    names = list(space.parameters)
    head = ["trial", *names, "validation windows right", "MACs", "flash", "RAM", "instructions", ""]
    lines = [f"# Search from {space.recipe.name}", "", f"| {' | '.join(head)} |"]
    lines.append("|" + "---|" * len(head))
    for row in order:
        score = row["validation_window_accuracy"]
        cells = [
            str(row["trial"]),
            *(f"{row['parameters'].get(name, '')}" for name in names),
            "" if score is None else f"{score:.2%}",
            *("" if row[name] is None else f"{row[name]:,}" for name in COSTS),
            row["ended"].replace("|", "/"),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _why(found: Sequence[dict[str, Any]]) -> str:
    return f"the last: {found[-1]['ended']}" if found else "there was none"
