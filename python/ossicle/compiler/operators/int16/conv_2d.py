"""CONV_2D and DEPTHWISE_CONV_2D on int16."""

import numpy as np

from ossicle.compiler.operators import conv_2d, depthwise_conv_2d
from ossicle.compiler.operators.int16.weighted import Int16Weighted
from ossicle.compiler.operators.operator import Kernel
from ossicle.compiler.target import Target


class Conv2D(conv_2d.Conv2D):
    """Plain, dilated or grouped."""

    weights = Int16Weighted
    _weighted: Int16Weighted

    def kernel(self) -> Kernel:
        """Return the call of ossicle_conv_2d_16x8."""
        return self._weighted.kernel(self, self.geometry(), self.groups, self._weighted.weights)

    def kernel_for(self, target: Target) -> Kernel:
        """There is one."""
        del target
        return self.kernel()


class DepthwiseConv2D(depthwise_conv_2d.DepthwiseConv2D):
    """A convolution of as many groups as input channels."""

    weights = Int16Weighted
    _weighted: Int16Weighted

    def kernel(self) -> Kernel:
        """Return the call of ossicle_conv_2d_16x8."""
        weights = np.moveaxis(self._weighted.weights, 3, 0).transpose(0, 2, 3, 1)
        return self._weighted.kernel(self, self.geometry(), self.input(0).shape[3], weights)

    def kernel_for(self, target: Target) -> Kernel:
        """There is one."""
        del target
        return self.kernel()
