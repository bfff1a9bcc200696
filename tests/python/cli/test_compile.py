"""`compile` of a bundle: a library that listens; and the front end's smallest tables."""

import shlex
from collections.abc import Callable
from pathlib import Path

from command_line import Result, assert_refused
from ossicle.paths import PROJECT

Ossicle = Callable[..., Result]

LISTENS = {
    "ossicle_listener.h", "ossicle_self_test.h", "ossicle_labels.h", "ossicle_vote.h",
    "ossicle_frontend.h", "ossicle_model.h", "CMakeLists.txt", "library.json", "README.md",
    "examples/listen/main.c", "examples/arduino_pdm/main.cpp",
}  # fmt: skip
PAGE = (PROJECT / "docs" / "listener.md").read_text(encoding="utf-8")


def test_the_command_of_the_page(tmp_path: Path, ossicle: Ossicle) -> None:
    command = PAGE.split("```sh\n")[1].split("\n```")[0]
    program, *arguments = shlex.split(command.replace("build/ear", str(tmp_path / "ear")))
    assert program == "ossicle"
    arguments[1] = str(PROJECT / arguments[1])
    figures = ossicle(*arguments, "--json").json
    written = {str(path.relative_to(tmp_path / "ear")) for path in (tmp_path / "ear").rglob("*")}
    assert (
        written - {"examples", "examples/listen", "examples/arduino_pdm"}
        == set(figures["files"])
        > LISTENS
    )
    told = (tmp_path / "ear" / "README.md").read_text()
    assert "Hears 1 s of sound at a time, begins anew every 1 s, of 44,100 samples a second" in told
    assert f"{figures['arena_bytes']:,}" in told
    assert "chainsaw, clock_tick" in told


def test_small_tables_take_less_flash_and_give_the_same(
    bundle_folder: Path, ossicle: Ossicle
) -> None:
    large, small = (
        ossicle("budget", bundle_folder, "--json", *options).json
        for options in ((), ("--small-tables",))
    )
    assert small["flash_bytes"] < large["flash_bytes"] - 4_000
    assert small["ram_bytes"] == large["ram_bytes"]
    assert small["instructions_per_frame"] > large["instructions_per_frame"]
    figures = ossicle("parity", bundle_folder, "--small-tables", "--json").json
    assert [figures[f"{what}_mismatches"] for what in ("feature", "layer", "output")] == [0, 0, 0]


def test_a_model_has_no_small_tables(models_folder: Path, ossicle: Ossicle) -> None:
    model = models_folder / "int8.tflite"
    assert_refused(ossicle("budget", model, "--small-tables"), model, "give a bundle")
