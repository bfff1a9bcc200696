"""A representation in which recording devices do not differ: the constraint of the MODAC project.

A network is the representation f up to a layer and the classifier φ after it: p(x) = φ(f(x)). It is
trained on pairs of recordings (x, x') of one class y by two different devices, both halves through
the same weights (siamese: J. Bromley et al., "Signature verification using a 'Siamese' time delay
neural network", NIPS 1993), and the loss is

    L = 1/2 (H(y, p(x)) + H(y, p(x'))) + λ |f(x) - f(x')|₁ / d

with the cross-entropy H and the d numbers of f, averaged over the pairs of a batch. Devices that
differ in f where the class does not are thereby drawn together; λ = 0 is training without
constraint, on the same pairs. Division by d makes λ mean the same for layers of any width.

What it is compared with:
- Freq-MixStyle, which mixes the statistics of frequency bands between recordings, so that those of
  a device tell nothing: B. Kim et al., "Domain generalization on efficient acoustic scene
  classification using residual normalization", DCASE 2022; F. Schmid et al., "CP-JKU submission to
  DCASE22: distilling knowledge for low-complexity convolutional neural networks from a
  patchout audio transformer", 2022 (`ossicle.training.augment`);
- device impulse response augmentation, which records training clips with more devices than there
  are: T. Morocutti, F. Schmid, K. Koutini, G. Widmer, "Device-robust acoustic scene classification
  via impulse response augmentation", EUSIPCO 2023 (`ossicle simulate` makes such recordings).
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ossicle.datasets import Corpus
from ossicle.errors import DataError
from ossicle.tensorflow import keras, tensorflow
from ossicle.training.pairs import Pairing, Rows
from ossicle.training.windows import Windows

Kind = Literal["class", "recording"]


@dataclass(frozen=True)
class Adaptation:
    """The numbers of the constraint, the table [adaptation] of a recipe.

    Attributes:
        lambda_: λ, at least 0.
        layer: the name of the Keras layer whose output is f; "" takes what the last layer with
            weights sees.
        pairs: "class" pairs recordings of one class, "recording" those of one original recording
            that several devices made at the same time.
    """

    lambda_: float = 1.0
    layer: str = ""
    pairs: Kind = "class"

    def __post_init__(self) -> None:
        if not 0 <= self.lambda_ <= 1e6:
            raise DataError(f"lambda must lie in 0 to 1e6, not {self.lambda_}")


def constrained(adaptation: Adaptation, corpus: Corpus, training: Windows) -> "Constraint":
    """Return the constraint for the windows `training`, cut from the clips of `corpus`.

    Raises:
        DataError: a class that only one device recorded, or no recording that two made.
    """
    return Constraint(adaptation, pairing(adaptation, corpus, training))


def pairing(adaptation: Adaptation, corpus: Corpus, training: Windows) -> Pairing:
    """Return which windows of `training`, cut from the clips of `corpus`, may be paired.

    Raises:
        DataError: a class that only one device recorded, or no recording that two made.
    """
    devices = _numbered([clip.device for clip in corpus.clips])[training.clip]
    recordings = _numbered([f"{clip.label}/{clip.recording}" for clip in corpus.clips])
    for index, label in enumerate(corpus.labels):
        if len(set(devices[training.label == index].tolist())) < 2:
            raise DataError(
                f"{corpus.name}: all recordings of {label} to train on are of one device, so there "
                "is nothing to pair; add some of another (`ossicle simulate` makes them), or take "
                "[adaptation] out of the recipe"
            )
    by_class = adaptation.pairs == "class"
    group = training.label.astype(np.int64) if by_class else recordings[training.clip]
    found = Pairing(group, devices)
    if not found.partners.any():
        raise DataError(
            f"{corpus.name}: no recording to train on was made by two devices; say "
            'pairs = "class" in [adaptation]'
        )
    return found


@dataclass(frozen=True, eq=False)
class Constraint:
    """What the constraint is for one set of training windows.

    Attributes:
        adaptation: its numbers.
        pairing: which windows may be paired.
    """

    adaptation: Adaptation
    pairing: Pairing

    @property
    def identity(self) -> str:
        """A hash of all that it is: with another constraint a training is another training."""
        digest = hashlib.sha256(repr(self.adaptation).encode())
        digest.update(self.pairing.group.tobytes() + self.pairing.device.tobytes())
        return digest.hexdigest()

    def split(self, model: Any) -> Any:
        """Return `model` split at the constraint's layer; see `representation`."""
        return representation(model, self.adaptation.layer)

    def penalty(self, f: Any) -> Any:
        """Return λ |f(x) - f(x')|₁ / d; see `distance`."""
        return self.adaptation.lambda_ * distance(f)


def representation(model: Any, layer: str) -> Any:
    """Return the model of two outputs, (f(x), p(x)), that shares the weights of `model`.

    Raises:
        DataError: there is no such layer.
    """
    split = keras().Model(model.input, [_output_of(model, layer), model.output])
    split.input_spec = model.input_spec  # it may have been told to hear windows of any length
    return split


def distance(f: Any) -> Any:
    """Return |f(x) - f(x')|₁ / d averaged over n pairs; f is [2n, ...], the x before the x'."""
    first, second = tensorflow().split(f, 2)
    return tensorflow().reduce_mean(tensorflow().abs(first - second))


def _output_of(model: Any, layer: str) -> Any:
    if not layer:
        return [found for found in model.layers if found.get_weights()][-1].input
    for found in model.layers:
        if found.name == layer:
            return found.output
    names = ", ".join(found.name for found in model.layers)
    raise DataError(f"adaptation: the model has no layer {layer!r}; it has {names}")


def _numbered(names: list[str]) -> Rows:
    return np.unique(names, return_inverse=True)[1].astype(np.int64)
