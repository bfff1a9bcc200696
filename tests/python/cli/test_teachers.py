"""`ossicle probe`: a network that hears samples becomes a teacher, which a recipe names."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from command_line import Result, assert_refused
from ossicle.models import files
from ossicle.tensorflow import keras
from quick_recipe import RECIPE

Ossicle = Callable[..., Result]


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A network of one layer: the magnitudes of sixteen frequencies or so, over time."""
    layers = keras().layers
    inputs = layers.Input((None,))
    time = np.arange(256)[:, np.newaxis]
    waves = np.cos(2 * np.pi * time * np.arange(16) / 32) * np.hanning(256)[:, np.newaxis]
    bank = layers.Conv1D(16, 256, 128, activation="relu", use_bias=False)
    model = keras().Model(inputs, bank(layers.Reshape((-1, 1))(inputs)))
    bank.set_weights([waves[:, np.newaxis]])
    files.save(model, tmp_path / "bank.keras")
    return tmp_path / "bank.keras"


def test_a_student_is_taught_by_what_a_network_of_others_knows(
    ossicle: Ossicle, corpus_folder: Path, network: Path, tmp_path: Path
) -> None:
    out = tmp_path / "probes"
    command = ("probe", network, "--data", corpus_folder, "--out", out, "--sample-rate", 8000)
    figures = ossicle(*command, "--seconds", 1, "--strength", 1, "--json").json
    assert figures.keys() == {"1", "2", "3", "4", "5"}
    assert sum(fold["accuracy"] for fold in figures.values()) > 3  # three classes: 1.7 by chance
    assert sorted(path.name for path in out.iterdir()) == [f"fold{fold}.npz" for fold in range(6)]

    recipe = tmp_path / "quick.toml"
    recipe.write_text(f'{RECIPE}[distillation]\nteachers = ["{out}/fold{{fold}}.npz"]\n')
    made = ossicle(
        "train", recipe, "--data", corpus_folder, "--folds", "2", "--out", tmp_path / "a"
    )
    assert made.status == 0, made.err


def test_a_network_that_is_missing_is_named_and_nothing_is_left(
    ossicle: Ossicle, corpus_folder: Path, tmp_path: Path
) -> None:
    command = ("probe", tmp_path / "none.keras", "--data", corpus_folder, "--sample-rate", 8000)
    assert_refused(ossicle(*command, "--out", tmp_path / "out"), "none.keras")
    assert not list(tmp_path.glob("out/*"))
