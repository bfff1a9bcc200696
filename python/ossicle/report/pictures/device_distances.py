"""Distances between recording devices: a heat map with its numbers."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ossicle.report.pictures.drawing import COLOURS, FONT_SIZE, draw, text_width

WIDTH = 8.5  # inches
CELL = 0.36  # inches
MOST_NUMBERS = 12  # devices; more have no numbers in their cells

Matrix = NDArray[np.float64]


def device_distances(matrices: Mapping[str, Matrix], devices: Sequence[str]) -> str:
    """Draw matrices [devices, devices] side by side as an SVG file; NaN stays empty.

    The panel of matrix n has the id `distances-panel-<n>`.
    """
    label = text_width("\n".join(devices)) / 72 + 0.1
    panel = min((WIDTH - label) / len(matrices), CELL * len(devices) + 0.3)
    height = panel + 0.35 + label

    def paint(figure: Figure) -> None:
        for number, (title, matrix) in enumerate(matrices.items()):
            left = label + number * (panel + 0.1)
            side = panel - 0.2
            axes = figure.add_axes(
                (left / WIDTH, (label + 0.02) / height, side / WIDTH, side / height)
            )
            axes.set_gid(f"panel-{number}")
            _heat(axes, matrix, devices)
            axes.set_title(title, loc="left")
            if number:
                axes.set_yticks([])

    return draw("distances", WIDTH, height, paint)


def _heat(axes: Axes, matrix: Matrix, devices: Sequence[str]) -> None:
    colours = LinearSegmentedColormap.from_list("strong", [COLOURS["tint"], COLOURS["strong"]])
    low, high = float(np.nanmin(matrix)), float(np.nanmax(matrix))
    axes.imshow(matrix, cmap=colours, vmin=low, vmax=max(high, low + 1e-9), interpolation="none")
    places = range(len(devices))
    axes.set_xticks(places, devices, rotation=90, color=COLOURS["ink"])
    axes.set_yticks(places, devices, color=COLOURS["ink"])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    if len(devices) > MOST_NUMBERS:
        return
    for row, column in np.argwhere(~np.isnan(matrix)):
        value = matrix[row, column]
        dark = (value - low) / max(high - low, 1e-9) > 0.55
        # On an image, whose colours are the same on dark paper: so are those of the letters.
        colour = "#ffffff" if dark else "#1b2127"
        axes.text(
            column, row, f"{value:.2f}", ha="center", va="center", color=colour,
            fontsize=FONT_SIZE - 1.5,
        )  # fmt: skip
