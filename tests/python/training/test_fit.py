import numpy as np
import pytest
from tiny_corpora import windows_of

from ossicle.errors import DataError
from ossicle.tensorflow import keras, make_deterministic
from ossicle.training import fit as module
from ossicle.training.fit import Stage, as_input, fit, predictor, score_windows

STAGE = Stage("test", epochs=5, batch=8, learning_rate=0.01, seed=3)


@pytest.fixture(autouse=True)
def short_blocks(monkeypatch):
    monkeypatch.setattr(module, "BLOCK_EPOCHS", 2)


@pytest.fixture
def windows(corpus):
    return windows_of(corpus)


def small_model():
    """Batch normalisation and dropout: all the state that a resumed descent must bring back."""
    make_deterministic(1)
    layers = keras().layers
    return keras().Sequential(
        [
            keras().Input((6, 5, 1)),
            layers.Conv2D(4, 3),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(2, activation="softmax"),
        ]
    )


def fitted(windows, file, *, stage=STAGE, validation=None):
    model = small_model()
    history = fit(model, windows, validation, stage, file)
    return model.get_weights(), history


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_the_model_sees_the_real_numbers_of_the_integers():
    features = np.array([[[-128, -1, 0, 127]]], np.int8)
    assert as_input(features)[0, 0, :, 0].tolist() == [-4.0, -0.03125, 0.0, 3.96875]


def test_it_learns(windows, tmp_path):
    model = small_model()
    fit(model, windows, None, STAGE, tmp_path / "c.npz")
    assert score_windows(predictor(model), windows).accuracy == 1.0


def test_two_runs_give_the_same_bits(windows, tmp_path):
    first, history = fitted(windows, tmp_path / "a.npz")
    second, repeated = fitted(windows, tmp_path / "b.npz")
    assert same(first, second)
    assert history == repeated


def test_another_seed_gives_other_weights(windows, tmp_path):
    first, _ = fitted(windows, tmp_path / "a.npz")
    second, _ = fitted(windows, tmp_path / "b.npz", stage=Stage("test", 5, 8, 0.01, seed=4))
    assert not same(first, second)


def test_each_block_has_its_own_dropout(windows, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BLOCK_EPOCHS", 1)
    monkeypatch.setattr(module, "optimizer", lambda *_, **__: keras().optimizers.SGD(0.0))
    _, history = fitted(windows.select(np.arange(8)), tmp_path / "c.npz")
    # to three digits, which the order of the windows does not change
    assert len({round(entry["loss"], 3) for entry in history}) == STAGE.epochs


@pytest.mark.parametrize("at", [1, 3])
def test_an_interrupted_run_ends_with_the_same_bits(windows, tmp_path, monkeypatch, at):
    whole, history = fitted(windows, tmp_path / "whole.npz", validation=windows)
    with monkeypatch.context() as patch:
        descend, calls = module._descend, []

        def interrupted(*arguments):
            calls.append(arguments)
            if len(calls) > at:
                raise KeyboardInterrupt
            return descend(*arguments)

        patch.setattr(module, "_descend", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fitted(windows, tmp_path / "parts.npz", validation=windows)
    resumed, told = fitted(windows, tmp_path / "parts.npz", validation=windows)
    assert same(whole, resumed)
    assert told == history


def test_a_finished_run_is_not_run_again(windows, tmp_path, monkeypatch):
    first, _ = fitted(windows, tmp_path / "c.npz")
    monkeypatch.setattr(module, "_descend", None)  # a call would fail
    second, _ = fitted(windows, tmp_path / "c.npz")
    assert same(first, second)


def test_a_checkpoint_of_other_windows_is_not_used(windows, tmp_path):
    fitted(windows, tmp_path / "c.npz")
    others = windows.select(np.arange(len(windows))[::-1])
    expected, _ = fitted(others, tmp_path / "fresh.npz")
    found, _ = fitted(others, tmp_path / "c.npz")
    assert same(found, expected)


def test_the_weights_that_validation_likes_best_are_kept(windows, tmp_path, monkeypatch):
    seen = []

    def validate(model, _validation):
        seen.append(model.get_weights())
        return {"validation_window_accuracy": [0.9, 0.8, 0.6, 0.8, 0.79][len(seen) - 1]}

    monkeypatch.setattr(module, "predictor", lambda model: model)
    monkeypatch.setattr(module, "_validate", validate)
    monkeypatch.setattr(module, "SETTLED", 0.2)
    kept, _ = fitted(windows, tmp_path / "c.npz", validation=windows)
    assert same(kept, seen[3])  # the later of the two with 0.8; the first, 0.9, is not settled


def test_a_loss_that_is_no_number_is_refused(windows, tmp_path):
    with pytest.raises(DataError, match=r"loss is (nan|inf).*lower the learning rate"):
        fitted(windows, tmp_path / "c.npz", stage=Stage("test", 5, 8, float("inf"), 0))


def test_fewer_windows_than_a_batch_still_train(windows, tmp_path):
    _, history = fitted(windows.select(np.arange(3)), tmp_path / "c.npz")
    assert len(history) == STAGE.epochs
