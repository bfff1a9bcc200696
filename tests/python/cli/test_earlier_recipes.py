"""`ossicle train` of a recipe that another one comes before."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from command_line import Result, assert_refused
from ossicle import bundle
from ossicle.models import files

Ossicle = Callable[..., Result]
NETWORK = """
validation_share = 0.0
[windows]
seconds = 0.5
[model]
name = "ds_cnn"
{weights}
[model.options]
blocks = 1
channels = 4
[schedule]
epochs = {epochs}
[quantisation]
method = "ptq"
"""
TAUGHT = """
[distillation]
teachers = ["{earlier}/fold{fold}_seed*/float.keras"]
"""
FIRST_WEIGHTS = 'weights = "{earlier}/fold{fold}_seed1/float.keras"'


@pytest.fixture
def student(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recipe that begins with a teacher's weights and learns next to nothing more."""
    monkeypatch.setattr("ossicle.workflow.training.BUILD", tmp_path / "build")
    teacher, student = tmp_path / "teacher.toml", tmp_path / "student.toml"
    network = NETWORK.format(weights="", epochs=1)
    teacher.write_text(f'name = "teacher"\nseeds = [0, 1]\n{network}')
    network = NETWORK.format(weights=FIRST_WEIGHTS, epochs="1\nlearning_rate = 1e-30")
    student.write_text(f'name = "student"\nearlier = "{teacher}"\n{network}{TAUGHT}')
    return student


def test_what_comes_before_is_trained_once(
    ossicle: Ossicle, corpus_folder: Path, student: Path, tmp_path: Path
) -> None:
    command = ("train", student, "--data", corpus_folder)
    made = ossicle(*command, "--test-fold", 1, "--out", tmp_path / "made")
    assert made.status == 0, made.err
    assert "student goes on from teacher" in made.err
    (earlier,) = (tmp_path / "build" / "earlier").iterdir()
    teachers = {seed: earlier / "work" / f"fold1_seed{seed}" / "float.keras" for seed in (0, 1)}
    kernels = files.load(teachers[1]).trainable_weights
    taken = files.load(tmp_path / "made.work" / "float.keras").trainable_weights
    pairs = zip(kernels, taken, strict=True)
    assert all(np.array_equal(a.numpy(), b.numpy()) for a, b in pairs)

    times = [path.stat().st_mtime_ns for path in teachers.values()]
    assert ossicle(*command, "--folds", "1", "--out", tmp_path / "folds").status == 0
    moved = earlier.rename(tmp_path / "moved")
    again = ("--folds", "1", "--out", tmp_path / "again", "--earlier", moved)
    assert ossicle(*command, *again).status == 0
    teachers = [moved / path.relative_to(earlier) for path in teachers.values()]
    assert [path.stat().st_mtime_ns for path in teachers] == times
    assert not any((tmp_path / "build" / "earlier").iterdir())


def test_what_finished_runs_went_on_from_is_not_asked_for(
    ossicle: Ossicle, corpus_folder: Path, student: Path, tmp_path: Path
) -> None:
    """A student of a student, whose first teacher is gone: nothing is trained twice."""
    folds = ("--data", corpus_folder, "--folds", "1")
    assert ossicle("train", student, *folds, "--out", tmp_path / "students").status == 0
    shutil.rmtree(tmp_path / "build" / "earlier")
    third = tmp_path / "third.toml"
    network = NETWORK.format(weights="", epochs=1)
    third.write_text(f'name = "third"\nearlier = "{student}"\n{network}{TAUGHT}')
    command = ("train", third, *folds, "--out", tmp_path / "third")
    made = ossicle(*command, "--earlier", tmp_path / "students")
    assert made.status == 0, made.err
    assert not (tmp_path / "build" / "earlier").exists()


def test_no_epochs_take_first_weights_as_they_are(
    ossicle: Ossicle, corpus_folder: Path, student: Path, tmp_path: Path
) -> None:
    """For windows of another length: nothing is learnt, neither are means and deviations."""
    longer = NETWORK.format(weights=FIRST_WEIGHTS, epochs=0).replace("0.5", "1.0")
    recipe = tmp_path / "longer.toml"
    recipe.write_text(f'name = "longer"\nearlier = "{tmp_path / "teacher.toml"}"\n{longer}')
    command = ("train", recipe, "--data", corpus_folder, "--folds", "1", "--out", tmp_path / "made")
    figures = ossicle(*command, "--json").json
    assert figures["runs"][0]["clips"] == 3
    (earlier,) = (tmp_path / "build" / "earlier").iterdir()
    given, taken = (
        files.load(folder / "work" / run / "float.keras")
        for folder, run in ((earlier, "fold1_seed1"), (tmp_path / "made", "fold1_seed0"))
    )
    pairs = zip(given.get_weights(), taken.get_weights(), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)
    assert taken.input_shape[2] == 2 * (given.input_shape[2] - 1) + 1
    assert bundle.read(tmp_path / "made" / "fold1_seed0").metrics["history"]["float"] == []
    assert ossicle(*command).status == 0  # again, with what is there


def test_sounds_of_other_classes_give_all_but_the_last_layer(
    ossicle: Ossicle, corpus_folder: Path, tmp_path: Path
) -> None:
    """What was learnt of two classes begins what is learnt of three."""
    other = tmp_path / "other"
    for label in ("clicks", "tone"):
        shutil.copytree(corpus_folder / label, other / label)
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    first.write_text(f'name = "first"\n{NETWORK.format(weights="", epochs=1)}')
    assert ossicle("train", first, "--data", other, "--out", tmp_path / "first").status == 0

    weights = f'weights = "{tmp_path}/first.work/float.keras"'
    slow = NETWORK.format(weights=weights, epochs="1\nlearning_rate = 1e-30")
    second.write_text(f'name = "second"\n{slow}')
    command = ("train", second, "--data", corpus_folder, "--out", tmp_path / "second")
    made = ossicle(*command)
    assert made.status == 0, made.err
    assert "tells other classes apart: the last layer begins as it was drawn" in made.err
    given, taken = (
        files.load(tmp_path / f"{name}.work" / "float.keras").trainable_weights
        for name in ("first", "second")
    )
    pairs = zip(given[:-2], taken[:-2], strict=True)
    assert all(np.array_equal(a.numpy(), b.numpy()) for a, b in pairs)

    second.write_text(f'name = "second"\n{NETWORK.format(weights=weights, epochs=0)}')
    assert_refused(ossicle(*command[:-1], tmp_path / "third"), "first.work/float.keras", "epochs")


def test_without_a_test_fold_the_teachers_hear_everything_too(
    ossicle: Ossicle, corpus_folder: Path, student: Path, tmp_path: Path
) -> None:
    made = ossicle("train", student, "--data", corpus_folder, "--out", tmp_path / "made")
    assert made.status == 0, made.err
    (earlier,) = (tmp_path / "build" / "earlier").iterdir()
    assert sorted(path.name for path in (earlier / "work").iterdir()) == [
        "fold0_seed0",
        "fold0_seed1",
    ]


def test_a_search_trains_nothing_before(
    ossicle: Ossicle, corpus_folder: Path, student: Path, tmp_path: Path
) -> None:
    space = tmp_path / "space.toml"
    found = '[search.parameters]\n"schedule.epochs" = { choices = [1, 2] }\n'
    text = student.read_text().replace("validation_share = 0.0", "validation_share = 0.2")
    space.write_text(text + found)
    tried = ossicle("search", space, "--data", corpus_folder, "--out", tmp_path / "search")
    assert_refused(tried, "space.toml", "earlier")
