"""Score a bundle on recordings: by the host's C, or by an emulated device that hears the PCM."""

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ossicle.budget import fitting_image, vote_cost
from ossicle.console import track
from ossicle.datasets import Corpus
from ossicle.decision import VOTES
from ossicle.device import boards
from ossicle.device.boards import Board
from ossicle.device.program import Program
from ossicle.device.session import open_emulated
from ossicle.errors import DataError
from ossicle.parity.host import HostModel
from ossicle.report.sounds import Sounds, of_corpus
from ossicle.training.evaluate import Score, Votes, counted
from ossicle.training.vote import MOST_WINDOWS, Levels, Voting, levels_of, voting

Outputs = NDArray[np.int8]


def evaluate(
    program: Program,
    corpus: Corpus,
    *,
    fold: int | None,
    board: str | None = None,
    how: str | None = None,
) -> Score:
    """Score a bundle.

    Args:
        program: of a bundle.
        corpus: recordings with the bundle's labels.
        fold: score this fold's clips only; None scores all.
        board: let this emulated board hear them, and their windows vote on it; None lets the host
            compute.
        how: the windows of a clip vote; None: as decision.toml says.

    Raises:
        DataError: labels or folds do not fit, or a clip has more windows than can vote on a device.
        BundleError: the bundle has not learnt this vote.
        BoardError: there is no such board.
        BudgetError: the bundle does not fit it.
    """
    target = boards.board(board) if board is not None else None
    sounds = of_corpus(program.voting(how) if how else program, corpus, fold)
    if target is None:
        return host_votes(sounds, host_outputs(sounds)).score()
    outputs, totals = device_answers(sounds, target)
    return _votes(sounds, outputs, totals).score()


def every_vote(
    program: Program, corpus: Corpus, *, fold: int | None, board: str | None = None
) -> list[dict[str, Any]]:
    """Score a bundle once for each way to vote that it knows, from the same outputs.

    Returns:
        A row for each: vote, clips, accuracy, log_loss, windows_a_clip, and, on a board, what the
        vote alone takes (`ossicle.budget.vote_cost`), and instructions_a_clip for all of a mean
        clip, front end and network included.

    Raises:
        DataError, BoardError, BudgetError: as `evaluate`.
    """
    target = boards.board(board) if board is not None else None
    sounds = of_corpus(program, corpus, fold)
    outputs = host_outputs(sounds) if target is None else device_answers(sounds, target)[0]
    assert program.bundle is not None
    learnt = bool(program.bundle.decision.attention)
    known = [how for how in VOTES if how != "attention" or learnt]
    return [_vote_row(sounds, outputs, how, target) for how in known]


def votes_text(rows: list[dict[str, Any]]) -> str:
    """Return the rows of `every_vote` as a table in Markdown."""
    costs = {
        "instructions_a_window": "instructions a window",
        "instructions_a_label": "and a label",
        "flash_bytes": "flash",
        "ram_bytes": "RAM",
        "instructions_a_clip": "a clip in all",
    }
    costs = costs if "flash_bytes" in rows[0] else {}
    head = ["vote", "clips right", "log loss", "windows a clip", *costs.values()]
    lines = [f"| {' | '.join(head)} |", f"|---|{'---:|' * (len(head) - 1)}"]
    for row in rows:
        told = [f"{row['accuracy']:.1%}", f"{row['log_loss']:.3f}", f"{row['windows_a_clip']:.1f}"]
        cells = [row["vote"], *told, *(f"{row[name]:,}" for name in costs)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _vote_row(sounds: Sounds, outputs: Outputs, how: str, board: Board | None) -> dict[str, Any]:
    program = sounds.program.voting(how)
    score = host_votes(dataclasses.replace(sounds, program=program), outputs).score()
    row: dict[str, Any] = {
        "vote": how,
        "clips": score.clips,
        "accuracy": score.accuracy,
        "log_loss": score.log_loss,
        "windows_a_clip": score.windows / score.clips,
    }
    if board is None:
        return row
    cost = vote_cost(program, board)
    each = cost.pop("hearing") + cost["instructions_a_window"]
    whole = round(each * row["windows_a_clip"]) + cost["instructions_a_label"]
    return {**row, **cost, "instructions_a_clip": whole}


def host_outputs(sounds: Sounds) -> Outputs:
    """Return the int8 outputs (windows, classes) of the generated C on the host."""
    program = sounds.program
    host = HostModel(program.compiled)
    features = track(sounds.windows.features, "int8 on the host", len(sounds))
    rows = [host.run([window.reshape(program.input.shape)])[0].reshape(-1) for window in features]
    return np.stack(rows)


def device_answers(sounds: Sounds, board: Board) -> tuple[Outputs, Levels]:
    """Play the PCM of every window into an emulated device, and let each clip's windows vote.

    Returns:
        int8 outputs (windows, classes), and the device's totals (clips, classes).

    Raises:
        DataError: a clip has more windows than can vote on a device.
    """
    program, clip = sounds.program, sounds.windows.clip
    if (most := int(np.bincount(clip).max())) > MOST_WINDOWS:
        raise DataError(f"a clip has {most:,} windows, of which {MOST_WINDOWS:,} can vote at most")
    ends = np.append(clip[1:] != clip[:-1], True)
    elf = fitting_image(program, board)
    outputs, totals = [], []
    with open_emulated(elf, board, digest=program.digest) as session:
        played = track(sounds, f"int8 on {board.name}", len(sounds))
        for pcm, is_last in zip(played, ends, strict=True):
            outputs.append(session.infer_pcm(pcm, vote=True).output)
            if is_last:
                totals.append(session.election().totals)
    return np.stack(outputs), np.stack(totals)


def host_votes(sounds: Sounds, outputs: Outputs) -> Votes:
    """Let the windows vote on the host, as decision.toml says, given the outputs of every one."""
    assert sounds.program.bundle is not None
    windows = sounds.windows
    votes = voting(windows.clip, windows.active)
    rule = Voting.of(sounds.program.bundle.decision)
    return _votes(sounds, outputs, rule.totals(levels_of(outputs[votes]), windows.clip[votes]))


def _votes(sounds: Sounds, outputs: Outputs, totals: Levels) -> Votes:
    windows = sounds.windows
    votes = voting(windows.clip, windows.active)
    right = outputs[votes].argmax(axis=1) == windows.label[votes]
    return counted(totals, windows.clip[votes], windows.label[votes], int(right.sum()))
