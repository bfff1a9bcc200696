"""Talking to a device: every board, both carriers, and frames that nobody should send."""

import gc
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from device_fakes import DIGEST, INPUT_BYTES, NAME, every_board, fake_layers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ossicle.device import boards, firmware, protocol
from ossicle.device.emulator import Emulator
from ossicle.device.protocol import END, Error, Frame, Receiver, Reply, Request
from ossicle.device.session import Session, open_emulated
from ossicle.errors import DeviceError, ToolMissingError
from ossicle.frontend import FrontEnd, FrontendSpec

M4 = boards.board("qemu_m4")
random = np.random.default_rng(5)


@every_board
@pytest.mark.parametrize("carrier", ["semihosting", "uart"])
def test_a_raw_input_gives_every_stage(fake_model: Path, name: str, carrier: str) -> None:
    board = boards.board(name)
    image = firmware.build(fake_model, board, carrier=carrier)
    with open_emulated(image, board, carrier=carrier, digest=DIGEST) as device:
        hello = device.hello
        assert (hello.board, hello.bundle, hello.digest) == (name, NAME, DIGEST)
        assert (hello.input_bytes, hello.output_bytes, hello.layers) == (INPUT_BYTES, 4, 2)
        assert not hello.has_frontend and hello.pcm_samples == hello.frames == 0
        for _ in range(2):  # the second run starts as fresh as the first
            tensor = random.integers(-128, 128, INPUT_BYTES, dtype=np.int8)
            result = device.infer_input(tensor, features=True, layers=True)
            first, second = fake_layers(tensor)
            assert result.features is not None and np.array_equal(result.features, tensor)
            assert [layer.size for layer in result.layers] == [INPUT_BYTES, 4]
            assert np.array_equal(result.layers[0], first)
            assert np.array_equal(result.layers[1], second)
            assert np.array_equal(result.output, second)
            assert result.label == int(np.argmax(second)) and result.peak == 0
        stack = device.stack()
        assert stack.size == board.stack_bytes and 0 < stack.used < stack.size
        device.bye()


def test_the_lowest_label_wins_a_tie(fake_model: Path) -> None:
    with open_emulated(firmware.build(fake_model, M4), M4) as device:
        for last, label in (((1, 9, 9, 2), 1), ((5, 5, 5, 5), 0), ((-128, -128, -127, -127), 2)):
            # -1 becomes 0: the last four bytes alone make the output
            tensor = np.full(INPUT_BYTES, -1, np.int8)
            tensor[-4:] = np.array(last, np.int64).astype(np.int8) - np.int8(1)
            result = device.infer_input(tensor)
            assert result.output.tolist() == list(last) and result.label == label


@every_board
def test_the_features_of_a_sound_are_those_of_the_host(
    fake_frontend_model: Path, name: str
) -> None:
    board = boards.board(name)
    sounds = random.normal(0, [[3], [3000], [30000]], (3, 44100)).clip(-32768, 32767)
    pcm = sounds.astype(np.int16)
    expected = FrontEnd(FrontendSpec())(pcm)
    with open_emulated(firmware.build(fake_frontend_model, board), board) as device:
        assert device.hello.has_frontend
        assert (device.hello.pcm_samples, device.hello.frames) == (44100, 51)
        for sound, features in zip(pcm, expected, strict=True):
            result = device.infer_pcm(sound, features=True)
            assert result.features is not None
            assert np.array_equal(result.features, features.reshape(-1))
            assert np.array_equal(result.output, fake_layers(features.reshape(-1))[1])
            assert result.peak == int(np.abs(sound.astype(np.int64)).max())


def test_another_bundle_is_refused(fake_model: Path) -> None:
    image, other = firmware.build(fake_model, M4), bytes(32)
    with (
        pytest.raises(DeviceError, match=rf"holds the bundle .*{DIGEST.hex()[:16]}, not 0000"),
        open_emulated(image, M4, digest=other),
    ):
        pass


def test_wrong_shapes_are_refused_before_they_are_sent(fake_frontend_model: Path) -> None:
    with open_emulated(firmware.build(fake_frontend_model, M4), M4) as device:
        with pytest.raises(DeviceError, match="takes 44100 int16 samples, not int16 of shape"):
            device.infer_pcm(np.zeros(44099, np.int16))
        with pytest.raises(DeviceError, match="takes 2040 int8 inputs"):
            device.infer_input(np.zeros(3000, np.int8))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_emulator_ends_with_its_block(fake_model: Path) -> None:
    image = firmware.build(fake_model, M4)
    emulator = Emulator(image, M4)
    with pytest.raises(KeyError), emulator:
        assert alive(emulator.pid)
        raise KeyError
    assert not alive(emulator.pid)
    gc.collect()  # an unclosed pipe would warn here


def test_an_interrupt_while_it_starts_leaves_none_behind(
    fake_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator, started = Emulator(firmware.build(fake_model, M4), M4), subprocess.Popen

    def interrupted(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        process = started(*arguments, **options)
        signal.raise_signal(signal.SIGINT)
        return process

    monkeypatch.setattr(subprocess, "Popen", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job has none
    try:
        with pytest.raises(KeyboardInterrupt), emulator:
            pytest.fail("it was not interrupted")
    finally:
        signal.signal(signal.SIGINT, before)
    assert not alive(emulator.pid)


def test_a_dead_emulator_is_told(fake_model: Path) -> None:
    with Emulator(firmware.build(fake_model, M4), M4) as emulator:
        device = Session(emulator)
        os.kill(emulator.pid, signal.SIGKILL)
        with pytest.raises(DeviceError, match="the emulator ended: exit status -9"):
            device.infer_input(np.zeros(INPUT_BYTES, np.int8))


def test_a_fault_on_the_device_is_told(fake_model: Path, tmp_path: Path) -> None:
    text = (fake_model / "fake.c").read_text().replace("add_one(input);", '__asm__("udf #0");')
    for path in fake_model.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "fake.c").write_text(text.replace("static void add_one", "void fake_add_one"))
    with (
        open_emulated(firmware.build(tmp_path, M4), M4) as device,
        pytest.raises(DeviceError, match="the program faulted"),
    ):
        device.infer_input(np.zeros(INPUT_BYTES, np.int8))


def test_silence_ends_in_time(fake_model: Path) -> None:
    # Firmware for the other carrier says nothing on this one.
    image, start = firmware.build(fake_model, M4, carrier="uart"), time.monotonic()
    with (
        Emulator(image, M4) as emulator,
        pytest.raises(DeviceError, match=r"no answer within 0\.5 s"),
    ):
        Session(emulator, timeout=0.5)
    assert time.monotonic() - start < 10


def test_a_missing_emulator_is_named(fake_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = firmware.build(fake_model, M4)
    monkeypatch.setenv("PATH", str(fake_model))
    with pytest.raises(ToolMissingError, match=r"^qemu-system-arm is not on PATH: install"):
        Emulator(image, M4)


class Line:
    """A device that one can send anything."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.receiver = Receiver()
        self.arrived: list[Frame | Error] = []
        self.sequence = 0
        assert self.next().type == Reply.HELLO

    def next(self) -> Frame:
        while not self.arrived:
            self.arrived += self.receiver.push(self.emulator.read(20))
        frame = self.arrived.pop(0)
        assert isinstance(frame, Frame)
        return frame

    def send(self, data: bytes) -> None:
        self.emulator.write(data, 20)

    def ask(self, request: int, payload: bytes = b"", sequence: int | None = None) -> Frame:
        if sequence is None:
            sequence = self.sequence
        self.sequence = (sequence + 1) % 256
        self.send(protocol.encode(Frame(request, sequence, payload)))
        return self.next()

    def refused(self, request: int, payload: bytes = b"") -> Error:
        reply = self.ask(request, payload)
        assert reply.type == Reply.ERROR and reply.sequence == (self.sequence - 1) % 256
        return Error(reply.payload[0])

    def answers(self) -> None:
        """A whole inference goes through, whatever came before."""
        assert self.ask(Request.RESET).type == Reply.ACK
        for start in (0, 2000):
            piece = bytes(min(2000, INPUT_BYTES - start))
            reply = self.ask(Request.INPUT, start.to_bytes(4, "little") + piece)
            assert reply.type == Reply.ACK, reply
        output, result = self.ask(Request.RUN, b"\0"), self.next()
        assert (output.type, output.payload[6:]) == (Reply.OUTPUT, bytes([750 % 256]) * 4)
        assert result.type == Reply.RESULT


@pytest.fixture(scope="module")
def line(fake_model: Path) -> Iterator[Line]:
    with Emulator(firmware.build(fake_model, M4), M4) as emulator:
        yield Line(emulator)


def test_states_bounds_and_types_are_checked(line: Line) -> None:
    def at(offset: int, size: int) -> bytes:
        return offset.to_bytes(4, "little") + bytes(size)

    line.answers()
    assert line.refused(Request.RUN, b"\0") == Error.STATE  # a run spends its input
    assert line.refused(Request.RUN, b"") == Error.BOUNDS
    assert line.refused(Request.RUN, b"\x10") == Error.BOUNDS
    assert line.refused(Request.RUN, b"\x08") == Error.TYPE  # no bundle's decision to vote by
    assert line.refused(Request.VOTE, b"") == Error.TYPE
    assert line.refused(Request.PCM, b"\0\0") == Error.TYPE  # no front end here
    assert line.refused(0x7F) == Error.TYPE
    assert line.refused(Reply.ACK) == Error.TYPE
    assert line.refused(Request.INPUT, b"\0\0\0") == Error.BOUNDS
    assert line.refused(Request.INPUT, at(1, 5)) == Error.BOUNDS  # not where the last one ended
    assert line.refused(Request.INPUT, at(0xFFFFFFFF, 5)) == Error.BOUNDS
    assert line.ask(Request.INPUT, at(0, 2000)).type == Reply.ACK
    assert line.refused(Request.INPUT, at(0, 5)) == Error.BOUNDS
    assert line.refused(Request.INPUT, at(2000, 1001)) == Error.BOUNDS  # one beyond the tensor
    assert line.refused(Request.RUN, b"\0") == Error.STATE
    assert line.ask(Request.INPUT, at(2000, 1000)).type == Reply.ACK
    assert line.refused(Request.INPUT, at(3000, 1)) == Error.BOUNDS
    assert line.ask(Request.RUN, b"\0").type == Reply.OUTPUT
    assert line.next().type == Reply.RESULT
    line.answers()


def test_frames_out_of_order_are_refused_and_change_nothing(line: Line) -> None:
    assert line.ask(Request.RESET, sequence=40).type == Reply.ACK
    for sequence in (40, 42, 39, 255):
        line.send(protocol.encode(Frame(Request.STATISTICS, sequence)))
        assert line.next() == Frame(Reply.ERROR, sequence, bytes([Error.SEQUENCE, 41]))
    assert line.ask(Request.STATISTICS, sequence=41).type == Reply.STATISTICS
    assert line.ask(Request.RESET, sequence=255).type == Reply.ACK
    assert line.ask(Request.STATISTICS, sequence=0).type == Reply.STATISTICS  # 255 + 1
    line.answers()


def test_a_sound_must_be_complete_and_not_too_long(fake_frontend_model: Path) -> None:
    with Emulator(firmware.build(fake_frontend_model, M4), M4) as emulator:
        line = Line(emulator)
        assert line.refused(Request.RUN, b"\0") == Error.STATE
        assert line.refused(Request.PCM, b"\0\0\0") == Error.BOUNDS  # half a sample
        for _ in range(44100 // 900):
            assert line.ask(Request.PCM, bytes(1800)).type == Reply.ACK
        assert line.refused(Request.PCM, bytes(2)) == Error.BOUNDS
        assert line.refused(Request.INPUT, bytes(8)) == Error.STATE  # PCM or raw, not both
        assert line.ask(Request.RUN, b"\0").type == Reply.OUTPUT
        assert line.next().type == Reply.RESULT
        assert line.ask(Request.INPUT, bytes(8)).type == Reply.ACK
        assert line.refused(Request.PCM, b"\0\0") == Error.STATE
        assert line.ask(Request.RESET).type == Reply.ACK
        assert line.ask(Request.PCM, b"\0\0").type == Reply.ACK
        assert line.refused(Request.RUN, b"\0") == Error.STATE


def test_each_kind_of_damage_has_its_error_and_the_next_frame_works(line: Line) -> None:
    good = protocol.encode(Frame(Request.RESET, 7, b"payload"))
    cases = [
        (good[:-3] + END, Error.TRUNCATED),
        (good[:5] + END, Error.TRUNCATED),
        (good.replace(b"payload", b"pAyload"), Error.DAMAGED),
        (protocol.wrap(bytes(protocol.FRAME_MAX + 1)), Error.OVERSIZED),
        (END + b"\xdb\x00" + END, Error.DAMAGED),
    ]
    for bad, error in cases:
        line.send(bad)
        reply = line.next()
        assert (reply.type, reply.payload[0]) == (Reply.ERROR, error)
        line.answers()


noise = st.binary(min_size=1, max_size=300).map(lambda data: data.replace(END, b"\xc1"))
strange = st.builds(
    lambda kind, sequence, payload: protocol.encode(Frame(kind, sequence, payload)),
    kind=st.integers(0, 255).filter(lambda kind: kind != Request.BYE),
    sequence=st.integers(0, 255),
    payload=st.binary(max_size=40),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(noise.map(lambda data: END + data + END) | noise | strange, max_size=6))
def test_nothing_that_comes_breaks_the_device(line: Line, pieces: list[bytes]) -> None:
    line.send(b"".join(pieces) + END)
    # HELLO with a number of its own ends the noise: what is answered before it answers the noise
    line.sequence = 0
    line.send(protocol.encode(Frame(Request.HELLO, 200)))
    while True:
        reply = line.next()
        assert reply.type in set(Reply)
        if (reply.type, reply.sequence) == (Reply.HELLO, 200):
            break
    line.sequence = 201
    line.answers()
