"""The Helium kernels of ADD and SUB."""

from ossicle.compiler.operators.operator import Kernel


def sum_of_two(plain: Kernel) -> Kernel | None:
    """Return the call of ossicle_add_mve or ossicle_sub_mve."""
    del plain
    return None
