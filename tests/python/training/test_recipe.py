import dataclasses

import numpy as np
import pytest

from ossicle.errors import DataError
from ossicle.frontend import FrontendSpec
from ossicle.training import Recipe
from ossicle.training.recipe import lineage, load, packaged
from ossicle.training.recipe_tables import Windowing


def written(tmp_path, text):
    file = tmp_path / "mine.toml"
    file.write_text(text)
    return file


@pytest.mark.parametrize("name", packaged())
def test_a_packaged_recipe_is_called_as_its_file_and_reads_back(name, tmp_path):
    recipe = load(name)
    assert recipe.name == name
    assert load(written(tmp_path, recipe.to_toml())) == recipe
    assert recipe.cutting.length % recipe.spec.hop_length == 0


def test_the_defaults_are_the_dcase_baselines():
    assert dataclasses.replace(load("dcase2022"), windows=Windowing()) == Recipe()
    assert (Recipe().cutting.length, Recipe().cutting.hop) == (44100, 44100)
    assert Recipe().spec == FrontendSpec()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("epochs = 3", "unknown key 'epochs'"),
        ("[schedule]\nepoch = 3", r"schedule.*unknown key 'epoch'"),
        ("[schedule]\nepochs = -1", r"schedule: epochs must lie in 0"),
        ("[schedule]\nepochs = 0", r"epochs = 0 trains nothing, so \[model\] must name weights"),
        ("[schedule]\nepochs = true", r"schedule: epochs must be a whole number"),
        ("[schedule]\nepochs = 3.5", r"schedule: epochs must be a whole number"),
        ("[schedule]\nbatch = 0", "batch"),
        ("[schedule]\nwarmup_epochs = 100", r"schedule: warmup_epochs must lie in 0 to 99"),
        ('[schedule]\noptimizer = "sgd"', r"schedule: optimizer must be one of adam, adamw"),
        ("[augmentation.features]\nmixup = 2", r"augmentation: features: mixup must lie in 0 to 1"),
        ("[schedule]\nlearning_rate = nan", "learning_rate"),
        ("[schedule]\nlearning_rate = 'fast'", "learning_rate must be a number"),
        ("[quantisation]\nepochs = -1", r"quantisation: epochs"),
        ("[quantisation]\nlearning_rate = 1.0", "learning_rate"),
        ("[quantisation]\nmethod = 'luck'", "method must be one of ptq, qat, validation"),
        ("[quantisation]\ncalibration_windows = 0", "calibration_windows"),
        ("[windows]\nseconds = 0", "seconds"),
        ("[windows]\nseconds = inf", "seconds"),
        ("[windows]\nhop_seconds = 2.0", "hop_seconds"),
        ("[windows]\nshort = 'stretch'", "short must be one of pad, loop"),
        ("[windows]\nvote = 'loud'", "vote must be one of"),
        ("[frontend]\npreset = 'best'", r"frontend: there is no preset 'best'"),
        ("[frontend]\nmel_band = 3", r"frontend: unknown field mel_band"),
        ("[frontend]\nmel_bands = 0", "mel_bands"),
        ("[model]\nname = 'biggest'", r"model: there is no model 'biggest'"),
        ("[model.options]\nwidth = 3", r"model: .* has no option 'width'"),
        ("seeds = []", "seeds"),
        ("seeds = [1, 1]", "seeds"),
        ("seeds = [-1]", "seeds"),
        ("seeds = ['one']", "seeds must be a whole number"),
        ("seeds = 1", "seeds must be an array"),
        ("validation_share = 0.6", "validation_share"),
        ("schedule = 3", "must be a table"),
        ("name = 'a b'", "name must be a word"),
        ("name =", "not a TOML file"),
    ],
)
def test_what_does_not_fit_is_named_with_the_file(tmp_path, text, told):
    file = written(tmp_path, text)
    with pytest.raises(DataError, match=told) as refused:
        load(file)
    assert str(refused.value).startswith(str(file))


def test_a_file_that_is_no_text_or_missing_or_huge_is_refused(tmp_path):
    file = tmp_path / "mine.toml"
    with pytest.raises(DataError, match="cannot be read"):
        load(file)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match="not a TOML file"):
        load(file)
    file.write_bytes(b"#" * (1 << 21))
    with pytest.raises(DataError, match="larger than"):
        load(file)


def test_an_unknown_name_tells_the_known_ones():
    with pytest.raises(DataError, match=r"no recipe best; .* or one of .*dcase2022"):
        load("best")


def test_a_name_does_not_lead_out_of_the_folder():
    with pytest.raises(DataError, match="no recipe"):
        load("../recipes/dcase2022")


def test_changes_take_the_place_of_what_the_recipe_says():
    recipe = Recipe().changed(epochs=3, qat_epochs=1, seed=5, method="ptq")
    assert (recipe.schedule.epochs, recipe.quantisation.epochs) == (3, 1)
    assert (recipe.seeds, recipe.quantisation.method) == ((5,), "ptq")
    assert Recipe().changed() == Recipe()
    with pytest.raises(DataError, match="epochs"):
        Recipe().changed(epochs=0)


def test_windows_are_whole_hops_of_the_front_end():
    spec = FrontendSpec(hop_length=1024)
    cutting = Windowing(seconds=1.0, hop_seconds=0.5, short="loop").cutting(spec)
    assert (cutting.length, cutting.hop, cutting.short) == (43 * 1024, 22050, "loop")
    assert spec.frames(cutting.length) == 44
    with pytest.raises(DataError, match="less than a hop"):
        Windowing(seconds=0.1).cutting(FrontendSpec(sample_rate=8000, hop_length=1764, fmax=4e3))


def test_a_table_of_numbers_reaches_the_front_end(tmp_path):
    means = ", ".join(["-30.0"] * 40)
    recipe = load(written(tmp_path, f"[frontend]\nband_mean_db = [{means}]\nfmin = 20"))
    assert recipe.spec.band_mean_db == (-30.0,) * 40
    assert np.isclose(recipe.spec.fmin, 20.0)


def test_crops_are_left_out_where_whole_windows_are_heard():
    recipe = load("esc10")
    assert recipe.augmenting().changes_length
    assert not recipe.augmenting(whole=True).changes_length
    assert load("dcase2022").augmenting() is None


def test_what_comes_before_a_recipe():
    names = [recipe.name for recipe in lineage(load("esc10_windows"))]
    assert names == ["esc10_windows", "esc10_taught", "esc10"]


def test_a_recipe_cannot_come_before_itself(tmp_path):
    for name, earlier in (("first", "second"), ("second", "first")):
        text = f'name = "{name}"\nearlier = "{tmp_path / earlier}.toml"'
        (tmp_path / f"{name}.toml").write_text(text)
    with pytest.raises(DataError, match="in a circle: first after second after first"):
        lineage(load(tmp_path / "first.toml"))
