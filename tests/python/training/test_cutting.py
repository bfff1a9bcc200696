import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ossicle.errors import DataError
from ossicle.training.cutting import Cutting, is_active


def cut(samples, length, hop=None, **rest):
    pcm = np.array(samples, np.int16)
    return Cutting(length, hop or length, silence_peak=1, **rest).cut(pcm)


@given(samples=st.integers(1, 60), length=st.integers(1, 20), hop=st.integers(1, 20))
def test_windows_hold_consecutive_samples_and_miss_less_than_half_a_hop(samples, length, hop):
    hop = min(hop, length)
    windows = cut(np.arange(1, samples + 1), length, hop)
    assert windows.shape[1] == length
    for window in windows:
        heard = window[window != 0]
        assert np.array_equal(heard, np.arange(heard[0], heard[0] + len(heard)))
    missed = samples - len(np.unique(windows[windows != 0]))
    assert 2 * missed < max(hop, 1)


def test_a_long_rest_is_aligned_with_the_end_and_a_short_one_dropped():
    assert cut(np.arange(15), 10)[:, 0].tolist() == [0, 5]
    assert cut(np.arange(14), 10)[:, 0].tolist() == [0]


def test_windows_may_overlap():
    assert cut(np.arange(20), 10, 4)[:, 0].tolist() == [0, 4, 8, 10]
    assert cut(np.arange(19), 10, 4)[:, 0].tolist() == [0, 4, 8]


def test_a_short_clip_is_padded_at_its_end():
    assert cut([7, 8], 4).tolist() == [[7, 8, 0, 0]]


def test_a_short_clip_is_looped_without_the_silence_at_its_ends():
    assert cut([0, 7, 0, 8, 0], 8, short="loop").tolist() == [[7, 0, 8, 7, 0, 8, 7, 0]]


def test_a_long_clip_that_is_looped_loses_the_silence_at_its_ends():
    assert cut([0, 0, 1, 2, 3, 4, 0], 2, short="loop").tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("short", ["pad", "loop"])
def test_nothing_but_silence_gives_a_silent_window(short):
    assert cut([0, 0], 3, short=short).tolist() == [[0, 0, 0]]


def test_starts_are_those_of_the_windows():
    assert Cutting(40, 40).starts(np.zeros(100, np.int16)) == [0, 40, 60]
    assert Cutting(40, 40).starts(np.zeros(80, np.int16)) == [0, 40]
    assert Cutting(40, 40).starts(np.zeros(30, np.int16)) == [0]


@given(st.lists(st.integers(-2, 2), min_size=1, max_size=40), st.sampled_from(["pad", "loop"]))
def test_starts_tell_where_each_window_lies(samples, short):
    rule = Cutting(6, 4, short, silence_peak=2)
    pcm = np.array(samples, np.int16)
    starts, windows = rule.starts(pcm), rule.cut(pcm)
    assert len(starts) == len(windows)
    for start, window in zip(starts, windows, strict=True):
        lying = pcm[start : start + 6]
        if len(windows) > 1:
            assert np.array_equal(window, lying)


@pytest.mark.parametrize("hop", [0, 11])
def test_windows_with_gaps_between_them_are_refused(hop):
    with pytest.raises(DataError, match="apart"):
        Cutting(10, hop)


def test_the_silence_gate_takes_the_largest_absolute_sample():
    windows = np.array([[0, 31], [0, 32], [-32, 0], [-32768, 0]], np.int16)
    assert is_active(windows).tolist() == [False, True, True, True]
