"""What a model is compiled for: a core's instructions, and what they are to spare."""

from dataclasses import dataclass, replace
from typing import Literal

Optimize = Literal["ram", "balanced", "speed"]
Extension = Literal["portable", "dsp", "mve"]

_EXTENSIONS: dict[str, Extension] = {
    "cortex-m4": "dsp",
    "cortex-m7": "dsp",
    "cortex-m33": "dsp",
    "cortex-m55": "mve",
}

# Instructions that a byte of scratch memory is worth.
_BYTE: dict[Optimize, int] = {"ram": 2000, "balanced": 100, "speed": 10}
_SCRATCH_BYTES: dict[Optimize, int] = {"ram": 1024, "balanced": 6144, "speed": 16384}


@dataclass(frozen=True)
class Target:
    """Which kernels are chosen and how their tables are laid out.

    Whatever is chosen computes the same integers on every core: a kernel for an extension has a
    portable twin, which is built where the extension is missing.

    Attributes:
        optimize: "ram" spends flash and instructions to save memory, "speed" flash and memory to
            save instructions; "balanced" keeps weights as int8 in flash.
        extension: the instructions that the core has: "dsp" is SMLAD and its kin (Cortex-M4, M7,
            M33), "mve" is Helium (Cortex-M55).
        room: bytes that the arena has anyway while a layer runs.
    """

    optimize: Optimize = "balanced"
    extension: Extension = "dsp"
    room: int = 0

    @classmethod
    def of(cls, core: str, optimize: Optimize = "balanced") -> "Target":
        """Return the target of a core by the name that compilers have for it (cortex-m4)."""
        return cls(optimize, _EXTENSIONS.get(core, "portable"))

    def price(self, instructions: int, scratch_bytes: int) -> int:
        """Weigh a kernel's instructions and scratch memory; the least is the best."""
        return instructions + _BYTE[self.optimize] * max(0, scratch_bytes - self.room)

    @property
    def scratch_bytes(self) -> int:
        """What the scratch memory of a kernel that needs little should not exceed."""
        return max(self.room, _SCRATCH_BYTES[self.optimize])

    def with_room(self, room: int) -> "Target":
        """Return the target of a layer beside which the arena has `room` bytes."""
        return replace(self, room=room)
