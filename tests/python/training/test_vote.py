import numpy as np
import pytest

from ossicle.training import attention
from ossicle.training.vote import FULL, POWERS, Voting, shares, voting, weights


def test_powers_are_what_their_formula_says() -> None:
    assert POWERS.tolist() == [round(128 * 2 ** (step / 32)) for step in range(32)]


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ("soft", [[0.45, 0.35, 0.2], [0.5, 0.5, 0.0]]),
        ("max", [[0.9 / 1.9, 0.6 / 1.9, 0.4 / 1.9], [0.5, 0.5, 0.0]]),
        ("majority", [[1 / 4, 2 / 4, 1 / 4], [1.0, 0.0, 0.0]]),
        ("attention", [[0.45, 0.35, 0.2], [0.5, 0.5, 0.0]]),
    ],
)
def test_windows_vote_as_they_are_told(how, wanted):
    windows = [[0.9, 0.1, 0.0], [0.4, 0.6, 0.0], [0.2, 0.4, 0.4], [0.3, 0.3, 0.4], [0.5, 0.5, 0]]
    clip = np.array([3, 3, 3, 3, 8])
    voted = shares(Voting(how, (0, 0, 0)).totals(FULL * np.array(windows), clip))
    assert voted == pytest.approx(np.array(wanted), abs=1e-3)


def test_the_sum_decides_between_as_many_votes():
    windows = FULL * np.array([[0.6, 0.4], [0.1, 0.9]])
    voted = Voting("majority").totals(windows, np.zeros(2, int))
    assert voted.argmax() == 1


def test_a_clip_of_silence_alone_is_voted_on_by_all_its_windows():
    clip = np.array([0, 0, 1, 1])
    active = np.array([False, False, True, False])
    assert voting(clip, active).tolist() == [True, True, True, False]


def test_nothing_at_all_is_shared_equally():
    assert shares(np.zeros((1, 4))).tolist() == [[0.25] * 4]


def test_a_weight_is_a_power_of_two_of_what_was_learnt():
    sure = np.array([[256.0, 0.0], [0.0, 256.0], [128.0, 128.0]])
    # 32 steps an octave; half as sure is a quarter of the score
    assert weights(sure, (32, -64)).tolist() == [512, 64, 215]
    assert int(256 * 2 ** ((32 - 64) / 4 / 32)) == 215
    assert weights(sure[:1], (127, 0)).tolist() == [4016]
    assert weights(sure[:1], (-128, 0)).tolist() == [16]


def clips_with_a_distraction(random):
    """Clips of four windows, of which one tells the class and three are sure of class 0."""
    windows, clip, label = [], [], []
    for number in range(60):
        truth = int(random.integers(0, 3))
        told = np.full(3, 12.8)
        told[truth] = 230.4
        windows += [told, *[np.array([180.0, 38.0, 38.0])] * 3]
        clip += [number] * 4
        label += [truth] * 4
    return np.array(windows), np.array(clip), np.array(label)


def test_attention_learns_what_to_overhear():
    windows, clip, label = clips_with_a_distraction(np.random.default_rng(0))
    truth = label[::4]
    learnt = attention.learn(windows, clip, label)
    assert learnt == attention.learn(windows, clip, label)
    assert learnt[0] < 0 < min(learnt[1:])
    before = Voting("soft").totals(windows, clip).argmax(axis=1) == truth
    after = Voting("attention", learnt).totals(windows, clip).argmax(axis=1) == truth
    assert before.mean() < 0.5 and after.all()


def test_the_gradient_is_that_of_the_loss():
    random = np.random.default_rng(1)
    windows, clip, label = clips_with_a_distraction(random)
    loss = attention._loss(windows / FULL, clip, label[::4])
    octaves, step = random.normal(0, 1, 3), 1e-6
    _, gradient = loss(octaves)
    slopes = [
        (loss(octaves + step * unit)[0] - loss(octaves - step * unit)[0]) / (2 * step)
        for unit in np.eye(3)
    ]
    assert gradient == pytest.approx(np.array(slopes), abs=1e-6)  # of central differences


def test_where_all_windows_agree_the_vote_stays_soft():
    windows = np.array([[250.0, 3, 3], [250, 3, 3], [3, 250, 3], [3, 250, 3]])
    learnt = attention.learn(windows, np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1]))
    assert max(map(abs, learnt)) <= 1
