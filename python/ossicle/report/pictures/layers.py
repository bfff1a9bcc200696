"""Cost by layer: a bar a layer, a panel a kind of cost."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ossicle.budget.measure import Layer
from ossicle.report.pictures.drawing import COLOURS, FONT_SIZE, POINTS, draw, text_width

WIDTH = 8.5  # inches
ROW = 0.25  # inches
TOP, BOTTOM, RIGHT, GAP = 0.35, 0.05, 0.1, 0.12  # inches
COSTS = {
    "macs": "MACs",
    "instructions": "instructions",
    "weight_bytes": "weights, bytes",
    "activation_bytes": "activation, bytes",
}
LABEL = FONT_SIZE - 1
BAR_SHARE = 0.62  # of a panel's width, for the longest bar; the rest is for its number


def cost_by_layer(layers: Sequence[Layer]) -> str:
    """Draw the cost of each layer as an SVG file; the dearest of each kind in the strong colour.

    Ids: `layers-<cost>-<number>`, for each of COSTS and the layers counted from 0.
    """
    names = [f"{layer.index} {layer.operator}" for layer in layers]
    left = text_width("\n".join(names)) / POINTS + 0.1
    height = TOP + BOTTOM + ROW * len(layers)
    panel = (WIDTH - left - RIGHT + GAP) / len(COSTS)

    def paint(figure: Figure) -> None:
        for number, (cost, title) in enumerate(COSTS.items()):
            x = left + number * panel
            place = (x / WIDTH, BOTTOM / height, (panel - GAP) / WIDTH, 1 - (TOP + BOTTOM) / height)
            axes = figure.add_axes(place)
            _panel(axes, cost, title, [getattr(layer, cost) for layer in layers])
            axes.set_yticks(range(len(names)), names if number == 0 else [])

    return draw("layers", WIDTH, height, paint)


def _panel(axes: Axes, cost: str, title: str, values: Sequence[int]) -> None:
    most = max(*values, 1)
    axes.set_title(title, loc="left")
    axes.set_xlim(0, most / BAR_SHARE)
    axes.set_ylim(len(values) - 0.5, -0.5)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0, labelcolor=COLOURS["ink"])
    axes.spines["bottom"].set_visible(False)
    colours = [COLOURS["strong" if value == most else "tint"] for value in values]
    bars = axes.barh(range(len(values)), values, height=0.68, color=colours)
    for number, (bar, value) in enumerate(zip(bars, values, strict=True)):
        bar.set_gid(f"{cost}-{number}")
        bar.set_edgecolor(COLOURS["strong"])
        bar.set_linewidth(0.6 if value else 0.0)
        where = value + 0.03 * most, number
        axes.text(*where, _short(value), va="center", fontsize=LABEL, color=COLOURS["muted"])


def _short(value: int) -> str:
    """Return a number with about three digits."""
    for unit, name in ((1_000_000, " M"), (1_000, " k")):
        if value >= unit:
            return f"{value / unit:.3g}{name}"
    return str(value)
