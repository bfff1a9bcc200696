"""Sigmoid and tanh in 16 bits: C == numpy == gemmlowp itself, for every value."""

import functools
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import cffi
import numpy as np
import pytest
import tensorflow as tf

from ossicle.compiler import fixed_point_16
from ossicle.compiler.emitter import KERNELS
from ossicle.hostcc import shared_library

EVERY = np.arange(-(2**15), 2**15)
GEMMLOWP = """\
#include <cstdio>
#include "fixedpoint/fixedpoint.h"
using gemmlowp::FixedPoint;
template <int bits> void tanh_of_every() {
  for (int i = -32768; i < 32768; ++i)
    std::printf("%d ", gemmlowp::tanh(FixedPoint<std::int16_t, bits>::FromRaw(i)).raw());
}
int main() {
  for (int i = -32768; i < 32768; ++i)
    std::printf("%d ", gemmlowp::logistic(FixedPoint<std::int16_t, 3>::FromRaw(i)).raw());
  tanh_of_every<0>(), tanh_of_every<1>(), tanh_of_every<2>(), tanh_of_every<3>();
  tanh_of_every<4>(), tanh_of_every<5>(), tanh_of_every<6>();
}
"""


@functools.cache
def c_functions() -> Any:
    declarations = "int32_t ossicle_sigmoid_q3(int32_t); int32_t ossicle_tanh_q(int32_t, int32_t);"
    library = shared_library("functions", [KERNELS / "ossicle_fixed_point_16.c"], [KERNELS])
    ffi = cffi.FFI()
    ffi.cdef(declarations)
    return ffi.dlopen(str(library))


@functools.cache
def gemmlowp() -> Any:
    """Return the sigmoid, then tanh of 0 to 6 integer bits, by the headers in TensorFlow's wheel.

    Of every value.
    """
    headers = Path(tf.sysconfig.get_include()) / "external" / "gemmlowp"
    with tempfile.TemporaryDirectory() as scratch:
        source, program = Path(scratch) / "gemmlowp.cc", Path(scratch) / "gemmlowp"
        source.write_text(GEMMLOWP)
        command = ["c++", "-std=c++17", f"-I{headers}", "-o", str(program), str(source)]
        subprocess.run(command, check=True)
        found = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    return np.array(found.split(), dtype=np.int64).reshape(8, -1)


def test_sigmoid_of_every_value() -> None:
    spec = fixed_point_16.sigmoid(EVERY)
    assert np.array_equal(spec, gemmlowp()[0])
    assert spec.tolist() == [c_functions().ossicle_sigmoid_q3(int(x)) for x in EVERY]


@pytest.mark.parametrize("bits", range(7))
def test_tanh_of_every_value(bits: int) -> None:
    spec = fixed_point_16.tanh(EVERY, bits)
    assert np.array_equal(spec, gemmlowp()[1 + bits])
    assert spec.tolist() == [c_functions().ossicle_tanh_q(int(x), bits) for x in EVERY]


def test_both_are_close_to_the_real_functions() -> None:
    """Within 13 steps of 2^-15."""
    real = 2.0**15 / (1 + np.exp(-EVERY / 2.0**12))
    assert np.abs(fixed_point_16.sigmoid(EVERY) - real).max() < 13
    for bits in range(7):
        real = 2.0**15 * np.tanh(EVERY / 2.0 ** (15 - bits))
        assert np.abs(fixed_point_16.tanh(EVERY, bits) - real).max() < 13
