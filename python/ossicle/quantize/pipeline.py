"""The whole way from recordings to a bundle."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ossicle import bundle
from ossicle.bundle import Bundle
from ossicle.console import track
from ossicle.datasets import Corpus
from ossicle.decision import Decision
from ossicle.errors import FrontendError
from ossicle.frontend import FrontendSpec
from ossicle.models import INPUT_SCALE, INPUT_ZERO_POINT
from ossicle.quantize.aware import quantisation_aware
from ossicle.quantize.card import card
from ossicle.quantize.convert import OUTPUT_QUANTISATION, post_training, spread
from ossicle.quantize.vectors import golden_vectors
from ossicle.reference import ReferenceModel
from ossicle.training import Recipe, Trained, Windows, attention, prepare, train
from ossicle.training.evaluate import Predict, Votes
from ossicle.training.fit import Stage, predictor, votes_of
from ossicle.training.split import learnable
from ossicle.training.vote import FULL, Vote, Voting, voting

__all__ = ["make_bundle", "reference_predictor"]

DEFAULT_RECIPE = Recipe()


def make_bundle(
    corpus: Corpus,
    output: Path,
    *,
    work: Path,
    test_fold: int | None,
    recipe: Recipe = DEFAULT_RECIPE,
    seed: int | None = None,
    features: Path | None = None,
    earlier: Path | None = None,
    note: Mapping[str, Any] | None = None,
) -> Bundle:
    """Train, quantise, choose, score, and write a bundle to `output`.

    Args:
        corpus: what to learn.
        output: the folder of the bundle; a bundle that is there is replaced at the end.
        work: a folder for checkpoints and the float model. An interrupted call that is made again
            with the same arguments goes on from it; a finished one finds everything there.
        test_fold: the fold to score on; None trains on everything and scores nothing.
        recipe: what to make and how. The test fold never chooses.
        seed: of weights, order, dropout and the held-out recordings; None: the recipe's first.
        features: a folder that keeps features; None keeps them in `work`.
        earlier: the float models of the recipe that was trained before, if the recipe names one.
        note: further entries of metrics.json.

    Raises:
        DataError: recordings or folds that cannot be used, or a training that diverged.
        FrontendError: a front end that gives other numbers than the model was trained on.
        ModelError: a model that cannot be built, or that cannot be made int8.
        BundleError: `output` is there and is not a bundle.
    """
    spec, cutting = recipe.spec, recipe.cutting
    seed = recipe.seeds[0] if seed is None else seed
    _require_scale(spec)
    bundle.require_replaceable(output)
    windows = prepare(corpus, spec, cutting, features or work / "features")
    trained = train(
        corpus, windows, test_fold=test_fold, recipe=recipe, seed=seed, work=work, earlier=earlier
    )
    models, aware_history = _quantise(trained, recipe, seed, work)
    predictors = {"float": predictor(trained.model)} | {
        name: reference_predictor(model) for name, model in models.items()
    }
    learnable_windows = windows.select(learnable(corpus, windows, test_fold))
    vote = _voting(recipe.windows.vote, predictors["float"], learnable_windows)
    validation, _ = _scores(corpus, predictors, trained.parts.validation, vote, "validation")
    chosen = _choose(models, validation)
    test, tables = _scores(corpus, predictors, trained.parts.test, vote, f"test fold {test_fold}")
    metrics = {
        **(note or {}),
        "data": _described(corpus, windows, test_fold),
        "recipe": recipe.to_json(),
        "seed": seed,
        "chosen": chosen,
        "test": test,
        "tables": tables,
        "validation": validation,
        "history": {"float": trained.history, "qat": aware_history},
    }
    made = Bundle(
        name=output.resolve().name,
        model=models[chosen],
        frontend=spec,
        labels=corpus.labels,
        decision=Decision(
            cutting.silence_peak, cutting.hop, cutting.short, vote.how, vote.attention
        ),
        metrics=metrics,
        card=card(output.resolve().name, metrics, corpus.labels),
        vectors=golden_vectors(models[chosen], spec, cutting.length),
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


def _require_scale(spec: FrontendSpec) -> None:
    if (spec.input_scale, spec.input_zero_point) != (INPUT_SCALE, INPUT_ZERO_POINT):
        raise FrontendError(
            f"the front end's input_scale and input_zero_point must be {INPUT_SCALE} and "
            f"{INPUT_ZERO_POINT}, as in training"
        )


def _quantise(
    trained: Trained, recipe: Recipe, seed: int, work: Path
) -> tuple[dict[str, bytes], list[dict[str, float]]]:
    """Return the int8 models by their method, and the history of the quantisation-aware one."""
    training, validation = trained.parts.training, trained.parts.validation
    way, models = recipe.quantisation, {}
    history: list[dict[str, float]] = []
    calibration = spread(training.features, way.calibration_windows)
    if way.method != "qat":
        models["ptq"] = post_training(trained.model, calibration)
    if way.method != "ptq":
        stage = Stage(
            "quantisation-aware training",
            way.epochs,
            recipe.schedule.batch,
            way.learning_rate,
            seed,
            label_smoothing=recipe.schedule.label_smoothing,
        )
        models["qat"], history = quantisation_aware(
            trained.model,
            training,
            validation,
            stage,
            work / "qat.npz",
            calibration=calibration,
            augmentation=recipe.augmenting(whole=True),
        )
    return models, history


def _voting(how: Vote, predict: Predict, windows: Windows) -> Voting:
    """Return the vote, its attention learnt from what the float model says of `windows`."""
    if how != "attention":
        return Voting(how)
    votes = windows.select(voting(windows.clip, windows.active))
    levels = np.clip(np.rint(FULL * predict(votes.features)), 0, FULL - 1)
    return Voting(how, attention.learn(levels, votes.clip, votes.label))


def _scores(
    corpus: Corpus,
    predictors: dict[str, Predict],
    windows: Windows | None,
    vote: Voting,
    what: str,
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return each model's score on `windows`, and its tables; None where there are none."""
    if windows is None:
        return None, None
    named = track(predictors.items(), f"scoring on {what}", total=len(predictors))
    votes = {name: votes_of(run, windows, vote) for name, run in named}
    scores = {name: found.score().to_json() for name, found in votes.items()}
    return scores, {name: _tables(corpus, found) for name, found in votes.items()}


def _tables(corpus: Corpus, votes: Votes) -> dict[str, Any]:
    """Return clips, accuracy and log loss by class, and by device where the corpus knows them."""
    clips = [corpus.clips[index] for index in votes.clip]
    tables = {"class": votes.by([clip.label for clip in clips])}
    if all(clip.device for clip in clips):
        tables["device"] = votes.by([clip.device for clip in clips])
    return tables


def _choose(models: dict[str, bytes], validation: dict[str, Any] | None) -> str:
    """Return the int8 model with most validation windows right; quantisation-aware of equals."""
    names = sorted(models)  # "ptq", then "qat"
    if validation is None:
        return names[-1]
    return max(reversed(names), key=lambda name: validation[name]["window_accuracy"])


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
