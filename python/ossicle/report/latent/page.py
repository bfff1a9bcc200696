"""The latent spaces as one HTML page, which opens offline, and one JSON file."""

import json
import math
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ossicle import __version__
from ossicle.files import write_atomically
from ossicle.report import pictures
from ossicle.report.latent.gathering import Latent
from ossicle.report.latent.topology import MOST_POINTS
from ossicle.report.page import environment


def write(latent: Latent, out: Path) -> None:
    """Write `latent.html` and `latent.json` into the folder `out`.

    Raises:
        OSError: the folder cannot be written to.
    """
    page = render(latent)
    write_atomically(out / "latent.json", json.dumps(figures(latent), indent=1) + "\n")
    write_atomically(out / "latent.html", page)


def figures(latent: Latent) -> dict[str, Any]:
    """Return all figures as plain numbers and lists; None for what is not known."""
    sample, distances = latent.sample, latent.distances
    return {
        "bundle": {"name": latent.program.name, "digest": latent.program.digest.hex()},
        "data": {
            "name": latent.corpus.name,
            "licence": latent.corpus.licence,
            "test_fold": latent.fold,
            "windows": len(sample.label),
            "devices": list(sample.devices),
            "unseen": sorted(sample.unseen),
        },
        "vectors": latent.vectors,
        "distances": {
            "between_classes": distances.between_classes,
            "mean": _plain(distances.mean.tolist()),
            "energy": _plain(distances.energy.tolist()),
        },
        "diagrams": {
            name: {
                "points": diagram.points,
                "loops": len(diagram.loops),
                "longest_loop": diagram.longest_loop,
                "last_join": diagram.last_join,
            }
            for name, diagram in latent.diagrams.items()
        },
        "dimensions": {
            name: _plain(vars(dimension)) for name, dimension in latent.dimensions.items()
        },
    }


def render(latent: Latent) -> str:
    """Return the page."""
    contents = {
        **figures(latent),
        "maps": list(latent.maps),
        "pictures": _pictures(latent),
        "most_points": MOST_POINTS,
        "version": __version__,
    }
    return environment().get_template("latent.html.jinja").render(contents)


def _pictures(latent: Latent) -> dict[str, Markup]:
    """Return the pictures as elements; matplotlib escapes the labels and devices in them."""
    sample = latent.sample
    devices = [f"{name} *" if name in sample.unseen else name for name in sample.devices]
    matrices = {
        "mean distance, same class": latent.distances.mean,
        "energy distance": latent.distances.energy,
    }
    colourings = {
        "class": [sample.labels[index] for index in sample.label],
        "device (* in the test alone)" if sample.unseen else "device": [
            devices[index] for index in sample.device
        ],
    }
    drawn = {
        "distances": (
            pictures.device_distances(matrices, devices),
            "Two heat maps of devices by devices; the JSON file has the numbers.",
        ),
        "persistence": (
            pictures.persistence_diagrams(latent.diagrams),
            "A diagram of birth and death for each device; the table sums them up.",
        ),
    }
    for layer, maps in latent.maps.items():
        drawn[layer] = (
            pictures.latent_maps(
                layer.replace(" ", "-"), {"t-SNE": maps.tsne, "Isomap": maps.isomap}, colourings
            ),
            f"Four scatter plots of {len(sample.label)} windows.",
        )
    return {name: Markup(pictures.inline(*drawing)) for name, drawing in drawn.items()}


def _plain(value: Any) -> Any:
    """Replace NaN, which JSON does not know, by None, in lists and dictionaries too."""
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items()}
    return None if isinstance(value, float) and math.isnan(value) else value
