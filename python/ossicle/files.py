"""Writing files so that an interruption never leaves half of one."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ossicle.errors import OutputError


def require_writable(folder: Path) -> None:
    """Check, before long work, that a folder can be written to or made.

    Raises:
        OutputError: a file is in the way, or permission is missing.
    """
    whole = folder.absolute()
    existing = next(place for place in (whole, *whole.parents) if place.exists())
    if not existing.is_dir():
        raise OutputError(f"{folder}: cannot be a folder, {existing} is a file; choose another")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise OutputError(f"{folder}: nothing may be written in {existing}; choose another folder")


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write `content` to a temporary name beside `path`, then rename it to `path`.

    Raises:
        OutputError: a folder is in the way.
    """
    if path.is_dir():
        raise OutputError(f"{path}: is a folder; name a file")
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8") if isinstance(content, str) else content
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def folder_atomically(path: Path) -> Iterator[Path]:
    """Yield an empty temporary folder that replaces `path` if the block ends without an error.

    A folder that already stands at `path` is removed only once the new one is complete.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    staging.chmod(0o755)
    try:
        yield staging
        if path.exists():
            shutil.rmtree(path)
        staging.rename(path)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
