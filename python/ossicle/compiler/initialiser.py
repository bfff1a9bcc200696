"""C initialisers: of tables, of numbers, of descriptors."""

from collections.abc import Mapping

import numpy as np

from ossicle.compiler.graph import Array
from ossicle.compiler.operators.operator import Field, Reference, Rows, Symbol


def float32(value: float) -> str:
    """Return the shortest number that is this float32 when it is read again."""
    return str(np.format_float_scientific(np.float32(value), unique=True))


def table(values: Array) -> str:
    """Return the numbers of a table, in lines of at most 100 characters."""
    numbers = [str(value) for value in values.reshape(-1).tolist()]
    width = max(map(len, numbers)) + 2
    per_line = max(1, 96 // width)
    lines = [
        ", ".join(numbers[start : start + per_line]) for start in range(0, len(numbers), per_line)
    ]
    return ",\n    ".join(lines)


def members(fields: Mapping[str, Field], symbol: str, indent: int) -> str:
    """Return a descriptor's members, one a line; `symbol` is what its tables' names begin with."""
    lines = (f".{name} = {initialiser(value, symbol)}," for name, value in fields.items())
    return ("\n" + " " * indent).join(lines)


def initialiser(value: Field, symbol: str) -> str:
    """Return one member's value."""
    if isinstance(value, Reference):
        return "NULL" if value.constant is None else f"{symbol}_{value.constant}"
    if isinstance(value, Symbol):
        return value.name
    if isinstance(value, Rows):
        rows = ",\n         ".join(initialiser(row, symbol) for row in value.members)
        return f"(const {value.ctype}[]){{\n         {rows}}}"
    if isinstance(value, Mapping):
        inner = (f".{name} = {initialiser(it, symbol)}" for name, it in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, int | float):
        return str(value) if isinstance(value, int) else f"{float32(value)}f"
    return "{" + ", ".join(initialiser(inner, symbol) for inner in value) + "}"
