from dataclasses import replace

import numpy as np
import pytest
from tiny_corpora import corpus_of, windows_of

from ossicle.errors import DataError, ModelError
from ossicle.models import dcase2022_baseline, separable_resnet
from ossicle.tensorflow import keras, make_deterministic
from ossicle.training import Recipe, train
from ossicle.training.prune import Pruning, pruned
from ossicle.training.recipe_tables import Network, Schedule


def shaken(model):
    """Give batch normalisation factors and means that tell channels apart."""
    rng = np.random.default_rng(0)
    for layer in model.layers:
        if type(layer).__name__ == "BatchNormalization":
            gamma, beta, mean, variance = (
                rng.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()
            )
            layer.set_weights([gamma, beta - 1, mean - 1, variance])
    return model


def small(size="small"):
    make_deterministic(0)
    return shaken(separable_resnet.build(4, bands=32, frames=20, size=size))


def sound(bands=32, frames=20):
    return np.random.default_rng(1).normal(size=(3, bands, frames, 1)).astype(np.float32)


def test_a_share_of_none_is_the_same_network():
    model = small()
    assert np.array_equal(pruned(model, 0.0)(sound()), model(sound()))


def test_channels_that_are_dead_can_go():
    """Whatever is tied by an addition, or handed on by a depthwise convolution, goes along."""
    model = small()
    for layer in model.layers:
        if type(layer).__name__ == "BatchNormalization":
            gamma, beta, mean, variance = layer.get_weights()
            gamma[::2], beta[::2] = 0, 0
            layer.set_weights([gamma, beta, mean, variance])
    half = pruned(model, 0.5)
    assert half.count_params() < 0.35 * model.count_params()
    assert np.allclose(half(sound()), model(sound()), atol=1e-6)


def test_each_layer_loses_its_share_and_classes_stay():
    third = pruned(small(), 0.34)
    filters = [x.filters for x in third.layers if type(x).__name__ == "Conv2D"]
    assert filters == [8, 14, 22, 22, 37, 37, 53, 53, 4]
    assert third.output_shape == (None, 4)


def test_what_is_flattened_stays_whole():
    make_deterministic(0)
    model = shaken(dcase2022_baseline.build(3))
    half = pruned(model, 0.5)
    shapes = [
        x.get_weights()[0].shape for x in half.layers if type(x).__name__ in {"Conv2D", "Dense"}
    ]
    assert shapes == [(7, 7, 1, 8), (7, 7, 8, 8), (7, 7, 8, 32), (64, 50), (50, 3)]


def test_a_layer_whose_channels_cannot_be_followed_is_named():
    layers = keras().layers
    inputs = keras().Input((4, 4, 1))
    both = layers.Concatenate()([layers.Conv2D(2, 1)(inputs), layers.Conv2D(2, 1)(inputs)])
    with pytest.raises(ModelError, match="cannot prune a model with a layer Concatenate"):
        pruned(keras().Model(inputs, layers.GlobalAveragePooling2D()(both)), 0.5)


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_a_share_out_of_range_is_refused(share):
    with pytest.raises(DataError, match="share must lie in 0 to 1"):
        Pruning(share=share)


def test_a_recipe_prunes_and_trains_on(tmp_path):
    corpus = corpus_of([tmp_path / f"{i}.wav" for i in range(24)])
    windows = windows_of(corpus)
    windows = replace(windows, features=np.tile(windows.features, (1, 6, 3))[:, :32, :12])
    schedule, pruning = Schedule(epochs=3, batch=8), Pruning(share=0.5, epochs=2)
    recipe = replace(
        Recipe(schedule=schedule, pruning=pruning, validation_share=0.0),
        model=Network("separable_resnet", {"size": "small"}),
    )
    made = train(corpus, windows, test_fold=1, recipe=recipe, seed=0, work=tmp_path / "work")
    assert len(made.history) == 5
    stem = next(layer for layer in made.model.layers if type(layer).__name__ == "Conv2D")
    assert stem.filters == 6
    again = train(corpus, windows, test_fold=1, recipe=recipe, seed=0, work=tmp_path / "other")
    for first, second in zip(made.model.get_weights(), again.model.get_weights(), strict=True):
        assert np.array_equal(first, second)
