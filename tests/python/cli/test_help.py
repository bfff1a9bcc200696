"""What the command line says of itself, and what the documents say of it, is so."""

import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest
import typer

from command_line import Result, assert_refused, run
from ossicle import __version__, cli
from ossicle.paths import PROJECT

COMMANDS: dict[str, Any] = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
VERBS = [
    *("fetch", "simulate", "train", "search", "models", "evaluate", "quantize"),
    *(
        "compile",
        "budget",
        "bench",
        "emulate",
        "parity",
        "report",
        "latent",
        "compare",
        "demo",
        "attend",
        "windows",
        "probe",
    ),
]
GROUPS = ["frontend"]
FIGURES = [verb for verb in VERBS if verb != "fetch"]


def parse(line: str) -> None:
    """Let the verb's own parser read a command line; nothing is run."""
    words = [word for word in shlex.split(line, comments=True) if not re.match(r"[A-Z_]+=", word)]
    assert words[0] == "ossicle"
    commands, words = COMMANDS, words[1:]
    while words[0] in GROUPS:
        commands, words = commands[words[0]].commands, words[1:]
    commands[words[0]].make_context(words[0], words[1:])


def test_the_verbs_are_those_that_are_promised() -> None:
    assert sorted(COMMANDS) == sorted(VERBS + GROUPS)


@pytest.mark.parametrize("verb", VERBS)
def test_help_shows_an_example_that_can_be_typed(verb: str, ossicle: Callable[..., Result]) -> None:
    shown = ossicle(verb, "--help")
    assert shown.status == 0 and shown.err == ""
    example = COMMANDS[verb].epilog
    assert example.startswith("Example: ") and f"ossicle {verb} " in example
    assert "Example: " in shown.out
    parse(example.removeprefix("Example: "))
    assert ("--json" in shown.out) == (verb in FIGURES)


@pytest.mark.parametrize("group", GROUPS)
def test_examples_of_a_groups_verbs_can_be_typed(group: str) -> None:
    for verb, command in COMMANDS[group].commands.items():
        assert f"ossicle {group} {verb} " in command.epilog
        parse(command.epilog.removeprefix("Example: "))


def documented() -> list[str]:
    """Commands in the documents: on lines of their own, or whole between backticks."""
    texts = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
    command = re.compile(r"^ *(?:\$ )?((?:[A-Z_]+=\S+ )*ossicle \S+ .+)|`(ossicle [^\s`]+ [^`]+)`")
    lines = [line for text in texts for line in text.read_text(encoding="utf-8").splitlines()]
    found = [match for line in lines for match in command.finditer(line)]
    return sorted({match[1] or match[2] for match in found})


def test_commands_in_the_documents_can_be_typed() -> None:
    for line in documented():
        parse(line)
    shown = {line.split()[line.split().index("ossicle") + 1] for line in documented()}
    assert shown >= set(VERBS) - {"demo"}  # that one is `make demo`


def test_the_version_is_said(ossicle: Callable[..., Result]) -> None:
    assert ossicle("--version") == Result(0, f"ossicle {__version__}\n", "")


def test_no_verb_shows_the_help() -> None:
    result = run()
    assert result.status == 2
    assert all(verb in result.out + result.err for verb in VERBS)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["nonsense"], "nonsense"),
        (["parity"], "model"),
        (["bench", "a.tflite", "--bored", "x"], "--bored"),
        (["bench", "a.tflite", "b.tflite"], "b.tflite"),
        (["parity", "a.tflite", "--inputs", "0"], "--inputs"),
        (["parity", "a.tflite", "--inputs", "-3"], "--inputs"),
        (["parity", "a.tflite", "--inputs", "many"], "--inputs"),
        (["parity", "a.tflite", "--seed", "-1"], "--seed"),
        (["emulate", "a", "--carrier", "pigeon"], "--carrier"),
        (["train", "--method", "magic", "--out", "x"], "--method"),
    ],
)
def test_a_command_that_is_not_one_is_refused(
    arguments: list[str], named: str, ossicle: Callable[..., Result]
) -> None:
    assert_refused(ossicle(*arguments), named, "--help")
