"""What came of a command, and what every refusal must look like."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).with_name("ossicle")
_PROGRESS = re.compile(r"━|─{10}|\d/\d+ [-\d]:|^\d+ of the clips were |^Recordings: |^$")


@dataclass(frozen=True)
class Result:
    """Exit status, standard output and standard error of a command."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, which must be JSON and nothing else."""
        assert self.status in (0, 1), self.err
        return json.loads(self.out)


def run(*arguments: object, timeout: float = 300, env: Mapping[str, str] | None = None) -> Result:
    """Run the installed command in a process of its own."""
    ended = subprocess.run(
        [PROGRAM, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
        env=env,
    )
    return Result(ended.returncode, ended.stdout, ended.stderr)


def interrupted(command: Sequence[object], ready: Callable[[int], bool]) -> Result:
    """Start a command, send it what Ctrl-C sends once it is `ready`, and wait for its end."""
    with subprocess.Popen(
        [PROGRAM, *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        end = time.monotonic() + 900  # a hang, not a slow machine
        while not ready(process.pid):
            assert process.poll() is None and time.monotonic() < end, process.communicate()
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=300)
    return Result(process.returncode, out, err)


def assert_refused(result: Result, *named: object) -> None:
    """Check for status 2 and, progress aside, one line that names what is wrong."""
    lines = [line for line in result.err.splitlines() if not _PROGRESS.search(line)]
    assert result.status == 2, result
    assert result.out == ""
    assert len(lines) == 1, result.err
    assert lines[0].startswith("ossicle: ")
    for what in named:
        assert str(what) in lines[0], lines[0]
