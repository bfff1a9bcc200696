"""What `ossicle_self_test` is to find on a device, worked out on the host."""

import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from ossicle.device.program import Program
from ossicle.frontend import FrontEnd
from ossicle.parity.host import HostModel


def made_sound(samples: int) -> npt.NDArray[np.int16]:
    """Return the noise of `firmware/listener/ossicle_self_test.c`, int16 [samples].

    Sample n is the upper half of a hash of n + 1 (the finaliser of MurmurHash3, A. Appleby, 2011),
    divided by 2**s and rounded towards zero, with s the sixteenth of the window, 0 again in the
    last.
    """
    number = np.arange(samples, dtype=np.uint32)
    value = number + np.uint32(1)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        value = (value ^ value >> np.uint32(shift)) * np.uint32(factor)
    value ^= value >> np.uint32(16)
    sample = (value >> np.uint32(16)).astype(np.int32) - 32768
    faintness = (number // np.uint32(samples // 16 + 1) % np.uint32(15)).astype(np.int32)
    return np.asarray(np.sign(sample) * (np.abs(sample) >> faintness), np.int16)


def expected(program: Program) -> str:
    """Return the text of `ossicle_self_test_expected.h` for a bundle's program."""
    assert program.bundle is not None
    pcm = made_sound(program.pcm_samples)
    features = FrontEnd(program.bundle.frontend)(pcm[np.newaxis])[0]
    outputs, layers = HostModel(program.compiled).run_layers(
        [features.reshape(program.input.shape)]
    )
    found = {
        "FEATURES": _checksum([features.T]),  # column by column
        "LAYERS": _checksum(layers),
        "OUTPUTS": _checksum(outputs),
    }
    return "\n".join(
        [
            "/* CRC-32 of what the host made of the self-test's sound. Generated; do not edit. */",
            "#ifndef OSSICLE_SELF_TEST_EXPECTED_H",
            "#define OSSICLE_SELF_TEST_EXPECTED_H",
            "",
            *(f"#define OSSICLE_SELF_TEST_{name} 0x{value:08x}u" for name, value in found.items()),
            "",
            "#endif",
            "",
        ]
    )


def _checksum(arrays: Iterable[npt.NDArray[Any]]) -> int:
    checksum = 0
    for array in arrays:
        checksum = zlib.crc32(np.ascontiguousarray(array).tobytes(), checksum)
    return checksum
