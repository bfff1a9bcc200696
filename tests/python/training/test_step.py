from dataclasses import replace

import numpy as np
import pytest
from tiny_corpora import corpus_of, windows_of

from ossicle.errors import DataError
from ossicle.frontend import FrontendSpec
from ossicle.tensorflow import keras, make_deterministic, tensorflow
from ossicle.training.augment import Augmentation, Features
from ossicle.training.fit import Stage, fit, predictor
from ossicle.training.lesson import Lesson, as_input
from ossicle.training.step import Softening, divergence, optimizer
from ossicle.training.teacher import Teacher, distribution, ensemble

SPEC = FrontendSpec.of_milliseconds(16000, 40, 20, mel_bands=8)
STAGE = Stage("test", epochs=4, batch=8, learning_rate=0.01, seed=3)


@pytest.fixture
def windows():
    return windows_of(corpus_of([f"{i}.wav" for i in range(24)]))


def convolutions(*, bands=6, seed=1):
    make_deterministic(seed)
    layers = keras().layers
    return keras().Sequential(
        [
            keras().Input((bands, 5, 1)),
            layers.Conv2D(4, 3, padding="same", activation="relu"),
            layers.Conv2D(2, 1),
            layers.GlobalAveragePooling2D(),
            layers.Softmax(),
        ]
    )


def rates(stage, steps):
    made = optimizer(convolutions(), stage, steps)
    schedule = made._learning_rate  # the variable of the same name holds the first value only
    return [float(schedule(step)) for step in range(stage.epochs * steps + 1)]


def test_the_rate_falls_along_half_a_cosine():
    found = rates(STAGE, 5)
    assert found[0] == pytest.approx(0.01)
    assert found[10] == pytest.approx(0.005)
    assert found[20] == pytest.approx(0, abs=1e-9)


def test_a_warm_up_comes_first():
    stage = Stage("test", 4, 8, 0.01, 3, optimizer="adamw", weight_decay=0.1, warmup_epochs=1)
    found = rates(stage, 5)
    assert found[:6] == pytest.approx([0, 0.002, 0.004, 0.006, 0.008, 0.01])
    assert found[20] == pytest.approx(0, abs=1e-9)


def test_weight_decay_spares_biases():
    model = convolutions()
    stage = Stage("test", 4, 8, 0.01, 3, optimizer="adamw", weight_decay=0.5)
    made = optimizer(model, stage, 5)
    before = model.get_weights()
    model.layers[0].bias.assign([1.0] * 4)
    tf = tensorflow()
    made.apply_gradients([(tf.zeros_like(v), v) for v in model.trainable_variables])
    assert np.allclose(model.layers[0].kernel.numpy(), before[0] * (1 - 0.01 * 0.5))
    assert model.layers[0].bias.numpy().tolist() == [1.0] * 4


def test_smoothed_labels_are_distributions(windows):
    stage = Stage("test", 1, 8, 0.01, 0, label_smoothing=0.2)
    inputs, targets = next(Lesson(windows, stage, 2).epoch(0))
    assert inputs.shape == (8, 6, 5, 1)
    assert np.allclose(np.sort(targets, axis=1), [0.1, 0.9])


def test_an_epoch_visits_each_window_once(windows):
    lesson = Lesson(windows, Stage("test", 1, 8, 0.01, 0), 2)
    seen = np.concatenate([inputs for inputs, _ in lesson.epoch(0)])
    assert len(seen) == 72
    order = [np.lexsort(array.reshape(72, -1).T) for array in (seen, as_input(windows.features))]
    assert np.array_equal(seen[order[0]], as_input(windows.features)[order[1]])


def test_the_divergence_is_hintons():
    logits = np.array([[2.0, 1.0, -1.0], [0.0, 3.0, 0.5]])
    other = np.array([[0.5, 1.0, 0.0], [0.0, 0.0, 0.0]])
    soft, learnt = (distribution(values / 3.0) for values in (logits, other))
    expected = 9 * np.mean(np.sum(soft * np.log(soft / learnt), axis=1))
    taught, found = (distribution(values) for values in (logits, other))
    assert float(divergence(taught, found, 3.0)) == pytest.approx(expected, rel=1e-4)
    assert float(divergence(taught, taught, 3.0)) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("stored", [False, True])
def test_a_student_takes_over_what_its_teacher_says(windows, tmp_path, stored):
    """Only the teacher is listened to, and it says the opposite of the labels."""
    opposite = np.array([[0.1, 0.9], [0.9, 0.1]], np.float32)
    whole = Softening(temperature=1.0, weight=1.0)
    if stored:
        teacher = Teacher("opposite", whole, stored=opposite[windows.label])
    else:

        def by_level(x):
            return opposite[(x.mean((1, 2, 3)) > 0).astype(int)]

        teacher = Teacher("opposite", whole, hear=by_level)
    model = convolutions()
    stage = Stage("test", epochs=12, batch=8, learning_rate=0.02, seed=3)
    fit(model, windows, None, stage, tmp_path / "c.npz", teacher=teacher)
    found = predictor(model)(windows.features)
    assert np.mean(found.argmax(axis=1) == windows.label) < 0.1
    assert found.max(axis=1).mean() == pytest.approx(0.9, abs=0.1)


def test_an_ensemble_is_the_mean_of_its_members_at_any_length():
    members = [convolutions(seed=1), convolutions(seed=2)]
    hear = ensemble([members])
    for frames in (5, 9):
        inputs = np.random.default_rng(0).normal(size=(3, 6, frames, 1)).astype(np.float32)
        each = [member(inputs, training=False).numpy() for member in members]
        assert np.allclose(hear(inputs), np.mean(each, axis=0), atol=1e-6)


def test_a_teacher_that_says_nothing_is_refused():
    with pytest.raises(DataError, match="a teacher hears, or has said what it says"):
        Teacher("nobody", Softening(1.0, 0.5))


def test_an_augmented_run_repeats_itself_and_has_its_own_checkpoint(windows, tmp_path):
    features = Features(crop_frames=(4,), mixup=0.5, gain_db=6, mask_frames=2)
    augmentation = Augmentation(features, SPEC)
    windows = replace(windows, features=np.pad(windows.features, ((0, 0), (1, 1), (0, 0))))
    stage = Stage("test", 6, 8, 0.01, 3, "adamw", 0.01, 1, 0.1)

    def weights(name):
        model = convolutions(bands=8)
        fit(model, windows, None, stage, tmp_path / name, augmentation=augmentation)
        return model.get_weights()

    first = weights("a.npz")
    assert all(np.array_equal(a, b) for a, b in zip(first, weights("b.npz"), strict=True))
    plain = convolutions(bands=8)
    fit(plain, windows, None, stage, tmp_path / "a.npz")  # another training: not its checkpoint
    assert not all(np.array_equal(a, b) for a, b in zip(first, plain.get_weights(), strict=True))
