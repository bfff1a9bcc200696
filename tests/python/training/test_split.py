import dataclasses

import numpy as np
import pytest
from tiny_corpora import corpus_of, windows_of

from ossicle.errors import DataError
from ossicle.training import split


def parts_of(corpus, **changes):
    given = {"test_fold": 1, "validation_share": 0.25, "seed": 0} | changes
    return split(corpus, windows_of(corpus), **given)


def recordings(corpus, windows):
    return {corpus.clips[i].recording for i in windows.clip}


def test_no_recording_stands_on_two_sides(tmp_path):
    corpus = corpus_of([tmp_path / f"{i}.wav" for i in range(40)], per_recording=4)
    parts = parts_of(corpus, test_fold=None)
    learnt, chosen = recordings(corpus, parts.training), recordings(corpus, parts.validation)
    assert chosen
    assert not learnt & chosen
    assert len(learnt | chosen) == 10


def test_the_test_fold_is_in_the_test_part_and_nowhere_else(corpus):
    parts = parts_of(corpus)
    assert set(parts.test.fold) == {1}
    assert 1 not in {*parts.training.fold, *parts.validation.fold}
    assert len(parts.test) == 36


def test_silent_windows_are_not_trained_on(corpus):
    parts = parts_of(corpus)
    assert parts.training.active.all()
    assert not parts.test.active.all()


def test_each_class_gives_its_share_to_validation(corpus):
    parts = parts_of(corpus, validation_share=0.5)
    clips = {(i, corpus.clips[i].label) for i in parts.validation.clip.tolist()}
    assert sorted(label for _, label in clips) == ["high"] * 3 + ["low"] * 3


def test_a_class_of_few_recordings_gives_the_nearest_to_its_share(tmp_path):
    corpus = corpus_of([tmp_path / f"{i}.wav" for i in range(40)], folds=1, per_recording=10)
    held = {share: parts_of(corpus, test_fold=None, validation_share=share) for share in (0.1, 0.2)}
    assert held[0.1].validation is None  # 0 of 20 clips is as near to 2 as 5 is
    assert len({*held[0.2].validation.clip}) == 10  # one recording: 5 clips of each class


def test_another_seed_holds_out_other_recordings(corpus):
    held = [frozenset(parts_of(corpus, seed=seed).validation.clip.tolist()) for seed in range(6)]
    assert len(set(held)) > 1
    assert held[0] == frozenset(parts_of(corpus, seed=0).validation.clip.tolist())


def test_without_a_share_there_is_no_validation(corpus):
    assert parts_of(corpus, validation_share=0.0).validation is None


def test_without_a_test_fold_there_is_no_test(corpus):
    parts = parts_of(corpus, test_fold=None)
    assert parts.test is None
    assert set(parts.training.fold) == {1, 2}


def test_a_fold_that_does_not_exist_is_named(corpus):
    with pytest.raises(DataError, match="no fold 9"):
        parts_of(corpus, test_fold=9)


def test_a_fold_without_clips_of_a_class_is_named(corpus):
    clips = tuple(c for c in corpus.clips if (c.label, c.fold) != ("low", 1))
    with pytest.raises(DataError, match=r"fold 1 .*low"):
        parts_of(dataclasses.replace(corpus, clips=clips))


def test_a_class_that_cannot_be_heard_is_named(corpus):
    windows = windows_of(corpus)
    silenced = dataclasses.replace(windows, active=windows.active & (windows.label != 0))
    with pytest.raises(DataError, match="train high on"):
        split(corpus, silenced, test_fold=1, validation_share=0.25, seed=0)
    assert np.any(windows.active & (windows.label == 0))
