import json

import numpy as np
import pytest
import soundfile

from ossicle import bundle
from ossicle.datasets import Clip, Corpus
from ossicle.decision import Decision
from ossicle.device.program import load_bundle
from ossicle.errors import BundleError, FrontendError, ModelError
from ossicle.frontend import FrontEnd
from ossicle.quantize import make_bundle
from ossicle.quantize.pipeline import _choose
from ossicle.report.evaluation import evaluate
from ossicle.training.reading import from_table
from ossicle.training.recipe import Recipe

RATE = 44100


def recipe_of(**tables):
    quick = {
        "schedule": {"epochs": 1, "batch": 4},
        "quantisation": {"epochs": 1},
        "validation_share": 0.4,
    }
    return from_table(Recipe, quick | tables, "test")


RECIPE = recipe_of()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Two classes, tones and noise, three folds of two clips each."""
    folder = tmp_path_factory.mktemp("recordings")
    random, clips = np.random.default_rng(0), []
    for i in range(12):
        label, path = ("noise", "tone")[i % 2], folder / f"{i}.wav"
        tone = 8000 * np.sin(2 * np.pi * (500 + 100 * i) * np.arange(RATE) / RATE)
        pcm = tone if i % 2 else random.normal(0, 3000, RATE)
        soundfile.write(path, np.rint(pcm).astype(np.int16), RATE)
        clips.append(Clip(path, 0.0, None, label, 1 + i // 2 % 3, "", "", str(i)))
    return Corpus("tones", tuple(clips), ("noise", "tone"), "free")


@pytest.fixture(scope="module")
def made(corpus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    output = folder / "bundle"
    made = make_bundle(corpus, output, work=folder / "work", test_fold=1, recipe=RECIPE)
    return made, output, folder / "work"


def test_the_bundle_reads_back_as_it_was_made(made):
    written, output, _ = made
    found = bundle.read(output)
    assert found.digest == written.digest
    assert found.labels == ("noise", "tone")
    assert found.decision.silence_peak == 32
    features = FrontEnd(found.frontend)(found.vectors["pcm"])
    assert np.array_equal(features, found.vectors["features"])


def test_metrics_tell_float_and_both_int8_models(made):
    metrics = json.loads((made[1] / "metrics.json").read_text())
    for part, clips in (("test", 4), ("validation", 4)):
        assert list(metrics[part]) == ["float", "ptq", "qat"]
        assert {score["clips"] for score in metrics[part].values()} == {clips}
    assert metrics["chosen"] in ("ptq", "qat")
    assert metrics["recipe"] == RECIPE.to_json()
    assert metrics["data"]["test_fold"] == 1


def test_the_card_tells_licence_seed_and_scores(made):
    card = (made[1] / "card.md").read_text()
    assert "Licence: free." in card
    assert "seed 0" in card
    assert card.count("int8, post-training") == 2


def test_making_it_again_gives_the_same_bundle(made, corpus, tmp_path):
    again = make_bundle(corpus, tmp_path / "bundle", work=made[2], test_fold=1, recipe=RECIPE)
    assert again.digest == made[0].digest
    files = {p.relative_to(made[1]) for p in made[1].rglob("*") if p.is_file()}
    for file in files:
        assert (made[1] / file).read_bytes() == (tmp_path / "bundle" / file).read_bytes()


def test_validation_chooses_and_without_it_quantisation_aware_is_taken():
    right, models = {"window_accuracy": 0.9}, {"ptq": b"", "qat": b""}
    assert _choose(models, {"ptq": right, "qat": {"window_accuracy": 0.8}}) == "ptq"
    assert _choose(models, {"ptq": right, "qat": right}) == "qat"
    assert _choose(models, None) == "qat"
    assert _choose({"ptq": b""}, None) == "ptq"


def test_windows_front_end_and_way_to_int8_are_the_recipes(corpus, tmp_path):
    recipe = recipe_of(
        windows={"seconds": 1.5, "hop_seconds": 0.5, "short": "loop", "vote": "attention"},
        frontend={"hop_length": 1024, "mel_bands": 24},
        quantisation={"method": "ptq"},
        seeds=[7],
    )
    made = make_bundle(corpus, tmp_path / "b", work=tmp_path / "w", test_fold=1, recipe=recipe)
    program = load_bundle(tmp_path / "b")
    assert program.pcm_samples == 65 * 1024  # 1.5 s to whole hops
    attention = made.decision.attention
    assert made.decision == Decision(32, RATE // 2, "loop", "attention", attention)
    assert len(attention) == len(corpus.labels)
    assert made.frontend.mel_bands == 24
    assert list(made.metrics["test"]) == ["float", "ptq"]
    assert made.metrics["seed"] == 7
    scored = evaluate(program, corpus, fold=1).to_json()
    assert scored == made.metrics["test"]["ptq"]


def test_a_front_end_whose_numbers_training_does_not_see_is_refused(corpus, tmp_path):
    recipe = recipe_of(frontend={"input_scale": 0.5})
    with pytest.raises(FrontendError, match="input_scale"):
        make_bundle(corpus, tmp_path / "b", work=tmp_path / "w", test_fold=1, recipe=recipe)


def test_a_front_end_too_small_for_the_model_is_refused(corpus, tmp_path):
    recipe = recipe_of(frontend={"mel_bands": 10})
    with pytest.raises(ModelError, match="cannot be built for 10 bands x 51 frames"):
        make_bundle(corpus, tmp_path / "b", work=tmp_path / "w", test_fold=1, recipe=recipe)


def test_a_folder_that_is_no_bundle_is_refused_before_training(corpus, tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(BundleError, match="in the way"):
        make_bundle(corpus, tmp_path, work=tmp_path / "w", test_fold=1)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
