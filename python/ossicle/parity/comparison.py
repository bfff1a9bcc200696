"""Counting differences, and keeping the first one for people to look at."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ossicle.compiler.graph import Array


@dataclass(frozen=True)
class Difference:
    """Where two tensors that should be equal are not.

    Attributes:
        case: which window or input, from 0.
        stage: "features", "layer 3 (CONV_2D)", "output" or "label".
        index: the position in the tensor.
        expected, found: the two values; of real numbers, their bits.
    """

    case: int
    stage: str
    index: tuple[int, ...]
    expected: int
    found: int

    def __str__(self) -> str:
        """Say it in a sentence."""
        where = f"case {self.case}, {self.stage}, index {list(self.index)}"
        return f"{where}: expected {self.expected}, found {self.found}"


@dataclass
class Comparison:
    """How many elements were compared with one authority, and how many differ.

    Attributes:
        against: the authority: "the host's C", "TFLite's reference kernels", ...
        elements: how many were compared.
        mismatches: how many differ.
        max_difference: the largest absolute difference; of real numbers, of their bits.
        first: the first that differs.
    """

    against: str
    elements: int = 0
    mismatches: int = 0
    max_difference: int = 0
    first: Difference | None = field(default=None)

    def add(self, case: int, stage: str, expected: Array, found: Array) -> None:
        """Compare two arrays of as many elements, `==`, nothing less; of real numbers, each bit.

        `found` may be flat; the index of a difference is given in the shape of `expected`.
        """
        expected, found = (_as_integers(array) for array in (expected, found))
        wide = found.reshape(expected.shape) - expected
        self.elements += wide.size
        differing = np.argwhere(wide)
        if len(differing) == 0:
            return
        self.mismatches += len(differing)
        self.max_difference = max(self.max_difference, int(np.abs(wide).max()))
        if self.first is None:
            index = tuple(int(i) for i in differing[0])
            values = int(expected[index]), int(found.reshape(expected.shape)[index])
            self.first = Difference(case, stage, index, *values)

    def figures(self) -> dict[str, Any]:
        """Return the comparison as JSON has it."""
        return {
            "against": self.against,
            "elements": self.elements,
            "mismatches": self.mismatches,
            "max_difference": self.max_difference,
            "first": None if self.first is None else str(self.first),
        }

    def __str__(self) -> str:
        """Say it in a line, with the first difference where there is one."""
        text = f"against {self.against}: {self.mismatches:,} of {self.elements:,} elements differ"
        return text if self.first is None else f"{text}; first: {self.first}"


def _as_integers(array: Array) -> Array:
    bits = array.view(np.int32) if array.dtype == np.float32 else array
    return bits.astype(np.int64)
