"""The Helium kernels of AVERAGE_POOL_2D and MAX_POOL_2D."""

from dataclasses import replace

from ossicle.compiler.operators.operator import Kernel


def pool_2d(plain: Kernel) -> Kernel:
    """Return the call for a layer that has the plain kernel's call."""
    name = f"{plain.function}_mve"
    return replace(plain, function=name, header="ossicle_pool_2d_mve.h", sources=(f"{name}.c",))
