"""Settings that must lie in ranges."""

from collections.abc import Iterable, Mapping
from typing import Any

from ossicle.errors import DataError


def require(settings: Any, ranges: Mapping[str, tuple[float, float]]) -> None:
    """Check that each attribute of `settings` lies in its range, ends included.

    Raises:
        DataError: one does not; the message names it.
    """
    for name, (least, most) in ranges.items():
        require_each(name, [getattr(settings, name)], least, most)


def require_each(name: str, values: Iterable[float], least: float, most: float) -> None:
    """Check that each of `values` lies in a range, ends included.

    Raises:
        DataError: one does not; the message calls it `name`.
    """
    for value in values:
        if not least <= value <= most:  # false for not-a-number too
            raise DataError(f"{name} must lie in {least} to {most}, not {value}")
