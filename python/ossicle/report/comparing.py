"""Bundles side by side: accuracy and log loss by recording device and by class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ossicle.datasets import Corpus
from ossicle.device.program import Program
from ossicle.report.evaluation import host_outputs, host_votes
from ossicle.report.sounds import of_corpus

UNNAMED = "unnamed"


@dataclass(frozen=True)
class Group:
    """Some of the clips, and what each bundle makes of them.

    Attributes:
        kind: "all", "devices" (seen or unseen), "device", or "class".
        name: of the device or class.
        unseen: of a device that was met in the test alone; None for clips of both kinds.
        clips: how many.
        accuracy: share that is right, by bundle.
        log_loss: mean of -ln(probability voted for the true class), in nats, by bundle.
    """

    kind: str
    name: str
    unseen: bool | None
    clips: int
    accuracy: dict[str, float]
    log_loss: dict[str, float]


def compare(
    programs: Mapping[str, Program], corpus: Corpus, *, fold: int | None
) -> tuple[Group, ...]:
    """Score bundles on the same clips, by the host's C.

    Args:
        programs: of bundles, by what the table calls them.
        corpus: recordings with the bundles' labels.
        fold: score this fold's clips only; None scores all.

    Raises:
        DataError: labels or folds do not fit.
    """
    voted = {}
    for name, program in programs.items():
        sounds = of_corpus(program, corpus, fold)
        voted[name] = host_votes(sounds, host_outputs(sounds))
    first = next(iter(voted.values()))  # all heard the same clips
    return tuple(
        Group(
            kind,
            name,
            unseen,
            int(chosen.sum()),
            {bundle: float(votes.right[chosen].mean()) for bundle, votes in voted.items()},
            {bundle: float(votes.losses[chosen].mean()) for bundle, votes in voted.items()},
        )
        for kind, name, unseen, chosen in _groups(corpus, first.clip, first.truth, fold)
        if chosen.any()
    )


def unseen_devices(corpus: Corpus, fold: int | None) -> frozenset[str]:
    """Return the devices that are met in the test alone when `fold` is the test."""
    trained = {c.device for c in corpus.clips if not c.test_only and c.fold != fold}
    return frozenset(c.device for c in corpus.clips) - trained


def table(groups: Sequence[Group]) -> str:
    """Return the groups as a Markdown table: for each bundle the share right and the log loss."""
    bundles = list(groups[0].accuracy)
    head = ["", "clips", *(f"{name}: {what}" for name in bundles for what in ("right", "log loss"))]
    lines = [_line(head), _line(["---", *["---:"] * (len(head) - 1)])]
    for group in groups:
        cells = [_named(group), f"{group.clips:,}"]
        for name in bundles:
            cells += [f"{group.accuracy[name]:.1%}", f"{group.log_loss[name]:.3f}"]
        lines.append(_line(cells))
    return "\n".join(lines)


def _groups(
    corpus: Corpus,
    clips: NDArray[np.integer[Any]],
    truth: NDArray[np.integer[Any]],
    fold: int | None,
) -> list[tuple[str, str, bool | None, NDArray[np.bool_]]]:
    """Return (kind, name, unseen, which clips) of each group."""
    devices = np.array([corpus.clips[clip].device or UNNAMED for clip in clips])
    new = unseen_devices(corpus, fold)
    unseen = np.isin(devices, sorted(new))
    groups: list[tuple[str, str, bool | None, NDArray[np.bool_]]] = []
    groups.append(("all", "all", None, np.ones(len(clips), bool)))
    sides = [(False, ~unseen), (True, unseen)] if unseen.any() else [(None, np.ones_like(unseen))]
    if unseen.any():
        groups += [("devices", "devices", side, chosen) for side, chosen in sides]
    for device in sorted(set(devices.tolist()), key=lambda name: (name in new, name)):
        groups.append(("device", device, device in new if new else None, devices == device))
    for side, chosen in sides:
        for index, label in enumerate(corpus.labels):
            groups.append(("class", label, side, chosen & (truth == index)))
    return groups


def _named(group: Group) -> str:
    side = {None: "", False: "seen ", True: "unseen "}[group.unseen]
    return {
        "all": "all",
        "devices": f"{side}devices",
        "device": f"{side}device {group.name}",
        "class": f"{group.name}{side and f', {side}devices'}",
    }[group.kind]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
