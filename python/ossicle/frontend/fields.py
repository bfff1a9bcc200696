"""Fields with their units, and their way to TOML and back: what specifications are made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import field
from typing import Any, TypeVar

from ossicle.errors import FrontendError

_KINDS: dict[str, type] = {
    "int": int,
    "float": float,
    "str": str,
    "tuple[float, ...]": tuple,
}

Fields = TypeVar("Fields")


def unit(default: Any, unit: str) -> Any:
    """Declare a field with its default and its unit, which `lines` writes beside it."""
    return field(default=default, metadata={"unit": unit})


def plain(fields: Any) -> list[dataclasses.Field[Any]]:
    """Return the fields that are values, not tables, of a dataclass or one of its instances."""
    return [item for item in dataclasses.fields(fields) if str(item.type) in _KINDS]


def check_types(fields: Any) -> None:
    """Refuse values of another type than their fields', and numbers that are none.

    Raises:
        FrontendError: names the field.
    """
    for item in plain(fields):
        value, kind = getattr(fields, item.name), _KINDS[str(item.type)]
        if kind is tuple:
            right = isinstance(value, tuple) and all(_is_a(number, float) for number in value)
        else:
            right = _is_a(value, kind)
        if not right:
            name = "a list of numbers" if kind is tuple else f"of type {kind.__name__}"
            raise FrontendError(f"{item.name} = {value!r} must be {name}")
        numbers = () if kind is str else value if kind is tuple else (value,)
        if not all(abs(number) < 1e12 for number in numbers):  # refuses NaN too
            raise FrontendError(f"{item.name} is out of range: no finite, reasonable number")


def _is_a(value: Any, kind: type) -> bool:
    allowed = (int, float) if kind is float else (kind,)
    return isinstance(value, allowed) and not isinstance(value, bool)


def check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Refuse a value that is not among the choices."""
    if value not in choices:
        raise FrontendError(f'{name} = "{value}" is not known; choose {" or ".join(choices)}')


def check_range(name: str, value: float, low: float, high: float, unit: str = "") -> None:
    """Refuse a number outside `low` to `high`."""
    if not low <= value <= high:
        raise FrontendError(f"{name} = {value} is out of range; choose {low:g} to {high:g}{unit}")


def check_list(
    fields: Any, name: str, counted_by: str, between: tuple[float, float], unit: str = ""
) -> None:
    """Refuse a list that is neither empty nor of as many numbers, of `low` to `high`.

    Args:
        fields: the dataclass that has it.
        name: of the list.
        counted_by: the field, or property, that says how many.
        between: the least and the largest that a number may be.
        unit: of these.
    """
    values, count = getattr(fields, name), getattr(fields, counted_by)
    if len(values) not in (0, count):
        raise FrontendError(
            f"{name} has {len(values)} numbers for {counted_by} = {count}; give one for each, or "
            "none"
        )
    for place, value in enumerate(values):
        check_range(f"{name}[{place}]", value, *between, unit)


def lines(fields: Any) -> list[str]:
    """Return `name = value` of every plain field, as TOML."""
    return [f"{i.name} = {_toml(getattr(fields, i.name), i.type)}" for i in plain(fields)]


def commented(fields: Any) -> str:
    """Return the plain fields as lines of TOML, units in comments."""
    items = zip(lines(fields), plain(fields), strict=True)
    return "".join(f"{line:28}  # {item.metadata['unit']}\n" for line, item in items)


def of_toml(kind: type[Fields], values: Mapping[str, Any], *, partial: bool = False) -> Fields:
    """Make a dataclass of a TOML table's values; every field must be there, and nothing else.

    Args:
        kind: the dataclass.
        values: as `tomllib` gives them; tables are already what they shall become.
        partial: fields may be missing, and then have their defaults.

    Raises:
        FrontendError: a field missing, unknown, of another type or out of range.
    """
    names = {item.name for item in plain(kind)}
    if not partial and (missing := sorted(names - values.keys())):
        raise FrontendError(f"{', '.join(missing)} missing; every field must be given")
    known = {item.name for item in dataclasses.fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(values.keys() - known):
        raise FrontendError(f"unknown field {', '.join(unknown)}; remove it")
    lists = {item.name for item in plain(kind) if _KINDS[str(item.type)] is tuple}
    return kind(**{
        name: tuple(value) if name in lists and isinstance(value, list) else value
        for name, value in values.items()
    })  # fmt: skip


def _toml(value: Any, kind: Any) -> str:
    if kind == "str":
        return f'"{value}"'  # only names from a list of choices: nothing to escape
    if isinstance(value, tuple):
        return f"[{', '.join(repr(float(number)) for number in value)}]"
    return repr(_KINDS[kind](value))  # an int given for a float is written, and hashed, as a float
