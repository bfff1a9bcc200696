"""The report as one HTML page, which opens offline, and one JSON file."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from ossicle import __version__
from ossicle.budget import Budget
from ossicle.compiler.memory_plan import MemoryPlan
from ossicle.files import write_atomically
from ossicle.frontend import FrontendSpec
from ossicle.parity.bundles import BundleParity
from ossicle.report import pictures
from ossicle.report.results import Results
from ossicle.training.evaluate import Score

VOTES = {
    "soft": "soft vote",
    "majority": "majority vote",
    "max": "most certain",
    "attention": "attentive vote",
}
STAGES = ("features", "layers", "layers", "output and label", "vote")
"""Of `BundleParity.comparisons`."""


@dataclass(frozen=True)
class Verdict:
    """What the reader should know first."""

    good: bool
    title: str
    sentence: str


def write(results: Results, out: Path) -> None:
    """Write `report.html` and `report.json` into the folder `out`.

    The same results give the same bytes.

    Raises:
        OSError: the folder cannot be written to.
    """
    figures = json.dumps(results.figures(), indent=1)
    page = render(results)
    write_atomically(out / "report.json", f"{figures}\n")
    write_atomically(out / "report.html", page)


def render(results: Results) -> str:
    """Return the page."""
    return environment().get_template("report.html.jinja").render(_contents(results))


def environment() -> jinja2.Environment:
    """Return where the pages' templates are, and what they may use."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("ossicle.report"),
        autoescape=True,  # names of bundles, files and classes come from strangers
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["count"] = "{:,}".format
    made.filters["percent"] = "{:.1%}".format
    return made


def _contents(results: Results) -> dict[str, Any]:
    figures, parity = results.figures(), results.parity
    program, bundle = results.program, results.program.bundle
    assert bundle is not None
    return {
        **{name: figures[name] for name in ("bundle", "data", "scores", "parity", "budget")},
        "board": results.board,
        "vote": VOTES[bundle.decision.vote],
        "seconds": program.pcm_samples / bundle.frontend.sample_rate,
        "heard": results.heard,
        "verdicts": [
            _equality(parity),
            _fit(results.budget),
            _accuracy(results.device, len(results.sounds.corpus.labels)),
        ],
        "confusion": _confusion(results.sounds.corpus.labels, results.device.confusion),
        "stages": [
            (what, comparison.figures())
            for what, comparison in zip(STAGES, parity.comparisons, strict=True)
        ],
        "totals": _totals(results.budget),
        "made": _made(results),
        "pictures": _pictures(results),
    }


def _equality(parity: BundleParity) -> Verdict:
    figures = parity.figures()
    if parity.is_equal:
        what = "features, every layer, output and label"
        sentence = f"of {parity.windows:,} windows: {what}. None differs from the host's."
        return Verdict(True, "Equal, bit for bit", f"{figures['elements']:,} integers {sentence}")
    first = next(c.first for c in parity.comparisons if c.first is not None)
    sentence = f"{figures['mismatches']:,} of {figures['elements']:,} integers differ from the host"
    return Verdict(False, "Not equal", f"{sentence}. The first: {first}.")


def _fit(budget: Budget) -> Verdict:
    if budget.fits:
        tightest = max(budget.verdicts, key=lambda verdict: verdict.value / verdict.limit)
        share = f"{tightest.value / tightest.limit:.1%} of the limit of {tightest.authority}"
        sentence = f"Every limit is kept; the tightest is {tightest.name}, {share}."
        return Verdict(True, "It fits", sentence)
    exceeded = [
        f"{v.name} by {v.value - v.limit:,} {v.unit} (limit of {v.authority})"
        for v in budget.verdicts
        if not v.fits
    ]
    return Verdict(False, "It does not fit", f"Exceeded: {'; '.join(exceeded)}.")


def _accuracy(score: Score, classes: int) -> Verdict:
    better = score.accuracy > 1 / classes
    sentence = f"The device recognised so many of {score.clips:,} clips of {classes} classes, and "
    sentence += f"{score.window_accuracy:.1%} of the single windows."
    return Verdict(better, f"{score.accuracy:.1%} of clips right", sentence)


def _confusion(labels: tuple[str, ...], confusion: list[list[int]]) -> list[dict[str, Any]]:
    """Return a row for each class; a cell's share is that of the class's clips."""
    rows = []
    for truth, (label, counts) in enumerate(zip(labels, confusion, strict=True)):
        clips = max(sum(counts), 1)
        cells = [_cell(count, count / clips, truth == voted) for voted, count in enumerate(counts)]
        rows.append({"label": label, "cells": cells, "right": counts[truth] / clips})
    return rows


def _cell(clips: int, share: float, is_right: bool) -> dict[str, Any]:
    kind = "" if not clips else " right" if is_right else " wrong"
    return {"clips": clips, "share": share, "kind": kind + (" most" if share > 0.6 else "")}


def _totals(budget: Budget) -> list[tuple[str, int | None, str]]:
    compiled = budget.program.compiled
    return [
        ("flash", budget.flash_bytes, "bytes"),
        ("RAM without stack", budget.ram_bytes, "bytes"),
        ("stack, deepest use", budget.stack_bytes, "bytes"),
        ("arena, within RAM", compiled.plan.arena_bytes, "bytes"),
        ("constants, within flash", compiled.constant_bytes, "bytes"),
        ("parameters", compiled.parameters, ""),
        ("MACs an inference", compiled.macs, ""),
        ("instructions an inference", budget.counts.inference, ""),
        ("instructions a frame", budget.counts.frontend_frame, ""),
        ("instructions a second", budget.instructions_per_second, ""),
    ]


def _made(results: Results) -> list[tuple[str, str]]:
    assert results.program.bundle is not None
    board, data = results.board, results.sounds.corpus
    size = f"{board.flash_bytes:,} bytes of flash, {board.ram_bytes:,} of RAM"
    return [
        ("bundle", results.program.name),
        ("made by", f"Ossicle {__version__}"),
        ("board", f"{board.name}: {board.title}, {board.core}, {size}"),
        ("recordings", data.name),
        ("their licence", data.licence),
        ("front end", _described(results.program.bundle.frontend)),
    ]


def _described(spec: FrontendSpec) -> str:
    window, hop = (1000 * n / spec.sample_rate for n in (spec.window_length, spec.hop_length))
    said = [
        f"{spec.sample_rate:,} Hz",
        f"DC blocking {spec.dc_blocking:g}" if spec.dc_blocking else "",
        f"pre-emphasis {spec.pre_emphasis:g}" if spec.pre_emphasis else "",
        f"{spec.window} window of {window:.3g} ms",
        f"hop length {hop:.3g} ms",
        f"{spec.fft_length}-point FFT",
        f"{spec.mel_bands} mel bands from {spec.fmin:g} to {spec.fmax:g} Hz",
        "magnitude" if spec.spectrum == "magnitude" else "",
        "calibrated" if spec.calibration else "",
        "mean of each band" if spec.band_mean_db else "",
        "scale of each band" if spec.band_scale else "",
        "PCEN" if spec.pcen else "",
        f"{spec.mfcc.coefficients} MFCC" if spec.mfcc else "",
        f"deltas over {spec.deltas.width} frames" if spec.deltas else "",
        "and their deltas" if spec.deltas and spec.deltas.order == 2 else "",
        "int8" if spec.pcen else f"int8 in steps of {spec.level_step_db:.3g} dB",
    ]
    return ", ".join(filter(None, said))


def _pictures(results: Results) -> dict[str, Markup]:
    """Return the pictures as elements; their text is of numbers and operators, never a label."""
    plan, heard = results.program.compiled.plan, results.heard
    operators = [operator.name for operator in results.program.compiled.operators]
    drawn = {
        "plan": (pictures.memory_plan(plan, operators), _plan_in_words(plan)),
        "layers": (pictures.cost_by_layer(results.budget.layers), "Bars; the table has the same."),
        "mel": (
            pictures.log_mel(heard.levels, heard.starts, heard.spec),
            f"Heat map of {len(heard.starts)} windows: time across, frequency up, level as colour.",
        ),
    }
    return {name: Markup(pictures.inline(*drawing)) for name, drawing in drawn.items()}


def _plan_in_words(plan: MemoryPlan) -> str:
    sizes = f"arena {plan.arena_bytes:,} bytes, lower bound {plan.lower_bound:,} bytes"
    return f"{len(plan.buffers)} buffers over the layers, {sizes}."
