"""Processes that work side by side: spawned, silent, and ended by whatever ends the work."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait

from ossicle.console import hide_progress
from ossicle.errors import DataError


@contextmanager
def side_by_side(count: int, option: str) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool of `count` processes, which ends with the block; at once where that raises.

    They are spawned, since TensorFlow does not survive a fork, leave Ctrl-C to this process, and
    end with it even if it is killed and cannot tell them.

    Args:
        count: how many.
        option: of the command line, that says how many.

    Raises:
        DataError: the system killed one.
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, context, initializer=_begin)
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


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    hide_progress()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None  # spawned
    wait([parent.sentinel])
    os._exit(1)  # from a thread nothing milder ends a process; files are renamed into place
