"""What a kernel will take on a core with the DSP extension: instructions, and cycles.

Cycles are those of the Cortex-M4, by its published timings, as `ossicle bench` counts them. The
Cortex-M7 and M33 run the same kernels, so they are chosen for those two by the Cortex-M4's cycles.
"""

from dataclasses import dataclass

USUAL_CYCLES = 1.6
"""Cycles an instruction of whole networks."""


@dataclass(frozen=True)
class Work:
    """Numbers that are added up and multiplied by how often a loop is passed."""

    instructions: float
    cycles: float

    def __add__(self, other: "Work") -> "Work":
        return Work(self.instructions + other.instructions, self.cycles + other.cycles)

    def __rmul__(self, times: float) -> "Work":
        return Work(times * self.instructions, times * self.cycles)

    @classmethod
    def usual(cls, instructions: float) -> "Work":
        """Return the work of instructions of which nothing else is known."""
        return cls(instructions, USUAL_CYCLES * instructions)

    @property
    def weight(self) -> float:
        """Both in one number, of equal say: instructions, and cycles as so many instructions."""
        return (self.instructions + self.cycles / USUAL_CYCLES) / 2
