"""The bundles of models/: what they bring is what an emulated device computes from them."""

from collections.abc import Callable

import pytest

from command_line import Result
from ossicle.paths import PROJECT

BUNDLES = sorted(path.parent for path in (PROJECT / "models").glob("*/model.tflite"))


def test_there_are_some() -> None:
    assert {"dcase2022", "esc10"} <= {bundle.name for bundle in BUNDLES}


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: bundle.name)
def test_a_bundle_runs_bit_for_bit(bundle: object, ossicle: Callable[..., Result]) -> None:
    proof = ossicle("parity", bundle, "--board", "qemu_m4", "--json")
    assert proof.status == 0, proof.err
    assert proof.json["mismatches"] == 0 and proof.json["elements"] > 100_000
