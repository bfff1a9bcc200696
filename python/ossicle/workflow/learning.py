"""A search, and what is said of a training."""

import json
from pathlib import Path
from typing import Any

from ossicle.datasets import Corpus
from ossicle.device import boards
from ossicle.device.emulator import qemu
from ossicle.device.firmware import cross_compiler
from ossicle.files import require_writable, write_atomically
from ossicle.paths import FEATURE_CACHE


def search(
    recordings: Corpus,
    out: Path,
    *,
    space: str | Path,
    board: str,
    fold: int | None,
    trials: int,
    workers: int,
    ray: str | None,
) -> dict[str, Any]:
    """Search a space; write `results.json`, `results.md` and the winner's `best.toml` into `out`.

    Args:
        recordings: what to learn.
        out: the folder of the results; an interrupted search goes on from it.
        space: a .toml file, or the name of a space that comes with Ossicle.
        board: what every candidate must fit.
        fold: the fold that is neither learnt from nor decided by; None: there is none.
        trials: how many there are to be in the end.
        workers: how many run side by side.
        ray: the address of a Ray cluster, or "local"; None: processes of this machine.

    Raises:
        DataError: the space, the recordings or the fold cannot be used, or nothing fitted.
        OutputError: nothing can be written in `out`.
    """
    from ossicle import search as searching
    from ossicle.search import results as found

    wanted, on = searching.load(space), boards.board(board)
    require_tools()
    if fold is not None:
        recordings.split(fold)
    require_writable(out)
    whole = searching.Search(wanted, recordings, fold, on, out.resolve(), FEATURE_CACHE, trials)
    rows = found.rows(searching.run(whole, workers=workers, ray=ray))
    best = found.winner(wanted, rows)
    figures = {"board": on.name, "test_fold": fold, "trials": rows, "best": best.to_json()}
    write_atomically(out / "results.json", json.dumps(figures, indent=1) + "\n")
    write_atomically(out / "results.md", found.markdown(wanted, rows))
    write_atomically(out / "best.toml", best.to_toml())
    return figures


def training_summary(metrics: dict[str, Any], out: Path) -> str:
    """Say in a few lines what a training gave."""
    lines = [f"{out}: {metrics['chosen']} int8 model, trained on {metrics['data']['name']}"]
    lines.append(f"{out}.results: results.md, results.json, tensorboard")
    if metrics["test"]:
        scores = (f"{name} {score['accuracy']:.1%}" for name, score in metrics["test"].items())
        lines.append(f"clips of test fold {metrics['data']['test_fold']}: {', '.join(scores)}")
    return "\n".join(lines)


def require_tools() -> None:
    """Look for the compiler and the emulator, which are wanted only after the training."""
    cross_compiler()
    qemu()
