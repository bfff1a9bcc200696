"""Verbs that bring recordings."""

from pathlib import Path
from typing import Annotated

import typer

from ossicle.cli.options import Data, Json, app, show
from ossicle.files import require_writable


@app.command(epilog="Example: ossicle fetch esc50")
def fetch(
    name: Annotated[str, typer.Argument(help="esc10, esc50, tau2022mobile or mlperf_tiny.")],
    to: Annotated[Path, typer.Option("--to", help="The folder that holds the corpora.")] = Path(
        "data"
    ),
) -> None:
    """Download a public corpus or models: checked, resumed where interrupted, unpacked."""
    from ossicle.datasets.fetch import fetch as bring

    require_writable(to)
    typer.echo(bring(name, to))


@app.command(epilog="Example: ossicle simulate --data data/esc10 --out build/esc10_devices")
def simulate(
    out: Annotated[Path, typer.Option("--out", help="The folder for the recordings.")],
    data: Data = None,
    responses: Annotated[
        Path | None, typer.Option(help="A folder of impulse responses, one WAV file a device.")
    ] = None,
    unseen: Annotated[
        list[str] | None, typer.Option(help="A device to be met in the test alone; repeatable.")
    ] = None,
    trained: Annotated[
        int, typer.Option(min=1, help="As how many devices record it a clip is trained on.")
    ] = 3,
    seed: Annotated[int, typer.Option(min=0, help="Of the devices' noise.")] = 0,
    as_json: Json = False,
) -> None:
    """Record a corpus with simulated devices, some of which are met in the test alone.

    Without --responses these are the project's own devices b, c and s1 to s6; without --unseen the
    last third of the devices is kept for the test. An interrupted run goes on.
    """
    from ossicle import workflow

    require_writable(out)
    figures = workflow.simulate(
        workflow.corpus(data), out, responses=responses, unseen=unseen or (), trained=trained,
        seed=seed,
    )  # fmt: skip
    show(as_json, figures, workflow.simulation_summary(figures, out))
