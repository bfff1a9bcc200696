"""What a training run is made of: the numbers that a user may turn, with the ones that we chose."""

from dataclasses import asdict, dataclass

from ossicle.errors import DataError


@dataclass(frozen=True)
class Recipe:
    """The numbers of one training run; docs/training.md says how the defaults were chosen.

    Attributes:
        epochs: passes over the training windows in float.
        batch: windows a step.
        learning_rate: Adam's, at the start; it falls to zero along a cosine.
        qat_epochs: passes of quantisation-aware training that follow.
        qat_learning_rate: the same for these.
        validation_share: share of the training recordings held out to choose between checkpoints
            and between the int8 models, 0 to 0.5; with 0 the last epoch and quantisation-aware are
            taken.
        seed: of weights, order, dropout and the held-out recordings.
    """

    epochs: int = 100
    batch: int = 32
    learning_rate: float = 1e-3
    qat_epochs: int = 5
    qat_learning_rate: float = 1e-4
    validation_share: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("epochs", "batch"):
            if getattr(self, name) < 1:
                raise DataError(f"recipe: {name} must be at least 1, not {getattr(self, name)}")
        for name in ("qat_epochs", "seed"):
            if getattr(self, name) < 0:
                raise DataError(f"recipe: {name} must not be negative, not {getattr(self, name)}")
        for name in ("learning_rate", "qat_learning_rate"):
            if not 0 < getattr(self, name) < 1:
                raise DataError(f"recipe: {name} must lie in (0, 1), not {getattr(self, name)}")
        if not 0 <= self.validation_share <= 0.5:
            raise DataError(
                f"recipe: validation_share must lie in 0 to 0.5, not {self.validation_share}"
            )

    def to_json(self) -> dict[str, float]:
        """Return the recipe as a dictionary of plain numbers."""
        return asdict(self)
