"""The Helium kernel of DEPTHWISE_CONV_2D."""

from ossicle.compiler.operators.convolution import Convolution
from ossicle.compiler.operators.operator import Kernel
from ossicle.compiler.operators.weighted import Weighted
from ossicle.compiler.target import Target


def depthwise_conv_2d(layer: Convolution, weighted: Weighted, target: Target) -> Kernel | None:
    """Return the call of ossicle_depthwise_conv_2d_mve."""
    del layer, weighted, target
    return None
