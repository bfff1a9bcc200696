"""FULLY_CONNECTED on int16; sums of 32 bits, requantised as those of bytes are."""

from dataclasses import replace

from ossicle.compiler.operators import fully_connected
from ossicle.compiler.operators.operator import Kernel
from ossicle.compiler.target import Target


class InDouble(fully_connected.InDouble):
    """Biases are int64 in the file; the proof that no sum overflows takes them to int32."""

    dtype = "int16"
    bias_dtype = "int64"


class FullyConnected(fully_connected.FullyConnected):
    """Rows of int16."""

    weights = InDouble

    def kernel(self) -> Kernel:
        """Return the call of ossicle_fully_connected_16."""
        return replace(
            super().kernel(),
            function="ossicle_fully_connected_16",
            header="ossicle_fully_connected_16.h",
            sources=("ossicle_fully_connected_16.c",),
        )

    def kernel_for(self, target: Target) -> Kernel:
        """There is one."""
        del target
        return self.kernel()
