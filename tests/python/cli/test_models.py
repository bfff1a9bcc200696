"""`ossicle models`: what a recipe can name."""

import json
from collections.abc import Callable

from command_line import Result
from ossicle.models import registry
from ossicle.report import networks


def test_every_model_is_listed_with_its_size(ossicle: Callable[..., Result]) -> None:
    shown = ossicle("models", "--json")
    assert shown.status == 0, shown.err
    rows = {row["model"]: row for row in json.loads(shown.out)}
    assert [*rows] == [*registry.systems()]
    assert (rows["dcase2022_baseline"]["parameters"], rows["dcase2022_baseline"]["macs"]) == (
        46_246,
        29_203_560,
    )
    document = networks.DOCUMENT.read_text(encoding="utf-8")
    for row in rows.values():  # the command that the document names wrote its table
        start, size = f"| {row['model']} |", f"| {row['parameters']:,} | {row['macs']:,} |"
        assert any(li.startswith(start) and size in li for li in document.splitlines())
    assert all(row["parameters"] > 0 and row["macs"] > 0 and row["source"] for row in rows.values())
