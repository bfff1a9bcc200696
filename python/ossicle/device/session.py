"""A conversation with a device: who it is; sound or a raw input in, every stage of a run out."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ossicle.device import protocol
from ossicle.device.boards import Board
from ossicle.device.emulator import Emulator
from ossicle.device.messages import (
    Collector,
    Election,
    Hello,
    Inference,
    Stack,
    read_hello,
    read_vote,
)
from ossicle.device.protocol import Error, Frame, Reply, Request, Run
from ossicle.errors import DeviceError

__all__ = ["Election", "Hello", "Inference", "Pipe", "Session", "Stack", "open_emulated"]

TIMEOUT = 60.0
"""Seconds that a device may take for one step; a run of a large model is one."""

_INPUT_BYTES = protocol.PAYLOAD_MAX - 4


class Pipe(Protocol):
    """Bytes to and from a device; `emulator.Emulator` is one, a serial port another."""

    name: str

    def read(self, timeout: float) -> bytes:
        """Return some bytes, or raise DeviceError after `timeout` seconds."""

    def write(self, data: bytes, timeout: float) -> None:
        """Write all of `data`, or raise DeviceError after `timeout` seconds."""


class Session:
    """A device that has said hello.

    Args:
        pipe: the way to the device, which was just started (it speaks first).
        digest: the bundle that the device must hold; None to take any.
        timeout: seconds that each answer may take.

    Raises:
        DeviceError: no hello, another protocol version, or another bundle.
    """

    def __init__(
        self, pipe: Pipe, *, digest: bytes | None = None, timeout: float = TIMEOUT
    ) -> None:
        self._pipe, self._timeout = pipe, timeout
        self._receiver = protocol.Receiver()
        self._arrived: list[Frame | Error] = []
        self._sequence = 0
        self.hello = read_hello(self._next(Reply.HELLO), pipe.name)
        if digest is not None and self.hello.digest != digest:
            raise DeviceError(
                f"{pipe.name}: holds the bundle {self.hello.bundle}, "
                f"{self.hello.digest.hex()[:16]}, not {digest.hex()[:16]}: "
                "build and flash the firmware of this bundle"
            )

    def infer_pcm(
        self,
        pcm: NDArray[np.int16],
        *,
        features: bool = False,
        layers: bool = False,
        vote: bool = False,
    ) -> Inference:
        """Play one sound into the device and run the model on it.

        Args:
            pcm: int16 samples, exactly `hello.pcm_samples` of them.
            features: return what the front end computed.
            layers: return the output of every layer.
            vote: let this window vote on what `election` returns.

        Raises:
            DeviceError: the sound has another length, or the device refuses or fails.
        """
        if pcm.dtype != np.int16 or pcm.shape != (self.hello.pcm_samples,):
            raise DeviceError(
                f"{self._pipe.name}: takes {self.hello.pcm_samples} int16 samples, "
                f"not {pcm.dtype} of shape {pcm.shape}"
            )
        data = pcm.astype("<i2").tobytes()
        for start in range(0, len(data), protocol.PAYLOAD_MAX):
            self._order(Request.PCM, data[start : start + protocol.PAYLOAD_MAX])
        return self._run(_flags(features, layers) | (Run.VOTE if vote else Run(0)))

    def infer_input(
        self, tensor: NDArray[np.int8], *, features: bool = False, layers: bool = False
    ) -> Inference:
        """Put raw bytes into the model's input tensor and run the model on them.

        Args:
            tensor: int8, `hello.input_bytes` elements of any shape, in the model's layout.
            features: return the input as the device holds it.
            layers: return the output of every layer.

        Raises:
            DeviceError: the input has another size, or the device refuses or fails.
        """
        self._store(tensor)
        return self._run(_flags(features, layers))

    def mark_layers(self, tensor: NDArray[np.int8]) -> None:
        """Run the model on a raw input and pass a marker after each layer (for a counter)."""
        self._store(tensor)
        self._run(Run.MARK_LAYERS)

    def election(self) -> Election:
        """Return what the windows since the last election voted for.

        Raises:
            DeviceError: none has voted, or the device's program holds no vote.
        """
        return read_vote(self._next(Reply.VOTE, self._send(Request.VOTE)), self._pipe.name)

    def stack(self) -> Stack:
        """Return how much stack the device has used since it booted."""
        sequence = self._send(Request.STATISTICS)
        payload = self._next(Reply.STATISTICS, sequence).payload
        return Stack(int.from_bytes(payload[:4], "little"), int.from_bytes(payload[4:8], "little"))

    def reset(self) -> None:
        """Forget the sound so far; brings device and host together again after an error."""
        self._arrived.clear()
        self._order(Request.RESET)

    def bye(self) -> None:
        """Say goodbye; an emulated device ends its emulation."""
        self._order(Request.BYE)

    def _store(self, tensor: NDArray[np.int8]) -> None:
        if tensor.dtype != np.int8 or tensor.size != self.hello.input_bytes:
            raise DeviceError(
                f"{self._pipe.name}: takes {self.hello.input_bytes} int8 inputs, "
                f"not {tensor.size} of {tensor.dtype}"
            )
        data = tensor.tobytes()
        for start in range(0, len(data), _INPUT_BYTES):
            piece = data[start : start + _INPUT_BYTES]
            self._order(Request.INPUT, start.to_bytes(4, "little") + piece)

    def _run(self, flags: Run) -> Inference:
        sequence = self._send(Request.RUN, bytes([flags]))
        inference = Collector(self.hello)
        while True:
            frame = self._next(None, sequence)
            result = inference.take(frame, self._pipe.name)
            if result is not None:
                return result

    def _order(self, request: Request, payload: bytes = b"") -> None:
        """Send a request whose answer is a plain ACK."""
        self._next(Reply.ACK, self._send(request, payload))

    def _send(self, request: Request, payload: bytes = b"") -> int:
        sequence, self._sequence = self._sequence, (self._sequence + 1) % 256
        self._pipe.write(protocol.encode(Frame(request, sequence, payload)), self._timeout)
        return sequence

    def _next(self, expected: Reply | None, sequence: int = 0) -> Frame:
        """Return the next frame, which must be of this type (None: any) and answer this request."""
        while not self._arrived:
            self._arrived += self._receiver.push(self._pipe.read(self._timeout))
        frame = self._arrived.pop(0)
        if isinstance(frame, Error):
            raise DeviceError(f"{self._pipe.name}: a frame arrived {frame.name.lower()}")
        if frame.type == Reply.ERROR and frame.payload:
            raise DeviceError(f"{self._pipe.name}: refused: {_error_name(frame.payload[0])}")
        if frame.sequence != sequence or expected not in (None, frame.type):
            raise DeviceError(
                f"{self._pipe.name}: answered with type {frame.type:#x} of request {frame.sequence}"
            )
        return frame


@contextmanager
def open_emulated(
    elf: Path,
    board: Board,
    *,
    carrier: str = "semihosting",
    digest: bytes | None = None,
    timeout: float = TIMEOUT,
    options: Sequence[str] = (),
) -> Iterator[Session]:
    """Start `elf` in the emulator and yield the conversation with it; the emulator ends with it.

    `options` are more options for QEMU.

    Raises:
        DeviceError: as `Session`.
        ToolMissingError: QEMU is not on PATH.
    """
    with Emulator(elf, board, carrier=carrier, options=options) as emulator:
        yield Session(emulator, digest=digest, timeout=timeout)


def _flags(features: bool, layers: bool) -> Run:
    return (Run.FEATURES if features else Run(0)) | (Run.LAYERS if layers else Run(0))


def _error_name(code: int) -> str:
    return Error(code).name.lower() if code in list(Error) else f"error {code}"
