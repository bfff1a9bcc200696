"""Cycles of a Cortex-M4: small sequences whose timing the manual gives."""

import subprocess
from pathlib import Path

import pytest
from test_instructions import LOOPS, program

from ossicle.device import boards, cycles, instructions
from ossicle.errors import BuildError

# Instruction, cycles on its own or behind the one before, cycles more where it branches.
SEQUENCES = {
    "arithmetic": [
        ("adds r0, #1", 1, 0),
        ("smlad r0, r1, r2, r3", 1, 0),
        ("smmlar r0, r1, r2, r3", 1, 0),
        ("umull r0, r1, r2, r3", 1, 0),
        ("ssat r0, #8, r1, asr #3", 1, 0),
        ("bic r0, r1", 1, 0),
        ("udiv r0, r1, r2", cycles.DIVISION, 0),
    ],
    # The manual: normally three cycles total.
    "a load behind a load": [("ldr r0, [r1]", 2, 0), ("ldr r1, [r2]", 1, 0)],
    "a store behind a load": [("ldr r0, [r1, r2]", 2, 0), ("str r1, [r3, r2]", 1, 0)],
    # Normally four.
    "three loads": [
        ("ldr r0, [r1, r5]", 2, 0),
        ("ldrb r1, [r2]", 1, 0),
        ("ldrsh r2, [r3, #4]", 1, 0),
    ],
    "the address is what was loaded": [("ldr r0, [r1]", 2, 0), ("ldr r2, [r0]", 2, 0)],
    "stores": [
        ("str r0, [r1, #4]", 1, 0),
        ("strh r0, [r1], #2", 1, 0),
        ("str r0, [r1, r2]", 2, 0),
        ("ldr r3, [r1]", 2, 0),
    ],
    "several registers": [
        ("ldrd r0, r1, [r2]", 3, 0),
        ("ldmia r0!, {r1-r3}", 4, 0),
        ("stmdb sp!, {r4-r11}", 9, 0),
        ("push {r4-r7, lr}", 6, 0),
        ("vldmia r0!, {s0-s3}", 5, 0),
        ("ldr r0, [r1]", 2, 0),
    ],
    "floating point": [
        ("vadd.f32 s0, s1, s2", 1, 0),
        ("vmla.f32 s0, s1, s2", 3, 0),
        ("vdiv.f32 s0, s1, s2", 14, 0),
        ("vldr s0, [r1]", 2, 0),
        ("vmov s0, r1", 1, 0),
        ("vstr s0, [r1]", 2, 0),
    ],
    "branches": [
        ("b f", 1, cycles.REFILL),
        ("bne f", 1, cycles.REFILL),
        ("cbz r0, after", 1, cycles.REFILL),
        ("bl f", 1, cycles.REFILL),
        ("after: bx lr", 1, cycles.REFILL),
        ("tbb [pc, r0]", 2, cycles.REFILL),
        ("ldr pc, [r0]", 2, cycles.REFILL),
        ("pop {r4-r7, pc}", 6, cycles.REFILL),
    ],
}


def assembled(folder: Path, lines: list[str]) -> Path:
    source, target = folder / "f.s", folder / "f.o"
    head = [".syntax unified", ".cpu cortex-m4", ".fpu fpv4-sp-d16", ".thumb", "f:"]
    source.write_text("\n".join([*head, *lines, ""]))
    flags = ["-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16"]
    subprocess.run(["arm-none-eabi-as", *flags, "-o", str(target), str(source)], check=True)
    return target


@pytest.mark.parametrize("name", SEQUENCES)
def test_sequences_take_what_the_manual_says(name: str, tmp_path: Path) -> None:
    lines, took, refills = zip(*SEQUENCES[name], strict=True)
    found = list(cycles.costs(assembled(tmp_path, list(lines))))
    assert [cost[1] for cost in found] == list(took)
    assert [cost[2] for cost in found] == list(refills)


def test_a_loop_takes_its_instructions_and_a_refill_a_turn(tmp_path: Path) -> None:
    board = boards.board("qemu_m4")
    short = instructions.count(program(tmp_path, LOOPS, (70001, 70002), board.name), board)
    long = instructions.count(program(tmp_path, LOOPS, (170001, 270002), board.name), board)
    turn = 1 + 1 + cycles.REFILL
    assert short.cycles and long.cycles and short.layer_cycles and long.layer_cycles
    assert long.layer_cycles[0] - short.layer_cycles[0] == turn * 100_000
    assert long.layer_cycles[1] - short.layer_cycles[1] == turn * 200_000
    assert long.cycles - short.cycles == turn * 300_000
    assert 0 < short.cycles - turn * (70001 + 70002) < 150  # the markers, the calls, the C around


def test_cores_without_published_timings_have_no_cycles(tmp_path: Path) -> None:
    board = boards.board("qemu_m7")
    counts = instructions.count(program(tmp_path, LOOPS, (70001, 70002), board.name), board)
    assert counts.cycles is None and counts.layer_cycles is None


def test_what_is_no_program_is_refused(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.elf"
    nothing.write_text("nothing")
    with pytest.raises(BuildError, match=r"nothing\.elf: cannot be disassembled"):
        list(cycles.costs(nothing))
