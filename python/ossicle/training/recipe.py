"""A recipe: one TOML file that says all there is to say about a training.

Every table of the file is a dataclass of `recipe_tables`, every key a field, and the defaults are
those of the DCASE 2022 baseline; docs/training.md says how they were chosen.
"""

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli_w

from ossicle.errors import DataError
from ossicle.frontend import FrontendSpec
from ossicle.training.adapt import Adaptation
from ossicle.training.augment import Augmentation, Features
from ossicle.training.cutting import Cutting
from ossicle.training.distil import Distillation
from ossicle.training.prune import Pruning
from ossicle.training.reading import from_table, read_toml, to_table
from ossicle.training.recipe_tables import (
    Augmenting,
    Hearing,
    Method,
    Network,
    Quantisation,
    Schedule,
    Windowing,
    require_range,
)
from ossicle.training.step import Stage

PACKAGED = Path(__file__).resolve().parents[1] / "recipes"


@dataclass(frozen=True)
class Recipe:
    """One training, or the cross-validation of one.

    Attributes:
        name: what the results call it.
        seeds: of weights, order, dropout and the held-out recordings; a bundle is made with the
            first, a cross-validation with each.
        validation_share: share of the training recordings held out to choose between checkpoints
            and between the int8 models, 0 to 0.5; with 0 the last epoch and quantisation-aware are
            taken.
        earlier: a recipe that is trained before, as `load` takes it, with the same test fold and
            all its seeds; paths of teachers and of first weights call the folder of its models
            `{earlier}`.
        adaptation: the constraint between recording devices; None: there is none.
    """

    name: str = "dcase2022"
    seeds: tuple[int, ...] = (0,)
    validation_share: float = 0.1
    earlier: str | None = None
    windows: Windowing = field(default_factory=Windowing)
    frontend: Hearing = field(default_factory=Hearing)
    model: Network = field(default_factory=Network)
    schedule: Schedule = field(default_factory=Schedule)
    augmentation: Augmenting = field(default_factory=Augmenting)
    distillation: Distillation = field(default_factory=Distillation)
    pruning: Pruning = field(default_factory=Pruning)
    quantisation: Quantisation = field(default_factory=Quantisation)
    adaptation: Adaptation | None = None

    def __post_init__(self) -> None:
        if not self.name or not self.name.replace("-", "_").isidentifier():
            raise DataError(f"name must be a word of letters, digits, - and _, not {self.name!r}")
        if not self.seeds or len(set(self.seeds)) < len(self.seeds) or min(self.seeds) < 0:
            raise DataError(f"seeds must be whole numbers from 0, none twice, not {self.seeds}")
        require_range("validation_share", self.validation_share, 0, 0.5)
        if not self.schedule.epochs and not self.model.weights:
            raise DataError("epochs = 0 trains nothing, so [model] must name weights to take")

    @property
    def spec(self) -> FrontendSpec:
        """The front end."""
        return self.frontend.spec

    @property
    def cutting(self) -> Cutting:
        """The rule by which clips are cut into windows."""
        return self.windows.cutting(self.spec)

    def augmenting(self, *, whole: bool = False) -> Augmentation | None:
        """Return what `fit` calls on each batch; None where the recipe augments nothing.

        Args:
            whole: leave the crops out.
        """
        features = self.augmentation.features
        if whole:
            features = dataclasses.replace(features, crop_frames=())
        return Augmentation(features, self.spec) if features != Features() else None

    def stage(self, name: str, seed: int) -> Stage:
        """Return the float training as `fit` takes it."""
        return Stage(name, seed=seed, **dataclasses.asdict(self.schedule))

    def stage_after_pruning(self, seed: int) -> Stage:
        """Return the training that mends what pruning took."""
        mending = self.pruning
        return dataclasses.replace(
            self.stage("training after pruning", seed),
            epochs=mending.epochs,
            learning_rate=mending.learning_rate,
            warmup_epochs=0,
        )

    def changed(
        self,
        *,
        epochs: int | None = None,
        qat_epochs: int | None = None,
        seed: int | None = None,
        method: Method | None = None,
    ) -> "Recipe":
        """Return the recipe with what is given in place of what it says.

        Raises:
            DataError: a number out of range.
        """
        table = self.to_json()
        given = {
            ("schedule", "epochs"): epochs,
            ("quantisation", "epochs"): qat_epochs,
            ("quantisation", "method"): method,
        }
        for (part, key), value in given.items():
            if value is not None:
                table[part][key] = value
        if seed is not None:
            table["seeds"] = [seed]
        return from_table(Recipe, table, self.name)

    def to_json(self) -> dict[str, Any]:
        """Return the recipe as plain tables, as the file has them."""
        return to_table(self)

    def to_toml(self) -> str:
        """Return the file."""
        return tomli_w.dumps(self.to_json())


def load(recipe: str | Path) -> Recipe:
    """Read a recipe: a file that ends in .toml, or the name of one that comes with Ossicle.

    Raises:
        DataError: there is none, or the file is not a recipe; the message names file and key.
    """
    path = find(recipe, PACKAGED, "recipe")
    return from_table(Recipe, read_toml(path), str(path))


def lineage(recipe: Recipe) -> list[Recipe]:
    """Return a recipe, the one that is trained before it, the one before that, and so on.

    Raises:
        DataError: one of them cannot be read, or comes before itself.
    """
    line = [recipe]
    while line[-1].earlier is not None:
        before = load(line[-1].earlier)
        if before in line:
            names = " after ".join(member.name for member in [*line, before])
            raise DataError(f"the recipes go round in a circle: {names}")
        line.append(before)
    return line


def find(name: str | Path, folder: Path, what: str) -> Path:
    """Return a file that ends in .toml, or the one of this name in a folder of Ossicle's own.

    Raises:
        DataError: neither; the message tells the names that there are.
    """
    if Path(name).suffix == ".toml":
        return Path(name)
    known = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    if str(name) not in known:
        there = ", ".join(known)
        raise DataError(f"there is no {what} {name}; name a .toml file, or one of {there}")
    return known[str(name)]


def packaged() -> list[str]:
    """Return the names of the recipes that come with Ossicle."""
    return sorted(path.stem for path in PACKAGED.glob("*.toml"))
