"""The generated C through Python (`HostModel`) against TFLite's reference kernels."""

import numpy as np
import pytest

from mlperf_tiny import needs_mlperf_tiny, path_of
from ossicle.compiler import compile_model
from ossicle.compiler.graph import Array, Tensor
from ossicle.parity.host import HostModel
from ossicle.reference import ReferenceModel

MLPERF_TINY = ("ad01_int8", "kws_ref_model", "pretrainedResnet_quant", "vww_96_int8")


def inputs(tensors: tuple[Tensor, ...], seed: int) -> list[Array]:
    generator = np.random.default_rng(seed)
    limits = [np.iinfo(tensor.dtype) for tensor in tensors]
    return [
        generator.integers(limit.min, limit.max + 1, tensor.shape).astype(tensor.dtype)
        for tensor, limit in zip(tensors, limits, strict=True)
    ]


@needs_mlperf_tiny
@pytest.mark.parametrize("name", MLPERF_TINY)
def test_every_layer_of_mlperf_tiny(name: str) -> None:
    path = path_of(name)
    content = path.read_bytes()
    host = HostModel(compile_model(content, path.name))
    reference = ReferenceModel(content)
    indices = [tensor.index for _, tensor in host.compiled.shown]
    for seed in range(3):
        values = inputs(host.compiled.graph.inputs, seed)
        outputs, layers = host.run_layers(values)
        expected_outputs, expected_layers = reference.run(values, indices)
        for (operator, _), found, expected in zip(
            host.compiled.shown, layers, expected_layers, strict=True
        ):
            assert np.array_equal(found, expected), operator.node.label
        for found, expected in zip(outputs, expected_outputs, strict=True):
            assert np.array_equal(found, expected)


@needs_mlperf_tiny
@pytest.mark.parametrize(
    ("name", "macs"),
    [
        ("ad01_int8", 264_192),
        ("kws_ref_model", 2_656_768),
        ("pretrainedResnet_quant", 12_501_632),
        ("vww_96_int8", 7_489_664),
    ],
)
def test_macs_of_mlperf_tiny(name: str, macs: int) -> None:
    path = path_of(name)
    assert compile_model(path.read_bytes(), path.name).macs == macs


@needs_mlperf_tiny
@pytest.mark.parametrize("name", MLPERF_TINY)
def test_observing_changes_nothing_and_an_inference_leaves_nothing_behind(name: str) -> None:
    path = path_of(name)
    host = HostModel(compile_model(path.read_bytes(), path.name))
    first, second = (inputs(host.compiled.graph.inputs, seed) for seed in (1, 2))
    before = host.run(first)
    host.run(second)
    observed, layers = host.run_layers(first)
    assert len(layers) == len(host.compiled.shown)
    for a, b, c in zip(before, observed, host.run(first), strict=True):
        assert np.array_equal(a, b) and np.array_equal(a, c)
