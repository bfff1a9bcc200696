"""`ossicle train --folds`: a bundle for each fold, results, and what an interruption leaves."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from command_line import Result, assert_refused, interrupted
from made_sounds import write_sound
from ossicle import bundle
from ossicle.datasets.synthesis import synthetic
from ossicle.training.checkpoint import peek
from quick_recipe import RECIPE

Ossicle = Callable[..., Result]


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("recipes") / "quick.toml"
    file.write_text(RECIPE)
    return file


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("results") / "quick"


def test_each_fold_gets_a_bundle_and_what_is_finished_is_not_repeated(
    ossicle: Ossicle, corpus_folder: Path, recipe: Path, out: Path
) -> None:
    command = ("train", recipe, "--data", corpus_folder, "--folds", "1,2", "--out", out)
    figures = ossicle(*command, "--jobs", 2, "--json").json
    assert [(row["fold"], row["seed"]) for row in figures["runs"]] == [(1, 0), (2, 0)]
    assert figures == json.loads((out / "results.json").read_text())
    assert figures["summary"]["int8"]["accuracy"]["interval"] is not None
    assert sum(row["clips"] for row in figures["tables"]["class"].values()) == 6
    made = {fold: bundle.read(out / f"fold{fold}_seed0") for fold in (1, 2)}
    assert made[1].metrics["data"]["test_fold"] == 1
    assert made[1].metrics["test"]["ptq"]["accuracy"] == figures["runs"][0]["int8"]["accuracy"]
    assert sorted(path.name for path in (out / "tensorboard").iterdir()) == [
        "fold1_seed0",
        "fold2_seed0",
    ]

    shutil.rmtree(out / "fold2_seed0")  # as if it had been interrupted before the bundle
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.suffix == ".npz"}
    first = (out / "fold1_seed0" / "model.tflite").stat().st_mtime_ns
    shown = ossicle(*command)
    assert "| 1 | 0 | 3 | ptq |" in shown.out
    assert bundle.read(out / "fold2_seed0").digest == made[2].digest
    assert (out / "fold1_seed0" / "model.tflite").stat().st_mtime_ns == first
    assert {path: path.stat().st_mtime_ns for path in times} == times  # nothing trained anew


SMALL = """
[windows]
seconds = 0.5
[model]
name = "ds_cnn"
[model.options]
blocks = 1
channels = 4
"""


def test_the_table_of_tau_stands_beside_what_others_published(
    ossicle: Ossicle, tmp_path: Path
) -> None:
    """The synthetic scenes without their mark are a corpus in TAU's layout like any other."""
    corpus, recipe = tmp_path / "tau", tmp_path / "quick.toml"
    synthetic(corpus, clips_per_location=2)
    (corpus / "synthetic.json").unlink()
    recipe.write_text(RECIPE.replace("[windows]\nseconds = 1.2\n", SMALL))
    command = ("train", recipe, "--data", corpus, "--folds", "all", "--out", tmp_path / "out")
    figures = ossicle(*command, "--json").json
    assert [(row["fold"], row["clips"]) for row in figures["runs"]] == [(1, 40)]
    assert {name: row["clips"] for name, row in figures["tables"]["device"].items()} == {
        "a": 20,
        "b": 20,
    }
    by_class = figures["tables"]["class"]
    assert len(by_class) == 10 and by_class["airport"]["clips"] == 4
    told = ossicle(*command).out.splitlines()
    airport = next(line for line in told if line.startswith("| airport |"))
    assert airport.endswith("| 36.2% | 1.625 |")
    assert "| baseline of the DCASE 2022 challenge | 42.90% | 1.575 |" in told


def test_an_interrupted_validation_goes_on_and_ends_alike(
    ossicle: Ossicle, corpus_folder: Path, tmp_path: Path
) -> None:
    recipe = tmp_path / "quick.toml"
    small = RECIPE.replace("[windows]\nseconds = 1.2\n", SMALL)
    recipe.write_text(small.replace("epochs = 2", "epochs = 15"))
    out = tmp_path / "out"
    command = ("train", recipe, "--data", corpus_folder, "--folds", "1,2", "--jobs", 2)
    checkpoint = out / "work" / "fold1_seed0" / "float.npz"
    ended = interrupted([*command, "--out", out], lambda _: checkpoint.is_file())
    assert (ended.status, ended.out) == (130, "")
    assert "Traceback" not in ended.err
    assert not (out / "results.json").exists() and not list(out.glob("fold*"))
    done = len(peek(checkpoint))
    assert 0 < done < 15
    figures = ossicle(*command, "--out", out, "--json").json
    again = ossicle(*command, "--out", tmp_path / "again", "--json").json
    assert figures == again
    for fold in (1, 2):
        first, second = (bundle.read(o / f"fold{fold}_seed0") for o in (out, tmp_path / "again"))
        assert first.digest == second.digest


def test_a_folder_of_another_recipe_is_refused(
    ossicle: Ossicle, corpus_folder: Path, recipe: Path, tmp_path: Path
) -> None:
    (tmp_path / "recipe.toml").write_text("name = 'other'")
    command = ("train", recipe, "--data", corpus_folder, "--folds", "all", "--out")
    assert_refused(ossicle(*command, tmp_path), tmp_path, "another recipe")
    assert [path.name for path in tmp_path.iterdir()] == ["recipe.toml"]
    assert_refused(ossicle(*command, corpus_folder), corpus_folder, "in the way")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--folds", "1,9"), "no fold 9"),
        (("--folds", "some"), "--folds is all"),
        (("--folds", "all", "--test-fold", 1), "without --test-fold"),
    ],
)
def test_folds_that_cannot_be_held_out(
    options: tuple[object, ...], told: str, ossicle: Ossicle, corpus_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert_refused(ossicle("train", "--data", corpus_folder, "--out", out, *options), told)
    assert not out.exists()


def test_a_class_with_too_few_recordings_for_the_folds(
    ossicle: Ossicle, corpus_folder: Path, tmp_path: Path
) -> None:
    corpus = Path(shutil.copytree(corpus_folder, tmp_path / "recordings"))
    for file in sorted((corpus / "tone").iterdir())[1:]:
        file.unlink()
    out = tmp_path / "out"
    refused = ossicle("train", "--data", corpus, "--out", out, "--folds", "all")
    assert_refused(refused, corpus, "no clip of tone", "add recordings")
    assert not out.exists()


def test_clips_of_one_recording_in_two_folds(ossicle: Ossicle, tmp_path: Path) -> None:
    corpus, noise = tmp_path / "ESC-10-master", np.full(44100, 0.1)
    for label, recording in (("001 - Dog bark", 1), ("002 - Rain", 2)):
        for fold in (1, 2):
            name = f"{fold}-{recording if label.endswith('Rain') else 10 * fold}-A.ogg"
            write_sound(corpus / label / name, noise, 44100)
    out = tmp_path / "out"
    for options in (("--folds", "all"), ("--test-fold", 1)):
        refused = ossicle("train", "--data", corpus, "--out", out / "b", *options)
        assert_refused(refused, "1-2-A.ogg of fold 1", "2-2-A.ogg of fold 2", "one recording")
    assert not out.exists()
