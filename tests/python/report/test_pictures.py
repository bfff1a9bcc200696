import base64
import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib import colormaps
from PIL import Image

from ossicle.budget.measure import Layer
from ossicle.compiler.graph import Tensor
from ossicle.compiler.memory_plan import Buffer, MemoryPlan
from ossicle.frontend import FrontendSpec
from ossicle.paths import PROJECT
from ossicle.report.pictures import cost_by_layer, inline, log_mel, memory_plan
from ossicle.report.pictures.drawing import COLOURS
from ossicle.report.pictures.layers import COSTS

SVG = "{http://www.w3.org/2000/svg}"
EXACT = 1e-4  # points: matplotlib writes six decimals
STYLE = PROJECT / "python" / "ossicle" / "report" / "templates" / "style.css.jinja"


def tensor(index, size):
    return Tensor(index, f"t{index}", (1, size), "int8", None, None)


def buffer(index, size, first, last, offset):
    return Buffer((tensor(index, size),), size, first, last, offset)


PLAN = MemoryPlan(
    (
        buffer(0, 16, -1, 0, 0),
        buffer(1, 4096, 0, 1, 16),
        buffer(2, 2048, 1, 2, 4112),
        buffer(3, 16, 2, 3, 0),
    ),
    arena_bytes=6160,
    alive=(4112, 6144, 2064),
)
LAYERS = ("CONV_2D", "MAX_POOL_2D", "FULLY_CONNECTED")


def groups(picture, pattern):
    """Return the groups of an SVG whose id matches, by id."""
    root = ElementTree.fromstring(picture)
    found = {e.get("id"): e for e in root.iter(f"{SVG}g")}
    return {name: e for name, e in found.items() if name and re.fullmatch(pattern, name)}


def path_of(group):
    """Return the corners of the path in a group, in points."""
    path = next(group.iter(f"{SVG}path")).get("d")
    return np.array(re.findall(r"-?\d+(?:\.\d+)?", path), float).reshape(-1, 2)


def extent(group):
    """Return left, top, right and bottom of the path in a group, in points."""
    corners = path_of(group)
    return (*corners.min(axis=0), *corners.max(axis=0))


def texts(picture):
    return [e.text for e in ElementTree.fromstring(picture).iter(f"{SVG}text")]


def test_every_buffer_is_a_box_at_its_place():
    boxes = groups(memory_plan(PLAN, LAYERS), r"plan-buffer-\d+")
    assert list(boxes) == [f"plan-buffer-{n}" for n in range(len(PLAN.buffers))]
    corners = np.array([extent(box) for box in boxes.values()])
    column = (corners[0, 2] - corners[0, 0]) / 2
    byte = (corners[1, 3] - corners[1, 1]) / 4096
    floor, left = corners[0, 3], corners[0, 0]
    wanted = [
        (
            left + (b.first + 1) * column,
            floor - (b.offset + b.bytes) * byte,
            left + (b.last + 2) * column,
            floor - b.offset * byte,
        )
        for b in PLAN.buffers
    ]
    assert corners == pytest.approx(np.array(wanted), abs=0.01)  # 6 decimals times 4,096 bytes
    assert column > 0 and byte > 0


def test_the_lower_bound_is_drawn_where_it_is():
    picture = memory_plan(PLAN, LAYERS)
    lines = {n: extent(g)[1] for n, g in groups(picture, "plan-(arena|lower-bound)").items()}
    box = extent(groups(picture, "plan-buffer-1")["plan-buffer-1"])
    byte = (box[3] - box[1]) / 4096
    assert lines["plan-lower-bound"] - lines["plan-arena"] == pytest.approx(16 * byte, abs=EXACT)
    assert lines["plan-arena"] == pytest.approx(box[3] - (6160 - 16) * byte, abs=0.01)


def test_every_buffer_is_labelled():
    shown = texts(memory_plan(PLAN, LAYERS))
    for each in PLAN.buffers:
        assert sum(f"{each.bytes:,} B" in text for text in shown) >= 1
    assert sum("16 B" in text for text in shown) == 2


def test_the_buffers_alive_at_the_peak_stand_out():
    boxes = groups(memory_plan(PLAN, LAYERS), r"plan-buffer-\d+").values()
    fills = [next(box.iter(f"{SVG}path")).get("style") for box in boxes]
    assert [COLOURS["strong"] in fill.split("stroke")[0] for fill in fills] == [0, 1, 1, 0]


def test_what_is_written_over_its_input_begins_with_a_slope():
    """Rows upwards: at the first layer nothing of the input is gone, after the last all of it."""
    over = (buffer(0, 64, -1, 1, 64), Buffer((), 32, 0, 1, 0), buffer(1, 64, 0, 3, 32))
    boxes = groups(memory_plan(MemoryPlan(over, 128, (128, 128, 64)), LAYERS), r"plan-buffer-\d+")
    input_, output = (path_of(boxes[f"plan-buffer-{n}"]) for n in (0, 2))
    left, top, right, bottom = extent(boxes["plan-buffer-0"])
    column, byte = (right - left) / 3, (bottom - top) / 64
    wanted = [(1, 32), (1, 64), (3, 96), (5, 96), (5, 32)]  # columns, bytes
    found = [((x - left) / column, 64 + (bottom - y) / byte) for x, y in output[:5]]
    assert np.array(found) == pytest.approx(np.array(wanted), abs=0.001)
    assert len({tuple(corner) for corner in input_}) == 4


def test_rows_of_layers_computed_depth_first_are_named():
    plan = MemoryPlan((Buffer((), 4096, 0, 2, 0), Buffer((), 4096, 3, 3, 0)), 4096, (4096,) * 4)
    shown = texts(memory_plan(plan, ["CONV_2D"] * 4))
    assert (shown.count("rows and scratch"), shown.count("scratch")) == (1, 1)
    assert plan.text().count("rows and scratch, depth first") == 1


@pytest.mark.parametrize("layers", [1, 13, 14, 60])
def test_any_number_of_layers_can_be_drawn(layers):
    chain = [buffer(n, 64 + n % 5, n - 1, n, 70 * (n % 2)) for n in range(layers + 1)]
    plan = MemoryPlan(tuple(chain), 140, (130,) * layers)
    boxes = groups(memory_plan(plan, ["DEPTHWISE_CONV_2D"] * layers), r"plan-buffer-\d+")
    assert len(boxes) == layers + 1


def layer(index, macs, instructions, weights, activation):
    return Layer(index, "CONV_2D", "1x2", macs, 0, weights, activation, instructions)


def test_bars_are_as_long_as_their_costs():
    layers = [layer(0, 100, 7, 0, 20), layer(1, 400, 7_000, 0, 10), layer(2, 0, 3_500, 0, 30)]
    picture = cost_by_layer(layers)
    assert len(groups(picture, r"layers-\w+-\d+")) == len(COSTS) * len(layers)
    for cost in COSTS:
        bars = groups(picture, rf"layers-{cost}-\d+").values()
        corners = np.array([extent(bar) for bar in bars])
        values = np.array([getattr(each, cost) for each in layers])
        widths = corners[:, 2] - corners[:, 0]
        assert len(widths) == len(layers)
        assert widths == pytest.approx(values * widths.max() / max(values.max(), 1), abs=EXACT)
        assert (widths.max() > 0) == (values.max() > 0)
    assert {"7 k", "3.5 k", "400"} <= set(texts(picture))


def test_the_log_mel_is_the_levels_pixel_by_pixel():
    spec = FrontendSpec()
    levels = np.linspace(-96, 0, 2 * 40 * 51).reshape(2, 40, 51)
    picture = log_mel(levels, (0.0, 1.5), spec)
    images = list(ElementTree.fromstring(picture).iter(f"{SVG}image"))
    windows = [e for e in images if e.get("id", "").startswith("mel-window-")]
    assert len(windows) == 2 and len(images) == 3  # and the colour bar
    href = "{http://www.w3.org/1999/xlink}href"
    content = base64.b64decode(windows[1].get(href).split(",", 1)[1])
    pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    wanted = colormaps["magma"](levels[1] / 96 + 1, bytes=True)[..., :3]
    assert np.array_equal(pixels, wanted)
    # The PNG begins with the lowest band; the picture stands it on its head.
    assert windows[1].get("transform").startswith("matrix(")
    a, b, c, d = map(float, windows[1].get("transform")[7:].split()[:4])
    assert a > 0 and b == c == 0 and d < 0
    shown = texts(picture)
    assert {"16,000", "8,000", "1,000", "1.5", "0"} <= set(shown)
    assert "dB re full-scale sine" in shown and "band centre, Hz" in shown


def test_silence_can_be_drawn():
    levels = np.full((1, 40, 51), -96.0)
    assert "mel-window-0" in log_mel(levels, (0.0,), FrontendSpec())


@pytest.mark.parametrize(
    "draw",
    [
        lambda: memory_plan(PLAN, LAYERS),
        lambda: cost_by_layer([layer(0, 1, 2, 3, 4)]),
        lambda: log_mel(np.zeros((1, 40, 51)), (0.0,), FrontendSpec()),
    ],
)
def test_pictures_repeat_and_take_the_pages_colours(draw):
    picture = draw()
    assert picture == draw()
    assert not re.search(r"<dc:date|Matplotlib v", picture)
    element = inline(picture, "what it shows")
    used = set(re.findall(r"var\(--([\w-]+)\)", element))
    assert used and not any(colour in element for colour in COLOURS.values())
    light, dark = STYLE.read_text().split("prefers-color-scheme: dark")
    assert all(f"--{name}:" in light and f"--{name}:" in dark for name in used)
    assert element.startswith("<svg") and 'aria-label="what it shows"' in element
    assert set(re.findall(r"#[0-9a-f]{6}\b", element)) == set()


def test_no_colour_stands_for_two_names():
    assert len(set(COLOURS.values())) == len(COLOURS)
