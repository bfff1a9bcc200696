"""A network in int8 before it has learnt: its costs do not depend on what it learns."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ossicle.models import build
from ossicle.quantize.convert import post_training
from ossicle.tensorflow import make_deterministic

CALIBRATION = 16  # windows of noise: the ranges that they give are nobody's


def untrained(
    name: str,
    classes: int,
    *,
    bands: int,
    frames: int,
    options: Mapping[str, Any] | None = None,
) -> bytes:
    """Return the `.tflite` file of a network of the registry with random weights.

    Raises:
        ModelError: there is none of this name, or it cannot be built or converted so.
    """
    make_deterministic(0)
    model = build(name, classes, bands=bands, frames=frames, options=options)
    random = np.random.default_rng(0)
    noise = random.integers(-128, 128, (CALIBRATION, bands, frames), dtype=np.int8)
    return post_training(model, noise)
