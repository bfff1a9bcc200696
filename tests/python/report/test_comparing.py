"""`ossicle compare`: every group is scored as `ossicle evaluate` scores the whole."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from command_line import Result, assert_refused
from ossicle.datasets import load
from ossicle.device.program import Program
from ossicle.report import comparing
from ossicle.report.comparing import Group, compare, table, unseen_devices
from ossicle.report.evaluation import evaluate

UNSEEN = {"s4", "s5", "s6"}


@pytest.fixture(scope="module")
def groups(small_program: Program, recorded: Path) -> tuple[Group, ...]:
    return compare({"one": small_program}, load(recorded), fold=1)


def test_the_whole_is_what_evaluate_says(
    groups: tuple[Group, ...], small_program: Program, recorded: Path
) -> None:
    score = evaluate(small_program, load(recorded), fold=1)
    whole = groups[0]
    assert (whole.kind, whole.clips) == ("all", score.clips)
    assert whole.accuracy["one"] == pytest.approx(score.accuracy)
    assert whole.log_loss["one"] == pytest.approx(score.log_loss)


def test_groups_of_a_kind_make_up_the_whole(groups: tuple[Group, ...]) -> None:
    for kind, count in (("devices", 2), ("device", 9), ("class", 6)):
        chosen = [group for group in groups if group.kind == kind]
        assert len(chosen) == count
        clips = [group.clips for group in chosen]
        assert sum(clips) == groups[0].clips
        for what in ("accuracy", "log_loss"):
            values = [getattr(group, what)["one"] for group in chosen]
            whole = getattr(groups[0], what)["one"]
            assert np.average(values, weights=clips) == pytest.approx(whole)
    assert {g.name for g in groups if g.kind == "device" and g.unseen} == UNSEEN


def test_unseen_is_what_was_not_trained_on(recorded: Path) -> None:
    corpus = load(recorded)
    assert unseen_devices(corpus, 1) == unseen_devices(corpus, None) == UNSEEN


def test_the_table_is_markdown(groups: tuple[Group, ...]) -> None:
    lines = table(groups).splitlines()
    assert lines[0] == "|  | clips | one: right | one: log loss |"
    assert len(lines) == 2 + 1 + 2 + 9 + 6
    assert len({line.count("|") for line in lines}) == 1
    names = [line.split("|")[1].strip() for line in lines[2:]]
    assert names[:3] == ["all", "seen devices", "unseen devices"]
    assert "unseen device s6" in names and "hiss, unseen devices" in names


def test_a_corpus_without_devices_has_one(
    ossicle: Callable[..., Result], small_bundle: Path, corpus_folder: Path
) -> None:
    found = ossicle("compare", small_bundle, "--data", corpus_folder, "--fold", 1, "--json").json
    assert [(g["kind"], g["unseen"]) for g in found] == [
        ("all", None), ("device", None), *[("class", None)] * 3,
    ]  # fmt: skip
    assert found[1]["name"] == comparing.UNNAMED


def test_what_cannot_be_compared_is_refused(
    ossicle: Callable[..., Result], small_bundle: Path, tmp_path: Path, corpus_folder: Path
) -> None:
    assert_refused(ossicle("compare", small_bundle, tmp_path, "--data", corpus_folder), tmp_path)
    assert_refused(ossicle("compare", "--data", corpus_folder), "bundles", "--help")
