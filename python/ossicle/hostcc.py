"""Compile C for the host: the front end and generated models, as libraries that Python calls."""

import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
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


def shared_library(
    name: str, sources: Sequence[Path], include: Sequence[Path], *, native: bool = False
) -> Path:
    """Compile `sources` into a shared library and return its path.

    The file name carries the hash of every source, of every header in the `include` folders, and of
    the compiler's path and flags: an unchanged library is found again, a changed one made anew.

    Args:
        name: what the file name begins with.
        sources: C files.
        include: folders of headers.
        native: use every instruction of this very processor, which the hash then covers too.

    Raises:
        ToolMissingError: there is no C compiler.
        BuildError: the compiler failed; the message holds what it printed.
    """
    command = [compiler(), *FLAGS, *(_native_flags() if native else ())]
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


@cache
def _native_flags() -> tuple[str, ...]:
    """Return what asks for this processor's instructions, and names them for the hash."""
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return ()
    probe = [compiler(), "-march=native", "-dM", "-E", "-x", "c", os.devnull]
    macros = subprocess.run(probe, capture_output=True, text=True, check=False)
    if macros.returncode != 0:
        return ()
    return ("-march=native", f"-DOSSICLE_HOST_{hashlib.sha256(macros.stdout.encode()).hexdigest()}")


def _fingerprint(command: Sequence[str], sources: Sequence[Path], include: Sequence[Path]) -> str:
    digest = hashlib.sha256("\0".join(command).encode())
    headers = [header for folder in include for header in sorted(folder.rglob("*.h"))]
    for path in [*sources, *headers]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
