"""Processes that work side by side: spawned, silent, and ended by whatever ends the work."""

import multiprocessing
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from ossicle.console import hide_progress
from ossicle.errors import DataError


@contextmanager
def side_by_side(count: int, option: str) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool of `count` processes, which ends with the block; at once where that raises.

    They are spawned, since TensorFlow does not survive a fork, and leave Ctrl-C to this process.

    Args:
        count: how many.
        option: of the command line, that says how many.

    Raises:
        DataError: the system killed one.
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, context, initializer=_be_quiet)
    try:
        yield pool
    except BaseException as error:
        for process in multiprocessing.active_children():
            process.terminate()  # what it did goes on from its last checkpoint another time
        pool.shutdown(cancel_futures=True)
        if isinstance(error, BrokenProcessPool):
            told = f"a training was killed; memory may be short: try fewer {option}"
            raise DataError(told) from error
        raise
    pool.shutdown()


def _be_quiet() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    hide_progress()
