"""What a bundle makes of a microphone that is quiet, offset or overdriven."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ossicle.console import track
from ossicle.datasets import Corpus
from ossicle.device.program import Program
from ossicle.frontend import FrontEnd
from ossicle.report.evaluation import host_outputs, host_votes
from ossicle.report.sounds import Sounds, of_corpus
from ossicle.training.cutting import is_active
from ossicle.training.evaluate import Score

Floats = NDArray[np.float64]

FULL_SCALE = 32768

FAULTS: dict[str, Callable[[Floats], Floats]] = {
    "as recorded": lambda sound: sound,
    "6 dB quieter": lambda sound: sound * 10 ** (-6 / 20),
    "12 dB quieter": lambda sound: sound * 10 ** (-12 / 20),
    "24 dB quieter": lambda sound: sound * 10 ** (-24 / 20),
    "offset of 1 %": lambda sound: sound + FULL_SCALE / 100,
    "offset of 10 %": lambda sound: sound + FULL_SCALE / 10,
    "12 dB too loud": lambda sound: sound * 10 ** (12 / 20),
    "24 dB too loud": lambda sound: sound * 10 ** (24 / 20),
}
"""What becomes of samples in units of int16, before they are rounded and clipped to int16."""


@dataclass(frozen=True)
class Hearing:
    """A bundle behind one microphone.

    Attributes:
        fault: of the microphone, a key of FAULTS.
        score: of the clips.
        clipped: share of the samples that full scale cuts.
        shift: by how many steps of int8 each feature changes, on average, [features].
    """

    fault: str
    score: Score
    clipped: float
    shift: Floats

    def figures(self) -> dict[str, Any]:
        """Return the figures for JSON."""
        return {
            "microphone": self.fault,
            "accuracy": self.score.accuracy,
            "window_accuracy": self.score.window_accuracy,
            "log_loss": self.score.log_loss,
            "clipped_samples": self.clipped,
            "shift": self.shift.tolist(),
        }


def listen(program: Program, corpus: Corpus, *, fold: int | None) -> list[Hearing]:
    """Let the host's C hear the clips of a fold (None: of all) through each faulty microphone.

    Silence is what the faulty microphone makes silent: quiet clips may fall below the gate.

    Raises:
        DataError: labels or folds do not fit.
    """
    sounds = of_corpus(program, corpus, fold)
    return [_heard(sounds, fault) for fault in FAULTS]


def _heard(sounds: Sounds, fault: str) -> Hearing:
    assert sounds.program.bundle is not None
    bundle, recorded = sounds.program.bundle, sounds.windows
    front_end = FrontEnd(bundle.frontend)
    features, active, clipped = [], [], 0.0
    for window in track(sounds, fault, len(sounds)):
        wanted = np.round(FAULTS[fault](window.astype(np.float64)))
        pcm = np.clip(wanted, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)[np.newaxis]
        features.append(front_end(pcm)[0])
        active.append(is_active(pcm, bundle.decision.silence_peak)[0])
        clipped += float(np.mean(wanted != pcm)) / len(sounds)
    windows = dataclasses.replace(
        recorded, features=np.stack(features), active=np.array(active, bool)
    )
    behind = dataclasses.replace(sounds, windows=windows)
    change = windows.features[recorded.active].astype(int) - recorded.features[recorded.active]
    score = host_votes(behind, host_outputs(behind)).score()
    return Hearing(fault, score, clipped, change.mean(axis=(0, 2)))


def text(heard: list[Hearing]) -> str:
    """Return a table in Markdown."""
    lines = [
        "| microphone | clips right | windows right | samples clipped | features change by |",
        "|---|---:|---:|---:|---:|",
    ]
    for hearing in heard:
        score, low, high = hearing.score, hearing.shift.min(), hearing.shift.max()
        lines.append(
            f"| {hearing.fault} | {score.accuracy:.1%} | {score.window_accuracy:.1%} | "
            f"{hearing.clipped:.2%} | {low:.1f} to {high:.1f} |"
        )
    return "\n".join(lines)
