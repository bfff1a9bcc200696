"""What recipes score with each network of the registry, out of the results of their trainings."""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from ossicle.errors import DataError
from ossicle.files import write_atomically
from ossicle.paths import PROJECT

SCORES = Path(__file__).resolve().parents[1] / "models" / "scores.json"
"""A phrase by network and recipe, as `keep_scores` has found it in results."""
TRAINED = PROJECT / "models"
"""Bundles that come with Ossicle."""

Row = dict[str, Any]


def scores() -> dict[str, dict[str, str]]:
    """Return what recipes score: a phrase by network and recipe.

    Those of results that were kept, and those of the bundles that come with Ossicle.
    """
    found = _bundles()
    for network, told in _kept().items():
        found.setdefault(network, {}).update(told)
    return found


def _kept() -> dict[str, dict[str, str]]:
    known: dict[str, dict[str, str]] = json.loads(SCORES.read_text(encoding="utf-8"))
    return known


def _bundles() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for file in sorted(TRAINED.glob("*/metrics.json")):
        told = json.loads(file.read_text(encoding="utf-8"))
        if told.get("test"):
            run = {"fold": told["data"]["test_fold"], "seed": 0}
            phrase = _phrase([{**run, "int8": told["test"][told["chosen"]]}])
            recipe, data = told["recipe"], told["data"]["name"]
            recipes = found.setdefault(recipe["model"]["name"], {})
            recipes[recipe["name"]] = f"{recipe['name']}: {phrase} of {data}"
    return found


def scored(folders: Sequence[Path]) -> dict[str, dict[str, str]]:
    """Return the same, of results folders; the runs of one recipe may lie in several.

    Raises:
        DataError: a folder holds no results.
    """
    runs: dict[tuple[str, str, str], list[Row]] = {}
    for folder in folders:
        try:
            told = json.loads((folder / "results.json").read_text(encoding="utf-8"))
            recipe = told["recipe"]
            key = (recipe["model"]["name"], recipe["name"], told["data"]["name"])
            runs.setdefault(key, []).extend(told["runs"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(f"{folder}: holds no results of a training: {error}") from error
    found: dict[str, dict[str, str]] = {}
    for (network, recipe, data), each in runs.items():
        found.setdefault(network, {})[recipe] = f"{recipe}: {_phrase(each)} of {data}"
    return found


def _phrase(runs: Sequence[Row]) -> str:
    """Say how many clips are right in the mean of the int8 runs, and of which folds."""
    folds, seeds = (sorted({run[name] for run in runs}) for name in ("fold", "seed"))
    right = fmean(run["int8"]["accuracy"] for run in runs)
    where = f"fold{'s' * (len(folds) > 1)} {', '.join(map(str, folds))}"
    times = f", {len(seeds)} seeds," if len(seeds) > 1 else ""
    return f"{right:.1%} on {where}{times}"


def keep_scores(folders: Sequence[Path]) -> None:
    """Put the scores of results folders among those that are known."""
    known = _kept()
    for network, told in scored(folders).items():
        known.setdefault(network, {}).update(told)
    write_atomically(SCORES, json.dumps(known, indent=1) + "\n")
