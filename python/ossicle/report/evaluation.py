"""Score a bundle on recordings: by the host's C, or by an emulated device that hears the PCM."""

from typing import Any, cast, get_args

import numpy as np
from numpy.typing import NDArray

from ossicle.budget import fitting_image, measure
from ossicle.console import track
from ossicle.datasets import Corpus
from ossicle.device import boards
from ossicle.device.boards import Board
from ossicle.device.program import Program
from ossicle.device.session import open_emulated
from ossicle.parity.host import HostModel
from ossicle.report.sounds import Sounds, of_corpus
from ossicle.training.evaluate import Score, Vote, vote, vote_on, voting

Outputs = NDArray[np.int8]


def evaluate(
    program: Program,
    corpus: Corpus,
    *,
    fold: int | None,
    board: str | None = None,
    how: Vote | None = None,
) -> Score:
    """Score a bundle.

    Args:
        program: of a bundle.
        corpus: recordings with the bundle's labels.
        fold: score this fold's clips only; None scores all.
        board: let this emulated board hear them; None lets the host compute.
        how: the windows of a clip vote; None: as decision.toml says.

    Raises:
        DataError: labels or folds do not fit.
        BoardError: there is no such board.
        BudgetError: the bundle does not fit it.
    """
    sounds, outputs = _heard(program, corpus, fold, board)
    return score_outputs(sounds, outputs, how)


def every_vote(
    program: Program, corpus: Corpus, *, fold: int | None, board: str | None = None
) -> list[dict[str, Any]]:
    """Score a bundle once for each way to vote, from the same outputs.

    Returns:
        A row for each: vote, clips, accuracy, log_loss, windows_a_clip, and, on a board,
        instructions_a_clip: what front end and network take for all windows of a mean clip. The
        votes themselves are an addition or a comparison for each class and window, on the host.

    Raises:
        DataError, BoardError, BudgetError: as `evaluate`.
    """
    sounds, outputs = _heard(program, corpus, fold, board)
    each = _instructions(program, board) if board is not None else None
    return [_vote_row(sounds, outputs, how, each) for how in get_args(Vote)]


def votes_text(rows: list[dict[str, Any]]) -> str:
    """Return the rows of `every_vote` as a table in Markdown."""
    lines = ["| vote | clips right | log loss | windows a clip | instructions a clip |"]
    lines.append("|---|---:|---:|---:|---:|")
    for row in rows:
        cost = row.get("instructions_a_clip")
        told = f"{row['windows_a_clip']:.1f} | {'' if cost is None else f'{cost:,}'}"
        lines.append(f"| {row['vote']} | {row['accuracy']:.1%} | {row['log_loss']:.3f} | {told} |")
    return "\n".join(lines)


def _vote_row(sounds: Sounds, outputs: Outputs, how: Vote, each: int | None) -> dict[str, Any]:
    score = score_outputs(sounds, outputs, how)
    windows = score.windows / score.clips
    row = {
        "vote": how,
        "clips": score.clips,
        "accuracy": score.accuracy,
        "log_loss": score.log_loss,
        "windows_a_clip": windows,
    }
    return row if each is None else {**row, "instructions_a_clip": round(each * windows)}


def _instructions(program: Program, board: str) -> int:
    """Return what one window takes on a board, counted: front end and network."""
    counts = measure(program, boards.board(board)).counts
    return counts.inference + (counts.frontend or 0)


def _heard(
    program: Program, corpus: Corpus, fold: int | None, board: str | None
) -> tuple[Sounds, Outputs]:
    target = boards.board(board) if board is not None else None
    sounds = of_corpus(program, corpus, fold)
    return sounds, host_outputs(sounds) if target is None else device_outputs(sounds, target)


def host_outputs(sounds: Sounds) -> Outputs:
    """Return the int8 outputs (windows, classes) of the generated C on the host."""
    program = sounds.program
    host = HostModel(program.compiled)
    features = track(sounds.windows.features, "int8 on the host", len(sounds))
    rows = [host.run([window.reshape(program.input.shape)])[0].reshape(-1) for window in features]
    return np.stack(rows)


def device_outputs(sounds: Sounds, board: Board) -> Outputs:
    """Return the int8 outputs of an emulated device that is played the PCM of every window."""
    program = sounds.program
    elf = fitting_image(program, board)
    with open_emulated(elf, board, digest=program.digest) as session:
        played = track(sounds, f"int8 on {board.name}", len(sounds))
        return np.stack([session.infer_pcm(pcm).output for pcm in played])


def clip_probabilities(
    sounds: Sounds, outputs: Outputs
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Let the windows vote, given their int8 outputs.

    Returns:
        [clips, classes] probabilities, and [clips] which clip of the corpus each is.
    """
    windows, bundle = sounds.windows, sounds.program.bundle
    assert bundle is not None
    votes = voting(windows.clip, windows.active)
    clip, how = windows.clip[votes], cast("Vote", bundle.decision.vote)
    voted, _ = vote(_probabilities(sounds, outputs[votes]), clip, windows.label[votes], how)
    return voted, np.unique(clip)


def score_outputs(sounds: Sounds, outputs: Outputs, how: Vote | None = None) -> Score:
    """Vote (None: as decision.toml says) and score, given the int8 outputs of every window."""
    windows, bundle = sounds.windows, sounds.program.bundle
    assert bundle is not None
    probabilities = _probabilities(sounds, outputs)
    votes = voting(windows.clip, windows.active)
    return vote_on(
        lambda _features: probabilities[votes],
        windows.features,
        clip=windows.clip,
        label=windows.label,
        active=windows.active,
        how=how or cast("Vote", bundle.decision.vote),  # decision.toml was checked when it was read
    ).score()


def _probabilities(sounds: Sounds, outputs: Outputs) -> NDArray[np.float64]:
    affine = sounds.program.output.affine
    return (outputs.astype(np.float64) - affine.zero_point) * affine.scale
