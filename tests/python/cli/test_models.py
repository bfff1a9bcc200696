"""`ossicle models`: what a recipe can name."""

import json
from collections.abc import Callable

from command_line import Result
from ossicle.device import boards
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
    assert all(row["ram_bytes"] and row["instructions"] for row in rows.values())
    assert f"{networks.BEGIN}{networks.text([*rows.values()])}\n{networks.END}" in document


def test_costs_are_what_the_board_gives() -> None:
    """One of them; a change of kernels asks for `python -m ossicle.report.networks qemu_m4`."""
    (found,) = networks.measure([registry.systems()["strided"]], boards.board("qemu_m4")).items()
    assert networks.measured()[found[0]] == found[1]
