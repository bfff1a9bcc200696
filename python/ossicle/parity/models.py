"""Parity of a bare model: raw inputs through the device, the host's C and the reference kernels."""

import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ossicle.budget import fitting_image
from ossicle.compiler.graph import Array, Tensor
from ossicle.console import track
from ossicle.device.boards import Board
from ossicle.device.program import Program
from ossicle.device.session import Session, open_emulated
from ossicle.errors import DataError
from ossicle.parity.comparison import Comparison
from ossicle.parity.host import HostModel, as_tensor
from ossicle.reference import ReferenceModel

# What numpy and zipfile raise for a file that is none of theirs, or a damaged one.
_DAMAGE = (
    *(OSError, ValueError, KeyError, EOFError, MemoryError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error),
)


LARGEST_REAL = 1000
"""What random real numbers do not exceed in magnitude; by no usual scale more than int16 can be."""


@dataclass(frozen=True)
class ModelParity:
    """What came of comparing a model on a device.

    Attributes:
        inputs: how many inferences were compared.
        reference: every layer against TFLite's reference kernels, or the output against vectors.
        host: every layer against the generated C on the host.
    """

    inputs: int
    reference: Comparison
    host: Comparison

    @property
    def cases(self) -> int:
        """How many inferences were compared."""
        return self.inputs

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Both authorities."""
        return self.reference, self.host

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs."""
        return self.reference.mismatches == 0 and self.host.mismatches == 0

    def figures(self) -> dict[str, Any]:
        """Return the figures of `ossicle parity --json`."""
        return {"inputs": self.inputs, **self.reference.figures(), "host": self.host.figures()}


def random_inputs(tensor: Tensor, count: int, seed: int) -> list[Array]:
    """Return `count` random inputs; of three or more, two hold only extremes.

    Integers are uniformly drawn, real numbers from a normal distribution; their extremes are 1000.
    """
    rng = np.random.default_rng(seed)
    if tensor.dtype == "float32":
        low, high = -LARGEST_REAL, LARGEST_REAL
        inputs = [rng.normal(0, 2, tensor.shape).astype(np.float32) for _ in range(count)]
    else:
        low, high = np.iinfo(tensor.dtype).min, np.iinfo(tensor.dtype).max
        inputs = [
            rng.integers(low, high, tensor.shape, dtype=tensor.dtype, endpoint=True)
            for _ in range(count)
        ]
    if count > 2:
        inputs[:2] = (np.full(tensor.shape, value, dtype=tensor.dtype) for value in (low, high))
    return inputs


def read_vectors(file: Path, inputs: Tensor, output: Tensor) -> tuple[list[Array], list[Array]]:
    """Read inputs and expected outputs that somebody else made.

    Args:
        file: an .npz file with the arrays `input` and `output`, the first axis the case.
        inputs: the model's input; each case must have its number of elements.
        output: the model's output, likewise.

    Raises:
        DataError: the file is not such a file, or does not fit the model.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise DataError(f"{file}: cannot be read ({error.strerror})") from error
    given, expected = _arrays(file, content)
    cases = _cases(file, "input", given, inputs), _cases(file, "output", expected, output)
    if len(cases[0]) != len(cases[1]) or not cases[0]:
        raise DataError(f"{file}: holds {len(cases[0])} inputs and {len(cases[1])} outputs")
    return cases


def _arrays(file: Path, content: bytes) -> tuple[Array, Array]:
    try:
        loaded = np.load(io.BytesIO(content), allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            raise ValueError("a single array")
        with loaded as arrays:
            return arrays["input"], arrays["output"]
    except _DAMAGE as error:
        problem = f"not an .npz file with the arrays 'input' and 'output' ({error})"
        raise DataError(f"{file}: {problem}") from error


def _cases(file: Path, name: str, array: Array, tensor: Tensor) -> list[Array]:
    fits = array.ndim > 0 and array.size == len(array) * tensor.elements
    is_real = tensor.dtype == "float32"
    if not fits or not np.issubdtype(array.dtype, np.floating if is_real else np.integer):
        shape = f"{array.dtype} of shape {list(array.shape)}"
        problem = f"'{name}' is {shape}; cases of {tensor.dtype} {tensor.dimensions} are wanted"
        raise DataError(f"{file}: {problem}")
    limits = np.finfo(tensor.dtype) if is_real else np.iinfo(tensor.dtype)
    if array.size and (array.min() < limits.min or array.max() > limits.max):
        raise DataError(f"{file}: '{name}' has values that are not {tensor.dtype}")
    return list(array.astype(tensor.dtype).reshape(-1, *tensor.shape))


def compare(
    program: Program, board: Board, inputs: Sequence[Array], expected: Sequence[Array] | None = None
) -> ModelParity:
    """Run every input on the emulated device and compare every layer.

    Args:
        program: a model of one input and one output.
        board: the emulated board.
        inputs: of the model's input shape.
        expected: outputs to compare with instead of the reference kernels' layers.

    Raises:
        BudgetError: the model does not fit the board.
        DeviceError: the device failed.
    """
    shape = program.input.shape
    elf = fitting_image(program, board)
    host = HostModel(program.compiled)
    reference = ReferenceModel(program.model) if expected is None else None
    authority = "the given vectors" if reference is None else reference.authority
    parity = ModelParity(len(inputs), Comparison(authority), Comparison("the host's C"))
    with open_emulated(elf, board, digest=program.digest) as session:
        numbered = track(enumerate(inputs), f"parity on {board.name}", len(inputs))
        for case, value in numbered:
            output, layers = infer(session, program, value.reshape(shape))
            _, on_host = host.run_layers([value])
            add_layers(parity.host, case, program, on_host, layers)
            if reference is not None:
                add_layers(
                    parity.reference,
                    case,
                    program,
                    reference_layers(reference, program, value),
                    layers,
                )
            elif expected is not None:
                parity.reference.add(case, "output", expected[case], output)
    return parity


def infer(session: Session, program: Program, value: Array) -> tuple[Array, list[Array]]:
    """Run one raw input on the device; return the output and every layer, in type and shape."""
    result = session.infer_input(as_bytes(value), layers=True)
    return as_tensor(result.output.tobytes(), program.output), shaped(program, result.layers)


def as_bytes(value: Array) -> Array:
    """Return the bytes of an input, as they lie in the arena."""
    return np.frombuffer(value.tobytes(), dtype=np.int8)


def shaped(program: Program, layers: Sequence[Array]) -> list[Array]:
    """Give the layers that a device sent their types and shapes."""
    return [
        as_tensor(layer.tobytes(), tensor)
        for layer, (_, tensor) in zip(layers, program.compiled.shown, strict=True)
    ]


def reference_layers(reference: ReferenceModel, program: Program, value: Array) -> list[Array]:
    """Return every layer's outputs by TFLite's reference kernels."""
    tensors = [tensor.index for _, tensor in program.compiled.shown]
    return reference.run([value], tensors)[1]


def add_layers(
    comparison: Comparison,
    case: int,
    program: Program,
    expected: Sequence[Array],
    found: Sequence[Array],
) -> None:
    """Compare every layer of one inference."""
    stages = zip(program.compiled.shown, expected, found, strict=True)
    for (operator, _), wanted, given in stages:
        stage = f"layer {operator.node.index} ({operator.name})"
        comparison.add(case, stage, wanted, given)
