"""A recipe: one TOML file that says all there is to say about a training.

Every table of the file is a dataclass here, every key a field, and the defaults are those of the
DCASE 2022 baseline; docs/training.md says how they were chosen.
"""

import dataclasses
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import tomli_w

from ossicle.errors import DataError, FrontendError, ModelError
from ossicle.frontend import FrontendSpec
from ossicle.frontend.recipe import of_values
from ossicle.models.registry import require_options
from ossicle.training.adapt import Adaptation
from ossicle.training.augment import Augmentation, Features, Waveform
from ossicle.training.cutting import Cutting, Short
from ossicle.training.distil import Distillation
from ossicle.training.prune import Pruning
from ossicle.training.reading import from_table, read_toml, to_table
from ossicle.training.step import Optimizer, Stage
from ossicle.training.vote import Vote, Voting

PACKAGED = Path(__file__).resolve().parents[1] / "recipes"

Method = Literal["ptq", "qat", "validation"]


@dataclass(frozen=True)
class Windowing:
    """How a clip becomes windows, and windows an answer.

    Attributes:
        seconds: length of a window; it is rounded to whole hops of the front end.
        hop_seconds: from one window to the next, at most `seconds`; None: as long as a window.
        short: what becomes of a clip that is shorter than a window: "pad" adds zeros, "loop" takes
            the silence off its ends and repeats what is left.
        vote: how the windows of a clip decide.
    """

    seconds: float = 1.0
    hop_seconds: float | None = None
    short: Short = "pad"
    vote: Vote = "soft"

    def __post_init__(self) -> None:
        _require_range("seconds", self.seconds, 0.1, 60.0)
        if self.hop_seconds is not None:
            _require_range("hop_seconds", self.hop_seconds, 0.01, self.seconds)

    @property
    def unlearnt_vote(self) -> Voting:
        """The vote of a model whose attention is yet to be learnt: the soft one in its place."""
        return Voting("soft" if self.vote == "attention" else self.vote)

    def cutting(self, spec: FrontendSpec) -> Cutting:
        """Return the rule in samples at the front end's rate."""
        length = round(self.seconds * spec.sample_rate / spec.hop_length) * spec.hop_length
        if length < spec.hop_length:
            raise DataError(f"seconds = {self.seconds} is less than a hop of the front end")
        hop = length
        if self.hop_seconds is not None:
            hop = min(length, round(self.hop_seconds * spec.sample_rate))
        return Cutting(length, hop, self.short)


@dataclass(frozen=True)
class Hearing:
    """The front end: a preset, and what differs from it, as `ossicle.frontend.recipe` reads it.

    Raises:
        DataError: on construction, when there is no such front end.
    """

    preset: str = "dcase2022"
    changes: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _ = self.spec

    @property
    def spec(self) -> FrontendSpec:
        """The whole specification."""
        try:
            return of_values({"preset": self.preset, **self.changes})
        except FrontendError as error:
            raise DataError(str(error)) from error

    @classmethod
    def from_table(cls, table: dict[str, Any], where: str) -> "Hearing":
        """Read `preset` and the fields beside it."""
        changes = dict(table)
        try:
            return cls(changes.pop("preset", cls.preset), changes)
        except DataError as error:
            raise DataError(f"{where}: {error}") from None

    def to_table(self) -> dict[str, Any]:
        """Return what `from_table` reads back."""
        return {"preset": self.preset, **self.changes}


@dataclass(frozen=True)
class Network:
    """Which model.

    Attributes:
        name: in `ossicle.models`.
        options: of its `build`.
        weights: path of a `.keras` file of the same network, whose weights it begins with; `{fold}`
            becomes the test fold, `{seed}` the seed. None: it begins with drawn weights.
    """

    name: str = "dcase2022_baseline"
    options: dict[str, Any] = field(default_factory=dict)
    weights: str | None = None

    def __post_init__(self) -> None:
        try:
            found = require_options(self.name, self.options)
        except ModelError as error:
            raise DataError(str(error)) from error
        if found.hears != "log-mel":
            raise DataError(f"{self.name} hears {found.hears}, which no front end gives it yet")


@dataclass(frozen=True)
class Schedule:
    """The float training.

    Attributes:
        epochs: passes over the training windows.
        batch: windows a step.
        learning_rate: the highest; it falls to zero along a cosine.
        optimizer: "adam", or "adamw" with weight decay apart from the gradient.
        weight_decay: of adamw.
        warmup_epochs: epochs in which the learning rate first rises from zero.
        label_smoothing: share of each label that is spread over all classes.
    """

    epochs: int = 100
    batch: int = 32
    learning_rate: float = 1e-3
    optimizer: Optimizer = "adam"
    weight_decay: float = 0.0
    warmup_epochs: int = 0
    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        _require_range("epochs", self.epochs, 1, 1_000_000)
        _require_range("batch", self.batch, 1, 65_536)
        _require_range("weight_decay", self.weight_decay, 0, 1)
        _require_range("warmup_epochs", self.warmup_epochs, 0, self.epochs - 1)
        _require_range("label_smoothing", self.label_smoothing, 0, 0.9)
        _require_rate(self.learning_rate)


@dataclass(frozen=True)
class Augmenting:
    """What is done to what a training hears.

    Attributes:
        waveform: to the recordings, of which altered copies are learnt from.
        features: to each batch of features. Crops are for the float training: quantisation-aware
            training hears whole windows, as the device will.
    """

    waveform: Waveform = field(default_factory=Waveform)
    features: Features = field(default_factory=Features)


@dataclass(frozen=True)
class Quantisation:
    """The way to int8.

    Attributes:
        method: "ptq" after training, "qat" by training further with the rounding in place, or
            "validation": both, of which the one with more validation windows right is taken, the
            quantisation-aware one of equals or where there is no validation.
        epochs: passes of quantisation-aware training.
        learning_rate: the same for these as for the float training.
        calibration_windows: training windows on which the ranges of the activations are measured.
    """

    method: Method = "validation"
    epochs: int = 5
    learning_rate: float = 1e-4
    calibration_windows: int = 200

    def __post_init__(self) -> None:
        _require_range("epochs", self.epochs, 0, 1_000_000)
        _require_rate(self.learning_rate)
        _require_range("calibration_windows", self.calibration_windows, 1, 100_000)


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
        adaptation: the constraint between recording devices; None: there is none.
    """

    name: str = "dcase2022"
    seeds: tuple[int, ...] = (0,)
    validation_share: float = 0.1
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
        _require_range("validation_share", self.validation_share, 0, 0.5)

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


def _require_range(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:  # false for not-a-number too
        raise DataError(f"{name} must lie in {least} to {most}, not {value}")


def _require_rate(value: float) -> None:
    if not (math.isfinite(value) and 0 < value < 1):
        raise DataError(f"learning_rate must lie between 0 and 1, not {value}")
