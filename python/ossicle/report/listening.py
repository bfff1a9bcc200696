"""Play a sound into an emulated device and say what it recognises, second by second."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ossicle.budget import fitting_image
from ossicle.console import console
from ossicle.datasets.audio import read_pcm
from ossicle.device.boards import Board
from ossicle.device.program import Program
from ossicle.device.session import Inference, open_emulated
from ossicle.report.sounds import cutting_of, of_bundle


@dataclass(frozen=True)
class Moment:
    """What the device made of one window.

    Attributes:
        second: where the window begins.
        label: the most probable label; "silence" below the silence gate.
        probability: of that label; 0 for silence.
        peak: the largest absolute sample, as the device heard it.
    """

    second: float
    label: str
    probability: float
    peak: int

    def __str__(self) -> str:
        """Say it in a line."""
        return f"{self.second:7.2f} s  {self.label:<20} {self.probability:6.1%}"

    def figures(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return vars(self).copy()


def listen(
    program: Program, board: Board, sound: Path | None, *, carrier: str = "semihosting"
) -> list[Moment]:
    """Play a sound file, or the bundle's own test sounds, window by window.

    Raises:
        DataError: the file cannot be read.
        BudgetError: the bundle does not fit the board.
    """
    starts, windows = _windows(program, sound)
    elf = fitting_image(program, board, carrier=carrier)
    with open_emulated(elf, board, carrier=carrier, digest=program.digest) as session:
        return [
            _moment(program, session.infer_pcm(pcm), start)
            for start, pcm in zip(starts, windows, strict=True)
        ]


def _windows(program: Program, sound: Path | None) -> tuple[list[int], NDArray[np.int16]]:
    """Return the first sample and the PCM of each window."""
    assert program.bundle is not None
    length = program.pcm_samples
    if sound is None:
        own = of_bundle(program)
        return [length * number for number in range(len(own))], own
    spec = program.bundle.frontend
    pcm, note = read_pcm(sound, spec.sample_rate, channels=spec.channels)
    if note:
        console.print(f"{sound}: {note}")
    cutting = cutting_of(program)
    return cutting.starts(pcm), cutting.cut(pcm)


def _moment(program: Program, result: Inference, start: int) -> Moment:
    assert program.bundle is not None
    second = start / program.bundle.frontend.sample_rate
    if result.peak < program.bundle.decision.silence_peak:
        return Moment(second, "silence", 0.0, result.peak)
    affine = program.output.affine
    probability = (int(result.output[result.label]) - affine.zero_point) * affine.scale
    return Moment(second, program.bundle.labels[result.label], probability, result.peak)
