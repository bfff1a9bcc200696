"""`--json`: JSON alone on standard output, with the keys that are promised."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import made_sounds
from command_line import Result

Ossicle = Callable[..., Result]

BENCH = {"instructions", "cycles", "macs", "ram_bytes", "code_bytes", "constant_bytes"}
EVALUATE = {"clips", "windows", "accuracy", "window_accuracy", "log_loss"}
PARITY = {"inputs", "elements", "mismatches", "max_difference"}
REPORT = [
    "data.name",
    *(f"accuracy.{name}" for name in ("float", "int8_host", "int8_device")),
    "parity.windows",
    *(f"parity.{name}_mismatches" for name in ("feature", "layer", "output")),
    *(f"budget.{name}" for name in ("macs", "parameters", "instructions_per_inference")),
    *(f"budget.{name}_bytes" for name in ("flash", "ram", "stack")),
]


def test_bench(models_folder: Path, ossicle: Ossicle) -> None:
    figures = ossicle("bench", models_folder / "int8.tflite", "--board", "qemu_m4", "--json").json
    assert figures.keys() == BENCH
    assert all(type(value) is int and value > 0 for value in figures.values())


def test_compile(models_folder: Path, tmp_path: Path, ossicle: Ossicle) -> None:
    model, out = models_folder / "int8.tflite", tmp_path / "c"
    figures = ossicle("compile", model, "--out", out, "--name", "Ear 1", "--json").json
    assert figures["prefix"] == "ear_1"
    assert sorted(path.name for path in out.iterdir()) == figures["files"]
    assert {"ear_1.c", "ear_1.h"} <= set(figures["files"])
    assert figures["arena_bytes"] >= figures["arena_lower_bound"] > 0


def test_compile_draws_the_plan(models_folder: Path, tmp_path: Path, ossicle: Ossicle) -> None:
    model, picture = models_folder / "int8.tflite", tmp_path / "pictures" / "plan.svg"
    command = ["compile", model, "--out", tmp_path / "c", "--plan", picture, "--json"]
    figures = ossicle(*command, "--optimize", "ram").json
    root = ElementTree.fromstring(picture.read_text())
    texts = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert f"arena {figures['arena_bytes']:,} bytes" in texts
    assert f"lower bound {figures['arena_lower_bound']:,} bytes" in texts
    assert not (tmp_path / "c" / "plan.svg").exists()


def test_parity_of_a_model(models_folder: Path, ossicle: Ossicle) -> None:
    model = models_folder / "int8.tflite"
    result = ossicle("parity", model, "--inputs", 4, "--seed", 7, "--json")
    assert result.status == 0
    assert result.json.keys() >= PARITY
    assert (result.json["inputs"], result.json["mismatches"]) == (4, 0)
    assert result.json["max_difference"] == 0
    assert result.json["elements"] > 4 * 4
    text = ossicle("parity", model, "--inputs", 4, "--seed", 7)
    assert "4 inferences on qemu_m4: equal, bit for bit" in text.out


def test_parity_of_a_bundle(bundle_folder: Path, corpus_folder: Path, ossicle: Ossicle) -> None:
    figures = ossicle(
        "parity", bundle_folder, "--data", corpus_folder, "--inputs", 2, "--json"
    ).json
    assert figures.keys() >= PARITY
    assert (figures["inputs"], figures["mismatches"]) == (2, 0)
    assert figures["elements"] > 2 * 2040


def test_budget(bundle_folder: Path, models_folder: Path, ossicle: Ossicle) -> None:
    small = ossicle("budget", models_folder / "int8.tflite", "--json")
    assert small.status == 0 and small.json["fits"] is True
    result = ossicle("budget", bundle_folder, "--json")
    figures = result.json
    assert figures["fits"] == all(verdict["fits"] for verdict in figures["verdicts"])
    assert result.status == int(not figures["fits"])
    assert len(figures["layers"]) > 6
    names = {"macs", "parameters", "weight_bytes", "activation_bytes", "instructions"}
    assert all(layer.keys() >= names for layer in figures["layers"])
    text = ossicle("budget", bundle_folder)
    assert text.status == result.status
    assert f"{figures['flash_bytes']:,} of 1,048,576 bytes" in text.out
    assert f"{figures['macs']:,} of 30,000,000 MAC" in text.out


def test_evaluate_by_host_and_by_device(
    bundle_folder: Path, corpus_folder: Path, ossicle: Ossicle
) -> None:
    command = ["evaluate", bundle_folder, "--data", corpus_folder, "--json"]
    host = ossicle(*command).json
    assert host.keys() >= EVALUATE
    assert (host["clips"], host["windows"]) == (15, 24)  # and three that are silent
    assert host["accuracy"] > 1 / 3  # chance; else equality would say little
    assert ossicle(*command, "--board", "qemu_m4").json == host
    fold = ossicle(*command, "--fold", 4).json
    assert fold["clips"] == 3 and fold["windows"] < host["windows"]
    assert ossicle(*command, "--fold", 4, "--board", "qemu_f405").json == fold


def test_every_vote(
    ossicle: Ossicle, bundle_folder: Path, corpus_folder: Path, tmp_path: Path
) -> None:
    recordings = ("--data", corpus_folder)
    attends = tmp_path / "attends"
    learnt = ossicle("attend", bundle_folder, *recordings, "--out", attends, "--json").json
    assert learnt["attention"].keys() == set(made_sounds.LABELS)
    command = ("evaluate", attends, *recordings, "--fold", 1)
    rows = ossicle(*command, "--vote", "all", "--board", "qemu_m4", "--json").json
    assert [row["vote"] for row in rows] == ["soft", "majority", "max", "attention"]
    for row in rows:
        one = ossicle(*command, "--vote", row["vote"], "--json").json
        assert (row["accuracy"], row["log_loss"]) == (one["accuracy"], one["log_loss"])
        assert ossicle(*command, "--vote", row["vote"], "--board", "qemu_m4", "--json").json == one
        assert row["windows_a_clip"] == one["windows"] / one["clips"]
        assert row["instructions_a_clip"] > 10_000_000  # the baseline has 29 million MACs a window
        assert row["ram_bytes"] == 3 * 4 + 4  # totals, windows, heard
        assert 0 < row["flash_bytes"] < 1000 and 0 < row["instructions_a_window"] < 1000
    assert ossicle(*command, "--vote", "all").out.count("\n| ") == 4


def test_a_bundle_without_attention_cannot_vote_by_it(
    ossicle: Ossicle, bundle_folder: Path, corpus_folder: Path
) -> None:
    refused = ossicle("evaluate", bundle_folder, "--data", corpus_folder, "--vote", "attention")
    assert refused.status == 2 and "no attention was learnt" in refused.err


def test_train(bundle_folder: Path) -> None:
    printed = json.loads((bundle_folder.parent / "printed.json").read_text())
    assert printed == json.loads((bundle_folder / "metrics.json").read_text())
    assert printed["recipe"]["schedule"]["epochs"] == 12
    assert {score["clips"] for score in printed["test"].values()} == {3}


def test_quantize(
    bundle_folder: Path, corpus_folder: Path, tmp_path: Path, ossicle: Ossicle
) -> None:
    keras, model = bundle_folder.with_name("trained.work") / "float.keras", tmp_path / "a.tflite"
    command = ["quantize", keras, "--data", corpus_folder, "--fold", 1, "--out", model, "--json"]
    figures = ossicle(*command).json
    assert figures["bytes"] == model.stat().st_size
    assert 0 < figures["calibration_windows"] <= 24
    assert ossicle("compile", model, "--out", tmp_path / "c").status == 0


def at(figures: Any, name: str) -> Any:
    for key in name.split("."):
        figures = figures[key]
    return figures


def test_report(bundle_folder: Path, corpus_folder: Path, tmp_path: Path, ossicle: Ossicle) -> None:
    command = [bundle_folder, "--data", corpus_folder, "--fold", 2, "--json"]
    figures = ossicle("report", *command, "--out", tmp_path).json
    for name in REPORT:
        at(figures, name)
    assert figures["data"]["name"] == "sounds"
    assert figures["accuracy"]["float"] is None  # it was tested on another fold
    assert figures["scores"]["int8_host"] == ossicle("evaluate", *command).json
    assert figures["scores"]["int8_device"] == figures["scores"]["int8_host"]
    assert figures["parity"]["windows"] == figures["data"]["windows"] > 3
    assert [figures["parity"][f"{s}_mismatches"] for s in ("feature", "layer", "output")] == [0] * 3
    assert json.loads((tmp_path / "report.json").read_text()) == figures
    assert (tmp_path / "report.html").stat().st_size > 10_000
