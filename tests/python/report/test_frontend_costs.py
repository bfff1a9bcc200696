"""The front end's tables of `make bench`, with made-up figures, and one real figure."""

import json
import subprocess
from types import SimpleNamespace

import pytest

from ossicle.budget.frontend_bench import FrontendBench, bench_front_end
from ossicle.device.boards import board, boards
from ossicle.frontend import FrontendSpec
from ossicle.frontend.presets import preset
from ossicle.report import frontend_costs
from ossicle.report.frontend_costs import LIMITS, frontend_section


def lines(monkeypatch: pytest.MonkeyPatch, more: int) -> list[str]:
    """The section where every limit is exceeded by `more`."""

    def measured(spec: FrontendSpec, _board: object, small: bool) -> FrontendBench:
        name = "dcase2022" if spec.fft_length == 2048 else "speech"
        limits = LIMITS.get((name, small), LIMITS["speech", False])
        ram = (limits.ram_bytes or 0) + more
        return FrontendBench(limits.instructions + more, limits.flash_bytes + more, ram + 9, ram)

    host = SimpleNamespace(stdout=json.dumps({"librosa": 100.0, "ossicle": 650.0}))
    monkeypatch.setattr(frontend_costs, "_measured", measured)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: host)
    return list(frontend_section(boards()))


def row(found: list[str], *beginning: str) -> str:
    (line,) = [line for line in found if line.startswith("| " + " | ".join(beginning))]
    return line


def test_limits_that_are_just_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    found = lines(monkeypatch, 0)
    line = row(found, "`speech`", "`qemu_m4`", "cortex-m4", "all")
    assert line.endswith("| 21,000 ✓ ≤ 21,000 | 7,000 ✓ ≤ 7,000 | 2,100 ✓ ≤ 2,100 (2,109) |")
    small = row(found, "`dcase2022`", "`qemu_m4`", "cortex-m4", "small")
    assert "107,000 ✓" in small and "10,500 ✓" in small
    assert "88,000 ✗ > 29,333" in row(found, "`dcase2022`", "`qemu_m55`", "cortex-m55", "all")
    assert "That is 6.5 times as many" in found[-1]


def test_limits_that_are_just_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    line = row(lines(monkeypatch, 1), "`speech`", "`qemu_m4`", "cortex-m4", "all")
    assert line.endswith("| 21,001 ✗ > 21,000 | 7,001 ✗ > 7,000 | 2,101 ✗ > 2,100 (2,110) |")


@pytest.mark.parametrize(("name", "small"), LIMITS)
def test_the_front_end_keeps_its_limits(name: str, small: bool) -> None:
    cost, limits = bench_front_end(preset(name), board("qemu_m4"), small=small), LIMITS[name, small]
    assert cost.instructions <= limits.instructions
    assert cost.flash_bytes <= limits.flash_bytes
    assert limits.ram_bytes is None or cost.frame_bytes <= limits.ram_bytes
