import numpy as np
import pytest

from ossicle.models import dcase2022_baseline
from ossicle.tensorflow import make_deterministic


@pytest.fixture(scope="module")
def model():
    make_deterministic(0)
    return dcase2022_baseline.build(dcase2022_baseline.PUBLISHED_CLASSES)


def test_the_parameters_of_each_layer_are_the_published_ones(model):
    assert dcase2022_baseline.parameters_by_layer(model) == (
        (800, 64, 12560, 64, 25120, 128, 6500, 1010)
    )


def test_the_stated_macs_are_those_of_the_layers(model):
    total = 0
    for layer in model.layers:
        if type(layer).__name__ == "Conv2D":
            taps = np.prod(layer.kernel_size) * layer.input_shape[-1]
            total += int(np.prod(layer.output_shape[1:]) * taps)
        elif type(layer).__name__ == "Dense":
            total += layer.input_shape[-1] * layer.units
    assert total == dcase2022_baseline.MACS == 29_203_560


@pytest.mark.parametrize("classes", [2, 3, 11])
def test_any_number_of_classes_gives_probabilities(classes):
    make_deterministic(0)
    model = dcase2022_baseline.build(classes)
    output = model(np.zeros((2, 40, 51, 1), np.float32)).numpy()
    assert output.shape == (2, classes)
    np.testing.assert_allclose(output.sum(axis=1), 1, rtol=1e-6)  # float32 softmax


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="at least two"):
        dcase2022_baseline.build(1)
