"""Drawing with matplotlib so that the same figures give the same SVG, everywhere and every day."""

import io
import re
from collections.abc import Callable
from typing import Any

from matplotlib import style
from matplotlib.figure import Figure

POINTS = 72  # an inch
FONT_SIZE = 8.5  # points
CHARACTER = 0.62  # widths of an average character of the font, in font sizes
READABLE = 0.07  # rem a point, so that letters on a page are at least about 9 pixels high
LINE = 1.25  # height of a line of text, in font sizes

# The colours of light paper. A page that shows a picture has a variable of each name, so no colour
# may stand for two names.
COLOURS = {
    "ink": "#1c2128",
    "muted": "#5c6773",
    "line": "#d4dae0",
    "paper": "#ffffff",
    "tint": "#d5e6ec",
    "strong": "#1f7a8c",
    "on-strong": "#fdfefe",
}

_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",  # letters stay letters: to be searched, copied and read aloud
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib, so lengths are the same everywhere
    "font.size": FONT_SIZE,
    "text.color": COLOURS["ink"],
    "axes.labelcolor": COLOURS["muted"],
    "axes.edgecolor": COLOURS["line"],
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlecolor": COLOURS["ink"],
    "axes.titlesize": FONT_SIZE,
    "axes.axisbelow": True,
    "xtick.color": COLOURS["muted"],
    "ytick.color": COLOURS["muted"],
    "grid.color": COLOURS["line"],
    "grid.linewidth": 0.5,
    "figure.facecolor": COLOURS["paper"],
    "legend.frameon": False,
}
_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def draw(name: str, width: float, height: float, paint: Callable[[Figure], None]) -> str:
    """Return what `paint` draws as an SVG file.

    Args:
        name: begins every id in the picture, so that several can stand on one page.
        width: inches.
        height: inches.
        paint: draws on the figure that it is given.
    """
    with style.context(["default", {**_STYLE, "svg.hashsalt": name}]):
        figure = Figure(figsize=(width, height))
        paint(figure)
        content = io.StringIO()
        figure.savefig(content, format="svg", metadata=_NO_METADATA)
    return re.sub(r'( id="|url\(#|href="#)', rf"\g<1>{name}-", content.getvalue())


def inline(picture: str, description: str) -> str:
    """Return a picture as an element of an HTML page, in the page's colours.

    Args:
        picture: as `draw` returns it.
        description: what it shows, for those who cannot see it; plain text without quotes.
    """
    element = picture[picture.index("<svg") :]
    element = re.sub(r' xmlns(:\w+)?="[^"]*"', "", element)
    for name, colour in COLOURS.items():
        element = element.replace(colour, f"var(--{name})")
    head, rest = element.split(">", 1)
    # The page decides how wide the picture is, but never so narrow that it cannot be read.
    points = float(re.search(r' width="([\d.]+)pt"', head)[1])  # type: ignore[index]
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    least = f"min-width: {points * READABLE:.1f}rem"
    return f'{head} style="{least}" role="img" aria-label="{description}">{rest}'


def text_width(text: str, size: float = FONT_SIZE) -> float:
    """Return about how many points the longest line of `text` takes."""
    return CHARACTER * size * max(map(len, text.split("\n")))


def text_height(text: str, size: float = FONT_SIZE) -> float:
    """Return how many points `text` takes from top to bottom."""
    return LINE * size * (text.count("\n") + 1)
