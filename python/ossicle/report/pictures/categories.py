"""Colours and signs for kinds of points, told apart on light and dark paper."""

from collections.abc import Sequence

# Twelve hues of middling lightness, no two neighbours alike; then the next sign, and again.
HUES = (
    "#2f7ed8", "#e8853b", "#3fa34d", "#d1495b", "#8f63c9", "#a9744f",
    "#d46fb0", "#7f8c8d", "#a8a32b", "#2aa6b3", "#5b8c2a", "#c2577f",
)  # fmt: skip
SIGNS = ("o", "^", "s", "D", "v")


def kinds(names: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return each of the names with its colour and its sign, in their order."""
    return [
        (name, HUES[number % len(HUES)], SIGNS[number // len(HUES) % len(SIGNS)])
        for number, name in enumerate(names)
    ]
