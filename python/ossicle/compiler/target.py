"""What a model is compiled for: a core's instructions, and what they are to spare."""

from dataclasses import dataclass, replace
from typing import Literal

from ossicle.compiler.work import Work

Optimize = Literal["ram", "balanced", "speed"]
Extension = Literal["portable", "dsp", "mve"]
Frames = Literal["rows", "columns"]

_EXTENSIONS: dict[str, Extension] = {
    "cortex-m4": "dsp",
    "cortex-m7": "dsp",
    "cortex-m33": "dsp",
    "cortex-m55": "mve",
}

FIRST_BYTES = 1024  # of scratch memory, which are cheap: hardly a layer does without
# Instructions that a byte of scratch memory beyond these is worth, and one of flash.
_BYTES: dict[Optimize, tuple[int, int]] = {
    "ram": (600, 20),
    "balanced": (100, 20),
    "speed": (10, 0),
}
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
        times: how often the kernel is called in an inference.
        frames: what of the input is pushed one by one as it arrives; None: it is there as a whole.
    """

    optimize: Optimize = "balanced"
    extension: Extension = "dsp"
    room: int = 0
    times: int = 1
    frames: Frames | None = None

    @classmethod
    def of(
        cls, core: str, optimize: Optimize = "balanced", frames: Frames | None = None
    ) -> "Target":
        """Return the target of a core by the name that compilers have for it (cortex-m4)."""
        return cls(optimize, _EXTENSIONS.get(core, "portable"), frames=frames)

    def price(self, work: Work, scratch_bytes: int, flash_bytes: int) -> float:
        """Weigh a kernel's work a call, scratch memory and tables; the least is best."""
        ram, flash = _BYTES[self.optimize]
        more = max(0, scratch_bytes - self.room)
        cheap = min(more, max(0, FIRST_BYTES - self.room))
        scratch = ram * (more - cheap) + ram // 4 * cheap
        return work.weight * self.times + scratch + flash * flash_bytes

    @property
    def scratch_bytes(self) -> int:
        """What the scratch memory of a kernel that needs little should not exceed."""
        return max(self.room, _SCRATCH_BYTES[self.optimize])

    def repeated(self, times: int) -> "Target":
        """Return the target of a kernel that is called as often."""
        return replace(self, times=times)

    def with_room(self, room: int) -> "Target":
        """Return the target of a layer beside which the arena has `room` bytes."""
        return replace(self, room=room)
