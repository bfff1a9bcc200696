"""How large a Keras model is, counted from its layers."""

from typing import Any

import numpy as np


def macs(model: Any) -> int:
    """Return the multiply-accumulates of one inference.

    An output element of a convolution counts its kernel's taps (those on the padding too) times
    the channels that it sees, an output of a dense layer its inputs. Biases, batch normalisation
    (folded into the convolutions), poolings, additions and activations count nothing.
    """
    return sum(_layer_macs(layer) for layer in model.layers)


def trainable(model: Any) -> int:
    """Return the parameters that training moves: as PyTorch's users count a network."""
    return int(sum(np.prod(weight.shape) for weight in model.trainable_weights))


def _layer_macs(layer: Any) -> int:
    kind = type(layer).__name__
    if kind in ("Conv2D", "DepthwiseConv2D"):
        seen = layer.input_shape[-1] if kind == "Conv2D" else 1
        return int(np.prod(layer.output_shape[1:]) * np.prod(layer.kernel_size) * seen)
    if kind == "Dense":
        return int(np.prod(layer.output_shape[1:]) * layer.input_shape[-1])
    return 0
