"""What windows of each length and hop have right, over what they cost."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from ossicle.report.lengths import Row
from ossicle.report.pictures.drawing import COLOURS, draw

_HOPS = (("one behind the other", COLOURS["strong"]), ("begun twice as often", COLOURS["muted"]))


def window_lengths(rows: Sequence[Row]) -> str:
    """Return the SVG: a point a row, a line for each kind of hop; what does not fit is left out."""

    def paint(figure: Figure) -> None:
        axes = figure.add_subplot()
        for (label, colour), overlapping in zip(_HOPS, (False, True), strict=True):
            points = [_point(row) for row in rows if (row.hop_seconds < row.seconds) == overlapping]
            drawn = [point for point in points if point is not None]
            across, up = [x for x, _, _ in drawn], [y for _, y, _ in drawn]
            axes.plot(across, up, marker="o", markersize=4, color=colour, label=label)
            for x, y, name in drawn:
                axes.annotate(name, (x, y), (3, 4), textcoords="offset points", color=colour)
        axes.set(xlabel="million instructions a second of sound", ylabel="clips right, %")
        axes.grid(axis="y")
        axes.legend(title="windows", loc="lower right")
        figure.subplots_adjust(left=0.1, right=0.97, top=0.95, bottom=0.16)

    return draw("lengths", 6.5, 3.0, paint)


def _point(row: Row) -> tuple[float, float, str] | None:
    if row.cost is None:
        return None
    millions = row.cost["instructions_per_second"] / 1e6
    return millions, 100 * row.right["soft"], f"{row.seconds:g} s"
