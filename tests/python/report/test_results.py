from dataclasses import replace

import numpy as np
import pytest
from report_fakes import FILE, RATE

from ossicle.datasets.audio import read_pcm
from ossicle.errors import DataError
from ossicle.frontend import FrontEnd
from ossicle.report import heard
from ossicle.report.sounds import of_corpus


def test_the_clip_with_most_windows_is_heard(gathered):
    clip = gathered.heard.clip
    assert clip.path.name == FILE
    assert gathered.heard.starts == pytest.approx((0.0, 1.0, 1.6), abs=0.5 / RATE)  # whole samples
    pcm, _ = read_pcm(clip.path, RATE)
    windows = np.stack([pcm[round(s * RATE) :][:RATE] for s in gathered.heard.starts])
    assert np.array_equal(gathered.heard.features, FrontEnd(gathered.heard.spec)(windows))


def test_only_windows_that_vote_are_looked_at_and_not_too_many(gathered):
    windows = gathered.sounds.windows
    active = windows.active.copy()
    active[2] = False  # the second window of the long clip
    quieter = replace(gathered.sounds, windows=replace(windows, active=active))
    assert heard.choose(gathered.sounds) == [1, 2, 3]
    assert heard.choose(quieter) == [1, 3]
    many = windows.select(np.repeat(1, 9))
    assert len(heard.choose(replace(gathered.sounds, windows=many))) == heard.MOST_WINDOWS


def test_levels_are_decibels(gathered):
    features = np.array([[[-128, 127]] * 40], dtype=np.int8)
    levels = replace(gathered.heard, features=features).levels
    assert levels.tolist() == [[[-96.0, pytest.approx(0.0, abs=1e-12)]] * 40]  # float64 rounding


def test_host_and_device_are_scored_alike(gathered):
    assert gathered.host == gathered.device
    assert gathered.host.clips == 6
    assert gathered.parity.is_equal and gathered.parity.windows == 8


@pytest.mark.parametrize(
    "metrics",
    [
        {},
        {"data": None, "test": None},
        {"data": [], "test": {"float": {}}},
        {"data": {"name": "another", "test_fold": 1}, "test": "score"},
        {"data": {"name": "noises <i>and</i> tones", "test_fold": 1}, "test": {"float": "wrong"}},
        {"data": {"name": "noises <i>and</i> tones", "test_fold": 1}, "test": {"float": {}}},
        "other fold",
        "words",
    ],
)
def test_a_float_score_that_is_missing_or_of_something_else_is_not_told(gathered, metrics):
    score, data = gathered.host.to_json(), {"name": gathered.sounds.corpus.name, "test_fold": 1}
    if metrics == "other fold":
        metrics = {"data": {**data, "test_fold": 2}, "test": {"float": score}}
    elif metrics == "words":
        metrics = {"data": data, "test": {"float": {**score, "accuracy": "high"}}}
    bundle = replace(gathered.program.bundle, metrics=metrics)
    results = replace(gathered, program=replace(gathered.program, bundle=bundle))
    assert results.figures()["accuracy"]["float"] is None
    assert results.figures()["scores"]["float"] is None


def test_recordings_of_other_classes_are_refused(program, corpus):
    other = replace(corpus, labels=("a", "b", "c"))
    with pytest.raises(DataError, match="has labels a, b, c; tiny <b>bundle</b> knows"):
        of_corpus(program, other, 1)
