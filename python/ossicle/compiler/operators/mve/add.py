"""The Helium kernels of ADD and SUB."""

from dataclasses import replace

from ossicle.compiler.operators.operator import Field, Kernel

HEADROOM_BITS = 20


def sum_of_two(
    plain: Kernel,
    left: tuple[int, int, int],
    right: tuple[int, int, int],
    output: tuple[int, int],
) -> Kernel | None:
    """Return the call for operands of one shape.

    Args:
        plain: the call of ossicle_add or ossicle_sub.
        left: minus the zero point, multiplier and shift of the left operand's factor.
        right: the same of the right operand.
        output: multiplier and shift of the output's factor.
    """
    one, other = plain.operands
    if one.shape != other.shape or output[1] > -1:
        return None
    name = f"{plain.function}_mve"
    bounds = {key: plain.fields[key] for key in ("zero_point", "minimum", "maximum")}
    return replace(
        plain,
        function=name,
        header="ossicle_add_mve.h",
        sources=("ossicle_add_mve.c",),
        descriptor="ossicle_add_mve_layer",
        fields={
            "count": one.elements,
            "left": _operand(*left),
            "right": _operand(*right),
            "multiplier": output[0],
            "shift": output[1],
            **bounds,
        },
    )


def _operand(offset: int, multiplier: int, shift: int) -> dict[str, Field]:
    """Return the C descriptor `ossicle_add_mve_operand`, whose shift is at least one to the right.

    A shift of 0 is the factor of the operand of larger scale, exactly a half. Its high product is
    exact, and stays so with one bit more of headroom and a right shift of one.
    """
    more = 1 if shift == 0 else 0
    gain = 1 << (HEADROOM_BITS + more)
    return {
        "gain": gain,
        "offset": offset * gain,
        "multiplier": multiplier,
        "shift": shift - more,
    }
