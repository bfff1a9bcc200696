"""What PlatformIO runs: `pio run -t emulate` and the programs of `pio test`.

`python -m ossicle.device emulate ELF BOARD CARRIER` starts firmware and shows what it says;
`python -m ossicle.device test ELF BOARD` runs a test program to its end, which PlatformIO reads.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np

from ossicle.console import console
from ossicle.device.boards import Board, board
from ossicle.device.emulator import CARRIERS, command
from ossicle.device.session import Inference, Session, open_emulated
from ossicle.errors import DeviceError, OssicleError

TEST_SECONDS = 60.0
"""What a test program may take; `pio test` itself has no limit."""


def emulate(elf: Path, on: Board, carrier: str) -> None:
    """Start `elf`, show who it is, and run it once on a sound that needs no file."""
    with open_emulated(elf, on, carrier=carrier) as device:
        hello = device.hello
        print(f"{on.title}: bundle {hello.bundle}, {hello.digest.hex()[:16]}")
        what, inference = _try(device)
        print(f"{what}: output {inference.output[:16].tolist()}, the largest at {inference.label}")
        stack = device.stack()
        print(f"stack: {stack.used} of {stack.size} bytes used")
        device.bye()


def _try(device: Session) -> tuple[str, Inference]:
    if not device.hello.has_frontend:
        zeros = np.zeros(device.hello.input_bytes, np.int8)
        return "an input of zeros", device.infer_input(zeros)
    square = np.tile(
        np.repeat(np.array([8000, -8000], np.int16), 50), device.hello.pcm_samples // 100 + 1
    )
    return "a square wave", device.infer_pcm(square[: device.hello.pcm_samples])


def test(elf: Path, on: Board) -> int:
    """Run a test program until it exits by itself; what it prints goes to standard output."""
    try:
        return subprocess.run(
            command(elf, on, "semihosting"),
            stdin=subprocess.DEVNULL,
            timeout=TEST_SECONDS,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        raise DeviceError(f"{elf}: still runs after {TEST_SECONDS:g} s") from None


def main() -> int:
    """Parse the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ossicle.device", description=__doc__)
    parser.add_argument("verb", choices=("emulate", "test"))
    parser.add_argument("elf", type=Path)
    parser.add_argument("board")
    parser.add_argument("carrier", nargs="?", choices=CARRIERS, default=CARRIERS[0])
    arguments = parser.parse_args()
    try:
        on = board(arguments.board)
        if arguments.verb == "test":
            return test(arguments.elf, on)
        emulate(arguments.elf, on, arguments.carrier)
    except OssicleError as error:
        console.print(str(error), markup=False, soft_wrap=True)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
