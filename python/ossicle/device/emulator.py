"""A board emulated by QEMU, and the byte pipe to the program on it."""

import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType

from ossicle import tools
from ossicle.device.boards import Board
from ossicle.errors import DeviceError

CARRIERS = ("semihosting", "uart")
"""How bytes travel: the emulator's console (fast), or the serial port (as on a real board)."""

_EXIT_FAULT = 70  # OSSICLE_EXIT_FAULT of firmware/boards/common/ossicle_board.h
_QEMU = "qemu-system-arm"


def qemu() -> str:
    """Return the path of the emulator.

    Raises:
        ToolMissingError: it is not on PATH.
    """
    return tools.find(_QEMU, "qemu-system-arm (Debian/Ubuntu, Fedora) or qemu (macOS, brew)")


def command(elf: Path, board: Board, carrier: str, options: Sequence[str] = ()) -> list[str]:
    """Return the command line that runs `elf` on the emulated board.

    With `semihosting`, standard input and output are the program's console; with `uart` they are
    the board's first UART. Arm semihosting stays on in both, for the exit status.
    """
    serial = "stdio" if carrier == "uart" else "none"
    return [
        *(qemu(), "-M", board.qemu_machine, "-kernel", str(elf)),
        *("-display", "none", "-monitor", "none", "-serial", serial),
        *("-semihosting-config", "enable=on,target=native"),
        *options,
    ]


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let a Ctrl-C wait until the block has ended; other threads than the main one get none."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        signal.raise_signal(signal.SIGINT)


class Emulator:
    """A QEMU that runs within a `with` block and never outlives it.

    Args:
        elf: the program.
        board: the board it was built for.
        carrier: one of `CARRIERS`, the one it was built for.
        options: more options for QEMU.
    """

    def __init__(
        self, elf: Path, board: Board, *, carrier: str = "semihosting", options: Sequence[str] = ()
    ) -> None:
        if carrier not in CARRIERS:
            raise DeviceError(f"{carrier}: no such carrier; there are {', '.join(CARRIERS)}")
        self.name = f"{elf.name} on {board.name}"
        self._command = command(elf, board, carrier, options)

    def _start(self) -> None:
        """Start the process with its three pipes."""
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        assert self._process.stdin and self._process.stdout and self._process.stderr
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._stderr = self._process.stderr
        os.set_blocking(self._stdin.fileno(), False)

    @property
    def pid(self) -> int:
        """The emulator's process."""
        return self._process.pid

    def read(self, timeout: float) -> bytes:
        """Wait up to `timeout` seconds for bytes from the device and return them.

        Raises:
            DeviceError: none came, or the emulator has ended.
        """
        ready, _, _ = select.select([self._stdout], [], [], timeout)
        if not ready:
            raise DeviceError(f"{self.name}: no answer within {timeout:g} s")
        data = os.read(self._stdout.fileno(), 65536)
        if not data:
            raise DeviceError(f"{self.name}: the emulator ended: {self._why()}")
        return data

    def write(self, data: bytes, timeout: float) -> None:
        """Give `data` to the device within `timeout` seconds.

        Raises:
            DeviceError: it does not take them, or the emulator has ended.
        """
        end = time.monotonic() + timeout
        rest = memoryview(data)
        while rest:
            _, ready, _ = select.select([], [self._stdin], [], max(0.0, end - time.monotonic()))
            if not ready:
                raise DeviceError(f"{self.name}: takes no bytes since {timeout:g} s")
            try:
                rest = rest[os.write(self._stdin.fileno(), rest) :]
            except BrokenPipeError:
                raise DeviceError(f"{self.name}: the emulator ended: {self._why()}") from None

    def wait(self, timeout: float) -> int:
        """Wait for the emulator to end by itself and return its exit status.

        Raises:
            DeviceError: it still runs after `timeout` seconds.
        """
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise DeviceError(f"{self.name}: still runs after {timeout:g} s") from None

    def close(self) -> None:
        """End the emulator, whatever it does."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._stdin, self._stdout, self._stderr):
            pipe.close()

    def _why(self) -> str:
        """Say how the process ended, in words."""
        try:
            status = self._process.wait(5)
        except subprocess.TimeoutExpired:
            return "it closed its output but still runs"
        if status == _EXIT_FAULT:
            return "the program faulted (a wild address, or the stack overflowed)"
        said = self._stderr.read().decode(errors="replace").strip().splitlines()
        return f"exit status {status}" + (f" ({said[0]})" if said else "")

    def __enter__(self) -> "Emulator":
        # An interrupt within Popen would leave a process that nobody knows.
        with ExitStack() as unwinding:
            with _interrupts_held():
                self._start()
                unwinding.callback(self.close)
            unwinding.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
