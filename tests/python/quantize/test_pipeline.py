import json

import numpy as np
import pytest
import soundfile

from ossicle import bundle
from ossicle.datasets import Clip, Corpus
from ossicle.errors import BundleError, FrontendError
from ossicle.frontend import FrontEnd, FrontendSpec
from ossicle.quantize import make_bundle
from ossicle.quantize.pipeline import _choose
from ossicle.training import Recipe

RATE = 44100
RECIPE = Recipe(epochs=1, qat_epochs=1, batch=4, validation_share=0.4)


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
    right = {"window_accuracy": 0.9}
    assert _choose({"ptq": right, "qat": {"window_accuracy": 0.8}}) == "ptq"
    assert _choose({"ptq": right, "qat": right}) == "qat"
    assert _choose(None) == "qat"


def test_a_front_end_that_does_not_fit_the_baseline_is_refused(corpus, tmp_path):
    for spec in (FrontendSpec(mel_bands=32), FrontendSpec(input_scale=0.5)):
        with pytest.raises(FrontendError):
            make_bundle(corpus, tmp_path / "b", work=tmp_path / "w", test_fold=1, spec=spec)


def test_a_folder_that_is_no_bundle_is_refused_before_training(corpus, tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(BundleError, match="in the way"):
        make_bundle(corpus, tmp_path, work=tmp_path / "w", test_fold=1)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
