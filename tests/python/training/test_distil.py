import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_corpora import LABELS, corpus_of, windows_of

from ossicle.errors import DataError
from ossicle.models import files
from ossicle.tensorflow import keras, make_deterministic, quietly, tensorflow
from ossicle.training import distil, stored_logits
from ossicle.training.distil import Distillation, teacher_of
from ossicle.training.earlier import Earlier
from ossicle.training.fit import predictor


@pytest.fixture
def corpus():
    return corpus_of([Path(f"{i}.wav") for i in range(24)])


@pytest.fixture
def windows(corpus):
    return windows_of(corpus)


def network(*, seed=1, classes=2):
    make_deterministic(seed)
    layers = keras().layers
    model = [keras().Input((6, 5, 1)), layers.Conv2D(classes, 3), layers.GlobalAveragePooling2D()]
    return keras().Sequential([*model, layers.Softmax()])


def taught_by(paths, windows, corpus, *, test_fold=0):
    table = Distillation(tuple(map(str, paths)), temperature=3.0, weight=0.7)
    return teacher_of(table, windows, corpus, Earlier(test_fold))


def logits(path, corpus, *, labels=LABELS, clips=None):
    names = [clip.path.name for clip in corpus.clips] if clips is None else clips
    values = np.random.default_rng(0).normal(size=(len(names), len(labels)))
    np.savez(path, clips=names, labels=labels, logits=values)
    return names, values


def test_nobody_teaches_unless_asked(windows, corpus):
    assert teacher_of(Distillation(), windows, corpus, Earlier(1)) is None


def test_keras_models_teach_as_their_mean_and_hear_anew(windows, corpus, tmp_path):
    models = [network(seed=1), network(seed=2)]
    for index, model in enumerate(models):
        files.save(model, tmp_path / f"fold1_seed{index}.keras")
    teacher = taught_by([tmp_path / "fold{fold}_seed*.keras"], windows, corpus, test_fold=1)
    assert (teacher.softening.temperature, teacher.softening.weight) == (3.0, 0.7)
    inputs = np.random.default_rng(0).normal(size=(4, 6, 5, 1)).astype(np.float32)
    expected = np.mean([model(inputs).numpy() for model in models], axis=0)
    assert np.allclose(teacher.hear(inputs), expected, atol=1e-6)


def test_a_tflite_model_says_what_the_keras_model_says(windows, corpus, tmp_path):
    model = network()
    with quietly():
        content = tensorflow().lite.TFLiteConverter.from_keras_model(model).convert()
    (tmp_path / "t.tflite").write_bytes(content)
    teacher = taught_by([tmp_path / "t.tflite"], windows, corpus)
    assert np.allclose(teacher.stored, predictor(model)(windows.features), atol=1e-5)


def test_stored_logits_are_put_in_the_order_of_clips_and_labels(windows, corpus, tmp_path):
    names, values = logits(tmp_path / "t.npz", corpus, labels=LABELS[::-1])
    teacher = taught_by([tmp_path / "t.npz"], windows, corpus)
    row = 7
    expected = np.exp(values[names.index(corpus.clips[windows.clip[row]].path.name)][::-1])
    assert np.allclose(teacher.stored[row], expected / expected.sum(), atol=1e-6)


def test_unlike_teachers_teach_together(windows, corpus, tmp_path):
    """Two paths, one of two networks and one of what was said once: half for each path."""
    models = [network(seed=1), network(seed=2)]
    for index, model in enumerate(models):
        files.save(model, tmp_path / f"t{index}.keras")
    logits(tmp_path / "t.npz", corpus)
    teacher = taught_by([tmp_path / "t*.keras", tmp_path / "t.npz"], windows, corpus)
    once = taught_by([tmp_path / "t.npz"], windows, corpus).stored
    inputs = np.random.default_rng(0).normal(size=(4, 6, 5, 1)).astype(np.float32)
    heard = np.mean([model(inputs).numpy() for model in models], axis=0)
    assert np.array_equal(teacher.stored, once)
    assert np.allclose(teacher.says(inputs, once[:4]), (heard + once[:4]) / 2, atol=1e-6)


def test_each_path_has_the_same_weight(windows, corpus, tmp_path):
    models = [network(seed=seed) for seed in (1, 2, 3)]
    for name, model in zip(("a1", "a2", "b"), models, strict=True):
        files.save(model, tmp_path / f"{name}.keras")
    logits(tmp_path / "t.npz", corpus)
    paths = [tmp_path / name for name in ("a*.keras", "b.keras", "t.npz")]
    teacher = taught_by(paths, windows, corpus)
    inputs = np.random.default_rng(0).normal(size=(4, 6, 5, 1)).astype(np.float32)
    first, second, third = (model(inputs).numpy() for model in models)
    said = teacher.stored[:4]
    expected = (first / 2 + second / 2 + third + said) / 3
    assert np.allclose(teacher.says(inputs, said), expected, atol=1e-6)


def test_two_kinds_of_teachers_under_one_path_are_refused(windows, corpus, tmp_path):
    files.save(network(), tmp_path / "t1.keras")
    logits(tmp_path / "t2.npz", corpus)
    with pytest.raises(DataError, match="are of two kinds; give each its own path"):
        taught_by([tmp_path / "t*"], windows, corpus)


def test_another_teacher_is_another_training(windows, corpus, tmp_path):
    files.save(network(seed=1), tmp_path / "a.keras")
    files.save(network(seed=2), tmp_path / "b.keras")
    first, second = (taught_by([tmp_path / f"{n}.keras"], windows, corpus) for n in "ab")
    assert first.identity != second.identity


def test_a_teacher_that_is_saved_again_is_the_same(windows, corpus, tmp_path):
    file, model = tmp_path / "a.keras", network(seed=1)
    files.save(model, file)
    first, before = taught_by([file], windows, corpus), file.read_bytes()
    model.save(file, save_format="keras")  # as Keras does it: with a date
    assert file.read_bytes() != before
    assert taught_by([file], windows, corpus).identity == first.identity


def test_a_missing_teacher_is_named(windows, corpus, tmp_path):
    with pytest.raises(DataError, match=r"no teacher .*fold2\.keras"):
        taught_by([tmp_path / "fold{fold}.keras"], windows, corpus, test_fold=2)
    with pytest.raises(DataError, match=r"no teacher .*fold0\.keras"):
        taught_by([tmp_path / "fold{fold}.keras"], windows, corpus)


def test_a_teacher_of_other_classes_is_refused(windows, corpus, tmp_path):
    files.save(network(classes=3), tmp_path / "t.keras")
    with pytest.raises(DataError, match=r"t\.keras tells 3 classes apart, tiny has 2: high, low"):
        taught_by([tmp_path / "t.keras"], windows, corpus)


def test_a_teacher_of_other_labels_is_refused_by_their_names(windows, corpus, tmp_path):
    logits(tmp_path / "t.npz", corpus, labels=("high", "deep"))
    with pytest.raises(DataError, match=r"t\.npz.*other labels than tiny: deep, low"):
        taught_by([tmp_path / "t.npz"], windows, corpus)


def test_files_of_one_name_are_told_apart_by_their_folders(windows, tmp_path):
    corpus = corpus_of([Path(f"data/{i % 2}/{i // 2}.wav") for i in range(24)])
    names, values = logits(tmp_path / "t.npz", corpus, clips=stored_logits.names(corpus))
    assert names[:3] == ["0/0.wav", "1/0.wav", "0/1.wav"]
    said = taught_by([tmp_path / "t.npz"], windows, corpus).stored
    expected = np.exp(values[windows.clip])
    assert np.allclose(said, expected / expected.sum(axis=1, keepdims=True), atol=1e-6)

    logits(tmp_path / "bare.npz", corpus, clips=[f"{i}.wav" for i in range(24)])
    with pytest.raises(DataError, match=r"says nothing of 0/0\.wav and 23 others"):
        taught_by([tmp_path / "bare.npz"], windows, corpus)
    logits(tmp_path / "twice.npz", corpus, clips=["0/0.wav"] * 24)
    with pytest.raises(DataError, match=r"names 0/0\.wav more than once"):
        taught_by([tmp_path / "twice.npz"], windows, corpus)


def test_clips_of_one_file_are_told_apart_by_their_beginnings(windows, corpus):
    clips = [
        replace(clip, path=Path("a.wav"), start=0.5 * i) for i, clip in enumerate(corpus.clips)
    ]
    assert stored_logits.names(replace(corpus, clips=tuple(clips)))[:3] == [
        "a.wav",
        "a.wav@0.5",
        "a.wav@1",
    ]


def test_logits_that_miss_a_clip_are_refused(windows, corpus, tmp_path):
    logits(tmp_path / "t.npz", corpus, clips=["0.wav"])
    with pytest.raises(DataError, match=r"says nothing of 1\.wav and 22 others"):
        taught_by([tmp_path / "t.npz"], windows, corpus)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive"])
def test_a_file_that_holds_no_logits_is_refused(windows, corpus, tmp_path, content):
    (tmp_path / "t.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"t\.npz: holds no clips, labels and logits"):
        taught_by([tmp_path / "t.npz"], windows, corpus)


class KnownBundle:
    labels = LABELS
    model = b""

    def __init__(self, test_fold):
        self.metrics = json.loads(json.dumps({"data": {"test_fold": test_fold}}))


def test_a_bundle_that_heard_the_test_fold_is_refused(windows, corpus, tmp_path, monkeypatch):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "model.tflite").write_bytes(b"")
    monkeypatch.setattr(distil.bundle, "read", lambda _: KnownBundle(2))
    with pytest.raises(DataError, match="was trained with fold 1, on which the student is tested"):
        taught_by([tmp_path / "b"], windows, corpus, test_fold=1)
    KnownBundle.labels = ("high", "deep")
    with pytest.raises(DataError, match="has other labels than tiny: deep, low"):
        taught_by([tmp_path / "b"], windows, corpus, test_fold=2)


@pytest.mark.parametrize(("key", "value"), [("temperature", 0.5), ("weight", 1.5)])
def test_a_value_out_of_range_is_refused_by_name(key, value):
    with pytest.raises(DataError, match=f"{key} must lie in"):
        Distillation(**{key: value})
