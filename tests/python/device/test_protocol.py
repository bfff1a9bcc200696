"""Framing: the firmware's C and the host's Python do the same, whatever comes along the line."""

import ctypes
import re
import subprocess
from enum import IntEnum
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ossicle.device import protocol
from ossicle.device.protocol import Error, Frame, Receiver
from ossicle.hostcc import compiler, shared_library
from ossicle.paths import FIRMWARE, PROJECT

HOST_RECEIVER = PROJECT / "tests" / "firmware" / "host" / "receiver.c"

frames = st.builds(
    Frame,
    type=st.integers(0, 255),
    sequence=st.integers(0, 255),
    payload=st.binary(max_size=60) | st.lists(st.sampled_from(b"\xc0\xdb\xdc\xdd")).map(bytes),
)


@pytest.fixture(scope="module")
def firmware() -> ctypes.CDLL:
    folder = FIRMWARE / "protocol"
    sources = [HOST_RECEIVER, *sorted(folder.glob("*.c"))]
    library = ctypes.CDLL(str(shared_library("protocol", sources, [folder])))
    library.ossicle_host_receive.restype = ctypes.c_size_t
    library.ossicle_host_send.restype = ctypes.c_size_t
    return library


def receive_in_c(library: ctypes.CDLL, line: bytes) -> list[Frame | Error]:
    records = ctypes.create_string_buffer(6 * len(line) + 1)
    size = library.ossicle_host_receive(line, ctypes.c_size_t(len(line)), records)
    rest, results = records.raw[:size], []
    while rest:
        kind, rest = rest[0], rest[1:]
        if kind == 1:
            end = 4 + int.from_bytes(rest[2:4], "little")
            results.append(Frame(rest[0], rest[1], rest[4:end]))
            rest = rest[end:]
        else:
            results.append({2: Error.DAMAGED, 3: Error.TRUNCATED, 4: Error.OVERSIZED}[kind])
    return results


def send_in_c(library: ctypes.CDLL, frame: Frame, head: int) -> bytes:
    line = ctypes.create_string_buffer(2 * protocol.FRAME_MAX + 2)
    payload = frame.payload
    size = library.ossicle_host_send(
        frame.type, frame.sequence, payload, ctypes.c_size_t(len(payload)), ctypes.c_size_t(head),
        line,
    )  # fmt: skip
    return line.raw[:size]


@pytest.mark.parametrize("numbers", ["REQUEST", "REPLY", "RUN", "ERROR"])
def test_both_lists_of_numbers_agree(numbers: str) -> None:
    header = (FIRMWARE / "protocol" / "ossicle_protocol.h").read_text()
    found = re.findall(rf"#define OSSICLE_{numbers}_(\w+) (\w+)u\n", header)
    in_c = {name: int(value, 0) for name, value in found if name != "FLAGS"}
    enum = {
        "REQUEST": protocol.Request,
        "REPLY": protocol.Reply,
        "RUN": protocol.Run,
        "ERROR": protocol.Error,
    }[numbers]
    assert in_c == {member.name: member.value for member in enum}


def test_both_versions_and_limits_agree() -> None:
    header = (FIRMWARE / "protocol" / "ossicle_protocol.h").read_text()
    assert f"#define OSSICLE_PROTOCOL_VERSION {protocol.VERSION}u\n" in header
    header = (FIRMWARE / "protocol" / "ossicle_frame.h").read_text()
    assert f"#define OSSICLE_FRAME_PAYLOAD_MAX {protocol.PAYLOAD_MAX}u\n" in header


def test_the_bytes_of_a_frame() -> None:
    # CRC-32 of 01 c0 02 00 41 db, from the definition, bit by bit
    body = bytes([1, 0xC0, 2, 0, 0x41, 0xDB])
    crc = 0xFFFFFFFF
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xEDB88320 if crc & 1 else 0)
    check = (crc ^ 0xFFFFFFFF).to_bytes(4, "little")
    assert not {0xC0, 0xDB} & set(check)
    expected = b"\xc0\x01\xdb\xdc\x02\x00\x41\xdb\xdd" + check + b"\xc0"
    assert protocol.encode(Frame(1, 0xC0, b"\x41\xdb")) == expected


@given(frames, st.data())
def test_both_senders_write_the_same_bytes(
    firmware: ctypes.CDLL, frame: Frame, data: st.DataObject
) -> None:
    head = data.draw(st.integers(0, len(frame.payload)))
    assert send_in_c(firmware, frame, head) == protocol.encode(frame)


@given(st.lists(frames), st.lists(st.integers(1, 40), min_size=1))
def test_frames_arrive_whatever_the_pieces(sent: list[Frame], cuts: list[int]) -> None:
    line, receiver, received = b"".join(map(protocol.encode, sent)), Receiver(), []
    while line:
        for cut in cuts:
            received += receiver.push(line[:cut])
            line = line[cut:]
    assert received == sent


class Damage(IntEnum):
    """What may happen to a frame on the line."""

    NONE = 0
    FLIP = 1
    CUT = 2
    DROP = 3
    INSERT = 4
    GARBAGE = 5


def damage(line: bytes, kind: Damage, at: int, value: int) -> bytes:
    at %= len(line)
    return {
        Damage.NONE: line,
        Damage.FLIP: line[:at] + bytes([line[at] ^ (value or 1)]) + line[at + 1 :],
        Damage.CUT: line[:at],
        Damage.DROP: line[:at] + line[at + 1 :],
        Damage.INSERT: line[:at] + bytes([value]) + line[at:],
        Damage.GARBAGE: bytes((at * value + i * i) % 256 for i in range(at)),
    }[kind]


damages = st.tuples(st.sampled_from(Damage), st.integers(0, 9999), st.integers(0, 255))


@settings(max_examples=400)
@given(st.lists(st.tuples(frames, damages)))
def test_both_receivers_judge_a_damaged_line_alike(
    firmware: ctypes.CDLL, sent: list[tuple[Frame, tuple[Damage, int, int]]]
) -> None:
    line = b"".join(damage(protocol.encode(frame), *how) for frame, how in sent)
    assert receive_in_c(firmware, line) == Receiver().push(line)


@settings(max_examples=400)
@given(frames, damages, frames)
def test_damage_never_costs_the_frame_after_it(
    firmware: ctypes.CDLL, bad: Frame, how: tuple[Damage, int, int], good: Frame
) -> None:
    line = damage(protocol.encode(bad), *how) + protocol.encode(good)
    assert Receiver().push(line)[-1] == good
    assert receive_in_c(firmware, line)[-1] == good


@settings(max_examples=400)
@given(st.binary(max_size=400) | st.lists(st.sampled_from(b"\xc0\xdb\xdc\xdd\x00")).map(bytes))
def test_both_receivers_judge_noise_alike(firmware: ctypes.CDLL, line: bytes) -> None:
    assert receive_in_c(firmware, line) == Receiver().push(line)


@pytest.mark.parametrize("excess", [-1, 0, 1, 5000])
@pytest.mark.parametrize("filling", [b"x", b"\xc0", b"\xdb"])
def test_the_longest_frame_and_beyond(firmware: ctypes.CDLL, excess: int, filling: bytes) -> None:
    size = protocol.FRAME_MAX + excess
    good = Frame(1, 2, b"good")
    line = protocol.wrap(filling * size) + protocol.encode(good)
    assert Receiver().push(line) == receive_in_c(firmware, line)
    # where the frame itself is not too long, the length that its header states (0x7878, ...) is
    assert Receiver().push(line) == [Error.OVERSIZED, good]


def test_a_long_damaged_line_under_the_sanitizers(tmp_path: Path) -> None:
    folder, program = FIRMWARE / "protocol", tmp_path / "sanitized"
    flags = "-std=c99 -g -Wall -Wextra -Wconversion -pedantic -Werror -fno-sanitize-recover=all"
    sources = [HOST_RECEIVER.with_name("sanitized.c"), *sorted(folder.glob("*.c"))]
    subprocess.run(
        [compiler(), *flags.split(), "-fsanitize=address,undefined", f"-I{folder}",
         "-o", program, *sources],
        check=True,
    )  # fmt: skip
    random, line = Random(3), bytearray()
    for number in range(3000):
        size = random.choice([0, 1, 30, 2048, 2048])
        good = protocol.encode(Frame(number % 256, number % 251, random.randbytes(size)))
        bad = damage(good, random.choice(list(Damage)), random.randrange(9999), number % 256)
        line += bad + good
    result = subprocess.run([program], input=line, capture_output=True, check=True)
    expected = Receiver().push(bytes(line))
    kinds = [sum(event is error for event in expected) for error in list(Error)[:3]]
    frames = [event for event in expected if isinstance(event, Frame)]
    forwarded = sum(len(protocol.encode(frame)) for frame in frames)
    assert list(map(int, result.stdout.split())) == [len(frames), *kinds, forwarded]
    assert len(frames) >= 3000 and all(kinds)


def test_a_payload_beyond_the_limit_is_not_sent() -> None:
    with pytest.raises(ValueError, match="2049 bytes"):
        protocol.encode(Frame(1, 2, bytes(2049)))
    assert len(Receiver().push(protocol.encode(Frame(1, 2, bytes(2048))))) == 1
