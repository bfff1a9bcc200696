"""The generated C on the host, and vectors from files."""

from pathlib import Path

import numpy as np
import pytest

from ossicle.device.program import Program
from ossicle.errors import DataError
from ossicle.parity import models
from ossicle.parity.host import HostModel
from ossicle.reference import ReferenceModel


def test_it_computes_what_the_reference_kernels_compute(model_program: Program) -> None:
    host, reference = HostModel(model_program.compiled), ReferenceModel(model_program.model)
    tensors = [tensor.index for _, tensor in model_program.compiled.shown]
    for value in models.random_inputs(model_program.input, 20, seed=4):
        outputs, layers = host.run_layers([value])
        expected, inner = reference.run([value], tensors)
        assert np.array_equal(outputs[0], expected[0])
        assert np.array_equal(host.run([value])[0], expected[0])
        assert len(layers) == len(inner)
        for mine, theirs in zip(layers, inner, strict=True):
            assert mine.dtype == theirs.dtype and np.array_equal(mine, theirs)


def test_two_models_do_not_share_their_memory(model_program: Program) -> None:
    first, second = (HostModel(model_program.compiled) for _ in range(2))
    low, high = models.random_inputs(model_program.input, 3, seed=0)[:2]
    before = first.run([low])[0].copy()
    second.run([high])
    assert np.array_equal(first.run([low])[0], before)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_damaged_vectors_are_read_or_refused(
    save: object, model_program: Program, tmp_path: Path
) -> None:
    random, file = np.random.default_rng(1), tmp_path / "vectors.npz"
    given = random.integers(-128, 128, (3, 8, 8, 2), dtype=np.int8)
    wanted = random.integers(-128, 128, (3, 4), dtype=np.int8)
    save(file, input=given, output=wanted)  # type: ignore[operator]
    whole, refused = file.read_bytes(), 0
    for _ in range(300):
        content = bytearray(whole)
        for place in random.integers(len(content), size=3):
            content[place] = random.integers(256)
        file.write_bytes(content)
        try:
            read = models.read_vectors(file, model_program.input, model_program.output)
            assert len(read[0]) == len(read[1]) > 0
        except DataError as error:
            assert str(file) in str(error)
            refused += 1
    assert refused > 200
