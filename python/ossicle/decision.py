"""The decision: the part of a bundle that turns a model's outputs into an answer."""

import sys
from dataclasses import dataclass, fields

from ossicle.errors import BundleError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

MOST_SAMPLES = 1 << 24  # of a window: minutes of sound
SHORT = ("pad", "loop")
VOTES = ("soft", "majority", "max", "attention")
MOST_ATTENTION = 256  # classes, that a device's sum fits 32 bits


@dataclass(frozen=True)
class Decision:
    """How sound becomes windows, and outputs a decision.

    Attributes:
        silence_peak: a window none of whose int16 samples reaches this absolute value is silent and
            does not vote; 0 lets every window vote.
        hop_samples: from the beginning of one window to that of the next; 0: a window's length.
        short: what becomes of a sound shorter than a window: "pad" or "loop".
        vote: how the windows of a clip decide: "soft", "majority", "max" or "attention".
        attention: of the last, a number of -128 to 127 for each label (docs/votes.md); () where
            none was learnt.

    Raises:
        BundleError: on construction, when a value is of another type or out of range.
    """

    silence_peak: int
    hop_samples: int = 0
    short: str = "pad"
    vote: str = "soft"
    attention: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for name, most in (("silence_peak", 32768), ("hop_samples", MOST_SAMPLES)):
            value = getattr(self, name)
            if type(value) is not int or not 0 <= value <= most:
                raise BundleError(f"{name} must be an integer in 0 to {most}, not {value!r}")
        for name, choices in (("short", SHORT), ("vote", VOTES)):
            if getattr(self, name) not in choices:
                found = getattr(self, name)
                raise BundleError(f"{name} must be one of {', '.join(choices)}, not {found!r}")
        self._require_attention()

    def _require_attention(self) -> None:
        weights = self.attention
        if not all(type(weight) is int and -128 <= weight <= 127 for weight in weights):
            raise BundleError(f"attention must be integers in -128 to 127, not {list(weights)}")
        if len(weights) > MOST_ATTENTION:
            raise BundleError(f"attention is for {MOST_ATTENTION} labels at most")
        if self.vote == "attention" and not weights:
            raise BundleError("no attention was learnt to vote by; `ossicle attend` learns it")

    def to_toml(self) -> str:
        """Write the decision as TOML."""
        return (
            f"silence_peak = {self.silence_peak}  # of 32768; a window below it does not vote\n"
            f"hop_samples = {self.hop_samples}  # from window to window; 0: a window's length\n"
            f'short = "{self.short}"  # pad or loop: what a sound shorter than a window becomes\n'
            f'vote = "{self.vote}"  # soft, majority or max: how the windows of a clip decide\n'
        ) + (f"attention = {list(self.attention)}  # learnt: by label\n" if self.attention else "")

    @classmethod
    def from_toml(cls, text: str, source: str = "decision.toml") -> "Decision":
        """Read a decision.

        Raises:
            BundleError: not TOML, or a field is missing, unknown or out of range.
        """
        try:
            values = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            raise BundleError(f"{source}: not a TOML file: {error}") from error
        names = [field.name for field in fields(cls)]
        attention = values.setdefault("attention", [])
        if values.keys() != set(names) or not isinstance(attention, list):
            raise BundleError(f"{source}: must give {', '.join(names)} and nothing else")
        try:
            return cls(**{**values, "attention": tuple(attention)})
        except BundleError as error:
            raise BundleError(f"{source}: {error}") from None
