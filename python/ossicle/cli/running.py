"""Running the program: what a user can cure becomes one line."""

import io
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer

from ossicle import __version__
from ossicle.cli.options import app
from ossicle.errors import OssicleError


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Print the version where that is all that is asked."""
    if show:
        typer.echo(f"ossicle {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line; what a user can cure becomes one line and exit status 2.

    After Ctrl-C the exit status is 130, also where native code has made an error of its own of it.
    """
    with _interrupts() as interrupted:
        try:
            sys.exit(_run())
        except BaseException:
            if interrupted.is_set():
                sys.exit(130)
            raise


@contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Yield what is set once Ctrl-C was pressed; it still interrupts as ever."""
    pressed = threading.Event()

    def press(number: int, frame: FrameType | None) -> None:
        pressed.set()
        signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _run() -> Any:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # the name of a file need not be UTF-8
    try:
        return app(standalone_mode=False)
    except typer.TyperException as error:  # the command was not written as it should be
        reason = error.format_message().rstrip(".")
        _refuse(f"{reason}; --help shows how" if reason else "")  # without a verb, help was shown
    except OssicleError as error:
        _refuse(str(error))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _refuse(f"{where}{error.strerror or error}")


def _refuse(reason: str) -> NoReturn:
    """Say on one line what is wrong (a compiler's message has several), and exit."""
    if reason:
        line = "".join(sign if sign.isprintable() else " " for sign in reason)
        typer.echo(f"ossicle: {line}", err=True)
    sys.exit(2)
