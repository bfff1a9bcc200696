"""The command line: verbs only, each a few lines that call the room which does the work."""

import io
import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Literal, NoReturn

import typer

from ossicle import __version__
from ossicle.errors import DataError, OssicleError
from ossicle.files import require_writable, write_atomically
from ossicle.frontend.commands import app as frontend

app = typer.Typer(
    name="ossicle",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Labelled recordings in, a microcontroller that recognises the sounds out, "
    "equal to the host bit for bit.",
)

app.add_typer(frontend, name="frontend")

Json = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]
BoardName = Annotated[str, typer.Option("--board", help="A folder of firmware/boards.")]
Model = Annotated[Path, typer.Argument(help="An int8 .tflite file, or a bundle's folder.")]
BundleFolder = Annotated[Path, typer.Argument(help="A bundle's folder.")]
Data = Annotated[
    Path | None,
    typer.Option("--data", help="Recordings. Else OSSICLE_DATA, else data/, else synthetic ones."),
]
Fold = Annotated[
    int | None, typer.Option("--fold", "--test-fold", help="The fold that is held out.")
]


class Method(str, Enum):
    """Ways to int8."""

    PTQ = "ptq"
    QAT = "qat"
    VALIDATION = "validation"


class Votes(str, Enum):
    """Ways in which the windows of a clip decide."""

    SOFT = "soft"
    MAJORITY = "majority"
    MAX = "max"
    ATTENTION = "attention"
    ALL = "all"


class Choice(str, Enum):
    """What the compiler's choice of kernels spares."""

    RAM = "ram"
    BALANCED = "balanced"
    SPEED = "speed"


class Frame(str, Enum):
    """What a frame of the input is."""

    ROWS = "rows"
    COLUMNS = "columns"


class Carrier(str, Enum):
    """Ways of the frames between host and device."""

    SEMIHOSTING = "semihosting"
    UART = "uart"


Optimize = Annotated[
    Choice, typer.Option(help="What to spare: memory, instructions, or some of each.")
]
Frames = Annotated[
    Frame | None,
    typer.Option(help="The input comes frame by frame: these are its rows, or its columns."),
]


@app.command(epilog="Example: ossicle fetch esc50")
def fetch(
    name: Annotated[str, typer.Argument(help="esc10, esc50, tau2022mobile or mlperf_tiny.")],
    to: Annotated[Path, typer.Option("--to", help="The folder that holds the corpora.")] = Path(
        "data"
    ),
) -> None:
    """Download a public corpus or models: checked, resumed where interrupted, unpacked."""
    from ossicle.datasets.fetch import fetch as bring

    require_writable(to)
    typer.echo(bring(name, to))


@app.command(epilog="Example: ossicle simulate --data data/esc10 --out build/esc10_devices")
def simulate(
    out: Annotated[Path, typer.Option("--out", help="The folder for the recordings.")],
    data: Data = None,
    responses: Annotated[
        Path | None, typer.Option(help="A folder of impulse responses, one WAV file a device.")
    ] = None,
    unseen: Annotated[
        list[str] | None, typer.Option(help="A device to be met in the test alone; repeatable.")
    ] = None,
    trained: Annotated[
        int, typer.Option(min=1, help="As how many devices record it a clip is trained on.")
    ] = 3,
    seed: Annotated[int, typer.Option(min=0, help="Of the devices' noise.")] = 0,
    as_json: Json = False,
) -> None:
    """Record a corpus with simulated devices, some of which are met in the test alone.

    Without --responses these are the project's own devices b, c and s1 to s6; without --unseen the
    last third of the devices is kept for the test. An interrupted run goes on.
    """
    from ossicle import workflow

    require_writable(out)
    figures = workflow.simulate(
        workflow.corpus(data), out, responses=responses, unseen=unseen or (), trained=trained,
        seed=seed,
    )  # fmt: skip
    _show(as_json, figures, workflow.simulation_summary(figures, out))


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
    jobs: Annotated[int, typer.Option(min=1, help="Folds that run side by side.")] = 1,
    as_json: Json = False,
) -> None:
    """Train the model of a recipe, quantise it to int8, and write a bundle.

    With --folds each fold is held out in turn, with each seed of the recipe; the results folder
    gets results.md, results.json, TensorBoard's logs and a bundle for each. An interrupted training
    goes on when the command is given again.
    """
    from ossicle import workflow

    chosen = recipe or workflow.DEFAULT_RECIPE
    changes = {"epochs": epochs, "qat_epochs": qat_epochs, "seed": seed, "method": method}
    if folds is None:
        metrics = workflow.train(workflow.corpus(data), out, fold=fold, recipe=chosen, **changes)
        _show(as_json, metrics, workflow.training_summary(metrics, out))
        return
    if fold is not None:
        raise DataError("--folds holds out one fold after the other; give it without --test-fold")
    figures = workflow.cross_validate(
        workflow.corpus(data), out, folds=_folds(folds), recipe=chosen, jobs=jobs, **changes
    )
    _show(as_json, figures, (out / "results.md").read_text(encoding="utf-8").rstrip())


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
    _show(as_json, figures, (out / "results.md").read_text(encoding="utf-8").rstrip())


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
        _show(as_json, rows, evaluation.votes_text(rows))
        return
    how = vote.value if vote else None
    score = evaluation.evaluate(loaded, recordings, fold=fold, board=board, how=how).to_json()
    text = "{clips} clips: {accuracy:.1%} right, log loss {log_loss:.3f}; ".format(**score)
    text += "{windows} windows: {window_accuracy:.1%} right".format(**score)
    _show(as_json, score, text)


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
    _show(as_json, {"bundle": str(out), "attention": learnt}, f"{text}\n{out}: written")


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
    _show(as_json, [vars(group) for group in groups], comparing.table(groups))


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
    _show(as_json, figures, f"{out}: {figures['bytes']:,} bytes")


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
    _show(as_json, rows, front_ends.text(rows))


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
    _show(as_json, [hearing.figures() for hearing in heard], faults.text(heard))


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
    _show(as_json, figures, f"{text(calibration, made.frontend)}\n{out}: written")


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
    _show(as_json, rows, networks.text(rows))


@app.command("compile", epilog="Example: ossicle compile model.tflite --out build/model")
def compile_(
    model: Model,
    out: Annotated[Path, typer.Option("--out", help="The folder for the C files.")],
    name: Annotated[
        str | None, typer.Option("--name", help="Prefix of the C names; else from the file's name.")
    ] = None,
    board: BoardName = "qemu_m4",
    optimize: Optimize = Choice.BALANCED,
    frames: Frames = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", help="An .svg file: draw the memory plan.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compile an int8 .tflite model to a C99 library: one .c, one .h, and its kernels.

    The folder is a library of PlatformIO and of CMake, called as the C names begin.
    """
    from ossicle.compiler import Target
    from ossicle.device import boards, program

    for folder in (out, *([plan.parent] if plan else [])):
        require_writable(folder)
    target = Target.of(boards.board(board).core, optimize.value, _by(frames))
    compiled = program.load(model, name=name, target=target).compiled
    compiled.write(out)
    if plan:
        from ossicle.report.pictures import memory_plan

        layers = [operator.name for operator in compiled.operators]
        write_atomically(plan, memory_plan(compiled.plan, layers))
    names = sorted(compiled.files)
    figures = {
        "prefix": compiled.prefix,
        "files": names,
        "macs": compiled.macs,
        "parameters": compiled.parameters,
        "constant_bytes": compiled.constant_bytes,
        "arena_bytes": compiled.plan.arena_bytes,
        "arena_lower_bound": compiled.plan.lower_bound,
    }
    text = f"{out}: {', '.join(names)}\n{compiled.plan.text()}"
    _show(as_json, figures, text)


@app.command(epilog="Example: ossicle budget build/demo/bundle --board qemu_m4")
def budget(
    model: Model,
    board: BoardName = "qemu_m4",
    optimize: Optimize = Choice.BALANCED,
    as_json: Json = False,
) -> None:
    """Say what a model costs on a board, by layer and in total, against its limits.

    The exit status is 1 if a limit is exceeded.
    """
    from ossicle.budget import measure
    from ossicle.compiler import Target
    from ossicle.device import boards, program

    on = boards.board(board)
    measured = measure(program.load(model, target=Target.of(on.core, optimize.value)), on)
    _show(as_json, measured.figures(), measured.text())
    _exit_unless(measured.fits)


@app.command(epilog="Example: ossicle bench model.tflite --board qemu_m4 --json")
def bench(
    model: Model,
    board: BoardName = "qemu_m4",
    optimize: Optimize = Choice.BALANCED,
    frames: Frames = None,
    as_json: Json = False,
) -> None:
    """Count a model's instructions, RAM, code and constants on a board."""
    from ossicle.budget import bench as bench_model
    from ossicle.compiler import Target
    from ossicle.device import boards, program

    on = boards.board(board)
    target = Target.of(on.core, optimize.value, _by(frames))
    loaded = program.load(model, target=target)
    figures = bench_model(loaded, on).figures()
    text = "\n".join(f"{name:>15} {value:>12,}" for name, value in figures.items())
    _show(as_json, figures, text)


@app.command(epilog="Example: ossicle emulate build/demo/bundle rooster.wav --board qemu_m4")
def emulate(
    bundle: BundleFolder,
    sound: Annotated[
        Path | None, typer.Argument(help="A WAV, FLAC or OGG file; else the bundle's test sounds.")
    ] = None,
    board: BoardName = "qemu_m4",
    carrier: Annotated[Carrier, typer.Option(help="How the frames travel.")] = Carrier.SEMIHOSTING,
    as_json: Json = False,
) -> None:
    """Play a sound into an emulated device and show what it recognises, second by second."""
    from ossicle.compiler import Target
    from ossicle.device import boards, program
    from ossicle.report import listening

    on = boards.board(board)
    loaded = program.load_bundle(bundle, Target.of(on.core))
    heard = listening.listen(loaded, on, sound, carrier=carrier.value)
    text = "\n".join(str(moment) for moment in heard)
    _show(as_json, [moment.figures() for moment in heard], text)


@app.command(epilog="Example: ossicle parity model.tflite --board qemu_m4 --inputs 3 --seed 0")
def parity(
    model: Model,
    board: BoardName = "qemu_m4",
    inputs: Annotated[int, typer.Option(min=1, help="Random inputs (model) or sounds.")] = 3,
    seed: Annotated[int, typer.Option(min=0, help="Of the random inputs.")] = 0,
    vectors: Annotated[
        Path | None, typer.Option(help="An .npz with arrays 'input' and 'output' to compare with.")
    ] = None,
    data: Data = None,
    fold: Fold = None,
    optimize: Optimize = Choice.BALANCED,
    as_json: Json = False,
) -> None:
    """Prove that an emulated device computes what the host computes, bit for bit.

    A model is run on random inputs, or on --vectors. A bundle is played sounds: every window of
    --fold, or --inputs windows of --data, or the test sounds that it brings. Every stage is
    compared with the host's C and with TFLite's reference kernels, or with the vectors.

    The exit status is 1 if anything differs.
    """
    from ossicle.compiler import Target
    from ossicle.device import boards, program
    from ossicle.report import proof

    on = boards.board(board)
    loaded = program.load(model, target=Target.of(on.core, optimize.value))
    if loaded.bundle is not None and vectors is None:
        result = proof.of_bundle(loaded, on, data=data, fold=fold, sounds=inputs)
    elif data is not None or fold is not None:
        raise DataError(f"{model}: hears no sounds here; give a bundle, or no --data and no --fold")
    else:
        result = proof.of_model(loaded, on, inputs=inputs, seed=seed, vectors=vectors)
    _show(as_json, result.figures(), result.text())
    _exit_unless(result.is_equal)


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
    _show(as_json, figures, workflow.summary(figures, out))


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
    _show(as_json, figures, workflow.latent_summary(figures, out))


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
    _show(as_json, figures, workflow.summary(figures, out))
    _exit_unless(figures["parity"]["mismatches"] == 0)


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Print the version where that is all that is asked."""
    if show:
        typer.echo(f"ossicle {__version__}")
        raise typer.Exit


def _by(frames: Frame | None) -> Literal["rows", "columns"] | None:
    return frames.value if frames else None


def _show(as_json: bool, figures: Any, text: str) -> None:
    typer.echo(json.dumps(figures, indent=1) if as_json else text)


def _exit_unless(good: bool) -> None:
    if not good:
        raise typer.Exit(1)


def main() -> None:
    """Run the command line; what a user can cure becomes one line and exit status 2.

    After Ctrl-C the exit status is 130, also where native code has made an error of its own of it.
    """
    with _interrupts() as interrupted:
        try:
            sys.exit(_run())
        except BaseException:
            if interrupted.is_set():
                sys.exit(130)
            raise


@contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Yield what is set once Ctrl-C was pressed; it still interrupts as ever."""
    pressed = threading.Event()

    def press(number: int, frame: FrameType | None) -> None:
        pressed.set()
        signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _run() -> Any:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # the name of a file need not be UTF-8
    try:
        return app(standalone_mode=False)
    except typer.TyperException as error:  # the command was not written as it should be
        reason = error.format_message().rstrip(".")
        _refuse(f"{reason}; --help shows how" if reason else "")  # without a verb, help was shown
    except OssicleError as error:
        _refuse(str(error))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _refuse(f"{where}{error.strerror or error}")


def _refuse(reason: str) -> NoReturn:
    """Say on one line what is wrong (a compiler's message has several), and exit."""
    if reason:
        line = "".join(sign if sign.isprintable() else " " for sign in reason)
        typer.echo(f"ossicle: {line}", err=True)
    sys.exit(2)
