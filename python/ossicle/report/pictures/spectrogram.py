"""The log-mel of a clip as a heat map: seconds across, band centre frequencies up, dB as colour."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from ossicle.frontend import FrontendSpec
from ossicle.frontend.mel import mel_frequencies
from ossicle.report.pictures.drawing import COLOURS, FONT_SIZE, draw

WIDTH, HEIGHT = 8.5, 3.0  # inches
FREQUENCIES = (62.5, 125, 250, 500, 1000, 2000, 4000, 8000, 16000)  # Hz, octaves
LABEL = FONT_SIZE - 1
CROWDED = 0.07  # of the bands: ticks nearer to each other than this are left out


def log_mel(levels: NDArray[np.float64], starts: Sequence[float], spec: FrontendSpec) -> str:
    """Draw the windows of a clip, a panel each, as an SVG file.

    The image of window n has the id `mel-window-<n>`, the colour bar `mel-colour-bar`.

    Args:
        levels: dB relative to a full-scale sine, or features where the front end has stages;
            (windows, features, frames).
        starts: where each window begins in the clip, in seconds.
        spec: the front end.
    """

    def paint(figure: Figure) -> None:
        figure.set_layout_engine("constrained", w_pad=0.02, h_pad=0.02, wspace=0.0)
        grid = figure.subplots(1, len(levels), sharey=True, squeeze=False)[0]
        images = []
        for number, (axes, window, start) in enumerate(zip(grid, levels, starts, strict=True)):
            limits = float(levels.min()), float(max(levels.max(), levels.min() + 1))
            image = axes.imshow(
                window, origin="lower", aspect="auto", interpolation="none", cmap="magma",
                vmin=limits[0], vmax=limits[1], extent=_extent(window.shape, start, spec),
            )  # fmt: skip
            image.set_gid(f"window-{number}")
            axes.set_xticks([start, start + 0.5], [f"{start:g}", f"{start + 0.5:g}"])
            axes.tick_params(labelsize=LABEL, length=2)
            images.append(image)
        if spec.mfcc or spec.deltas:
            grid[0].set_ylabel("feature")
        else:
            grid[0].set_yticks(*_frequency_ticks(spec))
            grid[0].set_ylabel("band centre, Hz")
        figure.supxlabel("time in the clip, s", fontsize=FONT_SIZE, color=COLOURS["muted"])
        unit = "feature" if spec.staged else "dB re full-scale sine"
        _colour_bar(figure, images[0], grid, unit)

    return draw("mel", WIDTH, HEIGHT, paint)


def _extent(
    shape: Sequence[int], start: float, spec: FrontendSpec
) -> tuple[float, float, float, float]:
    """Return the edges of a window's image: frame t is centred at t hops, band b at b."""
    bands, frames = shape
    hop = spec.hop_length / spec.sample_rate
    return start - hop / 2, start + (frames - 0.5) * hop, -0.5, bands - 0.5


def _frequency_ticks(spec: FrontendSpec) -> tuple[list[float], list[str]]:
    """Return where octaves lie between the bands' centres, and their names."""
    centres = mel_frequencies(spec)[1:-1]
    ticks: list[tuple[float, str]] = []
    for hz in reversed(FREQUENCIES):
        position = float(np.interp(hz, centres, np.arange(len(centres))))
        far = not ticks or ticks[-1][0] - position >= CROWDED * len(centres)
        if centres[0] <= hz <= centres[-1] and far:
            ticks.append((position, f"{hz:,g}"))
    return [position for position, _ in ticks], [name for _, name in ticks]


def _colour_bar(figure: Figure, image: AxesImage, panels: NDArray[np.object_], unit: str) -> None:
    bar = figure.colorbar(image, ax=panels, pad=0.01, aspect=30)
    bar.set_label(unit)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=LABEL, length=2)
    bar.ax.set_gid("colour-bar")
    if bar.solids is not None:
        bar.solids.set_rasterized(True)  # an image instead of 256 paths
