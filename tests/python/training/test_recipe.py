import pytest

from ossicle.errors import DataError
from ossicle.training import Recipe


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("batch", 0),
        ("qat_epochs", -1),
        ("seed", -1),
        ("learning_rate", 0.0),
        ("learning_rate", float("nan")),
        ("qat_learning_rate", 1.0),
        ("validation_share", 0.6),
    ],
)
def test_a_number_out_of_range_is_named(name, value):
    with pytest.raises(DataError, match=name):
        Recipe(**{name: value})


def test_the_recipe_is_told_in_full():
    assert Recipe(seed=5).to_json()["seed"] == 5
