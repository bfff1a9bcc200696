"""Drawn networks on emulated cores: what assembly and Helium compute, which no host runs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args
from zlib import crc32

import pytest
from drawing import FUZZ, draws
from drawn import SEEDS
from drawn_networks import Room, networks, remembering_networks
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from longest_run import compiled_with_the_longest_run
from test_depth_first import chains

from ossicle import hostcc
from ossicle.budget import fitting_image
from ossicle.compiler import CompiledModel, Optimize, Target, compile_model
from ossicle.compiler.depth_first import Way
from ossicle.compiler.work import Work
from ossicle.device import boards
from ossicle.device import program as programs
from ossicle.device.boards import Board
from ossicle.device.program import Program
from ossicle.parity import models

INPUTS = 5
NAME = f"drawn_{os.getpid()}" if FUZZ else "drawn"  # no two processes share an ELF to delete
SMALL, LARGE = Room(400, 1_500, 12), Room(4_000, 6_000, 40)
FEW = Room(100, 400, 2)
MOST_ARENA_BYTES = {"qemu_m0": 5_000}
# One firmware of each in a normal run; fuzzing has the other pairs as well.
CASES: list[tuple[str, Optimize]] = [
    ("qemu_m0", "ram"),
    ("qemu_m4", "ram"),
    ("qemu_m4", "balanced"),
    ("qemu_m4", "speed"),
    ("qemu_m55", "ram"),
    ("qemu_m55", "speed"),
]
MORE: list[tuple[str, Optimize]] = [
    ("qemu_m0", "balanced"),
    ("qemu_m0", "speed"),
    ("qemu_m55", "balanced"),
]


@dataclass(frozen=True)
class AnyWay(Target):
    """Takes any way to compute a layer, not the one that costs least.

    Attributes:
        seed: of the choice.
    """

    seed: int = 0

    def price(self, work: Work, scratch_bytes: int, flash_bytes: int) -> float:
        return crc32(f"{self.seed} {work} {scratch_bytes} {flash_bytes}".encode())


@contextmanager
def forgotten() -> Iterator[None]:
    """While fuzzing, keep what is built on the way out of the cache: it is never wanted again."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        if FUZZ:
            patch.setattr(hostcc, "BUILD", Path(folder))
            patch.setattr(programs, "BUILD", Path(folder))
        yield


def compiled_for(content: bytes, target: Target, *, longest: bool) -> CompiledModel:
    if longest and target.optimize == "ram":
        return compiled_with_the_longest_run(content, target)
    return compile_model(content, "chain.tflite", target=target)


def assert_equal(content: bytes, compiled: CompiledModel, board: Board) -> None:
    """Every layer on the board is TFLite's and the host's, for some inputs."""
    program = Program(NAME, content, compiled, None)
    with forgotten():
        elf = fitting_image(program, board)
        parity = models.compare(program, board, models.random_inputs(program.input, INPUTS, 1))
    if FUZZ:
        elf.unlink()
    elements = INPUTS * sum(tensor.elements for _, tensor in compiled.shown)
    for comparison in parity.comparisons:
        found = (comparison.elements, comparison.mismatches, comparison.first)
        assert found == (elements, 0, None)


def drawn_on_a_board(normal: int, fuzz: int) -> settings:
    """Without shrinking, which would take hours: what is reported names layer and element."""
    return settings(draws(normal=normal, fuzz=fuzz), phases=[Phase.generate])


@pytest.mark.parametrize(("name", "optimize"), CASES + MORE if FUZZ else CASES)
def test_equals_tflite_and_the_host(name: str, optimize: Optimize) -> None:
    board = boards.board(name)
    extension = Target.of(board.core).extension

    @drawn_on_a_board(normal=1, fuzz=1_000)
    @given(networks(SMALL if name in MOST_ARENA_BYTES else LARGE), st.none() | SEEDS, st.booleans())
    def check(content: bytes, seed: int | None, longest: bool) -> None:
        plain = Target(optimize, extension)
        target = plain if seed is None else AnyWay(optimize, extension, seed=seed)
        compiled = compiled_for(content, target, longest=longest)
        assume(compiled.plan.arena_bytes <= MOST_ARENA_BYTES.get(name, 100_000))
        assume(FUZZ or len(compiled.operators) > 5)  # the first that is drawn is the simplest
        assert_equal(content, compiled, board)

    check()


BOARDS = ["qemu_m0", "qemu_m4", "qemu_m55"]


@pytest.mark.parametrize("name", BOARDS if FUZZ else ["qemu_m4"])
def test_layers_that_keep_a_state(name: str) -> None:
    """What it becomes goes on from input to input."""
    board = boards.board(name)

    @drawn_on_a_board(normal=2, fuzz=1_000)
    @given(remembering_networks(FEW), st.sampled_from(get_args(Optimize)))
    def check(content: bytes, optimize: Optimize) -> None:
        compiled = compile_model(content, "states.tflite", target=Target.of(board.core, optimize))
        assume(compiled.plan.arena_bytes <= MOST_ARENA_BYTES.get(name, 100_000))
        assert_equal(content, compiled, board)

    check()


@pytest.mark.parametrize("name", BOARDS if FUZZ else ["qemu_m4"])
def test_chains_that_run_depth_first(name: str) -> None:
    """By rows and by columns, however little that saves, by any kernels."""
    board = boards.board(name)
    extension = Target.of(board.core).extension

    @drawn_on_a_board(normal=2, fuzz=1_000)
    @given(chains(), SEEDS, st.booleans())
    def check(content: bytes, seed: int, by_columns: bool) -> None:
        target = AnyWay("ram", extension, seed=seed)
        compiled = compiled_with_the_longest_run(content, target, Way(by_columns=by_columns))
        assume(compiled.plan.arena_bytes <= MOST_ARENA_BYTES.get(name, 100_000))
        assert_equal(content, compiled, board)

    check()
