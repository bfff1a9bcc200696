"""Persistence diagrams: birth across, death up; what lies far above the diagonal is shape."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ossicle.report.pictures.categories import HUES
from ossicle.report.pictures.drawing import COLOURS, FONT_SIZE, draw

WIDTH = 8.5  # inches
COLUMNS = 5
LABEL = FONT_SIZE - 1


class Diagram(Protocol):
    """What is drawn: intervals [n, 2] of birth and death."""

    @property
    def parts(self) -> NDArray[np.float64]:
        """Of H0."""

    @property
    def loops(self) -> NDArray[np.float64]:
        """Of H1."""


def persistence_diagrams(diagrams: Mapping[str, Diagram]) -> str:
    """Draw diagrams as an SVG file, a panel each, all to one scale; ids `persistence-panel-<n>`."""
    rows = -(-len(diagrams) // COLUMNS)
    height = 1.85 * rows + 0.55
    deaths = [d[:, 1].max(initial=0.0) for g in diagrams.values() for d in (g.parts, g.loops)]
    most = 1.05 * max(*deaths, 1e-9)

    def paint(figure: Figure) -> None:
        figure.set_layout_engine("constrained", rect=(0, 0, 1, 1 - 0.25 / height))
        grid = figure.subplots(rows, COLUMNS, squeeze=False, sharex=True, sharey=True).ravel()
        for number, (axes, (name, diagram)) in enumerate(zip(grid, diagrams.items(), strict=False)):
            axes.set_gid(f"panel-{number}")
            _panel(axes, diagram, most)
            axes.set_title(name, loc="left")
            axes.tick_params(labelbottom=number + COLUMNS >= len(diagrams))
        for axes in grid[len(diagrams) :]:
            axes.set_visible(False)
        figure.supxlabel("birth", fontsize=FONT_SIZE, color=COLOURS["muted"])
        figure.supylabel("death", fontsize=FONT_SIZE, color=COLOURS["muted"])
        figure.legend(
            *grid[0].get_legend_handles_labels(), loc="upper left", ncols=2, fontsize=LABEL,
            handletextpad=0.1,
        )  # fmt: skip

    return draw("persistence", WIDTH, height, paint)


def _panel(axes: Axes, diagram: Diagram, most: float) -> None:
    axes.plot([0, most], [0, most], color=COLOURS["line"], linewidth=0.8)
    look: dict[str, Any] = {"s": 8, "linewidths": 0, "alpha": 0.8}
    axes.scatter(*diagram.parts.T, color=HUES[0], label="parts (H0)", **look)
    axes.scatter(*diagram.loops.T, color=HUES[1], marker="^", label="loops (H1)", **look)
    axes.set_xlim(-0.03 * most, most)
    axes.set_ylim(-0.03 * most, most)
    axes.set_aspect("equal")
    axes.tick_params(labelsize=LABEL, length=2)
