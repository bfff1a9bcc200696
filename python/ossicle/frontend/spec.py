"""What the front end computes, as a specification that is checked, stored and hashed."""

from __future__ import annotations

import dataclasses
import hashlib
import sys
from dataclasses import dataclass, field
from typing import Any

from ossicle.errors import FrontendError
from ossicle.frontend.checks import (
    check_filters,
    check_framing,
    check_levels,
    check_mel,
    check_types,
)

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


ARITHMETIC = 2
"""The version of the integers that docs/frontend.md describes; raised when features change."""

_KINDS: dict[str, type] = {
    "int": int,
    "float": float,
    "str": str,
    "tuple[float, ...]": tuple,
}


def _unit(default: Any, unit: str) -> Any:
    """Declare a field with its default and its unit, which `to_toml` writes beside it."""
    return field(default=default, metadata={"unit": unit})


@dataclass(frozen=True)
class FrontendSpec:
    """A log-mel front end; the defaults are those of the DCASE 2022 Task 1 baseline's input.

    The sound passes DC blocking and then pre-emphasis, both starting from silence, with their
    coefficients in Q15.

    Frame t is the window whose centre is sample `t * hop_length`; outside the sound is silence. The
    level of a band is 10 log10 of its power in a frame, or of the root of that (`spectrum`),
    relative to a full-scale sine: 0 dB is what a sine of amplitude 32768 gives in the bin of its
    own frequency. Less `band_mean_db`, times `band_scale`, it becomes the feature
    `floor((level - level_floor_db) / step + 1/2) - 128`, clipped to int8, with a step of
    `level_range_db / 255`. To the model it is the number `input_scale * (feature -
    input_zero_point)`.

    Raises:
        FrontendError: on construction, when the values contradict each other or are out of range.
    """

    sample_rate: int = _unit(44100, "Hz")
    channels: str = _unit(
        "mixdown", "mixdown: a recording's channels are averaged; first: channel 0 alone"
    )
    dc_blocking: float = _unit(0.0, "p of y[n] = x[n] - x[n-1] + p y[n-1]; 0: none")
    pre_emphasis: float = _unit(0.0, "c of y[n] = x[n] - c x[n-1]; 0: none")
    window: str = _unit("hann", "hann, hamming (periodic), povey (symmetric), rectangular")
    window_length: int = _unit(1764, "samples")
    hop_length: int = _unit(882, "samples")
    fft_length: int = _unit(2048, "points; the window is padded to it with zeros")
    mel_bands: int = _unit(40, "triangles")
    mel_scale: str = _unit("slaney", "slaney or htk")
    mel_norm: str = _unit("none", "none: triangles of height 1; slaney: of equal area")
    fmin: float = _unit(0.0, "Hz, where the lowest triangle begins")
    fmax: float = _unit(22050.0, "Hz, where the highest triangle ends")
    spectrum: str = _unit("power", "power of a band, or its magnitude, the root: half the dB")
    band_mean_db: tuple[float, ...] = _unit((), "taken from the bands' levels; []: nothing")
    band_scale: tuple[float, ...] = _unit((), "multiplies what is left; []: by 1")
    level_floor_db: float = _unit(-96.0, "dB re a full-scale sine, gives -128")
    level_range_db: float = _unit(96.0, "dB from -128 to 127")
    input_scale: float = _unit(2.0**-5, "the model sees input_scale * (feature - input_zero_point)")
    input_zero_point: int = _unit(0, "-128 to 127")
    arithmetic: int = _unit(ARITHMETIC, "version of the front end's integers")

    def __post_init__(self) -> None:
        check_types(self, _KINDS)
        check_filters(self)
        check_framing(self)
        check_mel(self)
        check_levels(self)
        if self.arithmetic != ARITHMETIC:
            raise FrontendError(
                f"arithmetic = {self.arithmetic}, but this front end computes version {ARITHMETIC},"
                " other integers: train the model anew, or use the Ossicle that made it"
            )

    @classmethod
    def from_toml(cls, text: str, source: str = "frontend.toml") -> FrontendSpec:
        """Read a specification; every field must be there, and nothing else.

        Args:
            text: the TOML text.
            source: the file's name, for the error messages.

        Raises:
            FrontendError: not TOML, a field missing, unknown, of another type or out of range.
        """
        try:
            values = tomllib.loads(text)
        except (ValueError, RecursionError) as error:  # huge numbers, arrays nested without end
            raise FrontendError(f"{source}: not a TOML file: {error}") from None
        names = {item.name for item in dataclasses.fields(cls)}
        if missing := sorted(names - values.keys()):
            raise FrontendError(
                f"{source}: {', '.join(missing)} missing; every field must be given"
            )
        if unknown := sorted(values.keys() - names):
            raise FrontendError(f"{source}: unknown field {', '.join(unknown)}; remove it")
        numbers = {item.name for item in dataclasses.fields(cls) if _KINDS[str(item.type)] is tuple}
        for name in numbers:
            if isinstance(values[name], list):
                values[name] = tuple(values[name])
        try:
            return cls(**values)
        except FrontendError as error:
            raise FrontendError(f"{source}: {error}") from None

    @classmethod
    def of_milliseconds(
        cls, sample_rate: int, window_ms: float, hop_ms: float, **others: Any
    ) -> FrontendSpec:
        """Make a specification whose window and hop are given in ms, rounded to whole samples.

        Args:
            sample_rate: in Hz.
            window_ms: length of the window.
            hop_ms: from one window to the next.
            others: further fields; where they are missing, the FFT is the shortest that holds the
                window, of 256 points at least, and fmax the Nyquist frequency.

        Raises:
            FrontendError: the values contradict each other or are out of range.
        """
        window_length = round(sample_rate * window_ms / 1000)
        others.setdefault("fft_length", max(256, 1 << (window_length - 1).bit_length()))
        others.setdefault("fmax", sample_rate / 2)
        return cls(
            sample_rate=sample_rate,
            window_length=window_length,
            hop_length=round(sample_rate * hop_ms / 1000),
            **others,
        )

    def to_toml(self) -> str:
        """Write the specification as TOML that `from_toml` reads back, units in comments."""
        items = zip(self._lines(), dataclasses.fields(self), strict=True)
        return "".join(f"{line:28}  # {item.metadata['unit']}\n" for line, item in items)

    @property
    def digest(self) -> str:
        """The SHA-256 (hexadecimal) of the specification's values, whatever the comments say."""
        return hashlib.sha256("\n".join(self._lines()).encode()).hexdigest()

    @property
    def filtered(self) -> bool:
        """Whether samples are filtered on their way into the window."""
        return self.dc_blocking > 0 or self.pre_emphasis > 0

    @property
    def level_step_db(self) -> float:
        """The dB between neighbouring features."""
        return self.level_range_db / 255

    @property
    def band_ranges_db(self) -> list[tuple[float, float]]:
        """For each band, the dB of power that give -128, and how many from there to 127."""
        means = self.band_mean_db or (0.0,) * self.mel_bands
        scales = self.band_scale or (1.0,) * self.mel_bands
        power = 2 if self.spectrum == "magnitude" else 1
        return [
            (power * (mean + self.level_floor_db / scale), power * self.level_range_db / scale)
            for mean, scale in zip(means, scales, strict=True)
        ]

    def frames(self, samples: int) -> int:
        """Return how many columns a sound of `samples` samples gives."""
        return 1 + samples // self.hop_length

    def _lines(self) -> list[str]:
        return [
            f"{i.name} = {_toml(getattr(self, i.name), i.type)}" for i in dataclasses.fields(self)
        ]


def _toml(value: Any, kind: Any) -> str:
    if kind == "str":
        return f'"{value}"'  # only names from a list of choices: nothing to escape
    if isinstance(value, tuple):
        return f"[{', '.join(repr(float(number)) for number in value)}]"
    return repr(_KINDS[kind](value))  # an int given for a float is written, and hashed, as a float
