"""What people see while they wait: messages and progress, on standard error only."""

from collections.abc import Generator, Iterable
from threading import Event
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

T = TypeVar("T")

# Messages name files, whose names may hold brackets or be long: printed as they are, on one line.
console = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)


_hidden = Event()


def hide_progress() -> None:
    """Show no progress any more: for processes that work side by side, of which another tells."""
    _hidden.set()
    console.quiet = True


def progress_bar() -> Progress:
    """Return a progress display for long work; use it as a context manager."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=_hidden.is_set(),
    )


def track(items: Iterable[T], description: str, total: int) -> Generator[T, None, None]:
    """Yield `items` one by one while a progress bar shows how many of `total` are done.

    Where a loop may fail, `contextlib.closing` ends the bar before the error is told.
    """
    with progress_bar() as progress:
        yield from progress.track(items, total=total, description=description)
