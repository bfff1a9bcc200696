"""The table that people watch while a cross-validation runs."""

from collections.abc import Sequence

from rich.table import Table

from ossicle.quantize.folds import State

COLUMNS = ("fold", "seed", "epochs", "loss", "validation", "float", "int8", "int8 log loss")


def live_table(states: Sequence[State], epochs: int) -> Table:
    """Return a row for each run: how far it is, and what it scores on its fold when it is finished.

    Args:
        states: of the runs.
        epochs: how many the float training has.
    """
    table = Table(*COLUMNS)
    for state in states:
        table.add_row(str(state.run.fold), str(state.run.seed), *_cells(state, epochs))
    return table


def _cells(state: State, epochs: int) -> tuple[str, ...]:
    last = state.history[-1] if state.history else {}
    loss = f"{last['loss']:.3f}" if last else ""
    right = last.get("validation_window_accuracy")
    cells = (f"{len(state.history)} of {epochs}", loss, "" if right is None else f"{right:.1%}")
    if state.metrics is None or state.metrics["test"] is None:
        return (*cells, "", "", "")
    scores = state.metrics["test"]
    real, integer = scores["float"], scores[state.metrics["chosen"]]
    return (
        *cells,
        f"{real['accuracy']:.1%}",
        f"{integer['accuracy']:.1%}",
        f"{integer['log_loss']:.3f}",
    )
