"""What windows of each length and hop have right, and the memory that they take."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from ossicle.report.lengths import Row
from ossicle.report.pictures.drawing import COLOURS, draw

_HOPS = (
    ("one behind the other", COLOURS["strong"], (4, -11), "left"),
    ("begun twice as often", COLOURS["ink"], (-3, 5), "right"),
)


def window_lengths(rows: Sequence[Row]) -> str:
    """Return the SVG: clips right by the length of the windows, a line for each kind of hop.

    Beside each point stands the RAM that listening so takes.
    """

    def paint(figure: Figure) -> None:
        axes = figure.add_subplot()
        for (label, colour, offset, side), overlapping in zip(_HOPS, (False, True), strict=True):
            drawn = [row for row in rows if (row.hop_seconds < row.seconds) == overlapping]
            points = [(row.seconds, 100 * row.right["soft"]) for row in drawn]
            across, up = zip(*points, strict=True)
            axes.plot(across, up, marker="o", markersize=4, color=colour, label=label)
            for row, point in zip(drawn, points, strict=True):
                axes.annotate(
                    _ram(row), point, offset, textcoords="offset points", ha=side, color=colour
                )
        axes.set(xscale="log", xlabel="window, seconds", ylabel="clips right, %")
        lengths = sorted({row.seconds for row in rows})
        axes.set_xticks(lengths, [f"{seconds:g}" for seconds in lengths])
        axes.minorticks_off()
        axes.margins(x=0.12, y=0.12)
        axes.grid(axis="y")
        axes.legend(loc="lower right")
        figure.subplots_adjust(left=0.1, right=0.97, top=0.95, bottom=0.16)

    return draw("lengths", 6.5, 3.0, paint)


def _ram(row: Row) -> str:
    return "does not fit" if row.cost is None else f"{row.cost['ram_bytes'] / 1000:.0f} KB"
