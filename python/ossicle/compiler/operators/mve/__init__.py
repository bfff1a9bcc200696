"""Kernels for Helium (Cortex-M55): their tables and their scratch memory.

Each function returns the call that serves a layer, or None where a layer asks for more than the
kernel can: the caller then has another.
"""

from ossicle.compiler.operators.mve.conv_2d import conv_2d
from ossicle.compiler.operators.mve.depthwise_conv_2d import depthwise_conv_2d
from ossicle.compiler.operators.mve.fully_connected import fully_connected
from ossicle.compiler.operators.mve.pool_2d import pool_2d

__all__ = ["conv_2d", "depthwise_conv_2d", "fully_connected", "pool_2d"]
