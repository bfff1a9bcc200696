"""A bundle for another microphone: the same model, a front end that corrects its bands' levels."""

import dataclasses

from ossicle.bundle import Bundle
from ossicle.frontend.stages import Calibration
from ossicle.quantize.vectors import golden_vectors

CARD = """
## Calibrated

The front end adds a correction to the level of each band (`[calibration]` in `frontend.toml`), for
the microphone of one device. The scores above were measured before, without it.
"""


def calibrated(bundle: Bundle, calibration: Calibration, name: str) -> Bundle:
    """Return the bundle with another correction, in place of the one that it may have.

    The model and its input's quantisation stay; the vectors are made anew, and the digest changes.

    Raises:
        BundleError: the bundle's parts do not match.
    """
    spec = dataclasses.replace(bundle.frontend, calibration=calibration)
    return dataclasses.replace(
        bundle,
        name=name,
        frontend=spec,
        card=bundle.card.removesuffix(CARD) + CARD,
        vectors=golden_vectors(bundle.model, spec, bundle.vectors["pcm"].shape[1]),
    )
