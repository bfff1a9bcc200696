"""Processes side by side end with whoever started them."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

PARENT = """
import os, time
from ossicle.processes import side_by_side

if __name__ == "__main__":
    with side_by_side(1, "--jobs") as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        pool.submit(time.sleep, 3600).result()
"""
PATIENCE_SECONDS = 60


def test_a_killed_parent_leaves_nobody_behind(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        worker = int(parent.stdout.readline())
        os.kill(worker, 0)  # it is there
        parent.kill()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _runs(worker):
        if time.monotonic() > deadline:
            os.kill(worker, 9)
            pytest.fail("the worker outlived its parent")
        time.sleep(0.1)


def _runs(process):
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return told.rsplit(")", 1)[1].split()[0] != "Z"  # a zombie has ended
