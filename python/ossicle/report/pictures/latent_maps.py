"""Maps of a layer: t-SNE above, Isomap below, each coloured by class and by recording device."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ossicle.report.pictures.categories import kinds
from ossicle.report.pictures.drawing import COLOURS, FONT_SIZE, draw

WIDTH, MAP = 8.5, 3.3  # inches
LEGEND_ROW = 0.19  # inches
SIZE = 9.0  # square points of a sign
COLUMNS = 3  # of a legend

Points = NDArray[np.float64]


def latent_maps(
    name: str, maps: Mapping[str, Points], colourings: Mapping[str, Sequence[str]]
) -> str:
    """Draw maps of the same points as an SVG file: a row a map, a column a colouring.

    Args:
        name: begins the ids; the panel of row r and column c is `<name>-map-<r>-<c>`.
        maps: points [n, 2] by what made the map.
        colourings: what each of the n points is, by what is coloured.
    """
    rows = max(-(-len(set(column)) // COLUMNS) for column in colourings.values())
    height = MAP * len(maps) + LEGEND_ROW * rows + 0.45

    def paint(figure: Figure) -> None:
        bottom = (LEGEND_ROW * rows + 0.15) / height
        grid = figure.subplots(len(maps), len(colourings), squeeze=False)
        figure.subplots_adjust(0.03, bottom, 0.99, 1 - 0.3 / height, 0.04, 0.03)
        for row, (method, points) in enumerate(maps.items()):
            for column, (what, names) in enumerate(colourings.items()):
                axes = grid[row][column]
                axes.set_gid(f"map-{row}-{column}")
                _scatter(axes, points, names)
                if column == 0:
                    axes.set_ylabel(method, color=COLOURS["ink"])
                if row == 0:
                    axes.set_title(f"by {what}", loc="left")
                if row == len(maps) - 1:
                    _legend(axes)

    return draw(name, WIDTH, height, paint)


def _scatter(axes: Axes, points: Points, names: Sequence[str]) -> None:
    told = np.array(names)
    for name, colour, sign in kinds(sorted(set(names))):
        x, y = points[told == name].T
        axes.scatter(x, y, s=SIZE, color=colour, marker=sign, alpha=0.75, linewidths=0, label=name)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(True)


def _legend(axes: Axes) -> None:
    axes.legend(
        loc="upper left", bbox_to_anchor=(0.0, -0.01), ncols=COLUMNS, fontsize=FONT_SIZE - 1,
        handletextpad=0.1, columnspacing=0.8, borderpad=0.0, markerscale=1.6,
    )  # fmt: skip
