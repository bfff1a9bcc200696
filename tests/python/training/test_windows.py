import dataclasses
import os

import numpy as np
import pytest
import soundfile
from tiny_corpora import corpus_of

from ossicle.errors import DataError
from ossicle.frontend import FrontEnd, FrontendSpec
from ossicle.training import preparation as module
from ossicle.training.cutting import Cutting
from ossicle.training.windows import prepare

RATE = 44100
SECOND = Cutting(RATE, RATE)


@pytest.fixture
def recordings(tmp_path):
    """Four clips of 1.6 s, the last one silent."""
    random = np.random.default_rng(0)
    paths = [tmp_path / f"{i}.wav" for i in range(4)]
    for index, path in enumerate(paths):
        loud = 8000 if index < 3 else 1
        pcm = random.integers(-loud, loud, int(1.6 * RATE)).astype(np.int16)
        soundfile.write(path, pcm, RATE)
    return corpus_of(paths)


def test_the_table_tells_each_windows_clip_label_fold_and_activity(recordings):
    windows = prepare(recordings, FrontendSpec(), SECOND)
    assert windows.features.shape == (8, 40, 51)
    assert windows.clip.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert windows.label.tolist() == [0, 0, 1, 1, 0, 0, 1, 1]
    assert windows.fold.tolist() == [1, 1, 1, 1, 2, 2, 2, 2]
    assert windows.active.tolist() == [True] * 6 + [False] * 2


def test_the_features_are_the_front_ends(recordings):
    windows = prepare(recordings, FrontendSpec(), SECOND)
    pcm, _ = soundfile.read(recordings.clips[1].path, dtype="int16")
    expected = FrontEnd(FrontendSpec())(np.stack([pcm[:RATE], pcm[-RATE:]]))
    assert np.array_equal(windows.features[2:4], expected)


def test_the_cache_gives_the_same_without_computing(recordings, tmp_path, monkeypatch):
    first = prepare(recordings, FrontendSpec(), SECOND, tmp_path / "cache")
    monkeypatch.setattr(module.Preparation, "compute", None)  # a call would fail
    second = prepare(recordings, FrontendSpec(), SECOND, tmp_path / "cache")
    for field in dataclasses.fields(first):
        assert np.array_equal(getattr(first, field.name), getattr(second, field.name))


def test_a_changed_recording_front_end_or_cutting_is_computed_anew(recordings, tmp_path):
    cache = tmp_path / "cache"
    prepare(recordings, FrontendSpec(), SECOND, cache)
    soundfile.write(recordings.clips[0].path, np.full(RATE, 900, np.int16), RATE)
    prepare(recordings, FrontendSpec(), SECOND, cache)
    prepare(recordings, FrontendSpec(fmax=20000.0), SECOND, cache)
    prepare(recordings, FrontendSpec(), Cutting(RATE, RATE // 2), cache)
    assert len(list(cache.iterdir())) == 4


def test_what_recordings_hold_counts_not_their_names_or_dates(recordings, tmp_path):
    cache, copies = tmp_path / "cache", tmp_path / "copies"
    first = prepare(recordings, FrontendSpec(), SECOND, cache)
    copies.mkdir()
    moved = [path.path.rename(copies / f"moved {path.path.name}") for path in recordings.clips]
    os.utime(moved[0], ns=(0, 0))
    second = prepare(corpus_of(moved), FrontendSpec(), SECOND, cache)
    assert np.array_equal(first.features, second.features)
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize("cached", [False, True])
def test_several_processes_give_the_same(recordings, tmp_path, monkeypatch, cached):
    alone = prepare(recordings, FrontendSpec(), SECOND)
    monkeypatch.setattr(module, "CHUNK_CLIPS", 1)
    monkeypatch.setattr(module.os, "sched_getaffinity", lambda _: {0, 1})
    cache = tmp_path / "cache" if cached else None
    together = prepare(recordings, FrontendSpec(), SECOND, cache)
    for field in dataclasses.fields(alone):
        assert np.array_equal(getattr(alone, field.name), getattr(together, field.name))
    assert cache is None or len(list(cache.iterdir())) == 4


def test_another_process_names_the_recording_that_it_cannot_read(recordings, monkeypatch):
    recordings.clips[2].path.unlink()
    monkeypatch.setattr(module, "CHUNK_CLIPS", 1)
    monkeypatch.setattr(module.os, "sched_getaffinity", lambda _: {0, 1})
    with pytest.raises(DataError, match=r"2\.wav"):
        prepare(recordings, FrontendSpec(), SECOND)


def test_a_damaged_cache_file_is_made_anew(recordings, tmp_path):
    cache = tmp_path / "cache"
    first = prepare(recordings, FrontendSpec(), SECOND, cache)
    (file,) = cache.iterdir()
    file.write_bytes(file.read_bytes()[:500])
    assert np.array_equal(
        prepare(recordings, FrontendSpec(), SECOND, cache).features, first.features
    )


def test_an_interrupted_preparation_goes_on(recordings, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK_CLIPS", 1)
    monkeypatch.setattr(module.os, "sched_getaffinity", lambda _: {0})
    compute, computed = module.Preparation.compute, []

    def interrupted(preparation, clips):
        if len(computed) == 2:
            raise KeyboardInterrupt
        computed.append(clips)
        return compute(preparation, clips)

    def counted(preparation, clips):
        computed.append(clips)
        return compute(preparation, clips)

    monkeypatch.setattr(module.Preparation, "compute", interrupted)
    with pytest.raises(KeyboardInterrupt):
        prepare(recordings, FrontendSpec(), SECOND, tmp_path / "cache")
    monkeypatch.setattr(module.Preparation, "compute", counted)
    prepare(recordings, FrontendSpec(), SECOND, tmp_path / "cache")
    assert [clip for clips in computed for clip in clips] == list(recordings.clips)


def test_what_was_done_to_recordings_is_said(recordings, capsys):
    pcm = np.full((int(0.7 * 48000), 2), 900, np.int16)
    soundfile.write(recordings.clips[0].path, pcm, 48000)
    prepare(recordings, FrontendSpec(), SECOND)
    told = capsys.readouterr().err
    assert "1 of the clips were resampled from 48000 Hz" in told
    assert "1 of the clips were mixed down from 2 channels" in told


def test_a_missing_recording_is_named(recordings, tmp_path):
    recordings.clips[2].path.unlink()
    for cache in (None, tmp_path / "cache"):
        with pytest.raises(DataError, match=r"2\.wav"):
            prepare(recordings, FrontendSpec(), SECOND, cache)
