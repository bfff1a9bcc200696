"""Parity of a bundle: the same sound through device and host, from PCM to label."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ossicle.budget import fitting_image
from ossicle.console import track
from ossicle.device.boards import Board
from ossicle.device.program import Program
from ossicle.device.session import Inference, Session, open_emulated
from ossicle.frontend import FrontEnd
from ossicle.parity.comparison import Comparison
from ossicle.parity.host import HostModel, as_tensor
from ossicle.parity.models import add_layers, reference_layers, shaped
from ossicle.reference import ReferenceModel
from ossicle.training.cutting import is_active
from ossicle.training.vote import MOST_WINDOWS, Voting, levels_of, voting


class Sounds(Protocol):
    """A number of sounds, int16 PCM, to go through once."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[NDArray[np.int16]]: ...


@dataclass
class BundleParity:
    """What came of comparing a bundle on a device with the host, stage by stage.

    Attributes:
        windows: how many sounds were played.
        features: the front end against the host's.
        layers: every layer against the generated C on the host.
        reference: every layer against TFLite's reference kernels.
        outputs: the output and the label against the host's.
        votes: what the windows of each sound voted for: totals, their number and the label.
        device_outputs: what the device gave for each window, int8 (windows, outputs).
        device_features: what its front end computed for the windows that were asked for, by their
            number; int8 (bands, frames).
    """

    windows: int = 0
    features: Comparison = field(default_factory=lambda: Comparison("the host's front end"))
    layers: Comparison = field(default_factory=lambda: Comparison("the host's C"))
    reference: Comparison = field(default_factory=lambda: Comparison("TFLite's reference kernels"))
    outputs: Comparison = field(default_factory=lambda: Comparison("the host's output and label"))
    votes: Comparison = field(default_factory=lambda: Comparison("the host's vote"))
    device_outputs: list[NDArray[np.int8]] = field(default_factory=list)
    device_features: dict[int, NDArray[np.int8]] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        """How many inferences were compared."""
        return self.windows

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """All stages, in the order of the data's way."""
        return self.features, self.layers, self.reference, self.outputs, self.votes

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs at any stage."""
        return not any(comparison.mismatches for comparison in self.comparisons)

    def figures(self) -> dict[str, Any]:
        """Return the figures of `ossicle parity --json` and of the report."""
        return {
            "windows": self.windows,
            "inputs": self.windows,
            "elements": sum(c.elements for c in self.comparisons),
            "mismatches": sum(c.mismatches for c in self.comparisons),
            "max_difference": max(c.max_difference for c in self.comparisons),
            "feature_mismatches": self.features.mismatches,
            "layer_mismatches": self.layers.mismatches + self.reference.mismatches,
            "output_mismatches": self.outputs.mismatches,
            "vote_mismatches": self.votes.mismatches,
            "stages": [comparison.figures() for comparison in self.comparisons],
        }


def compare(
    program: Program,
    board: Board,
    sounds: Sounds,
    *,
    carrier: str = "semihosting",
    keep: Collection[int] = (),
    clip: Sequence[int] | None = None,
) -> BundleParity:
    """Play every sound into the emulated device and compare every stage.

    Args:
        program: of a bundle.
        board: the emulated board.
        sounds: int16 PCM, each of `program.pcm_samples` samples.
        carrier: how the frames travel.
        keep: the numbers of the sounds whose features on the device are kept, to be looked at.
        clip: which clip each is a window of, those of a clip in a row, which vote together; None:
            all of one.

    Raises:
        BudgetError: the bundle does not fit the board.
        DeviceError: the device failed or holds another bundle.
    """
    assert program.bundle is not None
    elf = fitting_image(program, board, carrier=carrier)
    comparer = _Comparer(program, keep)
    clips = np.zeros(len(sounds), int) if clip is None else np.asarray(clip)
    is_last = np.append(clips[1:] != clips[:-1], True)
    with open_emulated(elf, board, carrier=carrier, digest=program.digest) as session:
        for pcm, last in zip(
            track(sounds, f"parity on {board.name}", len(sounds)), is_last, strict=True
        ):
            comparer.add(session, pcm)
            if last or comparer.is_full:
                comparer.elect(session)
    return comparer.parity


class _Comparer:
    """The host's side of the comparison."""

    def __init__(self, program: Program, keep: Collection[int]) -> None:
        assert program.bundle is not None
        self._keep = keep
        self._program = program
        self._front_end = FrontEnd(program.bundle.frontend)
        self._host = HostModel(program.compiled)
        self._reference = ReferenceModel(program.model)
        self.parity = BundleParity(reference=Comparison(self._reference.authority))
        self._voters: list[tuple[NDArray[np.int8], bool]] = []  # the host's output, and if heard

    @property
    def is_full(self) -> bool:
        """Whether as many windows wait for an election as a device lets vote."""
        return len(self._voters) == MOST_WINDOWS

    def elect(self, session: Session) -> None:
        """Compare what the windows since the last election voted for."""
        assert self._program.bundle is not None
        if not session.hello.has_vote:
            return
        case, found = self.parity.windows - 1, session.election()
        outputs = levels_of(np.stack([output for output, _ in self._voters]))
        votes = voting(np.zeros(len(outputs), int), np.array([heard for _, heard in self._voters]))
        rule = Voting.of(self._program.bundle.decision)
        totals = rule.totals(outputs[votes], np.zeros(int(votes.sum()), int))[0]
        self.parity.votes.add(case, "vote", totals, found.totals)
        answer = np.array([totals.argmax(), votes.sum()])
        self.parity.votes.add(
            case, "label and windows of the vote", answer, np.array([found.label, found.windows])
        )
        self._voters.clear()

    def _add_stages(
        self, device: Inference, features: NDArray[np.int8], layers: Sequence[Any]
    ) -> None:
        """Compare what a device shows that has the input as a whole."""
        parity, program, case = self.parity, self._program, self.parity.windows
        assert device.features is not None
        parity.features.add(case, "features", features, device.features)
        if case in self._keep:
            parity.device_features[case] = device.features.reshape(features.shape)
        found = shaped(program, device.layers)
        add_layers(parity.layers, case, program, layers, found)
        value = features.reshape(program.input.shape)
        reference = reference_layers(self._reference, program, value)
        add_layers(parity.reference, case, program, reference, found)

    def add(self, session: Session, pcm: NDArray[np.int16]) -> None:
        """Play one sound and compare all its stages."""
        parity, program, case = self.parity, self._program, self.parity.windows
        hello = session.hello
        shows = not hello.streams
        device = session.infer_pcm(pcm, features=shows, layers=shows, vote=hello.has_vote)
        features = self._front_end(pcm[np.newaxis])[0]
        # Each side goes on from its own features, as it would in the field.
        value = features.reshape(program.input.shape)
        outputs, layers = self._host.run_layers([value])
        if shows:
            self._add_stages(device, features, layers)
        output = as_tensor(device.output.tobytes(), program.output)
        parity.outputs.add(case, "output", outputs[0], output)
        label = np.array([int(np.argmax(outputs[0]))])  # the lowest index of equal ones
        parity.outputs.add(case, "label", label, np.array([device.label]))
        parity.device_outputs.append(output.reshape(-1))
        assert program.bundle is not None
        heard = is_active(pcm[np.newaxis], program.bundle.decision.silence_peak)[0]
        self._voters.append((outputs[0].reshape(-1), bool(heard)))
        parity.windows += 1
