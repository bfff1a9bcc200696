"""The vote of a bundle's windows, as firmware/vote wants it said: `ossicle_vote_rule.h`."""

from ossicle.decision import Decision

VOTE_RULE = "ossicle_vote_rule.h"
MOST_CLASSES = 511  # whose totals fit one frame to the host


def emit(decision: Decision, classes: int) -> str | None:
    """Return the header's text; None of a model with more classes than can vote on a device."""
    if classes > MOST_CLASSES:
        return None
    lines = [
        "/* How the windows of a longer sound vote, from decision.toml. Generated; do not edit. */",
        "#ifndef OSSICLE_VOTE_RULE_H",
        "#define OSSICLE_VOTE_RULE_H",
        "",
        f"#define OSSICLE_VOTE_CLASSES {classes}",
        f"#define OSSICLE_VOTE_RULE OSSICLE_VOTE_{decision.vote.upper()}",
        f"#define OSSICLE_VOTE_SILENCE_PEAK {decision.silence_peak}",
    ]
    if decision.vote == "attention":
        weights = ", ".join(map(str, decision.attention))
        lines.append(f"#define OSSICLE_VOTE_WEIGHTS {{{weights}}}")
    return "\n".join([*lines, "", "#endif", ""])
