"""Downloading one file: resumed where it was broken off, shown, checked before it counts."""

import hashlib
import http.client
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from ossicle.console import console
from ossicle.datasets.archives import Archive
from ossicle.errors import DataError

_BLOCK = 1 << 18
_TIMEOUT_SECONDS = 30
_ATTEMPTS = 5


def download(archive: Archive, folder: Path) -> Path:
    """Download `archive` into `folder` and return its path.

    What has come so far lies in a file ending in `.part`, and the next call asks only for the rest.
    A file that is there already, from an earlier call or put there by hand, is only checked.

    Raises:
        DataError: the server cannot be reached or refuses (the message says where to put the file
            by hand), the disk is too small, or the checksum is none of those that are known.
    """
    target = folder / archive.name
    if not target.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{archive.name}.part")
        _fetch(archive, part, target)
        part.replace(target)
    _verify(archive, target)
    return target


def _fetch(archive: Archive, part: Path, target: Path) -> None:
    """Fill `part`; a connection that breaks is taken up again while it still brings something."""
    for attempt in range(1, _ATTEMPTS + 1):
        before = _size(part)
        try:
            with _progress() as progress:
                _append(archive, part, progress)
            return
        except urllib.error.HTTPError as error:
            raise DataError(_by_hand(archive, target, f"HTTP {error.code}")) from error
        except (OSError, http.client.HTTPException) as error:
            if attempt == _ATTEMPTS or _size(part) == before:
                reason = getattr(error, "reason", None) or error
                raise DataError(_by_hand(archive, target, str(reason))) from error


def _append(archive: Archive, part: Path, progress: Progress) -> None:
    # Asking for the last byte once more lets a server answer even when nothing is missing.
    wanted = max(0, _size(part) - 1)
    with _open(archive.url, wanted) as response:
        have, total = _extent(response, wanted)
        if total is not None:
            _require_space(part, total - have)
        task = progress.add_task(archive.name, total=total, completed=have)
        with part.open("r+b" if have else "wb") as file:
            file.seek(have)
            while block := response.read(_BLOCK):
                file.write(block)
                progress.advance(task, len(block))
    if total is not None and _size(part) < total:
        raise http.client.IncompleteRead(b"", total - _size(part))


def _open(url: str, have: int) -> http.client.HTTPResponse:
    request = urllib.request.Request(url, headers={"User-Agent": "ossicle"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        response: http.client.HTTPResponse = urllib.request.urlopen(
            request, timeout=_TIMEOUT_SECONDS
        )
    except urllib.error.HTTPError as error:
        error.close()
        if error.code != 416 or not have:  # 416: the file is shorter than what we have of it
            raise
        return _open(url, 0)
    return response


def _extent(response: http.client.HTTPResponse, have: int) -> tuple[int, int | None]:
    """Return how many bytes stand before those that come now, and how many there are in all.

    A server that does not resume sends the whole file: nothing stands before it.
    """
    length = response.headers.get("Content-Length", "")
    coming = int(length) if length.isdecimal() else None
    match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
    if response.status == 206 and match and int(match[1]) == have:
        return have, have + coming if coming is not None else None
    return 0, coming


def _verify(archive: Archive, path: Path) -> None:
    found = [f"{kind}:{_digest(path, kind)}" for kind in _kinds(archive.checksums)]
    refused = path.with_name(f"{path.name}.refused")
    if set(found) & set(archive.checksums):
        refused.unlink(missing_ok=True)
        return
    path.replace(refused)
    raise DataError(
        f"{path.name}: the checksum is {found[0]}, not {' or '.join(archive.checksums)}; run the "
        f"command again; should it happen twice, {archive.url} has changed. What came is {refused}"
    )


def _kinds(checksums: Iterable[str]) -> list[str]:
    return sorted({checksum.partition(":")[0] for checksum in checksums})


def _digest(path: Path, kind: str) -> str:
    digest = hashlib.new(kind, usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _require_space(part: Path, needed: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if needed > free:
        raise DataError(f"{part.parent}: needs {needed >> 20} MiB, has {free >> 20}; free some")


def _by_hand(archive: Archive, target: Path, reason: str) -> str:
    return (
        f"{archive.url}: cannot be downloaded ({reason}); run the command again to go on, or "
        f"download the file elsewhere, put it at {target} and run the command again"
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
    )
