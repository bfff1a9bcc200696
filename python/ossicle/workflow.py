"""The verbs that cross several rooms: train, quantise a Keras model, report, and the whole demo."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ossicle import bundle, datasets
from ossicle.compiler import Target
from ossicle.console import console
from ossicle.datasets import Corpus
from ossicle.device import boards
from ossicle.device import program as programs
from ossicle.device.boards import Board
from ossicle.device.emulator import qemu
from ossicle.device.firmware import cross_compiler
from ossicle.device.program import Program
from ossicle.errors import DataError, ModelError, OutputError
from ossicle.files import require_writable, write_atomically
from ossicle.paths import BUILD
from ossicle.report import results

DEFAULT_RECIPE = "dcase2022"


def corpus(data: Path | None) -> Corpus:
    """Load the recordings that were named, or find some, and say which."""
    if data is not None:
        return datasets.load(data)
    found, sentence = datasets.find()
    console.print(f"Recordings: {sentence}")
    return found


def default_fold(recordings: Corpus) -> int:
    """Return the first fold that is meant for testing (fold 0 is for training only).

    Raises:
        DataError: there is none.
    """
    testing = [fold for fold in recordings.folds if fold > 0]
    if not testing:
        raise DataError(f"{recordings.name}: has no fold to test on, only fold 0, for training")
    return testing[0]


def simulate(recordings: Corpus, out: Path, **options: Any) -> dict[str, Any]:
    """Record a corpus with simulated devices; return what there is of each device.

    Args:
        recordings: what to record.
        out: the folder for the new corpus.
        **options: of `ossicle.datasets.simulation.simulate`.

    Raises:
        DataError: recordings, impulse responses or names that cannot be used.
    """
    from ossicle.datasets.simulation import simulate as record

    made = record(recordings, out, **options)
    devices = {clip.device: {"clips": 0, "trained_on": 0} for clip in made.clips}
    for clip in made.clips:
        devices[clip.device]["clips"] += 1
        devices[clip.device]["trained_on"] += not clip.test_only
    return {"name": made.name, "clips": len(made.clips), "devices": devices}


def simulation_summary(figures: dict[str, Any], out: Path) -> str:
    """Say in a few lines what a simulation made."""
    lines = [f"{out}: {figures['name']}, {figures['clips']:,} clips"]
    for name, device in figures["devices"].items():
        use = f"{device['trained_on']:,} to train on" if device["trained_on"] else "for tests alone"
        lines.append(f"{name:>12}: {device['clips']:,} clips, {use}")
    return "\n".join(lines)


def train(
    recordings: Corpus,
    out: Path,
    *,
    fold: int | None,
    recipe: str | Path,
    **changes: Any,
) -> dict[str, Any]:
    """Train, quantise and write a bundle and its results; return its metrics.

    Args:
        recordings: what to learn.
        out: the bundle's folder; beside it are `<out>.results`, and, in `<out>.work`, what an
            interrupted run needs.
        fold: the fold that is held out; None trains on everything.
        recipe: a .toml file, or the name of a recipe that comes with Ossicle.
        **changes: to the recipe, as `Recipe.changed` has them.

    Raises:
        DataError: the recipe, the recordings or the fold cannot be used.
        BundleError: something else is in the way at `out`.
        OutputError: nothing can be written there.
    """
    from ossicle.quantize.pipeline import make_bundle
    from ossicle.report.folds import write_single
    from ossicle.training.recipe import load

    chosen = load(recipe).changed(**changes)
    bundle.require_replaceable(out)
    require_writable(out.parent)
    if fold is not None:
        recordings.split(fold)  # refuses here, not after minutes of work
    place = out.resolve()  # "." has no name to put `.work` behind
    made = make_bundle(
        recordings,
        place,
        work=place.with_name(f"{place.name}.work"),
        test_fold=fold,
        recipe=chosen,
        features=BUILD / "features",
    )
    write_single(place.with_name(f"{place.name}.results"), recordings, chosen, made)
    return dict(made.metrics)


def cross_validate(
    recordings: Corpus,
    out: Path,
    *,
    folds: list[int] | None,
    recipe: str | Path,
    jobs: int,
    **changes: Any,
) -> dict[str, Any]:
    """Make a bundle for each fold and seed, and write `results.json` and `results.md` into `out`.

    Args:
        recordings: what to learn and to be tested on.
        out: the folder of the results; an interrupted call goes on from it.
        folds: which folds are held out, one after the other; None: all but 0, which only trains.
        recipe: a .toml file, or the name of a recipe that comes with Ossicle.
        jobs: how many run side by side.
        **changes: to the recipe, as `Recipe.changed` has them.

    Raises:
        DataError: the recipe, the recordings or a fold cannot be used, or a training diverged.
        OutputError: nothing can be written in `out`.
    """
    from rich.live import Live

    from ossicle.quantize import folds as validation
    from ossicle.report.folds import TensorBoard, gather, live_table, write
    from ossicle.training.recipe import load

    chosen = load(recipe).changed(**changes)
    runs = validation.runs_of(recordings, chosen, folds)
    require_writable(out)
    validation.claim(out, chosen)
    key = validation.identity(recordings, chosen)
    whole = validation.Validation(recordings, chosen, out, BUILD / "features", key)
    board = TensorBoard(out / "tensorboard")
    with Live(console=console, auto_refresh=False) as live:

        def watch(states: Sequence[validation.State]) -> None:
            board.write(states)
            live.update(live_table(states, chosen.schedule.epochs), refresh=True)

        metrics = validation.cross_validate(whole, runs, jobs=jobs, watch=watch)
    figures = gather(recordings, chosen, runs, metrics)
    write(out, figures)
    return figures


def search(
    recordings: Corpus,
    out: Path,
    *,
    space: str | Path,
    board: str,
    fold: int | None,
    trials: int,
    workers: int,
    ray: str | None,
) -> dict[str, Any]:
    """Search a space; write `results.json`, `results.md` and the winner's `best.toml` into `out`.

    Args:
        recordings: what to learn.
        out: the folder of the results; an interrupted search goes on from it.
        space: a .toml file, or the name of a space that comes with Ossicle.
        board: what every candidate must fit.
        fold: the fold that is neither learnt from nor decided by; None: there is none.
        trials: how many there are to be in the end.
        workers: how many run side by side.
        ray: the address of a Ray cluster, or "local"; None: processes of this machine.

    Raises:
        DataError: the space, the recordings or the fold cannot be used, or nothing fitted.
        OutputError: nothing can be written in `out`.
    """
    from ossicle import search as searching
    from ossicle.search import results as found

    wanted, on = searching.load(space), boards.board(board)
    _require_tools()
    if fold is not None:
        recordings.split(fold)
    require_writable(out)
    whole = searching.Search(
        wanted, recordings, fold, on, out.resolve(), BUILD / "features", trials
    )
    rows = found.rows(searching.run(whole, workers=workers, ray=ray))
    best = found.winner(wanted, rows)
    figures = {"board": on.name, "test_fold": fold, "trials": rows, "best": best.to_json()}
    write_atomically(out / "results.json", json.dumps(figures, indent=1) + "\n")
    write_atomically(out / "results.md", found.markdown(wanted, rows))
    write_atomically(out / "best.toml", best.to_toml())
    return figures


def training_summary(metrics: dict[str, Any], out: Path) -> str:
    """Say in a few lines what a training gave."""
    lines = [f"{out}: {metrics['chosen']} int8 model, trained on {metrics['data']['name']}"]
    lines.append(f"{out}.results: results.md, results.json, tensorboard")
    if metrics["test"]:
        scores = (f"{name} {score['accuracy']:.1%}" for name, score in metrics["test"].items())
        lines.append(f"clips of test fold {metrics['data']['test_fold']}: {', '.join(scores)}")
    return "\n".join(lines)


def calibrate(source: Path, recordings: list[Path], reference: Path, out: Path) -> bundle.Bundle:
    """Write a bundle whose front end corrects a microphone's bands.

    Raises:
        BundleError: `source` is no bundle, or `out` is something else than one.
        DataError: recordings that are silent, clip, or have another sample rate.
        OutputError: `out` cannot be written.
    """
    from ossicle.frontend.calibration import average_levels, correction
    from ossicle.frontend.commands import sound_files
    from ossicle.quantize.calibrate import calibrated

    before = bundle.read(source)
    bundle.require_replaceable(out)
    require_writable(out.resolve().parent)
    spec = before.frontend
    device = average_levels([file for path in recordings for file in sound_files(path)], spec)
    made = calibrated(
        before,
        correction(device, average_levels(sound_files(reference), spec), spec),
        out.resolve().name,
    )
    bundle.write(out.resolve(), made)
    return made


def attend(source: Path, recordings: Corpus, out: Path) -> bundle.Bundle:
    """Write a bundle whose windows vote by attention, learnt without its test fold.

    Raises:
        BundleError: `source` is no bundle, or `out` is something else than one.
        DataError: the recordings are not those of the bundle's labels.
        OutputError: `out` cannot be written.
    """
    from ossicle.report.attending import attentive

    bundle.require_replaceable(out)
    require_writable(out.resolve().parent)
    made = attentive(programs.load_bundle(source), recordings, out.resolve().name)
    bundle.write(out.resolve(), made)
    return made


def quantize(model: Path, recordings: Corpus, out: Path, *, fold: int | None) -> dict[str, Any]:
    """Quantise a Keras file after training, calibrated on recordings outside `fold`.

    Raises:
        ModelError: the file is no model of the front end's features, or it cannot be converted.
        DataError: the recordings or the fold cannot be used.
        OutputError: `out` cannot be written.
    """
    from ossicle.models.files import load
    from ossicle.quantize import post_training
    from ossicle.quantize.convert import spread
    from ossicle.training import Recipe, prepare

    if out.is_dir():
        raise OutputError(f"{out}: is a folder; name a file in it")
    require_writable(out.parent)
    if fold is not None:
        recordings.split(fold)
    network = load(model)
    recipe = Recipe()
    windows = prepare(recordings, recipe.spec, recipe.cutting, BUILD / "features")
    _require_features(model, network, windows.features.shape[1:])
    usable = windows.select(windows.active & (windows.fold != fold))
    if not len(usable):
        raise DataError(f"{recordings.name}: has no sound outside fold {fold} to calibrate on")
    calibration = spread(usable.features)
    try:
        content = post_training(network, calibration)
    except Exception as error:  # TensorFlow's converter raises anything
        reason = str(error).strip().splitlines() or [repr(error)]
        raise ModelError(f"{model}: cannot be made int8: {reason[0]}") from error
    write_atomically(out, content)
    return {"model": str(out), "bytes": len(content), "calibration_windows": len(calibration)}


def _require_features(model: Path, network: Any, shape: tuple[int, ...]) -> None:
    """Check that a Keras model goes from features [bands, frames] to probabilities [classes]."""
    wanted = (*shape, 1)
    if not isinstance(network.input_shape, tuple) or network.input_shape[1:] != wanted:
        problem = f"takes {network.input_shape}, but the front end gives {(None, *wanted)}"
        raise ModelError(f"{model}: {problem}")
    if not isinstance(network.output_shape, tuple) or len(network.output_shape) != 2:
        raise ModelError(f"{model}: gives {network.output_shape}, not (None, classes)")


def report(
    program: Program, recordings: Corpus, out: Path, *, fold: int | None, board: Board
) -> dict[str, Any]:
    """Score, prove and measure a bundle; write `report.html` and `report.json` into `out`.

    Raises:
        DataError: the recordings do not fit the bundle.
        BudgetError: the bundle does not fit the board.
        OutputError: `out` cannot be written.
    """
    from ossicle.report.page import write

    require_writable(out)
    gathered = results.gather(program, recordings, fold=fold, board=board)
    write(gathered, out)
    return gathered.figures()


def latent(program: Program, recordings: Corpus, out: Path, **options: Any) -> dict[str, Any]:
    """Look at a bundle's latent spaces; write `latent.html` and `latent.json` into `out`.

    Args:
        program: of a bundle.
        recordings: of at least two devices.
        out: the folder.
        **options: of `ossicle.report.latent.gather`.

    Raises:
        DataError: the recordings do not fit the bundle, are too few or of one device.
        ModelError: the model has no such layers.
        OutputError: `out` cannot be written.
    """
    from ossicle.report.latent import gather
    from ossicle.report.latent.page import figures, write

    require_writable(out)
    found = gather(program, recordings, **options)
    write(found, out)
    return figures(found)


def latent_summary(figures: dict[str, Any], out: Path) -> str:
    """Say in a few lines what the latent spaces show."""
    devices, matrix = figures["data"]["devices"], figures["distances"]["energy"]
    pairs = [
        (matrix[row][column], f"{devices[row]} and {devices[column]}")
        for row in range(len(devices))
        for column in range(row)
        if matrix[row][column] is not None
    ]
    lines = [f"{figures['data']['windows']} windows of {len(devices)} devices"]
    if pairs:
        far, near = max(pairs), min(pairs)
        lines.append(
            f"energy distance in f, classes apart = 1: farthest {far[1]} ({far[0]:.2f}), "
            f"nearest {near[1]} ({near[0]:.2f})"
        )
    return "\n".join([*lines, f"page: {out / 'latent.html'}"])


def demo(out: Path, *, data: Path | None, fold: int | None, board: str) -> dict[str, Any]:
    """Go the whole way from recordings to a report.

    Raises:
        OssicleError: whatever is missing or wrong; what can be known is said before the training.
    """
    on = boards.board(board)
    _require_tools()
    require_writable(out)
    recordings = corpus(data)
    chosen = default_fold(recordings) if fold is None else fold
    console.rule("train and quantise")
    train(recordings, out / "bundle", fold=chosen, recipe=DEFAULT_RECIPE)
    program = programs.load_bundle(out / "bundle", Target.of(on.core))
    console.rule(f"prove and measure on {on.name}")
    return report(program, recordings, out, fold=chosen, board=on)


def _require_tools() -> None:
    """Look for the compiler and the emulator, which are wanted only after the training."""
    cross_compiler()
    qemu()


def summary(figures: dict[str, Any], out: Path) -> str:
    """Say in a few lines what a report holds."""
    accuracy, parity, budget = figures["accuracy"], figures["parity"], figures["budget"]
    known = {name: value for name, value in accuracy.items() if value is not None}
    scores = ", ".join(f"{name} {value:.1%}" for name, value in known.items())
    differ = ", ".join(
        f"{parity[f'{stage}_mismatches']:,} {stage}" for stage in ("feature", "layer", "output")
    )
    return "\n".join(
        [
            f"accuracy: {scores}",
            f"parity: {parity['windows']} windows; mismatches: {differ}",
            f"cost: {budget['macs']:,} MAC, {budget['instructions_per_inference']:,} instructions, "
            f"{budget['flash_bytes']:,} bytes flash, {budget['ram_bytes']:,} RAM, "
            f"{budget['stack_bytes']:,} stack",
            f"report: {out / 'report.html'}",
        ]
    )
