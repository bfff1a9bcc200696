"""The Helium kernel of FULLY_CONNECTED."""

from dataclasses import replace

import numpy as np

from ossicle.compiler.arithmetic import Integers, integers
from ossicle.compiler.graph import Array
from ossicle.compiler.operators.mve.tables import QUAD, VECTOR, folded_biases, quads
from ossicle.compiler.operators.operator import Constant, Kernel, Reference
from ossicle.compiler.operators.weighted import Weighted


def fully_connected(plain: Kernel, weighted: Weighted) -> Kernel | None:
    """Return the call of ossicle_fully_connected_mve.

    Args:
        plain: the call of ossicle_fully_connected.
        weighted: the layer's weights, biases and factors.
    """
    weights = integers(weighted.weights)
    _, shifts, _ = weighted.requantisation()
    lift = min(31 - int(weighted.largest_sum).bit_length(), 31 + int(shifts.min()))
    if shifts.max() - lift > -2:
        return None
    tables = {table.name: table for table in plain.constants}
    if len(shifts) > 1:
        for name, fill in (("multipliers", 0), ("shifts", int(shifts.min())), ("tails", 0)):
            tables[name] = replace(tables[name], values=quads(tables[name].values, fill))
    tables["biases"] = Constant("biases", "int32_t", quads(folded_biases(weighted, weights)))
    tables["weights"] = Constant("weights", "int8_t", interleaved(weights))
    return replace(
        plain,
        function="ossicle_fully_connected_mve",
        header="ossicle_fully_connected_mve.h",
        sources=("ossicle_fully_connected_mve.c",),
        descriptor="ossicle_fully_connected_mve_layer",
        fields={
            **{key: plain.fields[key] for key in ("batches", "input_depth", "output_depth")},
            "weights": Reference("weights"),
            "biases": Reference("biases"),
            "output": plain.fields["output"],
            "tails": Reference("tails"),
            "lift": lift,
        },
        constants=tuple(tables.values()),
    )


def interleaved(weights: Integers) -> Array:
    """Return a matrix by four outputs, sixteen inputs of each in turn, with zeros at the ends.

    Args:
        weights: (output, input).

    Returns:
        (four outputs, sixteen inputs, 4, 16).
    """
    outputs, inputs = weights.shape
    padded = np.pad(weights, ((0, -outputs % QUAD), (0, -inputs % VECTOR)))
    return padded.reshape(-(-outputs // QUAD), QUAD, -1, VECTOR).transpose(0, 2, 1, 3)
