"""Recordings: which, and those that simulated devices make of them."""

from pathlib import Path
from typing import Any

from ossicle import datasets
from ossicle.console import console
from ossicle.datasets import Corpus
from ossicle.errors import DataError


def corpus(data: Path | None) -> Corpus:
    """Load the recordings that were named, or find some, and say which."""
    if data is not None:
        return datasets.load(data)
    found, sentence = datasets.find()
    console.print(f"Recordings: {sentence}")
    return found


def default_fold(recordings: Corpus) -> int:
    """Return the first fold that is meant for testing (fold 0 is for training only).

    Raises:
        DataError: there is none.
    """
    testing = [fold for fold in recordings.folds if fold > 0]
    if not testing:
        raise DataError(f"{recordings.name}: has no fold to test on, only fold 0, for training")
    return testing[0]


def simulate(recordings: Corpus, out: Path, **options: Any) -> dict[str, Any]:
    """Record a corpus with simulated devices; return what there is of each device.

    Args:
        recordings: what to record.
        out: the folder for the new corpus.
        **options: of `ossicle.datasets.simulation.simulate`.

    Raises:
        DataError: recordings, impulse responses or names that cannot be used.
    """
    from ossicle.datasets.simulation import simulate as record

    made = record(recordings, out, **options)
    devices = {clip.device: {"clips": 0, "trained_on": 0} for clip in made.clips}
    for clip in made.clips:
        devices[clip.device]["clips"] += 1
        devices[clip.device]["trained_on"] += not clip.test_only
    return {"name": made.name, "clips": len(made.clips), "devices": devices}


def simulation_summary(figures: dict[str, Any], out: Path) -> str:
    """Say in a few lines what a simulation made."""
    lines = [f"{out}: {figures['name']}, {figures['clips']:,} clips"]
    for name, device in figures["devices"].items():
        use = f"{device['trained_on']:,} to train on" if device["trained_on"] else "for tests alone"
        lines.append(f"{name:>12}: {device['clips']:,} clips, {use}")
    return "\n".join(lines)
