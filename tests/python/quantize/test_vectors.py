import numpy as np
import pytest
from tiny_models import small_model, small_windows

from ossicle.frontend import FrontEnd, FrontendSpec
from ossicle.quantize import post_training
from ossicle.quantize.vectors import golden_vectors, sounds
from ossicle.reference import ReferenceModel


@pytest.fixture(scope="module")
def model():
    return post_training(small_model(), small_windows().features)


def test_the_sounds_are_the_same_every_time_and_reach_the_rails():
    first, second = sounds(44100, 44100), sounds(44100, 44100)
    assert np.array_equal(first, second)
    assert (first.min(), first.max()) == (-32768, 32767)
    assert not first[0].any()


@pytest.mark.parametrize(("seconds", "count"), [(0.5, 8), (1.0, 8), (2.0, 4), (5.0, 3), (60.0, 3)])
def test_there_are_fewer_long_sounds(seconds, count):
    found = sounds(round(seconds * 8000), 8000)
    assert len(found) == count
    assert (found.min(), found.max()) == (-32768, 32767)


def test_vectors_hold_every_stage(model):
    spec = FrontendSpec()
    vectors = golden_vectors(model, spec, 44100)
    assert [vectors[f"layer_{i:02d}"].shape for i in range(6)] == [
        *((8, 40, 51, 4), (8, 8, 10, 4), (8, 320), (8, 8), (8, 3), (8, 3))
    ]
    assert np.array_equal(vectors["features"], FrontEnd(spec)(vectors["pcm"]))
    reference = ReferenceModel(model)
    for features, output in zip(vectors["features"], vectors["layer_05"], strict=True):
        (expected,), _ = reference.run([features[None, ..., None]])
        assert np.array_equal(expected[0], output)
