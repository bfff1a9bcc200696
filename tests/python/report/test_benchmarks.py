"""The tables of `make bench`, with made-up figures: each target is just met, or just missed."""

import pytest

from ossicle.budget import Bench
from ossicle.compiler import Frames, Optimize
from ossicle.device.boards import Board
from ossicle.errors import BudgetError
from ossicle.report import benchmarks
from ossicle.report.benchmarks import CHOICES, FILES, PEERS, TARGETS


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> str:
    """A page on which `kws` meets every target exactly and `ad` misses each by one."""

    def measured(
        name: str, _content: bytes, board: Board, choice: Optimize, frames: Frames | None = None
    ) -> Bench:
        if board.name == "qemu_m0" and (choice, name) != ("ram", "kws"):
            raise BudgetError("does not fit")
        limits, more = TARGETS[name], int(name == "ad")
        ram = int(1.6 * (limits.balanced + more))
        instructions = {"ram": ram, "balanced": limits.balanced, "speed": limits.speed}[choice]
        if (board.core, choice) == ("cortex-m55", "speed"):
            instructions = limits.m55
        code = {"ram": limits.ram_code, "balanced": 77, "speed": limits.speed_code}[choice]
        last = instructions // 4 if frames else None
        return Bench(
            instructions + more, 2345678, 1000, limits.ram_bytes + more, code + more, 5, last
        )

    monkeypatch.setattr(benchmarks, "_bench", measured)
    monkeypatch.setattr(benchmarks, "frontend_section", lambda known: [f"{len(known)} boards"])
    return benchmarks.page({"kws": b"", "ad": b""})


def cells(page: str, *beginning: str) -> list[list[str]]:
    """The rows of a table that begin like this."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines()]
    return [row for row in rows if tuple(row[: len(beginning)]) == beginning]


def test_a_target_that_is_met_exactly_is_kept(page: str) -> None:
    rows = {row[2]: row for row in cells(page, "kws", "1,000")}
    assert list(rows) == [f"`{choice}`" for choice in CHOICES]
    assert rows["`speed`"][3] == "3,000,000 ✓ ≤ 3,000,000"
    assert rows["`balanced`"][3] == "3,200,000 ✓ ≤ 3,200,000"
    assert rows["`ram`"][3] == "5,120,000 ✓ ≤ 5,120,000"
    assert [rows[f"`{choice}`"][4] for choice in CHOICES] == ["2,345,678"] * 3
    assert [rows[f"`{choice}`"][7] for choice in CHOICES] == [
        "10,500 ✓ ≤ 10,500", "10,500", "10,500",
    ]  # fmt: skip
    assert [rows[f"`{choice}`"][9] for choice in CHOICES] == [
        "10,000 ✓ ≤ 10,000", "77", "16,000 ✓ ≤ 16,000",
    ]  # fmt: skip


def test_a_target_that_is_missed_by_one_is_not(page: str) -> None:
    rows = {row[2]: row for row in cells(page, "ad", "1,000")}
    assert rows["`speed`"][3] == "380,001 ✗ > 380,000"
    assert rows["`ram`"][3] == "640,002 ✗ > 640,001"
    assert rows["`ram`"][7] == "1,001 ✗ > 1,000"
    assert rows["`speed`"][9] == "6,001 ✗ > 6,000"


def test_shares_of_the_peer_s(page: str) -> None:
    row = cells(page, "kws", "1,000", "`speed`")[0]
    assert (row[6], row[8]) == (f"{3e6 / PEERS['kws'].m4:.0%}", f"{10500 / 22820:.0%}")


def test_every_core_and_the_peer(page: str) -> None:
    smallest = [["`qemu_m0`", "cortex-m0", "`ram`", "5,120,000", "–"]]
    assert cells(page, "`qemu_m0`") == smallest
    balanced, speed = cells(page, "`qemu_m55`")
    assert balanced[2:] == ["`balanced`", "3,200,000", "400,001"]
    assert speed[2:] == ["`speed`", "900,000 ✓ ≤ 900,000", "90,001 ✗ > 90,000"]
    assert cells(page, "", "cortex-m55", "peer")[0][3:] == ["1,784,165", "149,930"]


def test_what_is_left_after_the_last_frame(page: str) -> None:
    assert cells(page, "kws", "row") == [["kws", "row", "5,120,000", "1,280,000 (25%)", "10,500"]]


def test_every_model_has_a_peer_and_targets() -> None:
    assert PEERS.keys() == TARGETS.keys() == {"dcase", *FILES}


def test_tables_are_rectangular(page: str) -> None:
    tables = [part for part in page.split("\n\n") if part.startswith("|")]
    assert len(tables) == 3
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1
