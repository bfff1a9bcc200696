"""What the layers of an int8 network give for windows of sound: real vectors.

The layers are named after the graph: "convolution 2" is the output of the second convolution (with
the batch normalisation and the activation that the converter put into it), f is what the last
layer with weights sees, on which the classification rests. The frames of a tensor are averaged:
a sound begins anywhere in its window.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ossicle.compiler.graph import Graph, Tensor
from ossicle.console import track
from ossicle.errors import ModelError
from ossicle.reference import ReferenceModel

CONVOLUTIONS = ("CONV_2D", "DEPTHWISE_CONV_2D")
WEIGHTED = (*CONVOLUTIONS, "FULLY_CONNECTED")
DEFAULT = (2, 3)
F = "f"

Vectors = NDArray[np.float64]


def layers_of(graph: Graph, convolutions: tuple[int, ...]) -> dict[str, Tensor]:
    """Return the tensors to look at: some convolutions, counted from 1, and f.

    Without any chosen these are the second and the third, or of fewer the last.

    Raises:
        ModelError: the model has no such convolution, or nothing before its last weights.
    """
    outputs = [node.outputs[0] for node in graph.nodes if node.name in CONVOLUTIONS]
    if not outputs:
        raise ModelError(f"{graph.source}: has no convolution to look at")
    default = [number for number in DEFAULT if number <= len(outputs)] or [1]
    convolutions = convolutions or tuple(default)
    wrong = [number for number in convolutions if not 1 <= number <= len(outputs)]
    if wrong:
        raise ModelError(
            f"{graph.source}: has {len(outputs)} convolutions, so no convolution {wrong[0]}; "
            "choose others with --convolution"
        )
    weighted = [node for node in graph.nodes if node.name in WEIGHTED]
    f = weighted[-1].inputs[0] if weighted else None
    if f is None or f in graph.inputs or f.quantisation is None:
        raise ModelError(f"{graph.source}: has no layer before its last weights to look at")
    return {f"convolution {number}": outputs[number - 1] for number in convolutions} | {F: f}


def activations(
    model: bytes, layers: Mapping[str, Tensor], features: NDArray[np.int8]
) -> dict[str, Vectors]:
    """Run int8 features [n, bands, frames] and return the vectors [n, d] of each layer.

    Raises:
        ModelError: TFLite's reference kernels refuse the model.
    """
    reference = ReferenceModel(model)
    wanted = [tensor.index for tensor in layers.values()]
    rows = [
        [
            _vector(values)
            for values in reference.run([window[np.newaxis, ..., np.newaxis]], wanted)[1]
        ]
        for window in track(features, "int8 by TFLite's reference kernels", len(features))
    ]
    return {
        name: (np.stack(column) - tensor.affine.zero_point) * tensor.affine.scale
        for (name, tensor), column in zip(layers.items(), zip(*rows, strict=True), strict=True)
    }


def _vector(values: NDArray[np.int8]) -> Vectors:
    """Flatten the tensor of one window, [1, bands, frames, channels] averaged over its frames."""
    if values.ndim == 4:
        return np.asarray(values.mean(axis=2, dtype=np.float64)).ravel()
    return values.astype(np.float64).ravel()
