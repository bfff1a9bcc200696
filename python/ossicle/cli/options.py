"""What the verbs have in common: the program, options, and how figures are shown."""

import json
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

app = typer.Typer(
    name="ossicle",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Labelled recordings in, a microcontroller that recognises the sounds out, "
    "equal to the host bit for bit.",
)

Json = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]
BoardName = Annotated[str, typer.Option("--board", help="A folder of firmware/boards.")]
Model = Annotated[Path, typer.Argument(help="An int8 .tflite file, or a bundle's folder.")]
BundleFolder = Annotated[Path, typer.Argument(help="A bundle's folder.")]
Data = Annotated[
    Path | None,
    typer.Option("--data", help="Recordings. Else OSSICLE_DATA, else data/, else synthetic ones."),
]
Fold = Annotated[
    int | None, typer.Option("--fold", "--test-fold", help="The fold that is held out.")
]


class Method(str, Enum):
    """Ways to int8."""

    PTQ = "ptq"
    QAT = "qat"
    VALIDATION = "validation"


class Votes(str, Enum):
    """Ways in which the windows of a clip decide."""

    SOFT = "soft"
    MAJORITY = "majority"
    MAX = "max"
    ATTENTION = "attention"
    ALL = "all"


class Choice(str, Enum):
    """What the compiler's choice of kernels spares."""

    RAM = "ram"
    BALANCED = "balanced"
    SPEED = "speed"


class Frame(str, Enum):
    """What a frame of the input is."""

    ROWS = "rows"
    COLUMNS = "columns"


class Carrier(str, Enum):
    """Ways of the frames between host and device."""

    SEMIHOSTING = "semihosting"
    UART = "uart"


Optimize = Annotated[
    Choice, typer.Option(help="What to spare: memory, instructions, or some of each.")
]
Frames = Annotated[
    Frame | None,
    typer.Option(help="The input comes frame by frame: these are its rows, or its columns."),
]
SmallTables = Annotated[
    bool,
    typer.Option("--small-tables", help="The front end's smallest tables: less flash, more time."),
]


def frames_by(frames: Frame | None) -> Literal["rows", "columns"] | None:
    """Return what the compiler calls it."""
    return frames.value if frames else None


def show(as_json: bool, figures: Any, text: str) -> None:
    """Print figures as JSON, or what they say as text."""
    typer.echo(json.dumps(figures, indent=1) if as_json else text)


def exit_unless(good: bool) -> None:
    """End with status 1 unless all is well."""
    if not good:
        raise typer.Exit(1)
