"""`ossicle search` on three classes that anybody can tell apart."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from search_fakes import SPACE

from command_line import Result, assert_refused
from ossicle.training.recipe import load

Ossicle = Callable[..., Result]


@pytest.fixture
def space(tmp_path: Path) -> Path:
    file = tmp_path / "space.toml"
    file.write_text(SPACE)
    return file


def test_it_finds_a_recipe_that_fits_and_goes_on_where_it_was(
    ossicle: Ossicle, corpus_folder: Path, space: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = ["search", space, "--data", corpus_folder, "--fold", 1, "--out", out]
    first = ossicle(*command, "--trials", 2, "--json").json
    assert [row["trial"] for row in first["trials"]] == [0, 1]
    figures = ossicle(*command, "--trials", 4, "--json").json
    rows = figures["trials"]
    assert len(rows) == 4 and rows[:2] == first["trials"]
    refused = [row for row in rows if row["parameters"]["model.options.channels"] == 256]
    for row in refused:  # before it was trained
        assert "MACs" in row["ended"] and "EXCEEDED" in row["ended"]
        assert not (out / f"trial{row['trial']:04d}").exists()
    complete = [row for row in rows if row["ended"] == "complete"]
    assert complete and all(row["macs"] <= 200_000 and row["flash_bytes"] for row in complete)
    best = load(out / "best.toml")
    assert best.name == "tiny_found" and best.to_json() == figures["best"]
    most = max(row["validation_window_accuracy"] for row in complete)
    chosen = {"channels": best.model.options["channels"], "rate": best.schedule.learning_rate}
    assert chosen in [
        {
            "channels": row["parameters"]["model.options.channels"],
            "rate": row["parameters"]["schedule.learning_rate"],
        }
        for row in complete
        if row["validation_window_accuracy"] == most
    ]
    assert json.loads((out / "results.json").read_text()) == figures
    assert (out / "results.md").read_text().count("\n| ") == 5  # a head and four trials


def test_two_workers_here_and_then_two_of_ray_fill_one_journal(
    ossicle: Ossicle, corpus_folder: Path, space: Path, tmp_path: Path
) -> None:
    space.write_text(SPACE.replace("epochs = 4", "epochs = 1").replace("4, 8, 256", "4, 8"))
    out = tmp_path / "out"
    command = ["search", space, "--data", corpus_folder, "--fold", 1, "--out", out, "--json"]
    here = ossicle(*command, "--trials", 2, "--workers", 2).json["trials"]
    assert len(here) == 2
    rows = ossicle(*command, "--trials", 4, "--workers", 2, "--ray", "local").json["trials"]
    assert len(rows) == 4 and rows[:2] == here
    rates = {row["parameters"]["schedule.learning_rate"] for row in rows}
    assert len(rates) == 4  # no two workers drew alike
    assert all(row["macs"] for row in rows)


def test_nothing_that_fits_is_said(
    ossicle: Ossicle, corpus_folder: Path, space: Path, tmp_path: Path
) -> None:
    space.write_text(SPACE.replace("macs = 200_000", "flash_bytes = 1000"))
    command = ["search", space, "--data", corpus_folder, "--trials", 1, "--out", tmp_path / "out"]
    assert_refused(ossicle(*command), "no trial of 1 fitted", "flash")
    assert not (tmp_path / "out" / "best.toml").exists()
