import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from report_fakes import COUNTS, FILE, LABELS, LINKED, NAME

from ossicle import __version__
from ossicle.frontend import FrontendSpec
from ossicle.frontend.stages import Calibration, Deltas, Mfcc, Pcen
from ossicle.report import page

VOID = {"meta", "br", "img", "link", "input", "hr", "base", "source", "embed"}


class Page(HTMLParser):
    """Collects the elements and the text of a page, and checks that every element is closed."""

    def __init__(self, content):
        super().__init__()
        self.elements, self.texts, self._open = [], [], []
        self.feed(content)
        self.close()
        assert not self._open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if "style" not in self._open:
            self.texts.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.texts))

    def attributes(self, *names):
        return [value for _, attrs in self.elements for n, value in attrs.items() if n in names]


@pytest.fixture(scope="module")
def content(gathered):
    return page.render(gathered)


def test_json_beside_the_page_holds_the_figures(gathered, tmp_path):
    page.write(gathered, tmp_path / "new" / "out")
    written = sorted(path.name for path in (tmp_path / "new" / "out").iterdir())
    assert written == ["report.html", "report.json"]
    figures = json.loads((tmp_path / "new" / "out" / "report.json").read_text())
    assert figures == gathered.figures()
    assert figures["parity"]["windows"] == len(gathered.sounds) == 8
    assert figures["budget"]["instructions_per_inference"] == COUNTS.inference


def test_the_page_holds_every_figure(gathered, content):
    text, figures = Page(content).text, gathered.figures()
    for score in (gathered.host, gathered.device):
        assert f"{score.accuracy:.1%}" in text and f"{score.log_loss:.3f}" in text
    numbers = [LINKED.flash_bytes, LINKED.ram_bytes, figures["budget"]["instructions_per_second"]]
    numbers += [COUNTS.inference, COUNTS.stack_bytes, COUNTS.frontend_frame, *COUNTS.layers]
    numbers += [figures["budget"][name] for name in ("macs", "parameters", "arena_bytes")]
    numbers += [stage["elements"] for stage in figures["parity"]["stages"]]
    numbers += [n for v in figures["budget"]["verdicts"] for n in (v["value"], v["limit"])]
    for layer in figures["budget"]["layers"]:
        numbers += [layer[c] for c in ("macs", "parameters", "weight_bytes", "activation_bytes")]
    assert [n for n in numbers if not re.search(rf"(?<![\d,]){n:,}(?![\d,])", text)] == []
    names = [NAME, __version__, figures["bundle"]["digest"], "qemu_m4", gathered.board.title]
    names += [figures["data"]["name"], figures["data"]["licence"], FILE, *LABELS]
    assert [name for name in names if name not in text] == []


def test_the_confusion_matrix_is_the_devices(gathered, content):
    rows = re.findall(r'<th class="text" scope="row"><span class="number">.*', content)
    found = [re.findall(r'class="cell[^>]*>([^<]*)<', row) for row in rows]
    assert [[0 if c == "·" else int(c) for c in row] for row in found] == gathered.device.confusion


def test_names_of_strangers_are_text_and_nothing_else(content):
    parsed = Page(content)
    tags = {tag for tag, _ in parsed.elements}
    assert not tags & {"script", "img", "b", "i", "iframe", "object", "base"}
    assert not [n for _, attrs in parsed.elements for n in attrs if n.startswith("on")]
    assert FILE in parsed.text and LABELS[0] in parsed.text


def test_nothing_is_loaded(content):
    parsed = Page(content)
    addresses = parsed.attributes("src", "href", "xlink:href", "srcset", "data", "action")
    assert addresses and all(a.startswith(("#", "data:image/png;base64,")) for a in addresses)
    assert not re.search(r"https?://|@import|url\((?!#)", content)
    policy = [a["content"] for tag, a in parsed.elements if tag == "meta" and "http-equiv" in a]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


def test_ids_are_unique_and_what_refers_to_them_finds_them(content):
    parsed = Page(content)
    ids = parsed.attributes("id")
    assert len(ids) == len(set(ids))
    wanted = parsed.attributes("aria-labelledby")
    wanted += [a[1:] for a in parsed.attributes("href", "xlink:href") if a.startswith("#")]
    wanted += re.findall(r"url\(#([^)]*)\)", content)
    assert set(wanted) <= set(ids)


def test_pictures_and_scrolling_parts_have_names(content):
    for tag, attrs in Page(content).elements:
        if tag == "svg" or attrs.get("role") == "img":
            assert attrs["role"] == "img" and attrs["aria-label"]
        if "tabindex" in attrs:
            assert attrs["role"] == "region" and attrs["aria-labelledby"]


def test_the_same_results_give_the_same_bytes(gathered, content):
    assert page.render(gathered) == content


def test_equal_and_fitting_is_said_in_words(content):
    assert "Equal, bit for bit" in content and "It fits" in content
    assert "There is no float score" in content and "not known" in content


def test_a_difference_is_said_with_its_place(gather):
    different = gather(damage=1)
    content = page.render(different)
    first = different.parity.outputs.first
    assert "Not equal" in content and "Equal, bit for bit" not in content
    said = f"First difference of the output and label from the host's output and label: {first}."
    assert said in Page(content).text
    assert content.count(str(first)) == 2  # in the verdict, and below the table
    assert f"{different.parity.outputs.mismatches:,} of" in content


def test_an_exceeded_limit_is_said_with_its_excess(gathered):
    small = replace(gathered.board, clock_hz=1_000_000)
    content = page.render(replace(gathered, budget=replace(gathered.budget, board=small)))
    excess = f"{gathered.budget.instructions_per_second - 1_000_000:,}"
    assert "It does not fit" in content and "It fits" not in content
    assert f"instructions a second of sound by {excess} a second" in content
    assert f"{excess} too many" in content


def test_a_float_score_of_these_recordings_is_shown(gathered):
    score = {**gathered.host.to_json(), "accuracy": 0.7654}
    data = {"name": gathered.sounds.corpus.name, "test_fold": 1}
    bundle = replace(gathered.program.bundle, metrics={"data": data, "test": {"float": score}})
    shown = replace(gathered, program=replace(gathered.program, bundle=bundle))
    assert shown.figures()["accuracy"]["float"] == 0.7654
    content = page.render(shown)
    assert "76.5%" in content and "There is no float score" not in content


def test_a_place_that_cannot_be_written_to_is_left_alone(gathered, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OSError, match="file"):
        page.write(gathered, tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def test_the_front_end_is_described_with_what_it_uses() -> None:
    plain = page._described(FrontendSpec())
    assert plain.endswith("40 mel bands from 0 to 22050 Hz, int8 in steps of 0.376 dB")
    spec = FrontendSpec(
        dc_blocking=0.995, pre_emphasis=0.97, spectrum="magnitude", mfcc=Mfcc(), deltas=Deltas(),
        band_mean_db=(-3.0,) * 40, calibration=Calibration((1.0,) * 40),
    )  # fmt: skip
    said = page._described(spec)
    for option in (
        "DC blocking 0.995, pre-emphasis 0.97", "magnitude", "calibrated", "mean of each band",
        "13 MFCC", "deltas over 9 frames",
    ):  # fmt: skip
        assert option in said and option not in plain
    assert "PCEN" in page._described(FrontendSpec(pcen=Pcen()))
