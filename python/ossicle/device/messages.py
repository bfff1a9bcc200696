"""What a device says, put together from the payloads of its frames."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ossicle.device import protocol
from ossicle.device.protocol import Frame, Reply
from ossicle.errors import DeviceError

_HELLO_FIXED = 52


@dataclass(frozen=True)
class Hello:
    """What a device says of itself.

    Attributes:
        protocol: version of the protocol.
        has_frontend: whether it takes PCM.
        has_vote: whether its windows can vote.
        streams: whether the model hears a sound's columns as they come, and so cannot show them.
        input_bytes: size of the model's input tensor.
        output_bytes: size of the model's output tensor.
        pcm_samples: samples of one sound; 0 without a front end.
        layers: layers that a run can show.
        frames: columns that the front end makes of one sound; 0 without a front end.
        digest: the bundle's 32 bytes.
        generator: version of Ossicle that generated the model's C.
        board: the board's name.
        bundle: the bundle's name.
    """

    protocol: int
    has_frontend: bool
    has_vote: bool
    streams: bool
    input_bytes: int
    output_bytes: int
    pcm_samples: int
    layers: int
    frames: int
    digest: bytes
    generator: str
    board: str
    bundle: str


@dataclass(frozen=True)
class Inference:
    """What one run on a device gave; all tensors are flat, as they lie in memory.

    Attributes:
        output: int8, the output tensor.
        label: index of the largest output, the lowest of several.
        peak: the largest |sample| of the sound, 0 to 32768; 0 for a raw input.
        features: int8, the input tensor [bands, frames] before the run; None when not asked for.
        layers: int8, the output tensors of each layer; empty when not asked for.
    """

    output: NDArray[np.int8]
    label: int
    peak: int
    features: NDArray[np.int8] | None = None
    layers: tuple[NDArray[np.int8], ...] = ()


@dataclass(frozen=True)
class Election:
    """What the windows of a sound voted for.

    Attributes:
        label: index of the largest total, the lowest of several.
        windows: how many voted.
        totals: int32 (classes).
    """

    label: int
    windows: int
    totals: NDArray[np.int32]


@dataclass(frozen=True)
class Stack:
    """The device's stack in bytes: the most that was ever used, and how much there is."""

    used: int
    size: int


def read_hello(frame: Frame, name: str) -> Hello:
    """Read a HELLO frame of the device called `name`.

    Raises:
        DeviceError: it is of another version of the protocol, or damaged.
    """
    payload = frame.payload
    names = payload[_HELLO_FIXED:].split(b"\0")
    if len(payload) < _HELLO_FIXED or payload[0] != protocol.VERSION or len(names) != 4:
        raise DeviceError(
            f"{name}: speaks another version of the protocol; build its firmware anew"
        )
    generator, board, bundle = (text.decode("utf-8", "replace") for text in names[:3])
    return Hello(
        protocol=payload[0],
        has_frontend=payload[1] & 1 != 0,
        has_vote=payload[1] & 2 != 0,
        streams=payload[1] & 4 != 0,
        input_bytes=int.from_bytes(payload[4:8], "little"),
        output_bytes=int.from_bytes(payload[8:12], "little"),
        pcm_samples=int.from_bytes(payload[12:16], "little"),
        layers=int.from_bytes(payload[16:18], "little"),
        frames=int.from_bytes(payload[18:20], "little"),
        digest=payload[20:52],
        generator=generator,
        board=board,
        bundle=bundle,
    )


def read_vote(frame: Frame, name: str) -> Election:
    """Read a VOTE frame of the device called `name`.

    Raises:
        DeviceError: it is damaged.
    """
    payload = frame.payload
    if len(payload) < 8 or len(payload) % 4:
        raise DeviceError(f"{name}: sent a vote of {len(payload)} bytes")
    head = np.frombuffer(payload[:4], "<u2")
    return Election(int(head[0]), int(head[1]), np.frombuffer(payload[4:], "<i4"))


@dataclass
class Collector:
    """Puts the frames of one run together."""

    hello: Hello
    features: bytearray = field(default_factory=bytearray)
    output: bytearray = field(default_factory=bytearray)
    layers: list[bytearray] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)  # of the layers that these tensors are of

    def take(self, frame: Frame, name: str) -> Inference | None:
        """Take one frame; return the inference once RESULT has come."""
        if frame.type == Reply.RESULT and len(frame.payload) == 4:
            return self._finish(frame.payload, name)
        if frame.type not in (Reply.FEATURES, Reply.LAYER, Reply.OUTPUT) or len(frame.payload) < 6:
            raise DeviceError(f"{name}: sent a frame of type {frame.type:#x} in a run")
        index = int.from_bytes(frame.payload[:2], "little")
        offset = int.from_bytes(frame.payload[2:6], "little")
        tensor = self._tensor(frame.type, index, offset)
        if tensor is None or offset != len(tensor):
            raise DeviceError(f"{name}: sent tensor {index} from byte {offset}, out of order")
        tensor += frame.payload[6:]
        return None

    def _tensor(self, kind: int, index: int, offset: int) -> bytearray | None:
        """Return where the bytes of this tensor go.

        Layers come one after the other; a layer may have several tensors, each from offset 0 on.
        """
        if kind != Reply.LAYER:
            return self.features if kind == Reply.FEATURES else self.output
        in_order = index >= max(self.numbers, default=0)
        if offset == 0 and in_order and len({*self.numbers, index}) <= self.hello.layers:
            self.layers.append(bytearray())
            self.numbers.append(index)
        return self.layers[-1] if self.numbers and index == self.numbers[-1] else None

    def _finish(self, result: bytes, name: str) -> Inference:
        if len(self.output) != self.hello.output_bytes:
            raise DeviceError(
                f"{name}: an output of {len(self.output)} bytes, not {self.hello.output_bytes}"
            )
        return Inference(
            output=_int8(self.output),
            label=int.from_bytes(result[:2], "little"),
            peak=int.from_bytes(result[2:], "little"),
            features=_int8(self.features) if self.features else None,
            layers=tuple(map(_int8, self.layers)),
        )


def _int8(data: bytearray) -> NDArray[np.int8]:
    return np.frombuffer(bytes(data), np.int8)
