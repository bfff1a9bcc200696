"""The tables of a recipe, a dataclass each: windows, front end, model, schedule, way to int8."""

import math
from dataclasses import dataclass, field
from typing import Any, Literal

from ossicle.errors import DataError, FrontendError, ModelError
from ossicle.frontend import FrontendSpec
from ossicle.frontend.recipe import of_values
from ossicle.models.registry import require_options
from ossicle.training.augment import Features, Waveform
from ossicle.training.cutting import Cutting, Short
from ossicle.training.step import Optimizer
from ossicle.training.vote import Vote, Voting

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
        require_range("seconds", self.seconds, 0.1, 60.0)
        if self.hop_seconds is not None:
            require_range("hop_seconds", self.hop_seconds, 0.01, self.seconds)

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
        weights: path of a `.keras` file of the same network, whose weights it begins with, as
            `Earlier.files_of` reads it; all but the last layer's, where that tells other classes
            apart. None: it begins with drawn weights.
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
        epochs: passes over the training windows; 0 takes first weights as they are.
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
        require_range("epochs", self.epochs, 0, 1_000_000)
        require_range("batch", self.batch, 1, 65_536)
        require_range("weight_decay", self.weight_decay, 0, 1)
        require_range("warmup_epochs", self.warmup_epochs, 0, max(0, self.epochs - 1))
        require_range("label_smoothing", self.label_smoothing, 0, 0.9)
        require_rate(self.learning_rate)


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
        require_range("epochs", self.epochs, 0, 1_000_000)
        require_rate(self.learning_rate)
        require_range("calibration_windows", self.calibration_windows, 1, 100_000)


def require_range(name: str, value: float, least: float, most: float) -> None:
    """Refuse what is not in `least` to `most`, by its name."""
    if not least <= value <= most:  # false for not-a-number too
        raise DataError(f"{name} must lie in {least} to {most}, not {value}")


def require_rate(value: float) -> None:
    """Refuse what is no learning rate."""
    if not (math.isfinite(value) and 0 < value < 1):
        raise DataError(f"learning_rate must lie between 0 and 1, not {value}")
