"""Verbs that judge what was learnt."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ossicle.cli.options import (
    BoardName,
    BundleFolder,
    Data,
    Fold,
    Json,
    Votes,
    app,
    exit_unless,
    show,
)
from ossicle.errors import DataError


@app.command(epilog="Example: ossicle evaluate build/demo/bundle --data data/esc10 --fold 1")
def evaluate(
    bundle: BundleFolder,
    data: Data = None,
    fold: Fold = None,
    board: Annotated[
        str | None, typer.Option("--board", help="Let this emulated board do it, not the host.")
    ] = None,
    vote: Annotated[
        Votes | None,
        typer.Option(help="How windows decide; else as the bundle says; all: a table."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Score a bundle on recordings, by the host's C or by an emulated device.

    Without --fold every clip is scored, those that it was trained on included.
    """
    from ossicle import workflow
    from ossicle.device import program
    from ossicle.report import evaluation

    loaded = program.load_bundle(bundle)
    recordings = workflow.corpus(data)
    if vote is Votes.ALL:
        rows = evaluation.every_vote(loaded, recordings, fold=fold, board=board)
        show(as_json, rows, evaluation.votes_text(rows))
        return
    how = vote.value if vote else None
    score = evaluation.evaluate(loaded, recordings, fold=fold, board=board, how=how).to_json()
    text = "{clips} clips: {accuracy:.1%} right, log loss {log_loss:.3f}; ".format(**score)
    text += "{windows} windows: {window_accuracy:.1%} right".format(**score)
    show(as_json, score, text)


@app.command(epilog="Example: ossicle compare build/a build/b --data build/esc10_devices --fold 1")
def compare(
    bundles: Annotated[list[Path], typer.Argument(help="Folders of bundles of the same labels.")],
    data: Data = None,
    fold: Fold = None,
    as_json: Json = False,
) -> None:
    """Score bundles on the same recordings: by device, seen and unseen, and by class.

    It prints a Markdown table of the clips that are right and the log loss, by the host's C.
    """
    from ossicle import workflow
    from ossicle.device import program
    from ossicle.report import comparing

    loaded = {str(path): program.load_bundle(path) for path in bundles}
    groups = comparing.compare(loaded, workflow.corpus(data), fold=fold)
    show(as_json, [vars(group) for group in groups], comparing.table(groups))


@app.command(epilog="Example: ossicle windows build/esc10 --data data/esc10 --seconds 0.5,1,2,5")
def windows(
    results: Annotated[Path, typer.Argument(help="What `ossicle train --folds` has left.")],
    data: Data = None,
    seconds: Annotated[str, typer.Option(help="Lengths of the windows.")] = "0.5,1,2,5",
    board: BoardName = "qemu_m4",
    plot: Annotated[
        Path | None, typer.Option("--plot", help="An SVG file: clips right by length and hop.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what windows of other lengths and hops give, by each vote, and cost on a board.

    The networks of a cross-validation are made int8 for each length, and tested on the folds that
    they have not heard. They must be convolutions to the end, as separable_resnet is.
    """
    from ossicle import workflow
    from ossicle.device import boards
    from ossicle.files import require_writable, write_atomically
    from ossicle.report import lengths
    from ossicle.report.pictures import window_lengths

    on = boards.board(board)
    if plot:
        require_writable(plot.parent)
    rows = lengths.gather(workflow.corpus(data), results, lengths=_lengths(seconds), board=on)
    if plot:
        write_atomically(plot, window_lengths(rows))
    show(as_json, [vars(row) for row in rows], lengths.text(rows, on))


def _lengths(told: str) -> list[float]:
    """Return the seconds that "0.5,1" names."""
    try:
        return [float(number) for number in told.split(",")]
    except ValueError:
        raise DataError(f"--seconds is numbers as 0.5,1,5, not {told}") from None


@app.command(epilog="Example: ossicle report build/demo/bundle --data data/esc10 --fold 1")
def report(
    bundle: BundleFolder,
    out: Annotated[
        Path, typer.Option("--out", help="The folder for report.html and .json.")
    ] = Path("build/report"),
    data: Data = None,
    fold: Fold = None,
    board: BoardName = "qemu_m4",
    as_json: Json = False,
) -> None:
    """Write one HTML page and one JSON file that say everything about a bundle on a board."""
    from ossicle import workflow
    from ossicle.compiler import Target
    from ossicle.device import boards, program

    on = boards.board(board)
    loaded = program.load_bundle(bundle, Target.of(on.core))
    figures = workflow.report(loaded, workflow.corpus(data), out, fold=fold, board=on)
    show(as_json, figures, workflow.summary(figures, out))


@app.command(epilog="Example: ossicle latent build/devices --data build/esc10_devices --fold 1")
def latent(
    bundle: BundleFolder,
    out: Annotated[
        Path, typer.Option("--out", help="The folder for latent.html and .json.")
    ] = Path("build/latent"),
    data: Data = None,
    fold: Fold = None,
    convolution: Annotated[
        list[int] | None, typer.Option(help="Draw maps of this one, from 1; repeatable. Else 2, 3.")
    ] = None,
    windows: Annotated[
        int, typer.Option(min=1, max=5000, help="How many windows of sound to look at.")
    ] = 900,
    seed: Annotated[int, typer.Option(min=0, help="Which these are, and of t-SNE.")] = 0,
    as_json: Json = False,
) -> None:
    """Look at what a bundle makes of recordings inside: one HTML page and one JSON file.

    Distances between recording devices, t-SNE and Isomap of convolutions, persistence diagrams,
    and the intrinsic dimension of the classes.
    """
    from ossicle import workflow
    from ossicle.device import program

    figures = workflow.latent(
        program.load_bundle(bundle), workflow.corpus(data), out, fold=fold,
        convolutions=tuple(convolution or ()), windows=windows, seed=seed,
    )  # fmt: skip
    show(as_json, figures, workflow.latent_summary(figures, out))


@app.command(epilog="Example: OSSICLE_DATA=data/esc10 ossicle demo --out build/demo")
def demo(
    out: Annotated[Path, typer.Option("--out", help="The folder for all that it makes.")] = Path(
        "build/demo"
    ),
    data: Data = None,
    fold: Fold = None,
    board: BoardName = "qemu_m4",
    as_json: Json = False,
) -> None:
    """Go the whole way: train, quantise, compile, run on an emulated board, prove it equal.

    The exit status is 1 if device and host differ anywhere.
    """
    from ossicle import workflow

    figures = workflow.demo(out, data=data, fold=fold, board=board)
    compile_ = f"{sys.argv[0]} compile {out / 'bundle'} --board {board} --out {out / 'ear'}"
    ear = f"a sensor of it: {compile_}"
    show(as_json, figures, f"{workflow.summary(figures, out)}\n{ear}")
    exit_unless(figures["parity"]["mismatches"] == 0)
