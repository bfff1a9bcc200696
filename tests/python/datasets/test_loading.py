"""Every layout becomes the same table; what cannot be used is refused by name."""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from ossicle.datasets import find, load, loading, synthetic
from ossicle.errors import DataError


def refused(call, *parts):
    with pytest.raises(DataError) as caught:
        call()
    message = str(caught.value)
    assert "\n" not in message
    for part in parts:
        assert str(part) in message
    return message


def test_esc10_folder(esc10):
    corpus = load(esc10)
    assert corpus.name == "ESC-10"
    assert corpus.labels == ("dog", "rain")
    assert corpus.folds == (1, 2, 3)
    assert len(corpus.clips) == 12
    clip = corpus.clips[0]
    assert clip.path == esc10 / "001 - Dog bark" / "1-101-A.ogg"
    assert (clip.start, clip.stop, clip.label, clip.fold) == (0.0, None, "dog", 1)
    assert clip.recording == "101"


def test_a_parent_that_holds_esc10_is_enough(esc10):
    assert load(esc10.parent).clips == load(esc10).clips


def test_esc10_split_keeps_recordings_together(esc10):
    train, test = load(esc10).split(2)
    assert {clip.fold for clip in test} == {2}
    assert {clip.fold for clip in train} == {1, 3}
    assert not {clip.recording for clip in train} & {clip.recording for clip in test}


def test_one_fold_alone_can_be_tested_on(esc10):
    for path in esc10.rglob("[12]-*.ogg"):
        path.unlink()
    corpus = load(esc10)
    assert len(corpus.fold_clips(3)) == 4
    refused(lambda: corpus.split(3), "the folds other than 3 hold no clip of dog, rain")


def test_a_fold_without_a_class_is_refused(esc10):
    for path in (esc10 / "002 - Rain").glob("2-*"):
        path.unlink()
    corpus = load(esc10)
    refused(lambda: corpus.split(2), esc10, "fold 2 holds no clip of rain")
    assert len(corpus.split(1)[1]) == 4  # the other folds are as good as ever


def test_a_fold_that_does_not_exist_is_refused(esc10):
    refused(lambda: load(esc10).split(7), esc10, "there is no fold 7; choose one of 1, 2, 3")


def test_esc10_file_without_fold_is_refused(esc10, make_sound):
    path = make_sound(esc10 / "001 - Dog bark" / "woof.wav")
    refused(lambda: load(esc10), path, "does not say the fold")


def test_class_folder_without_sounds_is_refused(esc10):
    shutil.rmtree(esc10 / "002 - Rain")
    (esc10 / "002 - Rain").mkdir()
    (esc10 / "002 - Rain" / "rain.txt").touch()
    refused(lambda: load(esc10), esc10 / "002 - Rain", "no WAV, FLAC or OGG file")


def test_esc50_repository(esc50):
    subset = load(esc50)
    assert (subset.name, subset.labels, len(subset.clips)) == ("ESC-10", ("dog", "rain"), 4)
    assert subset.clips[0].recording == "0177"
    everything = load(esc50, name="esc50")
    assert (everything.name, everything.labels) == ("ESC-50", ("cow", "dog", "rain"))
    assert load(esc50.parent).clips == subset.clips


def test_labels_without_clips_are_refused(esc50, tau):
    gone = esc50 / "audio" / "2-0277-A-0.wav"
    gone.unlink()
    refused(lambda: load(esc50), esc50 / "meta" / "esc50.csv", "1 of the 4 clips", gone)
    shutil.rmtree(tau / "audio")
    refused(lambda: load(tau), tau / "meta.csv", "4 of the 4 clips")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "lacks the column filename"),
        ("filename,fold\n", "lacks the column category"),
        ("filename,fold,category,esc10,src_file\na.wav,1\n", "line 2 is cut short"),
        ("filename,fold,category,esc10,src_file\na.wav,one,dog,True,7\n", "the fold one"),
        ("filename,fold,category,esc10,src_file\n../../a.wav,1,dog,True,7\n", "leads out of"),
        ("filename,fold,category,esc10,src_file\n/a.wav,1,dog,True,7\n", "leads out of"),
    ],
)
def test_damaged_table_is_refused(esc50, text, cause):
    table = esc50 / "meta" / "esc50.csv"
    table.write_text(text)
    refused(lambda: load(esc50), table, cause)


def test_table_that_is_not_text_is_refused(esc50):
    (esc50 / "meta" / "esc50.csv").write_bytes(bytes(range(256)))
    refused(lambda: load(esc50), "esc50.csv", "is not a text table")


def test_tau(tau):
    corpus = load(tau)
    assert corpus.labels == ("bus", "street_traffic")
    assert len(corpus.clips) == 4  # the clips of neither split are left out
    train, test = corpus.split(1)
    assert {clip.city for clip in train} == {"lyon"}
    assert {clip.city for clip in test} == {"vienna"}
    clip = test[0]
    assert (clip.device, clip.recording, clip.fold) == ("s1", "bus-vienna-7", 1)
    assert "non-commercial" in corpus.licence


def test_tau_damage_is_refused(tau):
    split = tau / "evaluation_setup" / "fold1_evaluate.csv"
    split.write_text("filename\tscene_label\naudio/bus-rome-1-1-0-a.wav\tbus\n")
    refused(lambda: load(tau), split, "is not in meta.csv")
    split.unlink()
    refused(lambda: load(tau), split, "cannot be read")
    (tau / "meta.csv").unlink()
    refused(lambda: load(tau), tau / "meta.csv", "cannot be read")


def test_tau_name_without_city_is_refused(tau):
    meta = tau / "meta.csv"
    for table in (meta, *(tau / "evaluation_setup").iterdir()):
        table.write_text(table.read_text().replace("audio/bus-lyon-7-70-0-s1", "audio/1"))
    refused(lambda: load(tau), meta, "audio/1.wav does not name its city and device")


def test_class_folders(class_folders):
    corpus = load(class_folders)
    assert (corpus.name, corpus.labels) == ("mine", ("knock", "ring"))
    assert corpus.folds == (1, 2, 3, 4, 5)
    pieces = {clip.fold for clip in corpus.clips if clip.path.parent.name == "long"}
    assert len(pieces) == 1
    for label in corpus.labels:
        recordings = {clip.recording: clip.fold for clip in corpus.clips if clip.label == label}
        sizes = Counter(recordings.values()).values()
        assert max(sizes) - min(sizes) <= 1
    for fold in corpus.folds:
        corpus.split(fold)


def test_class_folder_folds_do_not_depend_on_the_place(class_folders, tmp_path):
    moved = shutil.move(class_folders, tmp_path / "elsewhere")
    before_after = [
        {(c.path.name, c.label): c.fold for c in load(Path(place)).clips}
        for place in (shutil.copytree(moved, tmp_path / "copy"), moved)
    ]
    assert before_after[0] == before_after[1]


def test_too_few_recordings_of_a_class_are_refused_when_split(class_folders, make_sound):
    make_sound(class_folders / "thud" / "only.wav")
    corpus = load(class_folders)
    refused(lambda: corpus.split(1), class_folders, "other than 1 hold no clip of thud")
    refused(lambda: corpus.split(2), class_folders, "fold 2 holds no clip of thud")


def test_folders_that_are_no_corpus_are_refused(tmp_path, make_sound):
    refused(lambda: load(tmp_path / "nowhere"), tmp_path / "nowhere", "no such folder")
    refused(lambda: load(tmp_path), tmp_path, "is empty")
    make_sound(tmp_path / "only" / "a.wav")
    refused(lambda: load(tmp_path), tmp_path, "holds neither")
    refused(lambda: load(tmp_path / "only" / "a.wav"), "no such folder")


def test_one_class_is_refused(esc10):
    shutil.rmtree(esc10 / "002 - Rain")
    refused(lambda: load(esc10), esc10, "only one class (dog)")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A checkout without recordings, and a small stand-in for the synthetic scenes' size."""
    monkeypatch.setattr(loading, "PROJECT", tmp_path / "checkout")
    monkeypatch.setattr(loading, "BUILD", tmp_path / "checkout" / "build")
    monkeypatch.delenv("OSSICLE_DATA", raising=False)
    monkeypatch.setattr(
        loading.synthesis, "synthetic", lambda folder: synthetic(folder, clips_per_location=1)
    )
    (tmp_path / "checkout").mkdir()
    return tmp_path / "checkout"


def test_find_takes_the_environment_first(project, esc10, monkeypatch):
    shutil.copytree(esc10, project / "data" / "esc10")
    monkeypatch.setenv("OSSICLE_DATA", str(esc10.parent))
    corpus, sentence = find()
    assert corpus.clips[0].path.is_relative_to(esc10)
    assert sentence == f"ESC-10 from {esc10.parent}, which OSSICLE_DATA names"


def test_find_takes_data_second(project, esc10):
    shutil.copytree(esc10, project / "data" / "esc10")
    corpus, sentence = find()
    assert corpus.clips[0].path.is_relative_to(project / "data")
    assert sentence == "ESC-10 from data/"


def test_find_synthesises_when_there_is_nothing(project):
    (project / "data" / "mlperf_tiny").mkdir(parents=True)
    corpus, sentence = find()
    assert corpus.name == "synthetic scenes"
    assert "OSSICLE_DATA is not set" in sentence


def test_find_does_not_pass_over_a_wrong_environment(project, monkeypatch):
    monkeypatch.setenv("OSSICLE_DATA", str(project / "typo"))
    refused(find, project / "typo", "no such folder")


@pytest.mark.skipif("OSSICLE_DATA" not in os.environ, reason="set OSSICLE_DATA to recordings")
def test_the_real_esc10():
    corpus = load(Path(os.environ["OSSICLE_DATA"]))
    assert len(corpus.labels) == 10
    for fold in corpus.folds:
        assert Counter(clip.label for clip in corpus.fold_clips(fold)) == Counter(
            dict.fromkeys(corpus.labels, 8)
        )
    folds = {(clip.recording, clip.fold) for clip in corpus.clips}
    assert len(folds) == len({recording for recording, _ in folds})
