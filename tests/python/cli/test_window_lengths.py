"""`ossicle windows`: what a cross-validation's networks hear in windows of other lengths."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from command_line import Result, assert_refused
from ossicle.device.boards import board
from ossicle.report import lengths
from ossicle.report.lengths import Row
from quick_recipe import RECIPE

Ossicle = Callable[..., Result]
CONVOLUTIONS = '[model]\nname = "ds_cnn"\noptions = {blocks = 1, channels = 4}\n'
DENSE = '[model]\nname = "dcase2022_baseline"\n'


@pytest.fixture
def trained(ossicle: Ossicle, corpus_folder: Path, tmp_path: Path) -> Callable[[str], Path]:
    def results(model: str) -> Path:
        (tmp_path / "quick.toml").write_text(RECIPE + model)
        command = ("train", tmp_path / "quick.toml", "--data", corpus_folder, "--folds", "1,2")
        assert ossicle(*command, "--out", tmp_path / "results").status == 0
        return tmp_path / "results"

    return results


def test_windows_of_the_recipe_give_its_results(
    ossicle: Ossicle, corpus_folder: Path, trained: Callable[[str], Path], tmp_path: Path
) -> None:
    results = trained(CONVOLUTIONS)
    command = ("windows", results, "--data", corpus_folder)
    picture = tmp_path / "lengths.svg"
    figures = ossicle(*command, "--seconds", "1.2,0.4", "--plot", picture, "--json").json
    apart, overlapping, *short = figures
    rows = ossicle("train", results / "recipe.toml", "--data", corpus_folder, "--folds", "1,2",
                   "--out", results, "--json").json["runs"]  # fmt: skip
    assert apart["right"]["soft"] == sum(row["int8"]["accuracy"] for row in rows) / 2
    assert apart["log_loss"] == sum(row["int8"]["log_loss"] for row in rows) / 2
    assert overlapping["hop_seconds"] == 0.6
    assert overlapping["windows_a_clip"] > apart["windows_a_clip"]
    assert [row["seconds"] for row in short] == [0.4, 0.4]

    costs = [row["cost"] for row in (apart, overlapping, *short)]
    assert costs[0]["macs"] == costs[1]["macs"] > costs[2]["macs"]
    seconds = [costs[index]["instructions_per_second"] for index in (0, 1)]
    assert seconds[1] == pytest.approx(2 * seconds[0], rel=1e-6)  # rounded to an instruction
    assert costs[1]["ram_bytes"] > costs[0]["ram_bytes"]  # a second ear

    head, _, *lines = lengths.text([Row(**apart), Row(**short[1])], board("qemu_m4")).splitlines()
    assert head.startswith("| window, s | hop, s | soft vote |")
    assert lines[1].startswith("| 0.4 | 0.2 |") and f"| {costs[3]['macs']:,} |" in lines[1]
    written = [element.text for element in ElementTree.parse(picture).iter() if element.text]
    assert {"0.4", "1.2", *(f"{cost['ram_bytes'] / 1000:.0f} KB" for cost in costs)} <= {*written}
    assert "one behind the other" in written


def test_what_cannot_be_heard_otherwise_is_refused(
    ossicle: Ossicle, corpus_folder: Path, trained: Callable[[str], Path], tmp_path: Path
) -> None:
    results = trained(DENSE)
    command = ("windows", results, "--data", corpus_folder)
    assert_refused(ossicle(*command, "--seconds", "2.4"), "weights do not fit")
    assert_refused(ossicle(*command, "--seconds", "long"), "--seconds is numbers")
    assert_refused(ossicle(*command, "--seconds", "0"), "seconds must lie in")
    nothing = ("windows", tmp_path, "--data", corpus_folder)
    assert_refused(ossicle(*nothing), "holds no results of a cross-validation")
    (results / "fold1_seed0" / "metrics.json").unlink()
    (results / "fold2_seed0" / "metrics.json").unlink()
    assert_refused(ossicle(*command), "holds no finished run")
