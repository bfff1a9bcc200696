"""Compile C for the host: the front end and generated models, as libraries that Python calls."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ossicle.errors import BuildError, ToolMissingError
from ossicle.paths import BUILD

FLAGS = ("-std=c99", "-O3", "-fPIC", "-shared", "-Wall", "-Wextra", "-Wconversion")


def compiler() -> str:
    """Return the host C compiler: `$CC`, else the first of cc, gcc, clang on PATH.

    Raises:
        ToolMissingError: there is none.
    """
    for name in filter(None, (os.environ.get("CC"), "cc", "gcc", "clang")):
        found = shutil.which(name)
        if found:
            return found
    raise ToolMissingError("no C compiler on PATH: install gcc (Debian/Ubuntu: apt install gcc)")


def shared_library(name: str, sources: Sequence[Path], include: Sequence[Path]) -> Path:
    """Compile `sources` into a shared library and return its path.

    The file name carries the hash of every source, of every header in the `include` folders, and of
    the compiler's path and flags: an unchanged library is found again, a changed one made anew.

    Raises:
        ToolMissingError: there is no C compiler.
        BuildError: the compiler failed; the message holds what it printed.
    """
    command = [compiler(), *FLAGS]
    library = BUILD / "host" / f"{name}-{_fingerprint(command, sources, include)}.so"
    if library.exists():
        return library
    library.parent.mkdir(parents=True, exist_ok=True)
    staging = library.with_suffix(f".{os.getpid()}.tmp")
    command += [f"-I{folder}" for folder in include]
    command += ["-o", str(staging), *map(str, sources)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        staging.unlink(missing_ok=True)
        raise BuildError(f"{name}: the host compiler failed: {result.stderr.strip()}")
    staging.replace(library)
    return library


def _fingerprint(command: Sequence[str], sources: Sequence[Path], include: Sequence[Path]) -> str:
    digest = hashlib.sha256("\0".join(command).encode())
    headers = [header for folder in include for header in sorted(folder.rglob("*.h"))]
    for path in [*sources, *headers]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
