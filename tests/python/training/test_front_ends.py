import numpy as np
import pytest
import soundfile
from tiny_corpora import corpus_of

from ossicle.errors import DataError
from ossicle.frontend import FrontendSpec
from ossicle.training import prepare
from ossicle.training.front_ends import KINDS, exact, figures, measure, text
from ossicle.training.recipe_tables import Windowing

SPEC = FrontendSpec()


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """Eight seconds of noise, every other one quiet."""
    folder, random = tmp_path_factory.mktemp("clips"), np.random.default_rng(0)
    paths = [folder / f"{i}.wav" for i in range(8)]
    for i, path in enumerate(paths):
        noise = random.normal(0, 0.2 / (1 + 9 * (i % 2)), SPEC.sample_rate)
        soundfile.write(path, noise, SPEC.sample_rate, subtype="PCM_16")
    return corpus_of(paths)


def test_librosas_features_round_to_the_devices(recordings, tmp_path):
    fixed = prepare(recordings, SPEC, Windowing().cutting(SPEC), tmp_path)
    floats = exact(recordings, SPEC, fixed).features
    assert floats.dtype == np.float32
    assert np.any(floats != np.round(floats))
    assert np.mean(np.round(floats) == fixed.features) > 0.99


def test_every_pair_of_features_is_scored_on_every_fold_and_a_repetition_finds_it_all(
    recordings, tmp_path
):
    scores = measure(recordings, tmp_path, epochs=2)
    assert [*scores] == [*KINDS] == [*scores["int8"]]
    assert all(set(by_fold) == {1, 2} for of in scores.values() for by_fold in of.values())
    rows = figures(scores)
    assert [row["folds"] for row in rows] == [2] * 4
    assert text(rows).count("\n") == 5
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.npz")}
    assert figures(measure(recordings, tmp_path, epochs=2)) == rows
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.npz")} == before


def test_one_fold_is_not_enough(recordings, tmp_path):
    single = corpus_of([clip.path for clip in recordings.clips], folds=1)
    with pytest.raises(DataError, match="needs two folds"):
        measure(single, tmp_path, epochs=1)
