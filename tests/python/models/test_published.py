"""Every network of the registry has the size that was published, and costs what it is said to."""

import pytest

from ossicle.errors import ModelError
from ossicle.models import build, system, systems
from ossicle.models.size import macs, trainable
from ossicle.training.recipe import load, packaged

COUNTS = {"all": lambda model: model.count_params(), "trainable": trainable}


@pytest.mark.parametrize("name", systems())
def test_the_published_configuration_has_the_published_size(name):
    found = system(name).published
    model = build(
        name, found.classes, bands=found.bands, frames=found.frames, options=found.options
    )
    assert COUNTS[found.counts](model) == found.parameters
    assert macs(model) == found.macs
    assert model.output_shape == (None, found.classes)
    assert model.layers[-1].__class__.__name__ == "Softmax"


def test_stride_of_the_thesis_has_its_size_too():
    model = build("strided", 10, bands=60, frames=31, options={"filters": 22, "kind": "standard"})
    normalisations = [layer for layer in model.layers if "batch_norm" in layer.name]
    folded = model.count_params() - sum(layer.count_params() for layer in normalisations)
    assert folded == 97_575  # 381.15 KiB of float32


@pytest.mark.parametrize(
    ("name", "sizes", "options", "told"),
    [
        ("sb_cnn", (40, 51), {}, "sb_cnn cannot be built for 40 bands x 51 frames"),
        ("strided", (60, 31), {"kind": "dense"}, "kind must be separable or standard"),
        ("bc_resnet", (64, 51), {}, "multiple of 40 bands, not 64"),
        ("micro_acdnet", (40, 51), {}, "hears PCM"),
        ("ds_cnn", (40, 51), {"depth": 3}, "no option 'depth'; its options: channels, blocks"),
        ("resnet", (40, 51), {}, "no model 'resnet'; choose one of dcase2022_baseline"),
    ],
)
def test_what_cannot_be_built_is_named(name, sizes, options, told):
    with pytest.raises(ModelError, match=told):
        build(name, 10, bands=sizes[0], frames=sizes[1], options=options)


@pytest.mark.parametrize("name", systems())
def test_one_class_is_not_enough(name):
    found = system(name).published
    with pytest.raises(ModelError, match="at least two classes"):
        build(name, 1, bands=found.bands, frames=found.frames)


@pytest.mark.parametrize("name", packaged())
def test_every_packaged_recipe_builds_its_network(name):
    recipe = load(name)
    spec, network = recipe.spec, recipe.model
    frames = spec.frames(recipe.cutting.length)
    model = build(network.name, 10, bands=spec.mel_bands, frames=frames, options=network.options)
    assert model.input_shape == (None, spec.mel_bands, frames, 1)
