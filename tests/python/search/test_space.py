import pytest
from search_fakes import SPACE, Lowest

from ossicle.errors import DataError
from ossicle.search import load
from ossicle.search.space import SPACES


def written(tmp_path, text):
    file = tmp_path / "mine.toml"
    file.write_text(text)
    return file


@pytest.mark.parametrize("name", [path.stem for path in SPACES.glob("*.toml")])
def test_a_packaged_space_draws_recipes(name):
    space = load(name)
    assert space.draw(Lowest()).model.name == space.recipe.model.name


def test_a_trial_is_asked_for_every_parameter(tmp_path):
    text = SPACE + '"schedule.batch" = { low = 4, high = 16, step = 4 }\n'
    trial = Lowest()
    recipe = load(written(tmp_path, text)).draw(trial)
    assert trial.asked == {
        "model.options.channels": [4, 8, 256],
        "schedule.learning_rate": (1e-3, 1e-2, None, True),
        "schedule.batch": (4, 16, 4, False),
    }
    assert recipe.model.options == {"blocks": 1, "channels": 4}
    assert (recipe.schedule.learning_rate, recipe.schedule.batch) == (1e-3, 4)


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ('"schedule.epoch" = { low = 1, high = 2 }', "unknown key 'epoch'"),
        ('"model.options.depth" = { low = 1, high = 2 }', "no option 'depth'"),
        ('"name.of" = { low = 1, high = 2 }', "name is not a table"),
        ('"schedule.batch" = { low = 3, high = 2 }', "low not above high"),
        ('"schedule.batch" = { low = 3 }', "give choices, or low and high"),
        ('"schedule.batch" = { low = 1, high = 8, step = 0 }', "step must be above 0"),
        ('"schedule.batch" = { low = 0, high = 8, log = true }', "log wants low above 0"),
        ('"schedule.batch" = { low = "a", high = 8 }', "low must be a number"),
        ('"schedule.batch" = { choices = [1], low = 1 }', "choices stand alone"),
        ('"schedule.batch" = { choices = 1 }', "choices must be an array"),
        ('"schedule.batch" = { most = 1 }', "unknown key 'most'"),
        ('"schedule.batch" = 3', "must be a table"),
        ("[search.limits2]", "unknown key 'limits2'"),
    ],
)
def test_what_cannot_vary_so_is_named_with_the_file(tmp_path, added, told):
    file = written(tmp_path, SPACE + added)
    with pytest.raises(DataError, match=told) as refused:
        load(file)
    assert str(refused.value).startswith(str(file))


def test_a_recipe_is_no_space_and_validation_must_be_there(tmp_path):
    with pytest.raises(DataError, match=r"no table \[search.parameters\]"):
        load(written(tmp_path, 'name = "x"'))
    with pytest.raises(DataError, match="validation is what decides"):
        load(written(tmp_path, SPACE.replace("0.4", "0.0")))
    with pytest.raises(DataError, match="no search space best; name a"):
        load("best")
