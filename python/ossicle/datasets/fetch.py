"""`ossicle fetch NAME`: the public corpora and models, downloaded, checked and unpacked."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from ossicle.console import console
from ossicle.datasets.archives import SOURCES, Archive, Source
from ossicle.datasets.download import download
from ossicle.datasets.unpack import unpack
from ossicle.errors import DataError
from ossicle.files import write_atomically


def fetch(name: str, folder: Path, *, sources: Mapping[str, Source] = SOURCES) -> Path:
    """Bring the corpus or the models called `name` into `folder/name`, and return that path.

    Until everything is there it is collected in `folder/.name`, each archive deleted once it is
    unpacked, so that an interrupted run goes on where it ended and `folder/name`, where it exists,
    is complete. Then nothing is done.

    Args:
        name: one of the names in `sources`.
        folder: usually `data/`.
        sources: what can be fetched.

    Raises:
        DataError: an unknown name, a download that fails or is not what it should be, a full disk.
    """
    if name not in sources:
        raise DataError(f"{name}: is not a known corpus; choose one of {', '.join(sources)}")
    target, source = folder / name, sources[name]
    if target.exists():
        console.print(f"{target} is there already; delete it to fetch it again")
        return target
    staging = folder / f".{name}"
    for archive in source.archives:
        _bring(archive, source, staging)
    shutil.rmtree(staging / "done")
    staging.rename(target)
    console.print(f"{target}: complete. Licence: {source.licence}")
    return target


def _bring(archive: Archive, source: Source, staging: Path) -> None:
    done = staging / "done" / archive.name
    if done.is_file():
        return
    path = download(archive, staging)
    if path.suffix == ".zip":
        unpack(path, staging, source.keep)
        path.unlink()
    write_atomically(done, "")
