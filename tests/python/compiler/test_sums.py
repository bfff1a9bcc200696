"""SUM: what TFLite's kernels make of it, and what stands in for them where they are wrong."""

from typing import Any

import numpy as np
from flatbuffer import ModelBuilder
from networks import small_network
from states import remembering_network

from ossicle.compiler import compile_model
from ossicle.reference import ReferenceModel
from ossicle.tensorflow import quietly, tensorflow

Array = np.ndarray[Any, np.dtype[Any]]
POINTS = (-128, -3, 0, 127)


def tflite(content: bytes, resolver: str, given: Array) -> Array:
    """Run a model by the kernels of one of TFLite's resolvers."""
    lite = tensorflow().lite
    kind = getattr(lite.experimental.OpResolverType, resolver)
    with quietly():
        interpreter = lite.Interpreter(
            model_content=content, experimental_op_resolver_type=kind, num_threads=1
        )
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], given)
    interpreter.invoke()
    return np.asarray(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))


class Case:
    """A SUM over drawn axes of a drawn shape, as a model of one type or of another."""

    def __init__(self, random: np.random.Generator) -> None:
        self.shape = tuple(int(n) for n in random.integers(1, 7, random.integers(1, 5)))
        rank = len(self.shape)
        self.axes = np.unique(random.integers(0, rank, random.integers(1, rank + 1)))
        self.keep = bool(random.integers(2))
        powers = random.uniform(-6, 2, 2) if random.integers(2) else random.integers(-4, 2, 2)
        self.scales = [float(np.float32(2.0 ** float(power))) for power in powers]
        self.points = [int(point) for point in random.choice(POINTS, 2)]
        if random.integers(4) == 0:
            self.scales[1], self.points[1] = self.scales[0], self.points[0]

    def model(self, dtype: str = "int8") -> bytes:
        """Build it; zero points of unsigned bytes are 128 higher."""
        left = [1 if i in self.axes else n for i, n in enumerate(self.shape)]
        left = [n for i, n in enumerate(left) if self.keep or i not in self.axes]
        up = 128 if dtype == "uint8" else 0
        model = ModelBuilder()
        affine = zip((self.shape, left), self.scales, self.points, strict=True)
        ends = [
            model.tensor(shape, dtype=dtype, scale=scale, zero_point=point + up)
            for shape, scale, point in affine
        ]
        inputs = [ends[0], model.constant(self.axes.astype(np.int32))]
        model.operator("SUM", inputs, ends[1:], ("ReducerOptions", {"KeepDims": self.keep}))
        return model.finish(ends[:1], ends[1:])

    def written(self, given: Array) -> Array:
        """Compute it by the written arithmetic."""
        (operator,) = compile_model(self.model(), "sum.tflite").operators
        return np.asarray(operator.reference([given]))

    def in_float32(self, given: Array) -> Array:
        """Compute it as the optimised kernels do."""
        factor = np.float32(self.scales[0]) / np.float32(self.scales[1])
        count = np.float32(np.prod([self.shape[axis] for axis in self.axes]))
        bias = np.float32(-self.points[0]) * factor * count
        sums = given.sum(axis=tuple(self.axes), keepdims=self.keep, dtype=np.int64)
        value = (sums.astype(np.float32) * factor + bias).astype(np.float64)
        rounded = np.trunc(value + np.copysign(0.5, value)) + self.points[1]
        return np.clip(rounded, -128, 127).astype(np.int8)


def cases(count: int) -> list[tuple[Case, Array]]:
    """Draw layers, and an input for each."""
    random = np.random.default_rng(0)
    drawn = [Case(random) for _ in range(count)]
    return [(one, random.integers(-128, 128, one.shape).astype(np.int8)) for one in drawn]


def test_the_reference_kernel_takes_bytes_for_unsigned() -> None:
    """-1 + 0, to a scale of 2, gives round(255 / 2) = 128 there, whose byte is -128."""
    one = Case(np.random.default_rng(0))
    one.shape, one.axes, one.scales, one.points = (1, 2), np.array([1]), [1.0, 2.0], [0, 0]
    given = np.array([[-1, 0]], dtype=np.int8)
    assert tflite(one.model(), "BUILTIN_REF", given).reshape(-1).tolist() == [-128]
    assert one.written(given).reshape(-1).tolist() == [0]


def test_the_reference_kernel_is_right_where_no_byte_is_negative() -> None:
    """Inputs and zero points from 0 up; results too, which it limits to 255 and not to 127."""
    checked = 0
    for one, drawn in cases(60):
        given = drawn & 127
        one.points = [abs(point) % 128 for point in one.points]
        found = tflite(one.model(), "BUILTIN_REF", given)
        expected = one.written(given)
        fits = (expected >= 0) & (expected < 127) & (found >= 0)
        assert np.array_equal(found[fits], expected[fits])
        checked += np.count_nonzero(fits)
    assert checked > 100


def test_the_reference_kernel_of_unsigned_bytes_computes_what_is_written() -> None:
    for one, given in cases(100):
        moved = (given.astype(np.int16) + 128).astype(np.uint8)
        found = tflite(one.model("uint8"), "BUILTIN_REF", moved).astype(np.int16) - 128
        assert np.array_equal(found, one.written(given))


def test_the_optimised_kernels_compute_in_float32_and_are_one_apart_at_most() -> None:
    apart = []
    for one, given in cases(200):
        found = tflite(one.model(), "BUILTIN_WITHOUT_DEFAULT_DELEGATES", given)
        assert np.array_equal(found, one.in_float32(given))
        apart.append((found.astype(int) - one.written(given)).reshape(-1))
    assert np.count_nonzero(np.concatenate(apart)) > 0
    assert np.abs(np.concatenate(apart)).max() == 1


def test_a_comparison_says_that_means_stand_in_for_sums() -> None:
    assert ReferenceModel(small_network().finish()).authority == (
        "TFLite's reference kernels (MEAN's for SUM)"
    )
    assert ReferenceModel(remembering_network().finish()).authority == "TFLite's reference kernels"
