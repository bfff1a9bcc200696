"""The epochs of each run as TensorBoard reads them: `tensorboard --logdir RESULTS/tensorboard`."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ossicle.quantize.folds import State
from ossicle.tensorflow import tensorflow


class TensorBoard:
    """Event files in a folder, one a run, written anew from the first epoch.

    The whole history of a run is in its checkpoint, so what an interrupted run had written before
    is not needed, and nothing is told twice.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, Any] = {}
        self._written: dict[str, int] = {}
        shutil.rmtree(folder, ignore_errors=True)

    def write(self, states: Sequence[State]) -> None:
        """Write the epochs of every run that were not written yet."""
        for state in states:
            name, history = state.run.name, state.history
            first = self._written.get(name, 0)
            if len(history) > first:
                self._write_epochs(name, history, first)
                self._written[name] = len(history)

    def _write_epochs(self, name: str, history: Sequence[dict[str, float]], first: int) -> None:
        summary = tensorflow().summary
        if name not in self._writers:
            self._writers[name] = summary.create_file_writer(str(self._folder / name))
        writer = self._writers[name]
        with writer.as_default():
            for epoch in range(first, len(history)):
                for value, number in history[epoch].items():
                    summary.scalar(value, number, step=epoch + 1)
        writer.flush()
