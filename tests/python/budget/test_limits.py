"""What does not fit is refused before anything is built, and a limit exceeded is a verdict."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from command_line import Result, assert_refused
from ossicle.budget import Verdict, fitting_image, require_fit
from ossicle.budget.verdict import challenge_verdicts
from ossicle.compiler import Target
from ossicle.device import boards, program
from ossicle.device.program import Program
from ossicle.errors import BudgetError

Ossicle = Callable[..., Result]


@pytest.fixture
def no_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for a compiler now gets another error than that of the budget."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("no_tools")
@pytest.mark.parametrize("verb", ["budget", "bench", "parity"])
def test_too_many_constants_for_the_flash(verb: str, models_folder: Path, ossicle: Ossicle) -> None:
    model, m0 = models_folder / "long.tflite", boards.board("qemu_m0")
    needed = program.load(model, target=Target.of(m0.core)).compiled.constant_bytes
    assert needed > 640 * 512
    said = f"takes {needed:,} of {m0.flash_bytes:,} bytes, {needed - m0.flash_bytes:,} too many"
    result = ossicle(verb, model, "--board", "qemu_m0")
    assert_refused(result, "long: does not fit qemu_m0", "flash", said)


@pytest.mark.usefixtures("no_tools")
def test_too_large_an_arena_for_the_ram(bundle_program: Program) -> None:
    m0 = boards.board("qemu_m0")
    needed = bundle_program.compiled.plan.arena_bytes + m0.stack_bytes
    with pytest.raises(BudgetError, match=rf"RAM \(arena and stack\) takes {needed:,} of 16,384"):
        fitting_image(bundle_program, m0)


def test_the_limit_itself_fits_and_one_byte_less_does_not(model_program: Program) -> None:
    m0, compiled = boards.board("qemu_m0"), model_program.compiled
    ram = compiled.plan.arena_bytes + m0.stack_bytes
    just = replace(m0, ram_bytes=ram, flash_bytes=compiled.constant_bytes)
    require_fit(model_program, just)
    for tight in (
        replace(just, ram_bytes=ram - 1),
        replace(just, flash_bytes=compiled.constant_bytes - 1),
    ):
        with pytest.raises(BudgetError, match=r" 1 too many$"):
            require_fit(model_program, tight)


def test_more_macs_than_the_challenge_allows(models_folder: Path, ossicle: Ossicle) -> None:
    model = models_folder / "heavy.tflite"
    macs = 32 * 32 * 32 * 7 * 7 * 32
    text = ossicle("budget", model)
    assert (text.status, text.err) == (1, "")
    assert f"MACs {macs:,} of 30,000,000 MAC" in text.out
    assert f"EXCEEDED by {macs - 30_000_000:,}" in text.out
    assert "heavy DOES NOT FIT" in text.out
    result = ossicle("budget", model, "--json")
    assert result.status == 1 and result.json["fits"] is False
    exceeded = [verdict["name"] for verdict in result.json["verdicts"] if not verdict["fits"]]
    assert exceeded == ["MACs"]


def test_the_challenge_s_limits(model_program: Program) -> None:
    limits = {verdict.name: verdict.limit for verdict in challenge_verdicts(model_program)}
    assert limits == {"parameters": 128_000, "MACs": 30_000_000}


def test_a_verdict_says_figure_limit_share_and_excess() -> None:
    kept = Verdict("flash", 512, 1024, "a board", "bytes")
    assert kept.fits and str(kept) == "flash 512 of 1,024 bytes (50.0 %, a board): fits"
    at_the_limit = replace(kept, value=1024)
    assert at_the_limit.fits
    over = replace(kept, value=1536)
    assert not over.fits
    assert str(over) == "flash 1,536 of 1,024 bytes (150.0 %, a board): EXCEEDED by 512"
    assert over.figures()["fits"] is False and over.figures()["limit"] == 1024
