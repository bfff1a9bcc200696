"""What a cross-validation gave: every run, their mean and its uncertainty, tables."""

import math
from collections.abc import Mapping, Sequence
from statistics import mean, stdev
from typing import Any

from scipy.stats import t as student  # type: ignore[import-untyped]

from ossicle.datasets import Corpus
from ossicle.quantize.folds import Run
from ossicle.training import Recipe

MEASURES = ("accuracy", "window_accuracy", "log_loss")
KINDS = ("float", "int8")
CONFIDENCE = 0.95

Figures = dict[str, Any]


def gather(
    corpus: Corpus, recipe: Recipe, runs: Sequence[Run], metrics: Sequence[Mapping[str, Any]]
) -> Figures:
    """Return results.json.

    Args:
        corpus: what was learnt.
        recipe: by which recipe.
        runs: the folds and seeds.
        metrics: of each run's bundle.
    """
    rows = [_row(run, made) for run, made in zip(runs, metrics, strict=True)]
    tables = [made["tables"][made["chosen"]] for made in metrics]
    return {
        "data": {"name": corpus.name, "licence": corpus.licence, "clips": len(corpus.clips)},
        "recipe": recipe.to_json(),
        "runs": rows,
        "summary": {
            kind: {name: spread([row[kind][name] for row in rows]) for name in MEASURES}
            for kind in KINDS
        },
        "tables": {
            group: pooled([table[group] for table in tables if group in table])
            for group in sorted({group for table in tables for group in table})
        },
        "published": [vars(other) | {"by_class": {**other.by_class}} for other in corpus.published],
    }


def spread(values: Sequence[float]) -> dict[str, Any]:
    """Return mean, standard deviation and 95 % interval of the mean (Student's t).

    With one value alone, deviation and interval are None. The interval takes the runs for
    independent, though those of different folds share training recordings and those of different
    seeds share all: it tells how far a mean of as many runs is to be trusted at best.
    """
    count, centre = len(values), mean(values)
    if count == 1:
        return {"mean": centre, "deviation": None, "interval": None}
    deviation = stdev(values)
    reach = float(student.ppf((1 + CONFIDENCE) / 2, count - 1)) * deviation / math.sqrt(count)
    return {"mean": centre, "deviation": deviation, "interval": [centre - reach, centre + reach]}


def pooled(tables: Sequence[Mapping[str, Mapping[str, float]]]) -> Figures:
    """Put the tables of all runs together: clips are added, the rest is averaged over clips."""
    names = sorted({name for table in tables for name in table})
    return {name: _pooled_row([table[name] for table in tables if name in table]) for name in names}


def _pooled_row(rows: Sequence[Mapping[str, float]]) -> Figures:
    clips = sum(row["clips"] for row in rows)
    means = {
        name: sum(row["clips"] * row[name] for row in rows) / clips
        for name in ("accuracy", "log_loss")
    }
    return {"clips": clips, **means}


def _row(run: Run, made: Mapping[str, Any]) -> Figures:
    scores = {"float": made["test"]["float"], "int8": made["test"][made["chosen"]]}
    return {
        "fold": run.fold,
        "seed": run.seed,
        "method": made["chosen"],
        "clips": scores["float"]["clips"],
        **{kind: {name: score[name] for name in MEASURES} for kind, score in scores.items()},
    }


def markdown(figures: Figures) -> str:
    """Return results.md."""
    parts = [
        f"# {figures['recipe']['name']} on {figures['data']['name']}",
        _runs(figures),
        _summary(figures),
        *(_table(name, figures) for name in figures["tables"]),
        _published(figures),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _runs(figures: Figures) -> str:
    head = "| fold | seed | clips | way to int8 | float | int8 | int8, windows | int8, log loss |\n"
    line = "| {fold} | {seed} | {clips} | {method} | {float[accuracy]:.2%} | {int8[accuracy]:.2%} |"
    line += " {int8[window_accuracy]:.2%} | {int8[log_loss]:.3f} |"
    rows = [line.format(**row) for row in figures["runs"]]
    return head + "|---:|---:|---:|---|---:|---:|---:|---:|\n" + "\n".join(rows)


def _summary(figures: Figures) -> str:
    runs = len(figures["runs"])
    head = f"Over {runs} run{'s' if runs > 1 else ''}:\n\n"
    head += "| | mean | standard deviation | 95 % interval of the mean |\n|---|---:|---:|---:|\n"
    titles = {"accuracy": "clips right", "window_accuracy": "windows right", "log_loss": "log loss"}
    rows = [
        f"| {kind}, {titles[name]} | {_told(name, figures['summary'][kind][name])} |"
        for kind in KINDS
        for name in MEASURES
    ]
    return head + "\n".join(rows)


def _told(name: str, found: Mapping[str, Any]) -> str:
    form = "{:.3f}" if name == "log_loss" else "{:.2%}"
    if found["interval"] is None:
        return f"{form.format(found['mean'])} | |"
    low, high = (form.format(end) for end in found["interval"])
    return f"{form.format(found['mean'])} | {form.format(found['deviation'])} | {low} to {high}"


def _table(group: str, figures: Figures) -> str:
    """Return accuracy and log loss by class or by device, beside what others published."""
    others = [other for other in figures["published"] if group == "class" and other["by_class"]]
    names = "".join(f" {other['name']}, clips right | log loss |" for other in others)
    head = f"| {group} | clips | int8, clips right | log loss |{names}\n"
    head += "|---|---:|---:|---:|" + "---:|---:|" * len(others) + "\n"
    rows = []
    for name, row in figures["tables"][group].items():
        line = f"| {name} | {row['clips']} | {row['accuracy']:.1%} | {row['log_loss']:.3f} |"
        for other in others:
            right, loss = other["by_class"].get(name, (None, None))
            line += " | |" if right is None else f" {right:.1%} | {loss:.3f} |"
        rows.append(line)
    return head + "\n".join(rows)


def _published(figures: Figures) -> str:
    if not figures["published"]:
        return ""
    here = figures["summary"]["int8"]
    rows = [("**this, int8**", here["accuracy"]["mean"], here["log_loss"]["mean"])]
    rows += [(o["name"], o["accuracy"], o["log_loss"]) for o in figures["published"]]
    lines = [
        f"| {name} | {right:.2%} | {'' if loss is None else f'{loss:.3f}'} |"
        for name, right, loss in rows
    ]
    return "| system | clips right | log loss |\n|---|---:|---:|\n" + "\n".join(lines)
