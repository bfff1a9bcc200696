"""What an earlier training left, found by the paths that a recipe gives."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ossicle.errors import DataError
from ossicle.models import files


@dataclass(frozen=True)
class Earlier:
    """Where a training finds the models of others.

    Attributes:
        fold: the test fold of the training, 0 where it has none: nobody learns from a model that
            has heard what he is tested on.
        seed: of the training.
        folder: the float models of the recipe that was trained before, `fold1_seed0/float.keras`
            and so on; None where there is none.
    """

    fold: int = 0
    seed: int = 0
    folder: Path | None = None

    def files_of(self, pattern: str, what: str) -> list[Path]:
        """Return the files and folders that a path with `*` names.

        Args:
            pattern: the path; `{fold}` becomes the test fold, `{seed}` the seed, `{earlier}` the
                folder of the recipe that was trained before.
            what: what the messages call it.

        Raises:
            DataError: there is none, or no recipe was trained before.
        """
        if "{earlier}" in pattern and self.folder is None:
            raise DataError(
                f"the {what} {pattern} is of an earlier training, and there was none: the key "
                "`earlier` names its recipe, and `ossicle train` trains it"
            )
        named = {"{fold}": self.fold, "{seed}": self.seed, "{earlier}": self.folder}
        for word, value in named.items():
            pattern = pattern.replace(word, str(value))
        place = Path(pattern)
        found = sorted(Path(place.anchor).glob(str(place.relative_to(place.anchor))))
        if not found:
            raise DataError(f"there is no {what} {place}; train it first, or correct its path")
        return found


def take_weights(model: Any, pattern: str, earlier: Earlier) -> None:
    """Give `model` the weights of a Keras file that `pattern` names, as `files_of` reads it.

    Raises:
        DataError: there is no such file, or its weights have other shapes than the model's.
        ModelError: it cannot be loaded.
    """
    path = earlier.files_of(pattern, "model with the first weights")[0]
    weights = files.load(path).get_weights()
    shapes = [weight.shape for weight in weights]
    if shapes != [weight.shape for weight in model.get_weights()]:
        raise DataError(f"{path}: its weights do not fit {model.name}, which is to begin with them")
    model.set_weights(weights)
