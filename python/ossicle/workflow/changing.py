"""Models and bundles that are there, made into others."""

from pathlib import Path
from typing import Any

from ossicle import bundle
from ossicle.datasets import Corpus
from ossicle.device import program as programs
from ossicle.errors import DataError, ModelError, OutputError
from ossicle.files import require_writable, write_atomically
from ossicle.paths import FEATURE_CACHE


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
    windows = prepare(recordings, recipe.spec, recipe.cutting, FEATURE_CACHE)
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
