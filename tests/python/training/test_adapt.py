"""The constraint between recording devices: its pairs, its loss, and what they refuse."""

from dataclasses import replace

import numpy as np
import pytest
from tiny_corpora import windows_of

from ossicle.errors import DataError
from ossicle.tensorflow import keras, make_deterministic, tensorflow
from ossicle.training import step
from ossicle.training.adapt import (
    Adaptation,
    Constraint,
    distance,
    pairing,
    representation,
)
from ossicle.training.fit import Stage, as_input, fit
from ossicle.training.pairs import Pairing
from ossicle.training.reading import from_table, to_table


@pytest.fixture
def recorded(corpus):
    """Three devices in turn; clips 6 i to 6 i + 5 are of one recording a class."""
    clips = (
        replace(clip, device=("a", "b", "s1")[number // 2 % 3], recording=f"r{number // 6}")
        for number, clip in enumerate(corpus.clips)
    )
    return replace(corpus, clips=tuple(clips))


def halves(rows, batch):
    return rows.reshape(-1, 2, batch // 2).swapaxes(0, 1).reshape(2, -1)


@pytest.mark.parametrize("pairs", ["class", "recording"])
def test_pairs_share_their_class_and_not_their_device(recorded, pairs):
    windows = windows_of(recorded)
    rows = pairing(Adaptation(pairs=pairs), recorded, windows).rows(8, np.random.default_rng(0))
    assert len(rows) == len(windows) // 8 * 8
    first, second = halves(rows, 8)
    assert (windows.label[first] == windows.label[second]).all()
    clips = [[recorded.clips[windows.clip[row]] for row in side] for side in (first, second)]
    assert all(one.device != other.device for one, other in zip(*clips, strict=True))
    same = [one.recording == other.recording for one, other in zip(*clips, strict=True)]
    assert all(same) == (pairs == "recording")


def test_every_partner_is_as_likely_as_the_others():
    group = np.array([0] * 6 + [1] * 3)
    device = np.array([0, 1, 1, 2, 2, 2, 0, 1, 1])
    found = np.zeros((9, 9), int)
    for seed in range(3000):
        first, second = halves(Pairing(group, device).rows(2, np.random.default_rng(seed)), 2)
        np.add.at(found, (first, second), 1)
    may = (group[:, np.newaxis] == group) & (device[:, np.newaxis] != device)
    assert (found[~may] == 0).all()
    share = found / found.sum(axis=1, keepdims=True)
    wanted = may / may.sum(axis=1, keepdims=True)
    assert np.abs(share - wanted).max() < 0.05  # 1,300 draws: five standard deviations are 0.07


def test_an_epoch_repeats_itself_by_its_seed(recorded):
    pairs = pairing(Adaptation(), recorded, windows_of(recorded))
    once, again, other = (pairs.rows(8, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (once == again).all() and (once != other).any()


def test_windows_without_a_partner_are_left_out(recorded):
    clips = [replace(clip, recording=str(i)) for i, clip in enumerate(recorded.clips)]
    alone = replace(recorded, clips=(*recorded.clips[:6], *clips[6:]))
    windows = windows_of(alone)
    rows = pairing(Adaptation(pairs="recording"), alone, windows).rows(8, np.random.default_rng(0))
    assert set(windows.clip[rows]) == set(range(6))


def test_a_class_of_one_device_is_refused(recorded):
    clips = [replace(c, device="a") if c.label == "low" else c for c in recorded.clips]
    lonely = replace(recorded, clips=tuple(clips))
    with pytest.raises(DataError, match="of low to train on are of one device"):
        pairing(Adaptation(), lonely, windows_of(lonely))


def test_recordings_without_any_pair_are_refused(corpus):
    clips = [replace(c, device="ab"[i // 2 % 2], recording=str(i)) for i, c in
             enumerate(corpus.clips)]  # fmt: skip
    apart = replace(corpus, clips=tuple(clips))
    with pytest.raises(DataError, match=r"no recording .* by two devices"):
        pairing(Adaptation(pairs="recording"), apart, windows_of(apart))


def test_the_gradient_of_the_distance_is_the_sign_of_the_difference():
    tf = tensorflow()
    f = tf.Variable([[1.0, 2.0, -3.0], [0.0, 5.0, 0.5], [4.0, 2.5, -5.0], [0.0, 1.0, 0.0]])
    with tf.GradientTape() as tape:
        far = distance(f)
    # |1-4| + |2-2.5| + |-3+5| = 5.5 and |5-1| + |0.5-0| = 4.5 over two pairs of three numbers
    assert far.numpy() == pytest.approx(10.0 / 6)
    wanted = np.array([[-1, -1, 1], [0, 1, 1]]) / 6
    np.testing.assert_allclose(tape.gradient(far, f).numpy(), np.concatenate([wanted, -wanted]))


def small_model():
    layers = keras().layers
    inputs = keras().Input((6, 5, 1))
    x = layers.ReLU()(layers.Conv2D(3, 2, name="conv")(inputs))
    x = layers.Dense(4, name="f")(layers.Flatten(name="flat")(x))
    return keras().Model(inputs, layers.Softmax()(layers.Dense(2, name="phi")(x)))


@pytest.mark.parametrize(("layer", "width"), [("", 4), ("f", 4), ("flat", 60)])
def test_the_representation_is_what_the_layer_gives(layer, width):
    model = small_model()
    f, p = representation(model, layer)(np.ones((2, 6, 5, 1), np.float32))
    assert f.shape == (2, width)
    np.testing.assert_array_equal(p, model(np.ones((2, 6, 5, 1), np.float32)))


def test_an_unknown_layer_is_refused_with_those_that_there_are():
    with pytest.raises(DataError, match=r"no layer 'g'; it has .*conv.*flat"):
        representation(small_model(), "g")


@pytest.mark.parametrize(
    "table",
    [{"lambda": -1}, {"lambda": float("nan")}, {"pairs": "x"}, {"layer": 3}, {"weight": 1.0}],
)
def test_an_impossible_table_is_refused_by_its_key(table):
    with pytest.raises(DataError, match=f"my.toml: .*{next(iter(table))}"):
        from_table(Adaptation, table, "my.toml")


def test_the_table_comes_back_as_it_was():
    table = {"lambda": 0.5, "layer": "dense", "pairs": "recording"}
    assert to_table(from_table(Adaptation, table, "my.toml")) == table


def test_a_batch_of_pairs_is_even(recorded):
    with pytest.raises(DataError, match="must be even, not 7"):
        pairing(Adaptation(), recorded, windows_of(recorded)).rows(7, np.random.default_rng(0))


def descended(recorded, file, weight):
    """A descent under the constraint: the distance that is left in f, history and weights."""
    make_deterministic(1)
    windows, model = windows_of(recorded), small_model()
    adaptation = Adaptation(weight, layer="flat")
    constraint = Constraint(adaptation, pairing(adaptation, recorded, windows))
    history = fit(model, windows, None, Stage("test", 10, 8, 0.01, 0), file, constraint=constraint)
    rows = constraint.pairing.rows(len(windows), np.random.default_rng(5))
    inputs = as_input(windows.features[rows])
    f, p = constraint.split(model)(inputs)
    wrong = p.numpy().argmax(axis=1) != windows.label[rows]
    return float(distance(f)), wrong.mean(), history, model.get_weights()


def test_the_constraint_draws_devices_together_and_classes_stay_apart(recorded, tmp_path):
    free, _, _, _ = descended(recorded, tmp_path / "free.npz", 0.0)
    bound, wrong, history, weights = descended(recorded, tmp_path / "bound.npz", 10.0)
    assert bound < 0.5 * free and wrong == 0
    _, _, again, repeated = descended(recorded, tmp_path / "again.npz", 10.0)
    assert history == again
    assert all((a == b).all() for a, b in zip(weights, repeated, strict=True))


def test_the_loss_is_cross_entropy_and_the_weighted_distance(recorded):
    windows, model = windows_of(recorded), small_model()
    adaptation = Adaptation(0.25, layer="f")
    constraint = Constraint(adaptation, pairing(adaptation, recorded, windows))
    rows = constraint.pairing.rows(8, np.random.default_rng(0))[:8]
    inputs, targets = as_input(windows.features[rows]), np.eye(2, dtype=np.float32)[windows.label]
    f, p = (side.numpy() for side in constraint.split(model)(inputs))
    still = keras().optimizers.SGD(0.0)
    found = step.training_step(model, still, None, constraint)(inputs, targets[rows])
    entropy = -np.log(p[np.arange(8), windows.label[rows]]).mean()
    apart = np.abs(f[:4] - f[4:]).mean()
    assert float(found) == pytest.approx(entropy + 0.25 * apart, rel=1e-5)
