"""How many cases the hypothesis tests of the compiler draw: some, or with `OSSICLE_FUZZ=1` many."""

import os

from hypothesis import HealthCheck, settings

FUZZ = bool(os.environ.get("OSSICLE_FUZZ"))


def draws(normal: int, fuzz: int) -> settings:
    """Return the settings of a test that draws `normal` cases, or `fuzz` of them on demand.

    A normal run draws the same cases each time, so that a failure is the change's and not the
    day's; fuzzing draws fresh ones. There is no time limit for a case: some call a C compiler.
    """
    return settings(
        max_examples=int(os.environ.get("OSSICLE_FUZZ_CASES", fuzz)) if FUZZ else normal,
        derandomize=not FUZZ,
        database=None,
        deadline=None,
        print_blob=FUZZ,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
