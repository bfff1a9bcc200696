"""`ossicle frontend ...`: what the command line says about the front end."""

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True, help="The front end: how exact it is, and what it hears through."
)

SOUNDS = {".wav", ".flac", ".ogg"}


@app.callback()
def frontend() -> None:
    """Say how exact features are, what they cost accuracy, and what microphones do to them."""


@app.command(
    epilog="Example: ossicle frontend compare data/esc10 --every 40 --plot build/error.svg"
)
def compare(
    recordings: Annotated[Path, typer.Argument(help="A sound file, or a folder of them.")],
    spec: Annotated[
        str | None, typer.Option("--spec", help="A preset, or a TOML file. Else the default one.")
    ] = None,
    every: Annotated[int, typer.Option("--every", min=1, help="Take every so many files.")] = 1,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="An SVG file for the errors by feature.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Compare the device's features with librosa's in double precision."""
    from ossicle.frontend.compare import compare as compare_features
    from ossicle.frontend.recipe import read
    from ossicle.frontend.spec import FrontendSpec

    chosen = read(spec) if spec else FrontendSpec()
    compared = compare_features(sound_files(recordings)[::every], chosen)
    if plot is not None:
        compared.draw(plot)
    typer.echo(json.dumps(compared.figures(), indent=1) if as_json else compared.text())


def sound_files(place: Path) -> list[Path]:
    """Return the sound files below a folder, or the file itself."""
    found = sorted(path for path in place.rglob("*") if path.suffix.lower() in SOUNDS)
    return found or [place]
