"""Published timings of cores that take their instructions one after the other, in cycles.

Sources: Arm's technical reference manuals of the Cortex-M0 (DDI 0432C, table 3-1), the Cortex-M3
(DDI 0337I, table 3-1 and section 3.3.2) and the Cortex-M4 (DDI 0439D, tables 3-1, 3-2 and 7-1 and
section 3.3.2). The Cortex-M7, M33 and M55 may begin two instructions at once, and the M55 overlaps
its vector instructions: no sum over instructions is their time, so they have none here.

Where a manual leaves a choice: memories are without wait states. The Cortex-M0's multiplier is the
fast one, of one cycle; makers may build one of 32 instead. On the Cortex-M3 and M4 P, the refilling
of the pipeline after a branch that is taken, is 1 to 3 cycles and counts as 2; a division takes 2
to 12 and counts as 12. The Cortex-M3's long multiplications take 3 to 5 cycles, or 4 to 7 where
they accumulate, by the size of their operands, and count as 5 and 7.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

REFILL = 2  # P
DIVISION = 12

Table = Sequence[tuple[re.Pattern[str], int]]


@dataclass(frozen=True)
class Timings:
    """What the instructions of a core take.

    Attributes:
        table: a pattern of mnemonic and operands, and cycles; the first that fits counts, and what
            fits none takes one. Loads and stores of several registers are not in it.
        refills: likewise for what a branch that is taken takes more; what fits none takes REFILL.
        are_pipelined: whether a load takes a cycle less in front of a load or a store.
    """

    table: Table
    refills: Table = ()
    are_pipelined: bool = True


def _table(*rows: tuple[str, int]) -> Table:
    return [(re.compile(pattern), cycles) for pattern, cycles in rows]


_THUMB_2 = (
    (r"ldrd|strd", 3),
    (r"str\S* .*\[\w+, [a-z]", 2),  # an address of two registers takes a cycle of its own
    (r"v?ldr|vstr|tb[bh]", 2),
    (r"[su]div", DIVISION),
)
TIMINGS = {
    "cortex-m0": Timings(
        _table((r"ldr|str", 2), (r"mrs|msr|dmb|dsb|isb", 4)),
        refills=_table((r"(bl|pop) ", 3)),
        are_pipelined=False,
    ),
    "cortex-m3": Timings(
        _table(*_THUMB_2, (r"ml[as]", 2), (r"[su]mull", 5), (r"[su]mlal", 7)),
    ),
    "cortex-m4": Timings(
        _table(*_THUMB_2, (r"vdiv|vsqrt", 14), (r"vn?ml[as]|vfn?m[as]", 3)),
    ),
}
