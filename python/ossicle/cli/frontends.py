"""Verbs of the front end that need more than the front end."""

from pathlib import Path
from typing import Annotated

import typer

from ossicle.cli.options import BundleFolder, Data, Fold, Json, app, show
from ossicle.files import require_writable, write_atomically
from ossicle.frontend.commands import app as frontend

app.add_typer(frontend, name="frontend")


@frontend.command("accuracy", epilog="Example: ossicle frontend accuracy --data data/esc10")
def frontend_accuracy(
    data: Data = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the training windows.")] = 100,
    work: Annotated[Path, typer.Option(help="Keeps features and checkpoints.")] = Path(
        "build/front_ends"
    ),
    as_json: Json = False,
) -> None:
    """Cross-validate the baseline on the device's features and on librosa's floats.

    An interrupted run goes on when the command is given again.
    """
    from ossicle import workflow
    from ossicle.training import front_ends

    require_writable(work)
    rows = front_ends.figures(front_ends.measure(workflow.corpus(data), work, epochs=epochs))
    show(as_json, rows, front_ends.text(rows))


@frontend.command(
    "microphones", epilog="Example: ossicle frontend microphones build/esc10 --data data/esc10"
)
def frontend_microphones(
    bundle: BundleFolder,
    data: Data = None,
    fold: Fold = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="An SVG file for the changes by feature.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Hear recordings through microphones that are quiet, offset or too loud, and score that."""
    from ossicle import workflow
    from ossicle.device import program
    from ossicle.report import faults
    from ossicle.report.pictures import faulty_microphones

    if plot:
        require_writable(plot.parent)
    heard = faults.listen(program.load_bundle(bundle), workflow.corpus(data), fold=fold)
    if plot:
        write_atomically(plot, faulty_microphones(heard))
    show(as_json, [hearing.figures() for hearing in heard], faults.text(heard))


@frontend.command(
    "calibrate",
    epilog="Example: ossicle frontend calibrate build/esc10 recordings/device "
    "--reference recordings/studio --out build/esc10-device",
)
def frontend_calibrate(
    bundle: BundleFolder,
    recordings: Annotated[list[Path], typer.Argument(help="The device's: files or folders.")],
    reference: Annotated[
        Path, typer.Option("--reference", help="The same sounds as training heard them.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The folder of the calibrated bundle.")],
    as_json: Json = False,
) -> None:
    """Correct the bands of a microphone, so that the model hears what it has learnt.

    Record the same sounds, best some seconds of noise, with the device's microphone and with one
    like those of the training's recordings, at the front end's sample rate.
    """
    from ossicle import workflow
    from ossicle.frontend.calibration import text

    made = workflow.calibrate(bundle, recordings, reference, out)
    calibration = made.frontend.calibration
    assert calibration is not None
    figures = {"bundle": str(out), "band_db": calibration.band_db, "digest": made.digest.hex()}
    show(as_json, figures, f"{text(calibration, made.frontend)}\n{out}: written")
