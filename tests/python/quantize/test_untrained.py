"""Every network of the registry becomes int8 and C, and the C equals TFLite's reference kernels."""

import numpy as np
import pytest

from ossicle.compiler import compile_model
from ossicle.models import systems
from ossicle.parity.host import HostModel
from ossicle.quantize.untrained import untrained
from ossicle.reference import ReferenceModel

SMALL = {
    "dcase2022_baseline": ((20, 50), {}),
    "sb_cnn": ((100, 32), {"filters": 3, "hidden": 8}),
    "strided": ((20, 24), {"filters": 4, "hidden": 8}),
    "ds_cnn": ((10, 12), {"channels": 8, "blocks": 2}),
    "cp_mobile": ((24, 17), {"base": 8}),
    "bc_resnet": ((40, 12), {"scale": 0.5}),
    "micro_acdnet": ((1, 1_037), {"width": 0.2, "column": 2}),
    "separable_resnet": ((32, 8), {"size": "small"}),
}


def test_every_network_is_here():
    assert SMALL.keys() == systems().keys()


@pytest.mark.parametrize("name", SMALL)
def test_it_becomes_c_that_equals_the_reference_kernels(name):
    (bands, frames), options = SMALL[name]
    content = untrained(name, 3, bands=bands, frames=frames, options=options)
    host = HostModel(compile_model(content, f"{name}.tflite"))
    reference = ReferenceModel(content)
    random = np.random.default_rng(1)
    for _ in range(3):
        window = random.integers(-128, 128, (1, bands, frames, 1), dtype=np.int8)
        (expected,), _ = reference.run([window])
        assert np.array_equal(host.run([window])[0], expected)
