"""The networks by name: how each is built, who published it, and how large it then was."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from ossicle.errors import ModelError


@dataclass(frozen=True)
class Published:
    """The configuration that its authors published, and its size as they count it.

    Attributes:
        classes, bands, frames: what it was built for.
        parameters: as `counts` says.
        macs: multiply-accumulates of one inference: a convolution's output elements by its kernel's
            and input's (taps on the padding too), a dense layer's inputs by its outputs.
        options: of `build`, where they are not its defaults.
        counts: "all" counts the four numbers that Keras keeps for each channel of a batch
            normalisation, "trainable" the two that are learnt.
    """

    classes: int
    bands: int
    frames: int
    parameters: int
    macs: int
    options: Mapping[str, Any] = field(default_factory=dict)
    counts: Literal["all", "trainable"] = "all"


@dataclass(frozen=True)
class System:
    """A network that a recipe can name.

    Attributes:
        name: the name.
        title: for people.
        source: who published it, and where.
        build: from (classes, bands=, frames=, **options) to an untrained Keras model from
            [n, bands, frames, 1] to [n, classes] probabilities.
        published: the published configuration.
        hears: "log-mel", or "PCM", which no front end gives to a model yet.
    """

    name: str
    title: str
    source: str
    build: Callable[..., Any]
    published: Published
    hears: Literal["log-mel", "PCM"] = "log-mel"

    @property
    def options(self) -> dict[str, Any]:
        """The options of `build`, each with its default."""
        given = inspect.signature(self.build).parameters.values()
        return {p.name: p.default for p in given if p.name not in ("classes", "bands", "frames")}


@cache
def systems() -> dict[str, System]:
    """Return every network, by name."""
    from ossicle.models import (
        bc_resnet,
        cp_mobile,
        dcase2022_baseline,
        ds_cnn,
        micro_acdnet,
        sb_cnn,
        separable_resnet,
        strided,
    )

    files = (dcase2022_baseline, sb_cnn, strided, ds_cnn, cp_mobile, bc_resnet, micro_acdnet)
    known = [file.SYSTEM for file in (*files, separable_resnet)]
    return {system.name: system for system in known}


def system(name: str) -> System:
    """Return the network of this name.

    Raises:
        ModelError: there is none.
    """
    if name not in systems():
        raise ModelError(f"there is no model {name!r}; choose one of {', '.join(systems())}")
    return systems()[name]


def require_options(name: str, options: Mapping[str, Any]) -> System:
    """Return the network of this name, which has these options.

    Raises:
        ModelError: there is no such network, or it has no such option.
    """
    found = system(name)
    if unknown := sorted(options.keys() - found.options.keys()):
        known = ", ".join(found.options) or "none"
        raise ModelError(f"the model {name} has no option {unknown[0]!r}; its options: {known}")
    return found


def build(
    name: str, classes: int, *, bands: int, frames: int, options: Mapping[str, Any] | None = None
) -> Any:
    """Build a network, untrained, for a number of classes and the front end's features.

    Raises:
        ModelError: there is none of this name, it has no such option, or it cannot be built so.
    """
    found = require_options(name, options or {})
    try:
        return found.build(classes, bands=bands, frames=frames, **(options or {}))
    except (ValueError, TypeError) as error:  # what Keras raises for impossible sizes
        reason = (str(error).strip().splitlines() or [repr(error)])[0]
        raise ModelError(
            f"the model {name} cannot be built for {bands} bands x {frames} frames: {reason}"
        ) from error
