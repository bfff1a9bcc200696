"""Unpacking ZIP files that come from elsewhere: nothing is written outside the target folder."""

import re
import shutil
import stat
import zipfile
from pathlib import Path, PurePosixPath

from ossicle.console import track
from ossicle.errors import DataError


def unpack(archive: Path, folder: Path, keep: re.Pattern[str]) -> None:
    """Unpack the members of `archive` into `folder`, without the first folder of their paths.

    Args:
        archive: a ZIP file.
        folder: where to put them; files of the same name are replaced.
        keep: which members, as a pattern of the whole path without that first folder.

    Raises:
        DataError: not a ZIP file, a damaged one, one with a member that is a link or that leads out
            of `folder` (nothing is then written), or one that needs more room than there is.
    """
    try:
        with zipfile.ZipFile(archive) as file:
            chosen = _chosen(file, archive, keep)
            _require_space(chosen, folder)
            for member, path in track(chosen, f"unpacking {archive.name}", len(chosen)):
                _write(file, member, folder / path)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise DataError(f"{archive}: is not a sound ZIP file ({error}); delete it") from error


def _chosen(
    file: zipfile.ZipFile, archive: Path, keep: re.Pattern[str]
) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    chosen = []
    for member in file.infolist():
        parts = _safe_parts(member, archive)
        if not member.is_dir() and keep.fullmatch("/".join(parts[1:])):
            chosen.append((member, PurePosixPath(*parts[1:])))
    return chosen


def _safe_parts(member: zipfile.ZipInfo, archive: Path) -> tuple[str, ...]:
    name = member.filename
    path = PurePosixPath(name)
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or is_link:
        raise DataError(f"{archive}: its member {name!r} leads out of the folder; delete it")
    return path.parts


def _require_space(chosen: list[tuple[zipfile.ZipInfo, PurePosixPath]], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    needed = sum(member.file_size for member, _ in chosen)
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise DataError(f"{folder}: needs {needed >> 20} MiB, has {free >> 20}; free some")


def _write(file: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # ZipFile checks the member's CRC-32 at its end and gives no more than its stated size.
    with file.open(member) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)
