"""UNIDIRECTIONAL_SEQUENCE_LSTM: what an LSTM layer of Keras converts to."""

from collections.abc import Sequence
from math import frexp, isfinite

import numpy as np
import tflite

from ossicle.compiler import fixed_point_16
from ossicle.compiler.arithmetic import (
    Integers,
    integers,
    requantise_twice,
    rounding_shift_right,
    to_int8,
)
from ossicle.compiler.graph import Array, Node, Tensor
from ossicle.compiler.operators.operator import (
    Constant,
    Field,
    Kernel,
    Operator,
    Reference,
    UnsupportedError,
    require_int8,
    require_same_quantisation,
    require_shape,
)
from ossicle.compiler.operators.product import Product, require_state
from ossicle.compiler.operators.weighted import optional
from ossicle.compiler.quantisation import multiplier_and_shift

GATES = ("input", "forget", "cell", "output")
# Where the operator's inputs are: weights of the input and of the last output, biases, states.
INPUT_WEIGHTS, RECURRENT_WEIGHTS, BIASES = 1, 5, 12
OUTPUT_STATE, CELL_STATE = 18, 19
LEFT_OUT = {
    9: "peephole connections",
    10: "peephole connections",
    11: "peephole connections",
    16: "a projection",
    17: "a projection",
    20: "layer normalisation",
    21: "layer normalisation",
    22: "layer normalisation",
    23: "layer normalisation",
}
HIDDEN = 4  # which of the intermediate tensors has the output's scale
GATE_SCALE = 2.0**-12
SMALLEST_SCALE = 2.0**-29  # of the output
TANH = 4  # of TFLite's ActivationFunctionType


class UnidirectionalSequenceLstm(Operator):
    """A long short-term memory, int8 with cells of int16, vectors of a sequence one by one.

    S. Hochreiter and J. Schmidhuber, "Long short-term memory", 1997, with the forget gate of
    F. Gers, J. Schmidhuber and F. Cummins, "Learning to forget", 2000.

    Attributes:
        batches, steps, depth, units: sequences, vectors of each, their elements, those of the
            output.
    """

    name = "UNIDIRECTIONAL_SEQUENCE_LSTM"
    keeps_states = True

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs = self.input(0)
        require_int8(inputs, "input")
        require_int8(self.output, "output")
        for index, what in LEFT_OUT.items():
            if optional(node.inputs, index) is not None:
                raise UnsupportedError(f"has {what}, which are not supported")
        if len(inputs.shape) != 3:
            raise UnsupportedError(f"its input {inputs.dimensions} is not sequences of vectors")
        options = self._checked_options()
        self.time_major = bool(options.TimeMajor())
        first, second, self.depth = inputs.shape
        self.steps, self.batches = (first, second) if self.time_major else (second, first)
        self.units = self.output.shape[-1] if self.output.shape else 0
        require_shape(self.output, (first, second, self.units))
        self._check_states()
        self._inputs = [self._product(inputs, INPUT_WEIGHTS, gate) for gate in range(len(GATES))]
        self._recurrent = [
            self._product(self.input(OUTPUT_STATE), RECURRENT_WEIGHTS, gate)
            for gate in range(len(GATES))
        ]
        self._cell_bits, self._cell_range = self._cell(options.CellClip())
        self._multiplier, self._shift = self._output_factor()

    def _checked_options(self) -> tflite.UnidirectionalSequenceLSTMOptions:
        options = self.options(tflite.UnidirectionalSequenceLSTMOptions)
        if options.FusedActivationFunction() != TANH:
            raise UnsupportedError("its activation must be TANH")
        if options.DiagonalRecurrentTensors():
            raise UnsupportedError("diagonal recurrent weights are not supported")
        if not (isfinite(options.CellClip()) and options.CellClip() >= 0):
            raise UnsupportedError("the limit of its cells must be a number from 0 up")
        return options

    def _check_states(self) -> None:
        """Check both states, and that the output's scale is the same wherever it stands."""
        state, cell = self.input(OUTPUT_STATE, "output state"), self.input(CELL_STATE, "cell state")
        elements = self.batches * self.units
        require_state(state, elements, "int8", "output state")
        require_state(cell, elements, "int16", "cell state")
        hidden = self.node.intermediates[HIDDEN] if len(self.node.intermediates) == 5 else None
        if hidden is None:
            raise UnsupportedError("its five intermediate tensors are missing")
        for tensor in (state, hidden):
            require_same_quantisation(tensor, self.output)

    def _product(self, source: Tensor, first: int, gate: int) -> Product:
        """Return the products of a gate; its biases are added to those with the input."""
        biases = None
        if first == INPUT_WEIGHTS:
            biases = self.input(BIASES + gate, f"bias of the {GATES[gate]} gate")
        weights = self.input(first + gate, f"{GATES[gate]} gate")
        shape = (self.units, source.shape[-1] if first == INPUT_WEIGHTS else self.units)
        return Product.of(source, weights, shape, biases, GATE_SCALE)

    def _cell(self, clip: float) -> tuple[int, tuple[int, int]]:
        """Return the integer bits of a cell, and the range that it is limited to."""
        scale = self.input(CELL_STATE).affine.scale
        fraction, exponent = frexp(scale)
        bits = 14 + exponent
        if fraction != 0.5 or not 0 <= bits <= 6:
            raise UnsupportedError("its cell state's scale must be a power of two, 2^-15 to 2^-9")
        limit = int(min(clip / scale, 32767.0))
        return bits, (-limit, limit) if limit > 0 else (-32768, 32767)

    def _output_factor(self) -> tuple[int, int]:
        """Return the factor of gate times tanh, made in float32; a half at most."""
        scale = np.float32(self.output.affine.scale)
        if scale < SMALLEST_SCALE:
            raise UnsupportedError("its output's scale is too small")
        return multiplier_and_shift(float(np.float32(2.0**-15) / scale) * 2.0**-15)

    @property
    def macs(self) -> int:
        """Products of all gates with the input and with the last output."""
        return self.batches * self.steps * len(GATES) * self.units * (self.depth + self.units)

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return len(GATES) * self.units * (self.depth + self.units + 1)

    def kernel(self) -> Kernel:
        """Return the call of ossicle_unidirectional_sequence_lstm."""
        strides = (1, self.batches) if self.time_major else (self.steps, 1)
        return Kernel(
            function="ossicle_unidirectional_sequence_lstm",
            header="ossicle_unidirectional_sequence_lstm.h",
            sources=("ossicle_unidirectional_sequence_lstm.c", "ossicle_fixed_point_16.c"),
            descriptor="ossicle_unidirectional_sequence_lstm_layer",
            fields={
                "batches": self.batches,
                "steps": self.steps,
                "batch_stride": strides[0],
                "step_stride": strides[1],
                "units": self.units,
                "input": _gate_fields("input", self._inputs),
                "recurrent": _gate_fields("recurrent", self._recurrent),
                "cell_bits": self._cell_bits,
                "cell_minimum": self._cell_range[0],
                "cell_maximum": self._cell_range[1],
                "multiplier": self._multiplier,
                "shift": self._shift,
                "zero_point": self.output.affine.zero_point,
            },
            constants=(
                *_gate_tables("input", self._inputs),
                *_gate_tables("recurrent", self._recurrent),
            ),
            operands=(self.input(0), self.input(OUTPUT_STATE), self.input(CELL_STATE)),
        )

    def reference(self, values: Sequence[Array]) -> tuple[Array, ...]:
        """Compute step by step; return the output, the output state and the cell state."""
        steps = integers(values[0])
        steps = steps if self.time_major else steps.swapaxes(0, 1)
        state = integers(values[OUTPUT_STATE]).reshape(self.batches, self.units)
        cell = integers(values[CELL_STATE]).reshape(self.batches, self.units)
        outputs = []
        for vectors in steps:
            state, cell = self._step(vectors, state, cell)
            outputs.append(state)
        output = np.stack(outputs, axis=0 if self.time_major else 1)
        states = (self.input(OUTPUT_STATE), state), (self.input(CELL_STATE), cell)
        kept = (array.astype(tensor.dtype).reshape(tensor.shape) for tensor, array in states)
        return output.astype(np.int8), *kept

    def _step(
        self, vectors: Integers, state: Integers, cell: Integers
    ) -> tuple[Integers, Integers]:
        sums = [
            _int16(_int16(of_input(vectors)) + of_state(state))
            for of_input, of_state in zip(self._inputs, self._recurrent, strict=True)
        ]
        gates = [fixed_point_16.sigmoid(sums[gate]) for gate in (0, 1, 3)]
        fresh = fixed_point_16.tanh(sums[2], fixed_point_16.GATE_BITS)
        kept = rounding_shift_right(gates[1] * cell, integers(15))
        added = rounding_shift_right(gates[0] * fresh, integers(15 + self._cell_bits))
        cell = np.clip(kept + added, *self._cell_range)
        product = gates[2] * fixed_point_16.tanh(cell, self._cell_bits)
        hidden = requantise_twice(product, integers(self._multiplier), integers(self._shift))
        return integers(to_int8(hidden, self.output.affine.zero_point, -128, 127)), cell


def _int16(values: Integers) -> Integers:
    return np.clip(values, -32768, 32767)


def _gate_fields(name: str, products: Sequence[Product]) -> dict[str, Field]:
    """Return the C descriptor `ossicle_gates`."""
    return {
        "depth": products[0].weights.shape[1],
        "weights": Reference(f"{name}_weights"),
        "biases": Reference(f"{name}_biases"),
        "multipliers": [product.multiplier for product in products],
        "shifts": [product.shift for product in products],
    }


def _gate_tables(name: str, products: Sequence[Product]) -> tuple[Constant, ...]:
    weights = np.stack([product.weights for product in products])
    biases = np.stack([product.biases for product in products])
    return (
        Constant(f"{name}_weights", "int8_t", weights),
        Constant(f"{name}_biases", "int32_t", biases),
    )
