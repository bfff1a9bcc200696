"""SVDF: filters of rank one over features and time, with a memory of the features' products."""

from collections.abc import Sequence

import numpy as np
import tflite

from ossicle.compiler.arithmetic import Integers, integers, requantise_twice, to_int8
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.operator import (
    Constant,
    Kernel,
    Operator,
    Reference,
    UnsupportedError,
    requantise_fields,
    require_int8,
    require_shape,
)
from ossicle.compiler.operators.product import Product, float32_factor, require_state
from ossicle.compiler.operators.weighted import checked_biases, optional

STATE = 4  # which input it is
RELU = 1  # of TFLite's ActivationFunctionType; all of int8 is above 0 where the zero point is -128


class Svdf(Operator):
    """Singular value decomposition filter, int8 with a state of int16.

    R. Alvarez, R. Prabhavalkar and A. Bakhtin, "Compressing deep neural networks using a
    rank-constrained topology", 2015.

    Attributes:
        batches, filters, memory, rank: filters over features, each with so many of its last
            products; as many of them as the rank are added up to an output.
    """

    name = "SVDF"
    keeps_states = True

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs, state = self.input(0), self.input(STATE, "state")
        require_int8(inputs, "input")
        require_int8(self.output, "output")
        if len(inputs.shape) != 2:
            raise UnsupportedError(f"its input {inputs.dimensions} is not vectors")
        options = self.options(tflite.SVDFOptions)
        if options.FusedActivationFunction() != RELU:
            raise UnsupportedError("its activation must be RELU")
        self.rank, self.batches = options.Rank(), inputs.shape[0]
        self.time_weights = self._checked_time_weights()
        self.filters, self.memory = map(int, self.time_weights.shape)
        if self.rank < 1 or self.filters % self.rank:
            raise UnsupportedError(f"rank {self.rank} does not divide {self.filters} filters")
        units = self.filters // self.rank
        require_shape(self.output, (self.batches, units))
        require_state(state, self.batches * self.filters * self.memory, "int16", "state")
        self.biases = checked_biases(optional(node.inputs, 3), units, "int32")
        shape = (self.filters, inputs.shape[1])
        weights = self.input(1, "weights of features")
        self._features = Product.of(inputs, weights, shape, None, state.affine.scale)
        self._multiplier, self._shift = self._output_factor()

    def _checked_time_weights(self) -> Array:
        weights = self.input(2, "weights of time")
        values = self.constant(2, "weights of time", ("int16",))
        quantisation = weights.quantisation
        if len(weights.shape) != 2 or quantisation is None or quantisation.zero_points != (0,):
            raise UnsupportedError(
                "its weights of time are not a matrix of one scale, zero point 0"
            )
        return values

    def _output_factor(self) -> tuple[int, int]:
        """Return the factor of the sums over time, which may be any 32 bits: below a half."""
        real = float32_factor(self.input(STATE), self.input(2), self.output.affine.scale)
        multiplier, shift = requantise_fields(real)
        if shift > -1:
            raise UnsupportedError("its output's scale is too small for its state's")
        return multiplier, shift

    @property
    def macs(self) -> int:
        """Products with features and over time."""
        return self.batches * self.filters * (self.input(0).shape[1] + self.memory)

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        tables = (self._features.weights, self.time_weights, self.biases)
        return sum(int(table.size) for table in tables if table is not None)

    def kernel(self) -> Kernel:
        """Return the call of ossicle_svdf."""
        features = self._features
        tables = [
            Constant("feature_weights", "int8_t", features.weights),
            Constant("feature_biases", "int32_t", features.biases),
            Constant("time_weights", "int16_t", self.time_weights),
        ]
        if self.biases is not None:
            tables.append(Constant("biases", "int32_t", self.biases))
        return Kernel(
            function="ossicle_svdf",
            header="ossicle_svdf.h",
            sources=("ossicle_svdf.c",),
            descriptor="ossicle_svdf_layer",
            fields={
                "batches": self.batches,
                "depth": features.weights.shape[1],
                "units": self.filters // self.rank,
                "rank": self.rank,
                "memory": self.memory,
                "feature_weights": Reference("feature_weights"),
                "feature_biases": Reference("feature_biases"),
                "feature_multiplier": features.multiplier,
                "feature_shift": features.shift,
                "time_weights": Reference("time_weights"),
                "biases": Reference("biases" if self.biases is not None else None),
                "multiplier": self._multiplier,
                "shift": self._shift,
                "zero_point": self.output.affine.zero_point,
            },
            constants=tuple(tables),
            operands=(self.input(0), self.input(STATE)),
        )

    def reference(self, values: Sequence[Array]) -> tuple[Array, ...]:
        """Move every memory on by one product; return the output and the state."""
        state = integers(values[STATE]).reshape(self.batches, self.filters, self.memory)
        newest = np.clip(self._features(integers(values[0])), -32768, 32767)
        state = np.concatenate([state[:, :, 1:], newest[:, :, np.newaxis]], axis=2)
        sums = (state * integers(self.time_weights)).reshape(
            self.batches, -1, self.rank * self.memory
        )
        biases = integers(0 if self.biases is None else self.biases)
        scaled = requantise_twice(
            _modulo_32_bits(sums.sum(axis=2) + biases),
            integers(self._multiplier),
            integers(self._shift),
        )
        output = to_int8(scaled, self.output.affine.zero_point, -128, 127)
        return np.asarray(output), state.astype(np.int16).reshape(self.input(STATE).shape)


def _modulo_32_bits(values: Integers) -> Integers:
    return (values + 2**31) % 2**32 - 2**31
