"""The vote in C, under the sanitizers, equal to its written form to the last bit of every total."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ossicle.decision import Decision
from ossicle.device import vote_rule
from ossicle.hostcc import compiler
from ossicle.paths import FIRMWARE, PROJECT
from ossicle.training.vote import MOST_WINDOWS, Voting, levels_of, voting

CLASSES, PEAK = 5, 32
ATTENTION = (127, -128, 40, -3, 0)
RULES = ["soft", "majority", "max", "attention"]
FLAGS = "-std=c99 -g -O1 -Wall -Wextra -Wconversion -pedantic -Werror -fno-sanitize-recover=all"

Build = Callable[[Decision, int], Path]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Return a function that compiles the vote of a decision and so many classes."""
    built: dict[tuple[Decision, int], Path] = {}

    def make(decision: Decision, classes: int) -> Path:
        if (decision, classes) not in built:
            folder = tmp_path_factory.mktemp("vote")
            header = vote_rule.emit(decision, classes)
            assert header is not None
            (folder / vote_rule.VOTE_RULE).write_text(header)
            sources = [PROJECT / "tests/firmware/host/vote.c", FIRMWARE / "vote" / "ossicle_vote.c"]
            subprocess.run(
                [compiler(), *FLAGS.split(), "-fsanitize=address,undefined", f"-I{folder}",
                 f"-I{FIRMWARE / 'vote'}", "-o", folder / "vote", *sources],
                check=True,
            )  # fmt: skip
            built[decision, classes] = folder / "vote"
        return built[decision, classes]

    return make


def in_c(program: Path, outputs: NDArray[np.int8], peaks: list[int]) -> list[int]:
    """Label, windows, and totals."""
    windows = zip(peaks, outputs, strict=True)
    line = b"".join(peak.to_bytes(2, "little") + output.tobytes() for peak, output in windows)
    result = subprocess.run([program], input=line, capture_output=True, check=True)
    return list(map(int, result.stdout.split()))


def written(decision: Decision, outputs: NDArray[np.int8], peaks: list[int]) -> list[int]:
    """The same by the integers of Python and numpy."""
    heard = np.array([peak >= decision.silence_peak for peak in peaks])
    votes = voting(np.zeros(len(peaks), int), heard)
    chosen = levels_of(outputs[votes])
    totals = Voting.of(decision).totals(chosen, np.zeros(len(chosen), int))[0]
    return [int(totals.argmax()), len(chosen), *totals.tolist()]


outputs_and_peaks = st.lists(
    st.tuples(
        st.lists(st.integers(-128, 127), min_size=CLASSES, max_size=CLASSES),
        st.sampled_from([0, PEAK - 1, PEAK, 32768]),
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("how", RULES)
@given(windows=outputs_and_peaks)
@settings(max_examples=60, deadline=None)
def test_any_windows_vote_in_c_as_written(
    build: Build, how: str, windows: list[tuple[list[int], int]]
) -> None:
    decision = Decision(PEAK, vote=how, attention=ATTENTION)
    outputs = np.array([output for output, _ in windows], np.int8)
    peaks = [peak for _, peak in windows]
    found = in_c(build(decision, CLASSES), outputs, peaks)
    assert found == written(decision, outputs, peaks)


@pytest.mark.parametrize("how", RULES)
@pytest.mark.parametrize("attention", [-128, 127])
def test_as_many_windows_as_may_vote_do_not_overflow(
    build: Build, how: str, attention: int
) -> None:
    decision = Decision(PEAK, vote=how, attention=(attention,) * 256)
    outputs = np.full((MOST_WINDOWS, 256), 127, np.int8)
    peaks = [32768] * MOST_WINDOWS
    found = in_c(build(decision, 256), outputs, peaks)
    assert found == written(decision, outputs, peaks)
    assert max(found) < 2**31


def test_the_window_after_them_has_no_room(build: Build) -> None:
    decision = Decision(PEAK)
    program, silence = build(decision, CLASSES), [0] * MOST_WINDOWS
    outputs = np.zeros((MOST_WINDOWS + 1, CLASSES), np.int8)
    # a sound after silence has room, and a silence after sound needs none
    assert in_c(program, outputs, [*silence, 32768])[1] == 1
    assert in_c(program, outputs, [*[32768] * MOST_WINDOWS, 0])[1] == MOST_WINDOWS
    for peaks in ([*silence, 0], [32768] * (MOST_WINDOWS + 1)):
        with pytest.raises(subprocess.CalledProcessError):
            in_c(program, outputs, peaks)


def test_where_nothing_is_silent_every_window_votes(build: Build) -> None:
    decision = Decision(0)
    outputs = np.array([[1, 2, 3, 4, 5]] * 3, np.int8)
    assert in_c(build(decision, CLASSES), outputs, [0, 9, 0])[1] == 3


def test_too_many_classes_do_not_vote_on_a_device() -> None:
    assert vote_rule.emit(Decision(PEAK), vote_rule.MOST_CLASSES) is not None
    assert vote_rule.emit(Decision(PEAK), vote_rule.MOST_CLASSES + 1) is None
