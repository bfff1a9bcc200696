"""The card of a bundle: what it is, in words, for whoever is handed the folder."""

from collections.abc import Mapping, Sequence
from typing import Any

from ossicle.models import systems

METHODS = {"ptq": "post-training quantisation", "qat": "quantisation-aware training"}
MODELS = {"float": "float", "ptq": "int8, post-training", "qat": "int8, quantisation-aware"}


def card(name: str, metrics: Mapping[str, Any], labels: Sequence[str]) -> str:
    """Return the card as Markdown.

    Args:
        name: of the bundle.
        metrics: as in metrics.json.
        labels: in the order of the outputs.
    """
    data, recipe = metrics["data"], metrics["recipe"]
    windows, schedule, way = recipe["windows"], recipe["schedule"], recipe["quantisation"]
    aware = f" and {way['epochs']} quantisation-aware" if way["method"] != "ptq" else ""
    return f"""# {name}

{systems()[recipe["model"]["name"]].title}, int8 by {METHODS[metrics["chosen"]]}, made by
Ossicle from the recipe {recipe["name"]}. It hears {windows["seconds"]:g} s of sound and tells
{len(labels)} classes apart: {", ".join(labels)}.

## Recordings

{data["name"]}: {data["clips"]} clips, {data["windows"]} windows, of which
{data["silent_windows"]} are silent and were left out. Folds: {", ".join(map(str, data["folds"]))};
test fold: {"none" if data["test_fold"] is None else data["test_fold"]}. Licence: {data["licence"]}.
No recording is in this folder; the weights were learnt from them. Whoever hands the model on names
the recordings' makers as their licence asks, and minds what else it asks.

## Training

{schedule["epochs"]} epochs in float{aware}, batches of {schedule["batch"]}, a learning rate of
{schedule["learning_rate"]} that falls along a cosine, seed {metrics["seed"]},
{recipe["validation_share"]:.0%} of the training recordings held out for validation. The whole
recipe is in `metrics.json`.

## Scores
{_table("Test fold", metrics["test"])}{_table("Validation", metrics["validation"])}"""


def _table(title: str, scores: Mapping[str, Any] | None) -> str:
    if scores is None:
        return f"\n{title}: none was set aside.\n"
    lines = [
        f"| {MODELS[model]} | {score['accuracy']:.2%} | {score['window_accuracy']:.2%} | "
        f"{score['log_loss']:.3f} |\n"
        for model, score in scores.items()
    ]
    clips, windows = scores["float"]["clips"], scores["float"]["windows"]
    head = f"\n{title} ({clips} clips, {windows} windows):\n\n"
    return (
        f"{head}| model | clips right | windows right | log loss |\n|---|---|---|---|\n"
        + "".join(lines)
    )
