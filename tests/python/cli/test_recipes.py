"""`ossicle train` by a recipe, and recipes that cannot be used."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from command_line import Result, assert_refused
from ossicle import bundle

Ossicle = Callable[..., Result]
QUICK = """
name = "quick"
seeds = [3]

[windows]
seconds = 0.5
short = "loop"
vote = "majority"

[frontend]
sample_rate = 22050
hop_length = 210
fmax = 11025

[schedule]
epochs = 1

[quantisation]
method = "ptq"
"""


def test_a_recipe_of_ones_own(ossicle: Ossicle, corpus_folder: Path, tmp_path: Path) -> None:
    recipe, out = tmp_path / "quick.toml", tmp_path / "bundle"
    recipe.write_text(QUICK)
    arguments = ["--data", corpus_folder, "--fold", 1, "--out", out]
    metrics = ossicle("train", recipe, *arguments, "--json").json
    assert metrics["recipe"]["name"] == "quick" and metrics["seed"] == 3
    made = bundle.read(out)
    assert made.frontend.sample_rate == 22050
    assert made.decision == bundle.Decision(32, 52 * 210, "loop", "majority")
    scored = ossicle("evaluate", out, "--data", corpus_folder, "--fold", 1, "--json").json
    assert scored == metrics["test"]["ptq"]
    assert json.loads((out / "metrics.json").read_text()) == metrics
    results = tmp_path / "bundle.results"
    told = json.loads((results / "results.json").read_text())
    assert told["runs"][0]["int8"]["accuracy"] == scored["accuracy"]
    assert told["tables"]["class"].keys() == set(made.labels)
    assert "| 1 | 3 | 3 | ptq |" in (results / "results.md").read_text()
    assert [path.name for path in (results / "tensorboard").iterdir()] == ["fold1_seed3"]


@pytest.mark.parametrize(
    ("text", "told"),
    [("[schedule]\nepoch = 1", "'epoch'"), ("name = [", "TOML"), ("[model]\nname = 'x'", "'x'")],
)
def test_a_recipe_that_cannot_be_used(
    text: str, told: str, ossicle: Ossicle, corpus_folder: Path, tmp_path: Path
) -> None:
    recipe, out = tmp_path / "mine.toml", tmp_path / "out"
    recipe.write_text(text)
    assert_refused(
        ossicle("train", recipe, "--data", corpus_folder, "--out", out / "b"), recipe, told
    )
    assert not out.exists()


def test_a_recipe_that_does_not_exist(
    ossicle: Ossicle, corpus_folder: Path, tmp_path: Path
) -> None:
    arguments = ["--data", corpus_folder, "--out", tmp_path / "b"]
    assert_refused(ossicle("train", "best", *arguments), "no recipe best", "dcase2022")
    missing = tmp_path / "gone.toml"
    assert_refused(ossicle("train", missing, *arguments), missing, "cannot be read")
