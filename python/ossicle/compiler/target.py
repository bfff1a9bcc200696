"""What a model is compiled for: a core's instructions, and what they are to spare."""

from dataclasses import dataclass
from typing import Literal

Optimize = Literal["ram", "balanced", "speed"]
Extension = Literal["portable", "dsp", "mve"]

_EXTENSIONS: dict[str, Extension] = {
    "cortex-m4": "dsp",
    "cortex-m7": "dsp",
    "cortex-m33": "dsp",
    "cortex-m55": "mve",
}


@dataclass(frozen=True)
class Target:
    """Which kernels are chosen and how their tables are laid out.

    Whatever is chosen computes the same integers on every core: a kernel for an extension has a
    portable twin, which is built where the extension is missing.

    Attributes:
        optimize: "ram" spends instructions to save memory, "speed" flash and memory to save
            instructions; "balanced" keeps weights as int8 in flash.
        extension: the instructions that the core has: "dsp" is SMLAD and its kin (Cortex-M4, M7,
            M33), "mve" is Helium (Cortex-M55).
    """

    optimize: Optimize = "balanced"
    extension: Extension = "dsp"

    @classmethod
    def of(cls, core: str, optimize: Optimize = "balanced") -> "Target":
        """Return the target of a core by the name that compilers have for it (cortex-m4)."""
        return cls(optimize, _EXTENSIONS.get(core, "portable"))
