"""Firmware around a model that does nothing: what is there without one."""

import hashlib
from pathlib import Path

from ossicle.device import firmware
from ossicle.device.boards import Board
from ossicle.files import write_atomically
from ossicle.paths import BUILD

EMPTY_ARENA = 16
"""Bytes of the arena of the firmware without a front end."""

_HEADER = """#ifndef EMPTY_H
#define EMPTY_H
#include <stddef.h>
#define EMPTY_ARENA_BYTES {arena}
#define EMPTY_ARENA_ALIGNMENT 16
#define EMPTY_LAYER_COUNT 1
#define EMPTY_INPUT_OFFSET 0
#define EMPTY_INPUT_BYTES {inputs}
#define EMPTY_OUTPUT_OFFSET 0
#define EMPTY_OUTPUT_BYTES 1
typedef void (*empty_observer)(void *context, int layer, const void *tensor, size_t bytes);
void empty_run(void *arena);
void empty_run_observed(void *arena, empty_observer observer, void *context);
#endif
"""
_SOURCE = """#include "empty.h"
void empty_run(void *arena) { (void)arena; }
void empty_run_observed(void *arena, empty_observer observer, void *context) {
  if (observer) {
    observer(context, 0, arena, 1);
  }
}
"""


def empty_image(
    board: Board, frontend_tables: str | None = None, pcm_samples: int = 0, inputs: int = 1
) -> Path:
    """Build the firmware and return its ELF file.

    Args:
        board: the board to build for.
        frontend_tables: the text of the front end's tables; None without one.
        pcm_samples: samples of one sound; 0 without front end.
        inputs: bytes of the model's input, that of one sound.

    Raises:
        BudgetError: it does not fit the board.
        BuildError: the compiler failed.
    """
    arena = (inputs + EMPTY_ARENA - 1) // EMPTY_ARENA * EMPTY_ARENA
    header = _HEADER.format(arena=arena, inputs=inputs)
    digest = hashlib.sha256((header + _SOURCE + (frontend_tables or "")).encode())
    folder = BUILD / "bench" / f"empty-{digest.hexdigest()[:12]}"
    write_atomically(folder / "empty.h", header)
    write_atomically(folder / "empty.c", _SOURCE)
    firmware.write_app_model(
        folder,
        prefix="empty",
        name="empty",
        digest=digest.digest(),
        frontend_tables=frontend_tables,
        pcm_samples=pcm_samples,
    )
    return firmware.build(folder, board)
