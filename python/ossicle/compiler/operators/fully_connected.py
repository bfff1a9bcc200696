"""FULLY_CONNECTED: a matrix times vectors."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import tflite

from ossicle.compiler.arithmetic import Integers, integers, requantise_in_double, to_integer
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators import mve
from ossicle.compiler.operators.operator import (
    Constant,
    Kernel,
    Operator,
    Reference,
    Symbol,
    UnsupportedError,
)
from ossicle.compiler.operators.weighted import Weighted, optional
from ossicle.compiler.quantisation import double_parts
from ossicle.compiler.target import Target
from ossicle.compiler.work import Work

WIDE = "ossicle_multiply_wide_quads"
ROWS = 4  # outputs that the kernel ossicle_fully_connected_quads computes at a time


class InDouble(Weighted):
    """Sums are requantised as TFLite's double would."""

    @staticmethod
    def decompose(factor: float) -> tuple[int, int]:
        """Return the upper bits and the shift of a double."""
        high, _, shift = double_parts(factor)
        return high, shift

    def outputs(self, sums: Integers) -> Any:
        """Requantise sums in double precision, and clamp them."""
        scaled = requantise_in_double(sums, np.array(self.factors))
        return to_integer(scaled, *self.bounds, self.dtype)


class FullyConnected(Operator):
    """input [..., I] taken as rows of I, weights [O][I]; requantised as TFLite's double would.

    Attributes:
        weights: what rows are multiplied with, and how their sums become outputs.
    """

    name = "FULLY_CONNECTED"
    weights: ClassVar[type[Weighted]] = InDouble

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs, weights = self.input(0), self.input(1, "weights")
        options = self.options(tflite.FullyConnectedOptions)
        if len(weights.shape) != 2 or options.WeightsFormat() != 0:
            raise UnsupportedError("its weights must be a plain matrix")
        self.output_depth, self.input_depth = weights.shape
        if inputs.elements % self.input_depth:
            raise UnsupportedError(
                f"its input {inputs.dimensions} is not rows of {self.input_depth}"
            )
        self.batches = inputs.elements // self.input_depth
        if self.output.elements != self.batches * self.output_depth:
            expected = f"{self.batches}x{self.output_depth}"
            raise UnsupportedError(
                f"its output is {self.output.dimensions} where {expected} is expected"
            )
        self._weighted = self.weights(
            inputs,
            weights,
            optional(node.inputs, 2),
            self.output,
            channel_axis=0,
            activation=options.FusedActivationFunction(),
        )

    @property
    def macs(self) -> int:
        """Rows times weights."""
        return self.batches * self.input_depth * self.output_depth

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self._weighted.parameters

    def kernel(self) -> Kernel:
        """Return the call of ossicle_fully_connected."""
        tails = np.array([double_parts(real)[1] for real in self._weighted.factors])
        return Kernel(
            function="ossicle_fully_connected",
            header="ossicle_fully_connected.h",
            sources=("ossicle_fully_connected.c",),
            descriptor="ossicle_fully_connected_layer",
            fields={
                "batches": self.batches,
                "input_depth": self.input_depth,
                "output_depth": self.output_depth,
                **self._weighted.fields(),
                "tails": Reference("tails"),
            },
            constants=(*self._weighted.constants(), Constant("tails", "int32_t", tails)),
            operands=(self.input(0),),
        )

    def kernel_for(self, target: Target) -> Kernel:
        """Return the call of a faster kernel where one can be used."""
        plain = self.kernel()
        if target.extension == "mve" and (kernel := mve.fully_connected(plain, self._weighted)):
            return kernel
        if target.extension == "portable":
            return plain  # unpacking words costs more there than it spares
        biases, lift = self._biases_for_raw_input(), self._lift()
        if self.input_depth % 4 or self.output_depth < ROWS or biases is None or lift is None:
            return plain
        tables = {table.name: table for table in plain.constants}
        tables["biases"] = Constant("biases", "int32_t", biases)
        tables["weights"], multiply = self._quads(target)
        fields = {**plain.fields, "weights": Reference(None), "biases": Reference("biases")}
        return replace(
            plain,
            function="ossicle_fully_connected_quads",
            header="ossicle_fully_connected_quads.h",
            sources=("ossicle_fully_connected_quads.c", "ossicle_multiply_quads.c"),
            descriptor="ossicle_fully_connected_quads_layer",
            fields={
                "layer": fields,
                "lift": lift,
                "quads": Reference("quads"),
                "group_bytes": ROWS * self.input_depth * (2 if multiply == WIDE else 1),
                "multiply": Symbol(multiply),
            },
            constants=tuple(tables.values()),
        )

    def _quads(self, target: Target) -> tuple[Constant, str]:
        """Return the weights, as bytes or as they are multiplied, and the loop that takes them."""
        quads, products = interleaved(self._weighted.weights), self.macs // 16
        narrow = target.price(products * Work(20, 25), 0, quads.nbytes)
        wide = target.price(products * Work(13, 22), 0, 2 * quads.nbytes)
        if target.optimize == "balanced" or narrow <= wide:
            return Constant("quads", "int32_t", quads), "ossicle_multiply_quads"
        return Constant("quads", "int16_t", widened(quads)), WIDE

    def _biases_for_raw_input(self) -> Integers | None:
        """Return biases less the zero point's part, or None if some sum could leave 32 bits."""
        weights = integers(self._weighted.weights)
        biases = self._weighted.bias_row() + self._weighted.input_offset * weights.sum(axis=1)
        bounds = np.abs(biases) + 128 * np.abs(weights).sum(axis=1)
        return biases if bounds.max() < 2**31 else None

    def _lift(self) -> int | None:
        """Return by how much all sums can be shifted left, if that leaves a fraction to look at."""
        _, shifts, _ = self._weighted.requantisation()
        lift = min(31 - self._weighted.largest_sum.bit_length(), 31 + int(shifts.min()))
        return lift if int(shifts.max()) <= lift - 3 else None

    def reference(self, values: Sequence[Array]) -> Array:
        """Multiply in 64-bit integers, then requantise."""
        rows = integers(values[0]).reshape(self.batches, -1) + self._weighted.input_offset
        sums = rows @ integers(self._weighted.weights).T + self._weighted.bias_row()
        return np.asarray(self._weighted.outputs(sums)).reshape(self.output.shape)


def interleaved(weights: Array) -> Array:
    """Return the words of ossicle_fully_connected_quads: four outputs by turns, quad after quad.

    Args:
        weights: (outputs, inputs); four outputs or more, inputs a multiple of four.

    Returns:
        int32, (groups, quads, 4); the last group is the last four outputs.
    """
    outputs, inputs = weights.shape
    firsts = np.minimum(np.arange(0, outputs, ROWS), outputs - ROWS)
    groups = weights[firsts[:, None] + np.arange(ROWS)].reshape(len(firsts), ROWS, inputs // 4, 4)
    quads = np.ascontiguousarray(groups.swapaxes(1, 2), dtype=np.int8)
    return quads.view("<i4")[..., 0]


def widened(quads: Array) -> Array:
    """Return the pairs of ossicle_multiply_wide_quads: elements 0 and 2, then elements 1 and 3.

    Args:
        quads: as `interleaved` returns them.

    Returns:
        int16, (groups, quads, 2, 4, 2).
    """
    elements = quads[..., None].view(np.int8).astype(np.int16)
    return elements.reshape(*quads.shape, 2, 2).transpose(0, 1, 4, 2, 3)
