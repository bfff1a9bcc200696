"""`ossicle models`: what a recipe can name."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from command_line import Result
from ossicle.device import boards
from ossicle.errors import DataError
from ossicle.models import registry
from ossicle.report import networks, scores


def test_every_model_is_listed_with_its_size(ossicle: Callable[..., Result]) -> None:
    shown = ossicle("models", "--json")
    assert shown.status == 0, shown.err
    rows = {row["model"]: row for row in json.loads(shown.out)}
    assert [*rows] == [*registry.systems()]
    assert (rows["dcase2022_baseline"]["parameters"], rows["dcase2022_baseline"]["macs"]) == (
        46_246,
        29_203_560,
    )
    document = networks.DOCUMENT.read_text(encoding="utf-8")
    for row in rows.values():  # the command that the document names wrote its table
        start, size = f"| {row['model']} |", f"| {row['parameters']:,} | {row['macs']:,} |"
        assert any(li.startswith(start) and size in li for li in document.splitlines())
    assert all(row["parameters"] > 0 and row["macs"] > 0 and row["source"] for row in rows.values())
    assert all(row["ram_bytes"] and row["instructions"] for row in rows.values())
    assert f"{networks.BEGIN}{networks.text([*rows.values()])}\n{networks.END}" in document


def test_costs_are_what_the_board_gives() -> None:
    """One of them; new kernels ask for `python -m ossicle.report.networks --board qemu_m4`."""
    (found,) = networks.measure([registry.systems()["strided"]], boards.board("qemu_m4")).items()
    assert networks.measured()[found[0]] == found[1]


def test_scores_are_the_mean_of_the_runs_of_a_recipe(tmp_path: Path) -> None:
    """Whose runs may lie in several folders."""
    for folder, runs in {"a": [(1, 0, 0.5), (1, 1, 0.7)], "b": [(2, 0, 0.9), (2, 1, 0.9)]}.items():
        results = {
            "data": {"name": "ESC-10"},
            "recipe": {"name": "wide", "model": {"name": "ds_cnn"}},
            "runs": [
                {"fold": fold, "seed": seed, "int8": {"accuracy": right}}
                for fold, seed, right in runs
            ],
        }
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "results.json").write_text(json.dumps(results))
    folders = [tmp_path / "a", tmp_path / "b"]
    told = "wide: 75.0% on folds 1, 2, 2 seeds, of ESC-10"
    assert scores.scored(folders) == {"ds_cnn": {"wide": told}}
    with pytest.raises(DataError, match="c: holds no results of a training"):
        scores.scored([tmp_path / "c"])
