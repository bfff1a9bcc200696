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


def take_weights(model: Any, pattern: str, earlier: Earlier) -> bool:
    """Give `model` the weights of a Keras file that `pattern` names, as `files_of` reads it.

    A file that was trained to tell other classes apart gives all but those of the last layer, which
    begins as it was drawn.

    Returns:
        Did it give the last layer's as well?

    Raises:
        DataError: there is no such file, or its weights have other shapes than the model's.
        ModelError: it cannot be loaded.
    """
    path = earlier.files_of(pattern, "model with the first weights")[0]
    taken, own = (_by_layer(each) for each in (files.load(path), model))
    fit = [_shapes(a) == _shapes(b) for a, b in zip(taken, own, strict=False)]
    if len(taken) != len(own) or not all(fit[:-1]):
        raise DataError(f"{path}: its weights do not fit {model.name}, which is to begin with them")
    whole = fit[-1]
    for source, layer in zip(taken, own, strict=True):
        if layer is not own[-1] or whole:
            layer.set_weights(source.get_weights())
    return whole


def _by_layer(model: Any) -> list[Any]:
    """Return the layers that have weights, in order."""
    return [layer for layer in model.layers if layer.weights]


def _shapes(layer: Any) -> list[tuple[int, ...]]:
    return [weight.shape for weight in layer.get_weights()]
