"""The whole way from recordings to a bundle."""

from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ossicle import bundle
from ossicle.bundle import Bundle, Decision
from ossicle.console import track
from ossicle.datasets import Corpus
from ossicle.errors import FrontendError
from ossicle.frontend import FrontendSpec
from ossicle.models import INPUT_SCALE, INPUT_ZERO_POINT
from ossicle.models.dcase2022_baseline import FRAMES, MEL_BANDS
from ossicle.quantize.aware import quantisation_aware
from ossicle.quantize.card import card
from ossicle.quantize.convert import CALIBRATION_WINDOWS, OUTPUT_QUANTISATION, post_training, spread
from ossicle.quantize.vectors import golden_vectors
from ossicle.reference import ReferenceModel
from ossicle.training import Recipe, Trained, Windows, prepare, train
from ossicle.training.evaluate import Predict
from ossicle.training.fit import Stage, predictor, score_windows
from ossicle.training.windows import SILENCE_PEAK, window_length

__all__ = ["CALIBRATION_WINDOWS", "make_bundle", "reference_predictor"]

DEFAULT_RECIPE = Recipe()
DEFAULT_SPEC = FrontendSpec()

Method = Literal["ptq", "qat"]


def make_bundle(
    corpus: Corpus,
    output: Path,
    *,
    work: Path,
    test_fold: int | None,
    recipe: Recipe = DEFAULT_RECIPE,
    spec: FrontendSpec = DEFAULT_SPEC,
    method: Method | None = None,
    features: Path | None = None,
) -> Bundle:
    """Train, quantise in both ways, choose, score, and write a bundle to `output`.

    Args:
        corpus: what to learn.
        output: the folder of the bundle; a bundle that is there is replaced at the end.
        work: a folder for checkpoints and the float model. An interrupted call that is made again
            with the same arguments goes on from it; a finished one finds everything there.
        test_fold: the fold to score on; None trains on everything and scores nothing.
        recipe: the numbers.
        spec: the front end; its features must fit the baseline's input.
        method: which int8 model goes into the bundle. None takes the one that has more validation
            windows right, the quantisation-aware one of equals or where there is no validation. The
            test fold never chooses.
        features: a folder that keeps features; None keeps them in `work`.

    Raises:
        DataError: recordings or folds that cannot be used, or a training that diverged.
        FrontendError: a front end that the baseline cannot hear with.
        BundleError: `output` is there and is not a bundle.
    """
    _require_fitting(spec)
    bundle.require_replaceable(output)
    windows = prepare(corpus, spec, features or work / "features")
    trained = train(corpus, windows, test_fold=test_fold, recipe=recipe, work=work)
    models, aware_history = _quantise(trained, recipe, work)
    predictors = {"float": predictor(trained.model)} | {
        name: reference_predictor(model) for name, model in models.items()
    }
    classes = len(corpus.labels)
    validation = _scores(predictors, trained.parts.validation, classes, "validation")
    chosen = method or _choose(validation)
    metrics = {
        "data": _described(corpus, windows, test_fold),
        "recipe": recipe.to_json(),
        "chosen": chosen,
        "test": _scores(predictors, trained.parts.test, classes, f"test fold {test_fold}"),
        "validation": validation,
        "history": {"float": trained.history, "qat": aware_history},
    }
    made = Bundle(
        name=output.resolve().name,
        model=models[chosen],
        frontend=spec,
        labels=corpus.labels,
        decision=Decision(SILENCE_PEAK),
        metrics=metrics,
        card=card(output.resolve().name, metrics, corpus.labels),
        vectors=golden_vectors(models[chosen], spec, window_length(spec)),
    )
    bundle.write(output, made)
    return made


def reference_predictor(model: bytes) -> Predict:
    """Return a function from int8 features to probabilities by TFLite's reference kernels."""
    reference = ReferenceModel(model)
    scale, zero_point = OUTPUT_QUANTISATION

    def predict(features: npt.NDArray[np.int8]) -> npt.NDArray[np.float64]:
        outputs = [reference.run([w[np.newaxis, ..., np.newaxis]])[0][0] for w in features]
        return (np.concatenate(outputs).astype(np.float64) - zero_point) * scale

    return predict


def _require_fitting(spec: FrontendSpec) -> None:
    shape = (spec.mel_bands, spec.frames(window_length(spec)))
    if shape != (MEL_BANDS, FRAMES):
        raise FrontendError(
            f"the front end gives {shape[0]} bands x {shape[1]} frames a window, but the baseline "
            f"takes {MEL_BANDS} x {FRAMES}; change mel_bands or hop_length"
        )
    if (spec.input_scale, spec.input_zero_point) != (INPUT_SCALE, INPUT_ZERO_POINT):
        raise FrontendError(
            f"the front end's input_scale and input_zero_point must be {INPUT_SCALE} and "
            f"{INPUT_ZERO_POINT}, as in training"
        )


def _quantise(
    trained: Trained, recipe: Recipe, work: Path
) -> tuple[dict[str, bytes], list[dict[str, float]]]:
    training, validation = trained.parts.training, trained.parts.validation
    stage = Stage(
        "quantisation-aware training",
        recipe.qat_epochs,
        recipe.batch,
        recipe.qat_learning_rate,
        recipe.seed,
    )
    aware, history = quantisation_aware(
        trained.model, training, validation, stage, work / "qat.npz"
    )
    return {"ptq": post_training(trained.model, spread(training.features)), "qat": aware}, history


def _scores(
    predictors: dict[str, Predict], windows: Windows | None, classes: int, what: str
) -> dict[str, Any] | None:
    """Score each model on `windows`; None where there are none."""
    if windows is None:
        return None
    named = track(predictors.items(), f"scoring on {what}", total=len(predictors))
    return {name: score_windows(run, windows, classes).to_json() for name, run in named}


def _choose(validation: dict[str, Any] | None) -> Method:
    if validation is None:
        return "qat"
    right = {name: score["window_accuracy"] for name, score in validation.items()}
    return "ptq" if right["ptq"] > right["qat"] else "qat"


def _described(corpus: Corpus, windows: Windows, test_fold: int | None) -> dict[str, Any]:
    return {
        "name": corpus.name,
        "licence": corpus.licence,
        "clips": len(corpus.clips),
        "windows": len(windows),
        "silent_windows": int((~windows.active).sum()),
        "folds": list(corpus.folds),
        "test_fold": test_fold,
    }
