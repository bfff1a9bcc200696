import math

import numpy as np
import pytest

from ossicle.errors import DataError
from ossicle.training import vote_on
from ossicle.training.evaluate import vote, voting


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


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ("soft", [[0.45, 0.35, 0.2], [0.5, 0.5, 0.0]]),
        ("max", [[0.9 / 1.9, 0.6 / 1.9, 0.4 / 1.9], [0.5, 0.5, 0.0]]),
        ("majority", [[1 / 4, 2 / 4, 1 / 4], [1.0, 0.0, 0.0]]),
    ],
)
def test_windows_vote_as_they_are_told(how, wanted):
    windows = [[0.9, 0.1, 0.0], [0.4, 0.6, 0.0], [0.2, 0.4, 0.4], [0.3, 0.3, 0.4], [0.5, 0.5, 0]]
    clip = np.array([3, 3, 3, 3, 8])
    voted, truth = vote(np.array(windows), clip, np.array([1, 1, 1, 1, 0]), how)
    assert truth.tolist() == [1, 0]
    assert voted == pytest.approx(np.array(wanted), abs=1e-5)


def test_the_mean_decides_between_as_many_votes():
    windows = np.array([[0.6, 0.4], [0.1, 0.9]])
    voted, _ = vote(windows, np.zeros(2, int), np.zeros(2, int), "majority")
    assert voted.argmax() == 1
    assert voted.sum() == pytest.approx(1.0)


def test_a_clip_of_silence_alone_is_voted_on_by_all_its_windows():
    clip = np.array([0, 0, 1, 1])
    active = np.array([False, False, True, False])
    assert voting(clip, active).tolist() == [True, True, True, False]


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
