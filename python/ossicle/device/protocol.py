"""The frames between host and device (docs/protocol.md); the host's half of firmware/protocol."""

import re
import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum, IntFlag

VERSION = 2
PAYLOAD_MAX = 2048
_HEADER = struct.Struct("<BBH")
_CRC = struct.Struct("<I")
FRAME_MAX = _HEADER.size + PAYLOAD_MAX + _CRC.size

# RFC 1055 (SLIP)
END = b"\xc0"
_ESC = b"\xdb"
_ESC_END = b"\xdb\xdc"
_ESC_ESC = b"\xdb\xdd"
_ESCAPE = re.compile(b"\xdb.?", re.DOTALL)
_MEANING = {_ESC_END: END, _ESC_ESC: _ESC}


class Request(IntEnum):
    """What a host asks; firmware/protocol/ossicle_protocol.h holds the same numbers."""

    HELLO = 0x01
    PCM = 0x02
    INPUT = 0x03
    RUN = 0x04
    STATISTICS = 0x05
    RESET = 0x06
    BYE = 0x07
    VOTE = 0x08


class Reply(IntEnum):
    """What a device answers."""

    HELLO = 0x81
    ACK = 0x82
    ERROR = 0x83
    FEATURES = 0x84
    LAYER = 0x85
    OUTPUT = 0x86
    RESULT = 0x87
    STATISTICS = 0x88
    VOTE = 0x89


class Run(IntFlag):
    """What a RUN sends beside the output; whether it marks layers, whether the window votes."""

    FEATURES = 0x01
    LAYERS = 0x02
    MARK_LAYERS = 0x04
    VOTE = 0x08


class Error(IntEnum):
    """Why a device refused a frame."""

    DAMAGED = 1
    TRUNCATED = 2
    OVERSIZED = 3
    SEQUENCE = 4
    TYPE = 5
    STATE = 6
    BOUNDS = 7


@dataclass(frozen=True)
class Frame:
    """A frame that its CRC-32 confirmed.

    Attributes:
        type: a `Request` or `Reply` (or a number that is neither).
        sequence: 0 to 255; a reply carries its request's.
        payload: at most `PAYLOAD_MAX` bytes.
    """

    type: int
    sequence: int
    payload: bytes = b""


def encode(frame: Frame) -> bytes:
    """Return the bytes of `frame` on the line, from END to END.

    Raises:
        ValueError: the type, the sequence number or the payload's length is out of range.
    """
    if len(frame.payload) > PAYLOAD_MAX:
        raise ValueError(f"a payload of {len(frame.payload)} bytes; at most {PAYLOAD_MAX}")
    if not (0 <= frame.type <= 255 and 0 <= frame.sequence <= 255):
        raise ValueError(f"type {frame.type} or sequence {frame.sequence} is not a byte")
    body = _HEADER.pack(frame.type, frame.sequence, len(frame.payload)) + frame.payload
    return wrap(body + _CRC.pack(zlib.crc32(body)))


def wrap(content: bytes) -> bytes:
    """Escape `content` and put it between two END bytes, whatever it is."""
    return END + content.replace(_ESC, _ESC_ESC).replace(END, _ESC_END) + END


class Receiver:
    """Turns the bytes of a line, in pieces of any size, into frames and errors.

    It holds at most one frame of a stranger's stream, and a damaged frame never costs the one after
    it, since END occurs nowhere but between frames. It judges as the firmware's receiver does.
    """

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._content = bytearray()  # escapes removed; never more than FRAME_MAX + 1 bytes
        self._pending = b""  # an escape whose second byte has not come yet
        self._sound = True

    def push(self, data: bytes) -> list[Frame | Error]:
        """Take bytes from the line; return what they complete, in order."""
        *complete, rest = data.split(END)
        results = []
        for piece in complete:
            self._hold(piece)
            result = self._judge()
            if result is not None:
                results.append(result)
            self._forget()
        self._hold(rest)
        return results

    def _hold(self, piece: bytes) -> None:
        escaped, self._pending = self._pending + piece, b""
        content = _ESCAPE.sub(self._unescape, escaped)
        self._content += content[: FRAME_MAX + 1 - len(self._content)]

    def _unescape(self, match: re.Match[bytes]) -> bytes:
        if match[0] == _ESC:
            self._pending = _ESC
        elif match[0] not in _MEANING:
            self._sound = False
        return _MEANING.get(match[0], b"")

    def _judge(self) -> Frame | Error | None:
        """Say what lies between two END bytes; None for nothing."""
        content, sound = bytes(self._content), self._sound and not self._pending
        if not content and sound:
            return None
        if len(content) > FRAME_MAX:
            return Error.OVERSIZED
        return _parse(content) if sound else Error.DAMAGED


def _parse(content: bytes) -> Frame | Error:
    """Read a frame without its escapes, at most `FRAME_MAX` bytes."""
    if len(content) < _HEADER.size + _CRC.size:
        return Error.TRUNCATED
    kind, sequence, length = _HEADER.unpack_from(content)
    payload, crc = content[_HEADER.size : -_CRC.size], content[-_CRC.size :]
    if length > PAYLOAD_MAX:
        return Error.OVERSIZED
    if length != len(payload):
        return Error.TRUNCATED
    if crc != _CRC.pack(zlib.crc32(content[: -_CRC.size])):
        return Error.DAMAGED
    return Frame(kind, sequence, payload)
