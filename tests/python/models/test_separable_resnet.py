import numpy as np
import pytest

from ossicle.models import build, separable_resnet, system
from ossicle.tensorflow import keras, make_deterministic


@pytest.fixture(scope="module")
def model():
    make_deterministic(0)
    return separable_resnet.build(10)


def macs(model):
    total = 0
    for layer in model.layers:
        if type(layer).__name__ in {"Conv2D", "DepthwiseConv2D"}:
            depthwise = type(layer).__name__ == "DepthwiseConv2D"
            inputs = 1 if depthwise else layer.input_shape[-1]
            taps = np.prod(layer.kernel_size) * inputs
            total += int(np.prod(layer.output_shape[1:]) * taps)
    return total


def weights(model):
    """The numbers that become int8: kernels, without biases and batch normalisation."""
    return sum(int(np.prod(w.shape)) for w in model.trainable_weights if len(w.shape) > 1)


def test_its_size_is_the_stated_one(model):
    published = system("separable_resnet").published
    assert model.count_params() == published.parameters == 106_906
    assert macs(model) == published.macs == 22_491_904
    assert weights(model) == 100_368


def test_the_small_one_fits_32_kilobytes():
    small = build("separable_resnet", 10, bands=64, frames=251, options={"size": "small"})
    assert weights(small) == 23_024
    assert macs(small) == 7_422_560


def test_the_same_weights_hear_windows_of_any_length(model):
    longer = separable_resnet.build(10, frames=301)
    longer.set_weights(model.get_weights())
    tile = np.random.default_rng(0).normal(size=(2, 64, 301, 1)).astype(np.float32)
    model.input_spec = keras().layers.InputSpec(shape=(None, 64, None, 1))
    assert np.allclose(model(tile), longer(tile), atol=1e-6)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"classes": 1}, "at least two classes"),
        ({"bands": 16}, "need 32 bands"),
        ({"frames": 4}, "need 32 bands and 8 frames"),
        ({"size": "huge"}, "medium, small"),
    ],
)
def test_what_cannot_be_built_is_refused(changes, said):
    with pytest.raises(ValueError, match=said):
        separable_resnet.build(**{"classes": 10, **changes})
