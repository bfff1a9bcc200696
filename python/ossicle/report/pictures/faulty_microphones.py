"""How a faulty microphone shifts each feature, and what that costs."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from ossicle.report.faults import Hearing
from ossicle.report.pictures.drawing import draw


def faulty_microphones(heard: Sequence[Hearing]) -> str:
    """Return the SVG: a line a microphone, by feature; the legend says how many clips are right."""

    def paint(figure: Figure) -> None:
        axes = figure.add_subplot()
        for hearing in heard:
            label = f"{hearing.fault}: {hearing.score.accuracy:.0%} of clips right"
            axes.plot(hearing.shift, marker=".", markersize=3, linewidth=1, label=label)
        axes.set(xlabel="feature of a frame, lowest band first", ylabel="change, steps of int8")
        axes.grid(axis="y")
        axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))
        figure.subplots_adjust(left=0.09, right=0.62, top=0.96, bottom=0.14)

    return draw("faults", 7.5, 3.2, paint)
