"""Take channels out of a trained network: those that matter least, wherever they are used.

A channel is used by more than one layer: batch normalisation, a depthwise convolution and a pooling
hand it on, and an addition ties the channels of both of its sides. So channels are taken out of
groups of tensors that share them. What matters least is read from batch normalisation's factors
(Z. Liu et al., "Learning efficient convolutional networks through network slimming", ICCV 2017), or
from the sums of the kernels where there is none (H. Li et al., "Pruning filters for efficient
ConvNets", ICLR 2017). The rest of the weights stays as it is; a short training mends what is lost.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ossicle.errors import DataError, ModelError
from ossicle.tensorflow import keras

Kept = npt.NDArray[np.int64]
"""The channels of a group that stay, ascending."""

_MAKING = {"Conv2D", "Dense"}  # their outputs' channels are new
_HANDING_ON = {
    "Activation", "BatchNormalization", "DepthwiseConv2D", "Dropout", "GlobalAveragePooling2D",
    "GlobalMaxPooling2D", "MaxPooling2D", "AveragePooling2D", "ReLU", "Softmax", "ZeroPadding2D",
}  # fmt: skip


@dataclass(frozen=True)
class Pruning:
    """A table of the recipe.

    Attributes:
        share: of each layer's channels, taken out after the float training; 0: none.
        epochs: of the training that follows.
        learning_rate: its highest. All else is as in the training before.
    """

    share: float = 0.0
    epochs: int = 20
    learning_rate: float = 1e-3

    def __post_init__(self) -> None:
        if not 0 <= self.share < 1:
            raise DataError(f"share must lie in 0 to 1, not {self.share}")
        if self.epochs < 1:
            raise DataError(f"epochs must be at least 1, not {self.epochs}")
        if not 0 < self.learning_rate < 1:
            raise DataError(f"learning_rate must lie between 0 and 1, not {self.learning_rate}")


def pruned(model: Any, share: float) -> Any:
    """Return a smaller copy of `model`, its weights those of the channels that stay.

    Args:
        model: a Keras functional model with one input and one output, whose layers hand on their
            channels one to one, as in `_HANDING_ON`, or add them up.
        share: of each group's channels that is taken out, rounded down; the input's and the
            output's stay, and so do those of what is flattened.

    Raises:
        ModelError: a layer whose channels cannot be followed.
    """
    groups = _groups(model)
    kept = {root: _best(groups, root, share) for root in set(groups.of.values())}
    config = model.get_config()
    for layer in config["layers"]:
        if layer["class_name"] in _MAKING:
            size = "units" if layer["class_name"] == "Dense" else "filters"
            layer["config"][size] = len(kept[groups.of[layer["config"]["name"]]])
    smaller = keras().Model.from_config(config)
    for layer in model.layers:
        given = [kept[groups.of[name]] for name in _inputs(layer)]
        weights = _cut(layer, given[0] if given else None, kept[groups.of[layer.name]])
        smaller.get_layer(layer.name).set_weights(weights)
    return smaller


@dataclass(frozen=True)
class _Groups:
    """Which layers' outputs share their channels.

    Attributes:
        of: the group of each layer, by name.
        fixed: groups that stay whole.
        scores: how much each channel of a group matters, added up over what makes it.
        sizes: channels of each group.
    """

    of: dict[str, str]
    fixed: set[str]
    scores: dict[str, npt.NDArray[np.float64]]
    sizes: dict[str, int]


def _groups(model: Any) -> _Groups:
    of: dict[str, str] = {}
    fixed = set()
    for layer in model.layers:
        kind, inputs = type(layer).__name__, [of[name] for name in _inputs(layer)]
        if kind in _MAKING or not inputs:
            of[layer.name] = layer.name
        elif kind in _HANDING_ON:
            of[layer.name] = inputs[0]
        elif kind == "Add":
            of |= {name: inputs[0] for name, group in of.items() if group in inputs}
            of[layer.name] = inputs[0]
        elif kind == "Flatten":
            of[layer.name] = layer.name
            fixed |= {inputs[0], layer.name}
        else:
            raise ModelError(f"cannot prune a model with a layer {kind} ({layer.name})")
    fixed |= {of[model.layers[0].name], of[model.layers[-1].name]}
    sizes = {of[layer.name]: int(layer.output_shape[-1]) for layer in model.layers[1:]}
    sizes[of[model.layers[0].name]] = int(model.input_shape[-1])
    return _Groups(of, {of.get(group, group) for group in fixed}, _scores(model, of), sizes)


def _scores(model: Any, of: dict[str, str]) -> dict[str, npt.NDArray[np.float64]]:
    """Add up by group what batch normalisation says of each channel, or else the kernels."""
    normalised = {of[x.name] for x in model.layers if type(x).__name__ == "BatchNormalization"}
    scores: dict[str, npt.NDArray[np.float64]] = {}
    for layer in model.layers:
        group, kind = of[layer.name], type(layer).__name__
        if kind == "BatchNormalization":
            said = np.abs(layer.gamma.numpy().astype(np.float64))
        elif kind in _MAKING and group not in normalised:
            kernel = np.abs(layer.kernel.numpy().astype(np.float64))
            said = kernel.reshape(-1, kernel.shape[-1]).sum(axis=0)
        else:
            continue
        scores[group] = scores.get(group, 0) + said / max(said.mean(), np.finfo(float).tiny)
    return scores


def _best(groups: _Groups, group: str, share: float) -> Kept:
    size = groups.sizes[group]
    if group in groups.fixed:
        return np.arange(size)
    left = size - math.floor(share * size)
    return np.sort(np.argsort(-groups.scores[group], kind="stable")[:left])


def _inputs(layer: Any) -> list[str]:
    """Return the names of the layers that a layer takes its input from."""
    (node,) = layer.inbound_nodes[:1]
    if not node.keras_inputs:
        return []
    before = node.inbound_layers
    return [x.name for x in (before if isinstance(before, list) else [before])]


def _cut(layer: Any, given: Kept | None, kept: Kept) -> list[npt.NDArray[Any]]:
    """Return a layer's weights for the channels that it is given and that it keeps."""
    weights: list[npt.NDArray[Any]] = layer.get_weights()
    kind = type(layer).__name__
    if not weights or given is None:
        return weights
    if kind in _MAKING:
        return [w[..., given, :][..., kept] if w.ndim > 1 else w[kept] for w in weights]
    if kind == "DepthwiseConv2D":
        return [w[:, :, kept] if w.ndim > 1 else w[kept] for w in weights]
    return [w[kept] for w in weights]
