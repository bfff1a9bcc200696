import math

import numpy as np
import pytest

from ossicle.errors import DataError
from ossicle.training import vote_on


def lookup(table):
    """A classifier that reads its answer's row from the first feature."""
    return lambda features: np.asarray(table)[features[:, 0, 0]]


def score(predict, features, **windows):
    return vote_on(predict, features, **windows).score()


def features_for(rows):
    return np.array(rows, np.int8).reshape(-1, 1, 1)


def test_a_clip_is_voted_on_by_its_active_windows():
    table = [[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]]
    result = score(
        lookup(table),
        features_for([0, 1, 2, 2]),
        clip=np.array([5, 5, 7, 7]),
        label=np.array([0, 0, 0, 0]),
        active=np.array([True, True, True, False]),
    )
    assert (result.clips, result.windows) == (2, 3)
    assert result.accuracy == 0.5  # (0.9 + 0.4) / 2 is right, 0.3 is wrong
    assert result.window_accuracy == pytest.approx(1 / 3)
    assert result.log_loss == pytest.approx(-(math.log(0.65) + math.log(0.3)) / 2)
    assert result.confusion == [[1, 1], [0, 0]]


def test_only_voting_windows_are_computed():
    seen = []

    def predict(features):
        seen.extend(features[:, 0, 0].tolist())
        return np.full((len(features), 2), 0.5)

    score(
        predict,
        features_for([1, 2, 3]),
        clip=np.array([0, 0, 1]),
        label=np.zeros(3, int),
        active=np.array([True, False, True]),
    )
    assert seen == [1, 3]


def test_probabilities_that_do_not_quite_sum_to_one_are_normalised():
    result = score(
        lookup([[0.25, 0.25]]),
        features_for([0]),
        clip=np.zeros(1, int),
        label=np.zeros(1, int),
        active=np.ones(1, bool),
    )
    assert result.log_loss == pytest.approx(math.log(2))


def test_a_certain_error_has_a_finite_loss():
    result = score(
        lookup([[0.0, 1.0]]),
        features_for([0]),
        clip=np.zeros(1, int),
        label=np.zeros(1, int),
        active=np.ones(1, bool),
    )
    assert result.log_loss == pytest.approx(-math.log(1e-15))


def test_nothing_to_score_is_refused():
    nothing = np.zeros(0, int)
    with pytest.raises(DataError, match="no windows to score"):
        score(
            lookup([[1.0, 0.0]]),
            features_for([]),
            clip=nothing,
            label=nothing,
            active=nothing.astype(bool),
        )
