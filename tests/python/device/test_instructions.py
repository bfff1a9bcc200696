"""The counter: exact where the count is known from the code, and equal to the core's own timer."""

from pathlib import Path

import numpy as np
import pytest
from device_fakes import DIGEST, FRONTEND_BYTES

from ossicle.device import boards, elf, firmware, instructions
from ossicle.device.session import open_emulated
from ossicle.errors import DeviceError

LOOPS = """#include "loops.h"
void loops_run_observed(void *arena, loops_observer observer, void *context) {
  unsigned char *tensor = arena;
  for (int layer = 0; layer < 2; ++layer) {
    unsigned count = layer == 0 ? FIRST : SECOND;
    /* a turn is two instructions: the subtraction and the branch */
    __asm__ volatile(".syntax unified\\n1: subs %0, #1\\n bne 1b" : "+l"(count) : : "cc");
    if (observer) observer(context, layer, tensor, 4);
  }
}
void loops_run(void *arena) { loops_run_observed(arena, NULL, NULL); }
"""
TIMER = """#include "loops.h"
#define SYSTICK ((volatile unsigned *)0xE000E010u)
void loops_run_observed(void *arena, loops_observer observer, void *context) {
  unsigned char *tensor = arena;
  unsigned count = FIRST;
  SYSTICK[1] = 0xFFFFFFu;
  SYSTICK[2] = 0;
  SYSTICK[0] = 5; /* count, from the core's clock, without an interrupt */
  unsigned before = SYSTICK[2];
  __asm__ volatile(".syntax unified\\n1: subs %0, #1\\n bne 1b" : "+l"(count) : : "cc");
  unsigned ticks = (before - SYSTICK[2]) & 0xFFFFFFu;
  for (int i = 0; i < 4; ++i) tensor[4 + i] = (unsigned char)(ticks >> 8 * i);
  if (observer) observer(context, 0, tensor, 4);
}
void loops_run(void *arena) { loops_run_observed(arena, NULL, NULL); }
"""
HEADER = """#ifndef LOOPS_H
#define LOOPS_H
#include <stddef.h>
#define LOOPS_ARENA_BYTES 16
#define LOOPS_ARENA_ALIGNMENT 16
#define LOOPS_INPUT_OFFSET 0
#define LOOPS_INPUT_BYTES 4
#define LOOPS_OUTPUT_OFFSET 4
#define LOOPS_OUTPUT_BYTES 4
#define LOOPS_LAYER_COUNT {layers}
#define FIRST {first}u
#define SECOND {second}u
typedef void (*loops_observer)(void *context, int layer, const void *tensor, size_t bytes);
void loops_run(void *arena);
void loops_run_observed(void *arena, loops_observer observer, void *context);
#endif
"""


def program(folder: Path, source: str, turns: tuple[int, int], board: str) -> Path:
    first, second = turns
    layers = 2 if second else 1
    generated = folder / f"{first}-{second}"
    generated.mkdir(parents=True)
    (generated / "loops.c").write_text(source)
    header = HEADER.format(layers=layers, first=first, second=second)
    (generated / "loops.h").write_text(header)
    firmware.write_app_model(generated, prefix="loops", name="loops", digest=DIGEST)
    return firmware.build(generated, boards.board(board))


@pytest.mark.parametrize("name", ["qemu_m0", "qemu_m4", "qemu_m55"])
def test_a_known_loop_is_counted_exactly(tmp_path: Path, name: str) -> None:
    board = boards.board(name)
    # In 0x10000 and more, so that each count is loaded by as many instructions.
    short = instructions.count(program(tmp_path, LOOPS, (70001, 70002), name), board)
    long = instructions.count(program(tmp_path, LOOPS, (170001, 270002), name), board)
    assert long.layers[0] - short.layers[0] == 2 * 100_000
    assert long.layers[1] - short.layers[1] == 2 * 200_000
    assert long.inference - short.inference == 2 * 300_000
    assert 0 < short.inference - 2 * (70001 + 70002) < 60  # the markers, the calls, the C around
    assert short.frontend is None and short.frontend_frame is None


def test_counting_twice_gives_the_same(fake_frontend_model: Path) -> None:
    board = boards.board("qemu_m4")
    image = firmware.build(fake_frontend_model, board)
    first = instructions.count(image, board)
    assert first == instructions.count(image, board)
    assert len(first.layers) == 2
    assert sum(first.layers) == pytest.approx(first.inference, abs=60)
    assert first.frontend is not None and first.frontend_frame is not None
    assert 51 * (first.frontend_frame - 1) < first.frontend <= 51 * first.frontend_frame
    assert 0 < first.stack_bytes < board.stack_bytes


def test_the_cores_own_timer_agrees(tmp_path: Path) -> None:
    board, first = boards.board("qemu_m4"), 1_000_000
    image = program(tmp_path, TIMER, (first, 0), board.name)
    with open_emulated(image, board, options=["-icount", "shift=0"]) as device:
        output = device.infer_input(np.zeros(4, np.int8)).output
        device.bye()
    ticks = int.from_bytes(output.tobytes(), "little")
    # shift=0: an instruction takes 1 ns of the emulated time, a tick of 25 MHz takes 40 ns
    assert abs(ticks * 40 - 2 * first) <= 2 * 40
    counted = instructions.count(image, board).inference
    assert abs(counted - ticks * 40) <= 2 * 40 + 60


def test_a_sound_may_be_chosen(fake_frontend_model: Path) -> None:
    board = boards.board("qemu_m4")
    image = firmware.build(fake_frontend_model, board)
    silence = instructions.count(image, board, sound=np.zeros(44100, np.int16))
    noise = instructions.count(image, board)
    assert silence.inference == noise.inference  # the fake model looks at no value
    assert silence.frontend is not None and noise.frontend is not None
    assert silence.frontend != noise.frontend


def test_a_program_without_markers_is_refused(tmp_path: Path, fake_model: Path) -> None:
    image = firmware.build(fake_model, boards.board("qemu_m4"))
    renamed = tmp_path / "other.elf"
    renamed.write_bytes(image.read_bytes().replace(b"app_mark_run_begin", b"app_mark_rum_begin"))
    with pytest.raises(DeviceError, match=r"other\.elf: has no markers"):
        instructions.count(renamed, boards.board("qemu_m4"))


def test_sizes_are_those_of_the_linker(fake_frontend_model: Path) -> None:
    image = elf.read(firmware.build(fake_frontend_model, boards.board("qemu_m4")))
    assert image.stack_bytes == 4096
    assert image.bytes_of("bss", "arena") == 3104 >= FRONTEND_BYTES
    assert 1000 < image.bytes_of("code", "ossicle_frontend") < image.flash_bytes
    assert image.bytes_of("constant") <= image.flash_bytes
    assert image.address("app_mark_layer") is not None
    assert image.address("no_such_symbol") is None
