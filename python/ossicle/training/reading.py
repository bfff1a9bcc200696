"""TOML tables to frozen dataclasses and back; what does not fit is refused by file, table and key.

A field of a dataclass is a key of its table, its type what the key may hold, its default what an
absent key means; a field that is a dataclass is a table within the table. A dataclass that knows
better brings its own `from_table(table, where)` and `to_table()`. A field that would be a word of
Python's, such as `lambda`, ends in an underscore, which its key does not.
"""

import dataclasses
import sys
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from ossicle.errors import DataError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LARGEST_FILE = 1 << 20  # bytes; a recipe has a few hundred

T = TypeVar("T")


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        DataError: it is missing, too large, not UTF-8 or not TOML.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DataError(f"{path}: is larger than {LARGEST_FILE >> 20} MB; it is no recipe")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:  # not UTF-8, not TOML, nested without end
        raise DataError(f"{path}: is not a TOML file: {error}") from error


def from_table(kind: type[T], table: Any, where: str) -> T:
    """Make a dataclass of a table.

    Args:
        kind: the dataclass.
        table: the table, as `tomllib` reads it.
        where: the file, and the table in it, for the messages.

    Raises:
        DataError: `table` is none, a key is unknown or missing, or its value is of another type or
            out of range.
    """
    if not isinstance(table, dict):
        raise DataError(f"{where}: must be a table, not {table!r}")
    if own := getattr(kind, "from_table", None):
        return cast("T", own(table, where))
    fields = {_key(field): field for field in dataclasses.fields(cast("Any", kind))}
    if unknown := sorted(table.keys() - fields.keys()):
        raise DataError(f"{where}: unknown key {unknown[0]!r}; it may have {', '.join(fields)}")
    needed = [name for name, field in fields.items() if _is_required(field)]
    if missing := [name for name in needed if name not in table]:
        raise DataError(f"{where}: the key {missing[0]!r} is missing")
    hints = typing.get_type_hints(kind)
    given = {
        fields[key].name: _value(hints[fields[key].name], table[key], f"{where}: {key}")
        for key in table
    }
    try:
        return kind(**given)
    except DataError as error:
        raise DataError(f"{where}: {error}") from None


def to_table(made: Any) -> dict[str, Any]:
    """Return the table that `from_table` reads back, without what is None or an empty table."""
    if hasattr(made, "to_table"):
        return cast("dict[str, Any]", made.to_table())
    values = {_key(field): getattr(made, field.name) for field in dataclasses.fields(made)}
    table = {name: _plain(value) for name, value in values.items() if value is not None}
    return {name: value for name, value in table.items() if value != {}}


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return to_table(value)
    return list(value) if isinstance(value, tuple) else value


def _key(field: "dataclasses.Field[Any]") -> str:
    return field.name.rstrip("_")


def _is_required(field: "dataclasses.Field[Any]") -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def _value(hint: Any, value: Any, where: str) -> Any:
    """Return `value` as `hint` has it."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):  # what may be absent: TOML has no None
        return _value(next(kind for kind in arguments if kind is not type(None)), value, where)
    if dataclasses.is_dataclass(hint):
        return from_table(cast("type[Any]", hint), value, where)
    if origin is typing.Literal:
        _require(value in arguments, where, f"one of {', '.join(arguments)}", value)
        return value
    if origin is tuple:
        _require(isinstance(value, list), where, "an array", value)
        return tuple(_value(arguments[0], item, where) for item in value)
    return _scalar(origin or hint, value, where)


def _scalar(kind: type, value: Any, where: str) -> Any:
    if kind is float and type(value) is int:
        return float(value)
    names: Mapping[type, str] = {
        int: "a whole number",
        float: "a number",
        str: "text",
        bool: "true or false",
        dict: "a table",
    }
    _require(type(value) is kind, where, names[kind], value)  # a bool is no number here
    return value


def _require(good: bool, where: str, wanted: str, value: Any) -> None:
    if not good:
        raise DataError(f"{where} must be {wanted}, not {value!r}")
