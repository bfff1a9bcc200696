"""The faster kernels' parts: requantising downwards, and the choice between kernels."""

import functools
import tempfile
from pathlib import Path
from typing import Any

import cffi
import numpy as np
from drawing import draws
from hypothesis import assume, example, given
from hypothesis import strategies as st
from networks import small_network

from ossicle.compiler import Target, compile_model
from ossicle.compiler.arithmetic import integers, requantise_twice
from ossicle.compiler.emitter import KERNELS
from ossicle.compiler.operators.weighted import FAR_SHIFT
from ossicle.hostcc import shared_library

SOURCE = """
#include "ossicle_rescale.h"
#include "ossicle_requantise_down.h"
int32_t far_shift(void);
int32_t far_shift(void) { return OSSICLE_FAR_SHIFT; }
int32_t down(int32_t sum, int32_t multiplier, int8_t shift, int32_t zero_point);
int32_t down(int32_t sum, int32_t multiplier, int8_t shift, int32_t zero_point) {
  const ossicle_requantisation to = {&multiplier, &shift, 0, zero_point, -128, 127};
  int8_t output;
  ossicle_requantise_down(&to, 0, &sum, 1, 1, &output, 1);
  return output;
}
int32_t rescaled(int32_t sum, int32_t multiplier, int8_t shift, int32_t zero_point);
int32_t rescaled(int32_t sum, int32_t multiplier, int8_t shift, int32_t zero_point) {
  const ossicle_requantisation to = {&multiplier, &shift, 0, zero_point, -128, 127};
  const ossicle_rescale rescale = ossicle_rescale_of(&to, 0);
  return ossicle_rescaled(&rescale, sum, -128, 127);
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
        "int32_t far_shift(void);"
        "int32_t rescaled(int32_t sum, int32_t multiplier, int8_t shift, int32_t zero_point);"
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


def test_ram_takes_less_memory_than_balanced() -> None:
    content = small_network().finish()
    ram, balanced = (
        compile_model(content, "small.tflite", target=Target(optimize))
        for optimize in ("ram", "balanced")
    )
    assert ram.plan.arena_bytes <= balanced.plan.arena_bytes


@draws(normal=300, fuzz=20_000)
@given(st.data(), st.integers(2**30, 2**31 - 1), st.integers(1, 31), st.integers(-128, 127))
def test_rescaling_is_rounding_twice(
    data: st.DataObject, multiplier: int, right: int, zero_point: int
) -> None:
    """Within what `Weighted.rescaled` lets pass: no high product leaves 32 bits with half added."""
    room = 2**31 - 1 - (1 << (right - 1)) - (abs(zero_point) << right)
    bound = min(2**31 - 257, (room << 31) // multiplier - 1)
    assume(bound > 0)
    near = [round((n + 0.5) * 2 ** (31 + right) / multiplier) for n in range(-130, 130)]
    value = data.draw(st.one_of(st.sampled_from(near), st.integers(-bound, bound)))
    value = max(-bound, min(value, bound))
    scaled = requantise_twice(*map(integers, (value, multiplier, -right)))
    expected = np.clip(scaled + zero_point, -128, 127)
    assert c_parts().rescaled(value, multiplier, -right, zero_point) == expected
