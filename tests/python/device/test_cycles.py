"""Cycles: small sequences whose timing the manuals give."""

import subprocess
from pathlib import Path

import pytest
from test_instructions import LOOPS, program

from ossicle.device import boards, cycles, instructions, timings
from ossicle.errors import BuildError

# Of the Cortex-M4: instruction, cycles on its own or behind the one before, cycles more where it
# branches.
SEQUENCES = {
    "arithmetic": [
        ("adds r0, #1", 1, 0),
        ("smlad r0, r1, r2, r3", 1, 0),
        ("smmlar r0, r1, r2, r3", 1, 0),
        ("umull r0, r1, r2, r3", 1, 0),
        ("ssat r0, #8, r1, asr #3", 1, 0),
        ("bic r0, r1", 1, 0),
        ("udiv r0, r1, r2", timings.DIVISION, 0),
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
        ("b f", 1, timings.REFILL),
        ("bne f", 1, timings.REFILL),
        ("cbz r0, after", 1, timings.REFILL),
        ("bl f", 1, timings.REFILL),
        ("after: bx lr", 1, timings.REFILL),
        ("tbb [pc, r0]", 2, timings.REFILL),
        ("ldr pc, [r0]", 2, timings.REFILL),
        ("pop {r4-r7, pc}", 6, timings.REFILL),
    ],
}
# What other cores take otherwise.
OTHERS = {
    "cortex-m3": [
        ("mul r0, r1, r2", 1, 0),
        ("mla r0, r1, r2, r3", 2, 0),
        ("mls r0, r1, r2, r3", 2, 0),
        ("umull r0, r1, r2, r3", 5, 0),
        ("smlal r0, r1, r2, r3", 7, 0),
        ("sdiv r0, r1, r2", timings.DIVISION, 0),
        ("ldr r0, [r1]", 2, 0),
        ("ldr r1, [r2]", 1, 0),
        ("bl f", 1, timings.REFILL),
    ],
    "cortex-m0": [
        ("muls r0, r1, r0", 1, 0),
        ("ldr r0, [r1]", 2, 0),
        ("ldrsh r1, [r2, r3]", 2, 0),
        ("strb r1, [r2, #4]", 2, 0),
        ("ldmia r0!, {r1-r3}", 4, 0),
        ("push {r4-r7, lr}", 6, 0),
        ("mrs r0, primask", 4, 0),
        ("dsb", 4, 0),
        # In all 3, 3, 4, 3, 3 and 4 + N if they are taken.
        ("b f", 1, 2),
        ("bls f", 1, 2),
        ("bl f", 1, 3),
        ("bx lr", 1, 2),
        ("mov pc, r1", 1, 2),
        ("pop {r4-r7, pc}", 6, 3),
    ],
}


def assembled(folder: Path, lines: list[str], core: str = "cortex-m4") -> Path:
    source, target = folder / "f.s", folder / "f.o"
    fpu = ["-mfpu=fpv4-sp-d16"] if core == "cortex-m4" else []
    source.write_text("\n".join([".syntax unified", ".thumb", "f:", *lines, ""]))
    command = ["arm-none-eabi-as", f"-mcpu={core}", *fpu, "-o", str(target), str(source)]
    subprocess.run(command, check=True)
    return target


def assert_takes(sequence: list[tuple[str, int, int]], core: str, folder: Path) -> None:
    lines, took, refills = zip(*sequence, strict=True)
    found = list(cycles.costs(assembled(folder, list(lines), core), core))
    assert [cost[1] for cost in found] == list(took)
    assert [cost[2] for cost in found] == list(refills)


@pytest.mark.parametrize("name", SEQUENCES)
def test_sequences_take_what_the_manual_says(name: str, tmp_path: Path) -> None:
    assert_takes(SEQUENCES[name], "cortex-m4", tmp_path)


@pytest.mark.parametrize("core", OTHERS)
def test_other_cores_take_what_their_manuals_say(core: str, tmp_path: Path) -> None:
    assert_takes(OTHERS[core], core, tmp_path)


@pytest.mark.parametrize("name", ["qemu_m0", "qemu_m3", "qemu_m4"])
def test_a_loop_takes_its_instructions_and_a_refill_a_turn(name: str, tmp_path: Path) -> None:
    board = boards.board(name)
    short = instructions.count(program(tmp_path, LOOPS, (70001, 70002), board.name), board)
    long = instructions.count(program(tmp_path, LOOPS, (170001, 270002), board.name), board)
    turn = 1 + 1 + timings.REFILL
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
        list(cycles.costs(nothing, "cortex-m4"))
