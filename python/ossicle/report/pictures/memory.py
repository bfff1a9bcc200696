"""The memory plan over time: every buffer a box, as long as it lives and as high as it is large.

Where layers are computed depth first, their result may be written over what they consume, row by
row: there the box of the result begins with a slope, and what is left of it still is the input.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Polygon
from matplotlib.ticker import StrMethodFormatter

from ossicle.compiler.memory_plan import Buffer, MemoryPlan
from ossicle.report.pictures.drawing import (
    COLOURS,
    FONT_SIZE,
    POINTS,
    draw,
    text_height,
    text_width,
)

WIDTH, HEIGHT = 8.5, 4.3  # inches
LEFT, RIGHT, TOP, BOTTOM = 0.78, 0.1, 0.45, 0.72  # margins in inches
COLUMN = 0.36  # inches that a layer takes at least
LABEL = FONT_SIZE - 1
WORDS_UP_TO = 13  # layers; more have their names upright
PADDING = 3.0  # points around a label
HEADROOM = 1.14  # arenas: two lines fit above the last buffer


@dataclass(frozen=True)
class _Box:
    """A rectangle on the picture, in points."""

    left: float
    bottom: float
    width: float
    height: float

    def overlaps(self, other: "_Box") -> bool:
        return (
            self.left < other.left + other.width
            and other.left < self.left + self.width
            and self.bottom < other.bottom + other.height
            and other.bottom < self.bottom + self.height
        )


def memory_plan(plan: MemoryPlan, layers: Sequence[str]) -> str:
    """Draw a memory plan as an SVG file.

    The buffers that are alive at the layer which needs most memory are in the strong colour: they
    make the lower bound. Ids: `plan-buffer-<number>` as in `plan.buffers`, `plan-lower-bound`.

    Args:
        plan: where everything lies.
        layers: the operators' names in the order in which they run.
    """
    width = max(WIDTH, LEFT + RIGHT + COLUMN * (len(layers) + 2))
    upright = len(layers) > WORDS_UP_TO
    bottom = BOTTOM + 0.8 if upright else BOTTOM
    height = HEIGHT - BOTTOM + bottom

    def paint(figure: Figure) -> None:
        size = (1 - (LEFT + RIGHT) / width, 1 - (TOP + bottom) / height)
        axes = figure.add_axes((LEFT / width, bottom / height, *size))
        _frame(axes, plan, layers, upright)
        _bounds(figure, axes, plan)
        _Boxes(axes, plan, len(layers), (size[0] * width, size[1] * height)).paint()

    return draw("plan", width, height, paint)


def _frame(axes: Axes, plan: MemoryPlan, layers: Sequence[str], upright: bool) -> None:
    """Draw the axes: time has a column for each layer, one before them and one after."""
    names = [f"{number} {name}" for number, name in enumerate(layers)]
    labels = ["input", *(n.replace("_", " " if upright else "\n") for n in names), "output"]
    if not upright:
        labels = [label.replace(" ", "\n", 1) for label in labels]
    axes.set_xlim(-1, len(layers) + 1)
    axes.set_xticks([column - 0.5 for column in range(len(labels))], labels, fontsize=LABEL - 0.5)
    axes.tick_params(axis="x", length=0, rotation=90 if upright else 0)
    axes.set_ylim(0, plan.arena_bytes * HEADROOM)
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.set_ylabel("arena, bytes")
    axes.grid(axis="y")


def _bounds(figure: Figure, axes: Axes, plan: MemoryPlan) -> None:
    """Draw the arena's size and the lower bound, and say above the picture what is what."""
    ink = COLOURS["ink"]
    arena = axes.axhline(plan.arena_bytes, color=COLOURS["line"], linewidth=2.5, gid="arena")
    bound = axes.axhline(plan.lower_bound, color=ink, linewidth=1, gid="lower-bound", zorder=4)
    bound.set_linestyle((0, (5, 4)))
    words = {
        arena: f"arena {plan.arena_bytes:,} bytes",
        bound: f"lower bound {plan.lower_bound:,} bytes",
        Patch(facecolor=COLOURS["strong"]): "alive when most is needed",
        Patch(facecolor=COLOURS["tint"], edgecolor=COLOURS["strong"]): "other buffers",
    }
    place = axes.get_position().x0 - 0.01, 1.0
    figure.legend(
        list(words), list(words.values()), loc="upper left", bbox_to_anchor=place,
        ncols=4, handlelength=1.6, columnspacing=1.6, fontsize=LABEL,
    )  # fmt: skip


class _Boxes:
    """The buffers, each labelled inside where there is room, else above, without hiding another."""

    def __init__(
        self, axes: Axes, plan: MemoryPlan, layers: int, inches: tuple[float, float]
    ) -> None:
        self._axes, self._plan = axes, plan
        self._column = inches[0] * POINTS / (layers + 2)
        self._byte = inches[1] * POINTS / axes.get_ylim()[1]
        self._right, self._top = inches[0] * POINTS, inches[1] * POINTS
        self._taken = [self._box(buffer) for buffer in plan.buffers]
        self._peak = max(range(layers), key=plan.alive.__getitem__)

    def paint(self) -> None:
        """Draw all boxes and labels; those that lie above their box by time, so that they fit."""
        numbered = list(enumerate(self._plan.buffers))
        for number, buffer in sorted(numbered, key=lambda pair: pair[1].first):
            self._shape(number, buffer)
        outside = [buffer for _, buffer in numbered if not self._label_inside(buffer)]
        for buffer in sorted(outside, key=lambda b: (b.first, b.offset)):
            self._label_above(buffer)

    def _box(self, buffer: Buffer) -> _Box:
        columns = buffer.last + 1 - buffer.first
        left = (buffer.first + 1) * self._column
        size = columns * self._column, buffer.bytes * self._byte
        return _Box(left, buffer.offset * self._byte, *size)

    def _is_at_peak(self, buffer: Buffer) -> bool:
        return buffer.first <= self._peak <= buffer.last

    def _shape(self, number: int, buffer: Buffer) -> None:
        strong = self._is_at_peak(buffer)
        self._axes.add_patch(
            Polygon(
                _outline(buffer, _overwritten(buffer, self._plan)),
                facecolor=COLOURS["strong" if strong else "tint"],
                edgecolor=COLOURS["paper" if strong else "strong"],
                linewidth=0.8, gid=f"buffer-{number}", zorder=2,
            )
        )  # fmt: skip

    def _room(self, buffer: Buffer) -> _Box:
        """Return the box between the middles of its slopes."""
        box, under = self._box(buffer), _overwritten(buffer, self._plan)
        over = _overwriting(buffer, self._plan)
        before = (under.last + 1 - buffer.first) * self._column / 2 if under else 0.0
        after = (buffer.last + 1 - over.first) * self._column / 2 if over else 0.0
        return replace(box, left=box.left + before, width=box.width - before - after)

    def _label_inside(self, buffer: Buffer) -> bool:
        box, (shape, size) = self._room(buffer), _words(buffer)
        ink = COLOURS["on-strong" if self._is_at_peak(buffer) else "ink"]
        lines, line = f"{shape}\n{size}", f"{shape}: {size}"
        for text, rotation in ((lines, 0), (line, 0), (line, 90), (lines, 90)):
            extent = text_width(text, LABEL) + PADDING, text_height(text, LABEL) + PADDING
            across, up = extent if rotation == 0 else extent[::-1]
            if across <= box.width and up <= box.height:
                middle = box.left + box.width / 2, box.bottom + box.height / 2
                self._text(text, *middle, rotation=rotation, color=ink, va="center")
                return True
        return False

    def _label_above(self, buffer: Buffer) -> None:
        """Put the label where it overlaps nothing, as low as possible, and lead a line to it."""
        box, text = self._room(buffer), "\n".join(_words(buffer))
        place = self._free(box, text)
        self._taken.append(place)
        middle, top = box.left + box.width / 2, box.bottom + box.height
        self._axes.plot(
            [middle / self._column - 1] * 2, [top / self._byte, place.bottom / self._byte],
            color=COLOURS["muted"], linewidth=0.6, zorder=1,
        )  # fmt: skip
        label = place.left + place.width / 2, place.bottom + PADDING / 2
        self._text(text, *label, va="bottom")

    def _free(self, box: _Box, text: str) -> _Box:
        """Return a place for `text` above `box`; in a crowded picture it may be on another box."""
        width, height = text_width(text, LABEL) + PADDING, text_height(text, LABEL) + PADDING
        left = min(max(box.left + (box.width - width) / 2, 0.0), self._right - width)
        lowest = box.bottom + box.height + PADDING
        steps = range(max(int((self._top - height - lowest) / PADDING), 0) + 1)
        places = [_Box(left, lowest + step * PADDING, width, height) for step in steps]
        for obstacles in (self._taken, self._taken[len(self._plan.buffers) :]):
            for place in places:
                if not any(place.overlaps(obstacle) for obstacle in obstacles):
                    return place
        return places[0]

    def _text(self, text: str, x: float, y: float, **how: object) -> None:
        place = x / self._column - 1, y / self._byte
        self._axes.text(*place, text, ha="center", fontsize=LABEL, zorder=5, **how)  # type: ignore[arg-type]


def _words(buffer: Buffer) -> tuple[str, str]:
    return buffer.contents, f"{buffer.bytes:,} B"


def _overwritten(buffer: Buffer, plan: MemoryPlan) -> Buffer | None:
    """Return what a buffer is written over while it still is read."""
    return next((b for b in plan.buffers if b.first < buffer.first and _meet(b, buffer)), None)


def _overwriting(buffer: Buffer, plan: MemoryPlan) -> Buffer | None:
    """Return what is written over a buffer while it still is read."""
    return next((b for b in plan.buffers if buffer.first < b.first and _meet(b, buffer)), None)


def _meet(one: Buffer, other: Buffer) -> bool:
    return one.overlaps_in_time(other) and one.shares_bytes(other)


def _outline(buffer: Buffer, under: Buffer | None) -> list[tuple[int, int]]:
    """Return the corners, (layer, byte): rows are written upwards, from the first byte on."""
    left, right = buffer.first, buffer.last + 1
    bottom, top = buffer.offset, buffer.offset + buffer.bytes
    if under is None:
        return [(left, bottom), (left, top), (right, top), (right, bottom)]
    low, high = max(bottom, under.offset), min(top, under.offset + under.bytes)
    slope = [(left, bottom), (left, low), (under.last + 1, high)]
    above = [] if high == top else [(left, high), (left, top)]
    return [*slope, *above, (right, top), (right, bottom)]
