"""The faster kernels' parts: requantising downwards, and the choice between kernels."""

import functools
import tempfile
from pathlib import Path
from typing import Any

import cffi
import numpy as np
import pytest
from drawing import draws
from hypothesis import example, given
from hypothesis import strategies as st
from networks import small_network

from ossicle.compiler import Target, compile_model
from ossicle.compiler.arithmetic import integers, requantise_twice
from ossicle.compiler.emitter import KERNELS
from ossicle.compiler.operators.conv_2d import SCRATCH_LIMIT, scratch_bytes, tile_positions
from ossicle.compiler.operators.weighted import FAR_SHIFT
from ossicle.hostcc import shared_library

SOURCE = """
#include "ossicle_conv_2d_tiled.h"
#include "ossicle_requantise_down.h"
int32_t far_shift(void);
int32_t far_shift(void) { return OSSICLE_FAR_SHIFT; }
int32_t tiled_scratch(int32_t tile, int32_t taps);
int32_t tiled_scratch(int32_t tile, int32_t taps) {
  return OSSICLE_CONV_2D_TILED_SCRATCH_BYTES(tile, taps);
}
int32_t down(int32_t sum, int32_t multiplier, int8_t shift, int32_t zero_point);
int32_t down(int32_t sum, int32_t multiplier, int8_t shift, int32_t zero_point) {
  const ossicle_requantisation to = {&multiplier, &shift, 0, zero_point, -128, 127};
  int8_t output;
  ossicle_requantise_down(&to, 0, &sum, 1, 1, &output, 1);
  return output;
}
"""


@functools.cache
def c_parts() -> Any:
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "fast_kernels.c"
        source.write_text(SOURCE)
        library = shared_library("fast_kernels", [source], [KERNELS])
    ffi = cffi.FFI()
    ffi.cdef(
        "int32_t far_shift(void); int32_t tiled_scratch(int32_t tile, int32_t taps);"
        "int32_t down(int32_t sum, int32_t multiplier, int8_t shift, int32_t zero_point);"
    )
    return ffi.dlopen(str(library))


@draws(normal=1000, fuzz=100_000)
@given(st.data(), st.integers(2**30, 2**31 - 1), st.integers(-31, -1), st.integers(-128, 127))
@example(None, 2**30, -1, 0)
def test_requantise_down_is_rounding_twice(
    data: st.DataObject | None, multiplier: int, shift: int, zero_point: int
) -> None:
    bound = 2**31 - 257 if shift < -FAR_SHIFT else 2**30 - 1
    # Near a tie of the right shift, or anywhere.
    near = [round((n + 0.5) * 2 ** (31 - shift) / multiplier) for n in range(-130, 130)]
    sums = st.one_of(st.sampled_from(near), st.integers(-bound, bound))
    drawn = [-bound, -1, 0, 1, bound] if data is None else [data.draw(sums)]
    for value in (max(-bound, min(number, bound)) for number in drawn):
        scaled = requantise_twice(*map(integers, (value, multiplier, shift)))
        expected = np.clip(scaled + zero_point, -128, 127)
        assert c_parts().down(value, multiplier, shift, zero_point) == expected


def test_constants_of_the_kernels_are_the_compilers() -> None:
    assert c_parts().far_shift() == FAR_SHIFT
    for tile, taps in ((2, 1), (16, 49), (6, 784), (4, 27)):
        assert c_parts().tiled_scratch(tile, taps) == scratch_bytes(tile, taps)


@pytest.mark.parametrize(("positions", "taps"), [(1, 1), (2, 784), (7, 9), (1024, 144), (9, 9000)])
def test_a_tile_is_even_and_takes_what_it_may(positions: int, taps: int) -> None:
    tile = tile_positions(positions, taps)
    assert tile % 2 == 0
    assert tile >= 2
    assert tile <= positions + 1
    assert tile == 2 or scratch_bytes(tile, taps) <= SCRATCH_LIMIT


def test_ram_takes_no_scratch_and_balanced_some() -> None:
    content = small_network().finish()
    ram = compile_model(content, "small.tflite", target=Target("ram"))
    balanced = compile_model(content, "small.tflite")
    assert all(buffer.tensors for buffer in ram.plan.buffers)
    assert not all(buffer.tensors for buffer in balanced.plan.buffers)
    assert ram.plan.arena_bytes <= balanced.plan.arena_bytes
    assert "ossicle_conv_2d_tiled.c" not in ram.files
