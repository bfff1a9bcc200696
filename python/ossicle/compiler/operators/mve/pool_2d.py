"""The Helium kernels of the poolings."""

from ossicle.compiler.operators.operator import Kernel


def pool_2d(plain: Kernel) -> Kernel | None:
    """Return the call of ossicle_average_pool_2d_mve or ossicle_max_pool_2d_mve."""
    del plain
    return None
