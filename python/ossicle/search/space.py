"""What a search may vary: a recipe's TOML file with a table [search] besides.

    [search.limits]                                # besides those of the board; each may be absent
    macs = 5_000_000
    flash_bytes = 65_536
    ram_bytes = 32_768
    instructions = 20_000_000                      # a second of sound, front end included

    [search.parameters]
    "model.options.channels" = { low = 16, high = 64, step = 8 }
    "schedule.learning_rate" = { low = 1e-4, high = 1e-2, log = true }
    "frontend.mel_bands" = { choices = [32, 40, 64] }

A parameter is a key of the recipe, its tables before it.
"""

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from ossicle.errors import DataError
from ossicle.training import Recipe
from ossicle.training.reading import from_table, read_toml
from ossicle.training.recipe import PACKAGED, find

SPACES = PACKAGED / "spaces"

Value = int | float | str | bool


class Suggests(Protocol):
    """What draws values: a trial of Optuna."""

    def suggest_categorical(self, name: str, choices: list[Value]) -> Any:
        """Draw one of them."""

    def suggest_int(self, name: str, low: int, high: int, *, step: int, log: bool) -> int:
        """Draw a whole number."""

    def suggest_float(
        self, name: str, low: float, high: float, *, step: float | None, log: bool
    ) -> float:
        """Draw a number."""


@dataclass(frozen=True)
class Parameter:
    """One key that varies: between two numbers, or among choices.

    Attributes:
        low, high: both ends belong to it; two whole numbers give whole numbers.
        step: between neighbours; None: any number, or every whole one.
        log: draw the logarithm evenly; not together with `step`.
        choices: instead of a range.
    """

    low: float | None = None
    high: float | None = None
    step: float | None = None
    log: bool = False
    choices: tuple[Value, ...] = ()

    def __post_init__(self) -> None:
        if self.choices:
            if (self.low, self.high, self.step, self.log) != (None, None, None, False):
                raise DataError("choices stand alone, without low, high, step and log")
            return
        if self.low is None or self.high is None or not self.low <= self.high:  # nan too
            raise DataError("give choices, or low and high, low not above high")
        if self.log and (self.step is not None or self.low <= 0):
            raise DataError("log wants low above 0 and no step")
        if self.step is not None and not self.step > 0:
            raise DataError(f"step must be above 0, not {self.step}")

    @property
    def first(self) -> Value:
        """A value to try the space with."""
        return self.choices[0] if self.choices else self._low

    @property
    def _low(self) -> float:
        assert self.low is not None
        return self.low

    def draw(self, name: str, trial: Suggests) -> Any:
        """Let a trial choose a value."""
        if self.choices:
            return trial.suggest_categorical(name, list(self.choices))
        assert self.low is not None and self.high is not None
        if type(self.low) is int and type(self.high) is int:
            step = int(self.step or 1)
            return trial.suggest_int(name, self.low, self.high, step=step, log=self.log)
        return trial.suggest_float(name, self.low, self.high, step=self.step, log=self.log)

    @classmethod
    def from_table(cls, table: dict[str, Any], where: str) -> "Parameter":
        """Read the keys, numbers as they are written."""
        known = {item.name for item in dataclasses.fields(cls)}
        if unknown := sorted(table.keys() - known):
            raise DataError(f"{where}: unknown key {unknown[0]!r}; it may have {', '.join(known)}")
        for name in ("low", "high", "step"):
            if name in table and type(table[name]) not in (int, float):
                raise DataError(f"{where}: {name} must be a number, not {table[name]!r}")
        if not isinstance(table.get("choices", []), list):
            raise DataError(f"{where}: choices must be an array")
        try:
            return cls(**{**table, "choices": tuple(table.get("choices", ()))})
        except DataError as error:
            raise DataError(f"{where}: {error}") from None


@dataclass(frozen=True)
class Limits:
    """What a candidate may cost at most, besides what the board has; None: no limit but that.

    Attributes:
        macs: multiply-accumulates of one inference.
        flash_bytes, ram_bytes: of the linked firmware, RAM with the stack.
        instructions: a second of sound, front end included.
    """

    macs: int | None = None
    flash_bytes: int | None = None
    ram_bytes: int | None = None
    instructions: int | None = None


@dataclass(frozen=True)
class Space:
    """A recipe, what of it may vary, and what it may cost.

    Attributes:
        recipe: what does not vary.
        parameters: what does, by its dotted key.
        limits: of every candidate.
    """

    recipe: Recipe
    parameters: dict[str, Parameter]
    limits: Limits = field(default_factory=Limits)

    def draw(self, trial: Suggests) -> Recipe:
        """Let a trial choose a recipe."""
        return self.of({name: p.draw(name, trial) for name, p in self.parameters.items()})

    def of(self, values: dict[str, Any]) -> Recipe:
        """Return the recipe with these values.

        Raises:
            DataError: one of them the recipe cannot have.
        """
        table = self.recipe.to_json()
        for name, value in values.items():
            *tables, key = name.split(".")
            place = table
            for step in tables:
                place = place.setdefault(step, {})
                if not isinstance(place, dict):
                    raise DataError(f"{name}: {step} is not a table of a recipe")
            place[key] = value
        return from_table(Recipe, table, f"{self.recipe.name} with {values}")


def load(name: str | Path) -> Space:
    """Read a space: a file that ends in .toml, or the name of one that comes with Ossicle.

    Raises:
        DataError: there is none, or it is none; the message names file and key.
    """
    path = find(name, SPACES, "search space")
    table = read_toml(path)
    told = table.pop("search", None)
    if not isinstance(told, dict) or not isinstance(told.get("parameters"), dict):
        raise DataError(f"{path}: has no table [search.parameters], which says what may vary")
    if unknown := sorted(told.keys() - {"parameters", "limits"}):
        raise DataError(f"{path}: [search]: unknown key {unknown[0]!r}")
    parameters = {
        key: from_table(Parameter, value, f"{path}: [search.parameters] {key!r}")
        for key, value in told["parameters"].items()
    }
    limits = from_table(Limits, told.get("limits", {}), f"{path}: [search.limits]")
    space = Space(from_table(Recipe, table, str(path)), parameters, limits)
    if not space.recipe.validation_share:
        raise DataError(f"{path}: validation_share is 0, but validation is what decides a search")
    if space.recipe.earlier is not None:
        raise DataError(f"{path}: earlier: a search trains no other recipe before; name its files")
    try:
        space.of({key: parameter.first for key, parameter in parameters.items()})
    except DataError as error:
        raise DataError(f"{path}: [search.parameters]: {error}") from None
    return space
