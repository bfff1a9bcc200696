"""A table of clips, `clips.csv`: the layout for recordings that were made with several devices."""

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path

from ossicle.datasets.clips import Clip, Corpus, corpus
from ossicle.datasets.tables import member, read_table, require_files
from ossicle.errors import DataError

TABLE = "clips.csv"
ABOUT = "corpus.json"
COLUMNS = ("filename", "label", "fold", "device", "recording")
TEST_ONLY = "test_only"
_USES = {"yes": True, "no": False}


def is_listed(source: Path) -> bool:
    """Tell whether `source` holds `clips.csv`."""
    return (source / TABLE).is_file()


def load_listed(source: Path) -> Corpus:
    """Load `clips.csv`, and from `corpus.json` beside it, if it is there, "name" and "licence".

    Cells are separated by commas. `filename` is relative to the folder, `fold` an integer, `device`
    and `recording` are names; a column `test_only` of yes and no may say which clips are never
    trained on.

    Raises:
        DataError: a table that is damaged or that lists clips which are missing.
    """
    table = source / TABLE
    rows = read_table(table, COLUMNS, separator=",")
    clips = [_clip(row, number, source, table) for number, row in enumerate(rows, 2)]
    require_files([clip.path for clip in clips], table)
    about = read_about(source)
    name = str(about.get("name", source.resolve().name))
    return corpus(name, clips, str(about.get("licence", "not stated")), source)


def read_about(source: Path) -> dict[str, object]:
    """Return what `corpus.json` says; nothing where there is none.

    Raises:
        DataError: it is not a JSON object.
    """
    file = source / ABOUT
    if not file.is_file():
        return {}
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{file}: is not JSON; write it anew or delete it") from error
    if not isinstance(about, dict):
        raise DataError(f"{file}: must be a JSON object; write it anew or delete it")
    return about


def table_of(clips: Iterable[Clip], source: Path) -> str:
    """Return `clips.csv` for clips whose files lie below `source`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*COLUMNS, TEST_ONLY))
    for clip in clips:
        name = clip.path.relative_to(source).as_posix()
        use = "yes" if clip.test_only else "no"
        writer.writerow((name, clip.label, clip.fold, clip.device, clip.recording, use))
    return text.getvalue()


def _clip(row: dict[str, str], number: int, source: Path, table: Path) -> Clip:
    path = member(source, row["filename"], table)
    use = row.get(TEST_ONLY) or "no"
    if use not in _USES:
        raise DataError(f"{table}: line {number}: test_only must be yes or no, not {use!r}")
    try:
        fold = int(row["fold"])
    except ValueError as error:
        raise DataError(f"{table}: line {number}: fold must be an integer") from error
    device, recording = row["device"], row["recording"]
    return Clip(path, 0.0, None, row["label"], fold, device, "", recording, _USES[use])
