"""Reading the text tables that corpora come with, written by strangers."""

import csv
import io
from pathlib import Path

from ossicle.errors import DataError


def read_table(path: Path, columns: tuple[str, ...], *, separator: str) -> list[dict[str, str]]:
    """Return the rows of a text table whose first line names its columns.

    Args:
        path: the table, UTF-8.
        columns: the columns that must be there; others are returned too.
        separator: what stands between two cells.

    Raises:
        DataError: the file is missing, not text, lacks a column or has a row that is cut short.
    """
    reader = csv.DictReader(io.StringIO(_text(path)), delimiter=separator)
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        raise DataError(f"{path}: the first line lacks the column {missing[0]}; fetch it again")
    rows = []
    for row in reader:
        if any(not row[column] for column in columns):
            raise DataError(f"{path}: line {reader.line_num} is cut short; fetch the file again")
        rows.append(row)
    return rows


def member(root: Path, name: str, table: Path) -> Path:
    """Return the path of the file `name` that `table` lists relative to `root`.

    Raises:
        DataError: the name leads out of `root`.
    """
    path = root / name
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise DataError(f"{table}: {name} leads out of {root}; fetch the table again")
    return path


def require_files(paths: list[Path], table: Path) -> None:
    """Refuse a table that labels files which are not there.

    Raises:
        DataError: some are missing; the message says how many and names the first.
    """
    present = {path for folder in {p.parent for p in paths} for path in _children(folder)}
    missing = [path for path in paths if path not in present]
    if missing:
        raise DataError(
            f"{table}: {len(missing)} of the {len(paths)} clips that it labels are missing, "
            f"the first is {missing[0]}; fetch the recordings again, or delete their rows"
        )


def _children(folder: Path) -> list[Path]:
    # One listing of a folder is much faster than 230,000 questions whether a file exists.
    return list(folder.iterdir()) if folder.is_dir() else []


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); fetch it again") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not a text table; fetch it again") from error
