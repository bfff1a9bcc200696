"""Damaged and hostile files: a `ModelError` of one line, or a model that runs; nothing else."""

import itertools
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from drawing import FUZZ, draws
from flatbuffer import ModelBuilder
from harness import SanitizedModel, extremes_and_random
from hypothesis import example, given
from hypothesis import strategies as st
from networks import small_network

from ossicle.compiler import CompiledModel, compile_model
from ossicle.errors import ModelError

SECONDS = 10.0  # for a file of a few kilobytes; it takes milliseconds


def compiled_or_refused(content: bytes) -> CompiledModel | None:
    """Compile; a refusal must be a ModelError whose message is one printable line."""
    start = time.process_time()
    try:
        return compile_model(content, "damaged.tflite")
    except ModelError as error:
        assert str(error).startswith("damaged.tflite: ")
        assert str(error).isprintable()
        assert len(str(error)) < 800
        return None
    finally:
        assert time.process_time() - start < SECONDS


def damaged_bytes(content: bytes) -> Iterator[bytes]:
    """Yield the file with each byte inverted, and with each bit of each byte flipped."""
    for position, mask in itertools.product(
        range(len(content)), [0xFF, *(1 << n for n in range(8))]
    ):
        damaged = bytearray(content)
        damaged[position] ^= mask
        yield bytes(damaged)


def test_any_byte_may_be_damaged() -> None:
    content = small_network().finish()
    survivors = 0
    # A step that shares no factor with the nine changes of a byte takes all of them in turn.
    for damaged in itertools.islice(damaged_bytes(content), 0, None, 1 if FUZZ else 101):
        survivors += compiled_or_refused(damaged) is not None
    assert survivors > 0  # weights may be anything


def test_truncated_anywhere() -> None:
    content = small_network().finish()
    for length in range(len(content)):
        assert compiled_or_refused(content[:length]) is None


@draws(normal=300, fuzz=100_000)
@given(st.binary(max_size=400), st.booleans())
@example(b"", False)
@example(b"\x00\x00\x00\x00TFL3", False)
def test_random_bytes(content: bytes, magic: bool) -> None:
    if magic:
        content = content[:4].ljust(4, b"\0") + b"TFL3" + content[8:]
    assert compiled_or_refused(content) is None


@draws(normal=300, fuzz=50_000)
@given(st.data())
def test_several_damages_at_once(data: st.DataObject) -> None:
    content = bytearray(small_network().finish())
    words = st.one_of(
        st.sampled_from([0, 1, 2, 0x7F, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]),
        st.integers(0, 2**32 - 1),
    )
    for _ in range(data.draw(st.integers(1, 6))):
        position = 4 * data.draw(st.integers(0, len(content) // 4 - 1))
        struct.pack_into("<I", content, position, data.draw(words))
    compiled_or_refused(bytes(content))


def descriptors(compiled: CompiledModel) -> tuple[str, ...]:
    """Return the layers' descriptors and calls: all of the C but its tables and its banner."""
    lines = compiled.files[f"{compiled.prefix}.c"].splitlines()
    return tuple(line for line in lines if line.lstrip().startswith((".", "ossicle_")))


def test_survivors_run_without_a_sanitizers_report() -> None:
    """What still compiles after damage computes something else, but touches no wrong byte."""
    content = small_network().finish()
    survivors = {}
    for damaged in itertools.islice(damaged_bytes(content), 0, None, 7 if FUZZ else 163):
        compiled = compiled_or_refused(damaged)
        if compiled is not None:
            survivors.setdefault(descriptors(compiled), compiled)
    assert len(survivors) > 1
    for compiled in itertools.islice(survivors.values(), None if FUZZ else 12):
        with SanitizedModel(compiled) as model:
            model.run(extremes_and_random(compiled.graph.inputs, seed=0))


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for damaged in itertools.islice(damaged_bytes(small_network().finish()), 0, None, 501):
        compiled_or_refused(damaged)
    assert not list(tmp_path.iterdir())


def test_many_tensors_that_share_one_buffer_cost_no_memory() -> None:
    model = ModelBuilder()
    given = model.tensor((1, 8))
    model.operator("RESHAPE", [given], [model.tensor((8,))], ("ReshapeOptions", {}))
    weights = model.constant(np.zeros(1 << 20, dtype=np.int8))
    for _ in range(2000):
        model.tensors.append(model.tensors[weights])
    compiled = compile_model(model.finish([given], [1]), "shared.tflite")
    assert compiled.parameters == 0


def test_a_vector_that_claims_everything_is_refused_at_once() -> None:
    content = bytearray(small_network().finish())
    for position in range(0, len(content) - 4, 4):
        if struct.unpack_from("<I", content, position)[0] == 1:  # the length of many a vector
            damaged = bytearray(content)
            struct.pack_into("<I", damaged, position, 0x00FFFFFF)
            compiled_or_refused(bytes(damaged))
