"""Counting differences: against numpy, over the whole of int8, and what is said of the first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ossicle.parity.comparison import Comparison, Difference

PAIRS = st.integers(1, 6).flatmap(
    lambda size: st.tuples(*[arrays(np.int8, (2, size), elements=st.integers(-128, 127))] * 2)
)


@given(st.lists(PAIRS, max_size=4))
def test_everything_that_differs_is_counted(pairs: list[tuple[np.ndarray, np.ndarray]]) -> None:
    comparison = Comparison("somebody")
    for case, (expected, found) in enumerate(pairs):
        comparison.add(case, "a stage", expected, found.reshape(-1))
    wide = [expected.astype(int) - found for expected, found in pairs]
    assert comparison.elements == sum(array.size for array in wide)
    assert comparison.mismatches == sum(int(np.count_nonzero(array)) for array in wide)
    assert comparison.max_difference == max((int(np.abs(array).max()) for array in wide), default=0)
    assert (comparison.first is None) == (comparison.mismatches == 0)


def test_the_first_difference_stays_and_says_where() -> None:
    comparison = Comparison("the host's C")
    same = np.zeros((2, 3), np.int8)
    comparison.add(0, "features", same, same)
    assert str(comparison) == "against the host's C: 0 of 6 elements differ"
    other = same.copy()
    other[1, 2], other[1, 1] = 127, -128
    comparison.add(3, "layer 4 (ADD)", np.full((2, 3), -128, np.int8), other)
    comparison.add(4, "output", same, other)
    assert comparison.first == Difference(3, "layer 4 (ADD)", (0, 0), -128, 0)
    assert comparison.max_difference == 255  # of int8: no wrap-around
    assert str(comparison) == (
        "against the host's C: 7 of 18 elements differ; "
        "first: case 3, layer 4 (ADD), index [0, 0]: expected -128, found 0"
    )
    assert comparison.figures()["first"] == str(comparison.first)


def test_arrays_of_other_sizes_are_no_equals() -> None:
    with pytest.raises(ValueError, match="reshape"):
        Comparison("x").add(0, "output", np.zeros(3, np.int8), np.zeros(4, np.int8))
