"""What the front end computes, as a specification that is checked, stored and hashed."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ossicle.errors import FrontendError
from ossicle.frontend.checks import (
    check_filters,
    check_framing,
    check_levels,
    check_mel,
    check_stages,
)
from ossicle.frontend.fields import check_types, commented, lines, of_toml, unit
from ossicle.frontend.stages import Calibration, Deltas, Mfcc, Pcen

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


ARITHMETIC = 2
"""The version of the integers that docs/frontend.md describes; raised when features change."""

STAGES = {"calibration": Calibration, "pcen": Pcen, "mfcc": Mfcc, "deltas": Deltas}
"""The tables that a specification may have, in the order in which they work."""


def parse(text: str, source: str) -> dict[str, Any]:
    """Read TOML.

    Raises:
        FrontendError: it is none.
    """
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # huge numbers, arrays nested without end
        raise FrontendError(f"{source}: not a TOML file: {error}") from None


def shortest_fft(window_length: int) -> int:
    """Return the points of the shortest FFT that holds a window; 256 at least."""
    return max(256, 1 << (window_length - 1).bit_length())


def with_stages(values: Mapping[str, Any], *, partial: bool = False) -> dict[str, Any]:
    """Return a specification's values, their tables made what they describe.

    Args:
        values: as `parse` gives them.
        partial: fields of tables may be missing, and then have their defaults.

    Raises:
        FrontendError: a table's field is missing, unknown, of another type or out of range.
    """
    made = dict(values)
    for name, kind in STAGES.items():
        if isinstance(values.get(name), dict):
            try:
                made[name] = of_toml(kind, values[name], partial=partial)
            except FrontendError as error:
                raise FrontendError(f"[{name}] {error}") from None
    return made


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
    input_zero_point)`. The tables, where they are there, do more (`ossicle.frontend.stages`).

    Raises:
        FrontendError: on construction, when the values contradict each other or are out of range.
    """

    sample_rate: int = unit(44100, "Hz")
    channels: str = unit(
        "mixdown", "mixdown: a recording's channels are averaged; first: channel 0 alone"
    )
    dc_blocking: float = unit(0.0, "p of y[n] = x[n] - x[n-1] + p y[n-1]; 0: none")
    pre_emphasis: float = unit(0.0, "c of y[n] = x[n] - c x[n-1]; 0: none")
    window: str = unit("hann", "hann, hamming (periodic), povey (symmetric), rectangular")
    window_length: int = unit(1764, "samples")
    hop_length: int = unit(882, "samples")
    fft_length: int = unit(2048, "points; the window is padded to it with zeros")
    mel_bands: int = unit(40, "triangles")
    mel_scale: str = unit("slaney", "slaney or htk")
    mel_norm: str = unit("none", "none: triangles of height 1; slaney: of equal area")
    fmin: float = unit(0.0, "Hz, where the lowest triangle begins")
    fmax: float = unit(22050.0, "Hz, where the highest triangle ends")
    spectrum: str = unit("power", "power of a band, or its magnitude, the root: half the dB")
    band_mean_db: tuple[float, ...] = unit((), "taken from the bands' levels; []: nothing")
    band_scale: tuple[float, ...] = unit((), "multiplies what is left; []: by 1")
    level_floor_db: float = unit(-96.0, "dB re a full-scale sine, gives -128")
    level_range_db: float = unit(96.0, "dB from -128 to 127")
    input_scale: float = unit(2.0**-5, "the model sees input_scale * (feature - input_zero_point)")
    input_zero_point: int = unit(0, "-128 to 127")
    arithmetic: int = unit(ARITHMETIC, "version of the front end's integers")
    calibration: Calibration | None = None
    pcen: Pcen | None = None
    mfcc: Mfcc | None = None
    deltas: Deltas | None = None

    def __post_init__(self) -> None:
        self._check_kinds()
        check_filters(self)
        check_framing(self)
        check_mel(self)
        check_levels(self)
        check_stages(self)
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
        values = parse(text, source)
        try:
            return of_toml(cls, with_stages(values))
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
        others.setdefault("fft_length", shortest_fft(window_length))
        others.setdefault("fmax", sample_rate / 2)
        return cls(
            sample_rate=sample_rate,
            window_length=window_length,
            hop_length=round(sample_rate * hop_ms / 1000),
            **others,
        )

    def to_toml(self) -> str:
        """Write the specification as TOML that `from_toml` reads back, units in comments."""
        tables = (f"\n[{name}]\n{commented(stage)}" for name, stage in self.stages.items())
        return commented(self) + "".join(tables)

    @property
    def stages(self) -> dict[str, Any]:
        """The tables that are there, by name, in the order in which they work."""
        return {name: getattr(self, name) for name in STAGES if getattr(self, name) is not None}

    @property
    def digest(self) -> str:
        """The SHA-256 (hexadecimal) of the specification's values, whatever the comments say."""
        return hashlib.sha256("\n".join(self._lines()).encode()).hexdigest()

    @property
    def filtered(self) -> bool:
        """Whether samples are filtered on their way into the window."""
        return self.dc_blocking > 0 or self.pre_emphasis > 0

    @property
    def features(self) -> int:
        """The features of a frame: a band or coefficient each, and their deltas behind them."""
        values = self.mfcc.coefficients if self.mfcc else self.mel_bands
        return values * (1 + self.deltas.order) if self.deltas else values

    @property
    def staged(self) -> bool:
        """Whether the levels of a frame go through further stages before they are features."""
        return bool(self.pcen or self.mfcc or self.deltas)

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
        tables = ([f"[{name}]", *lines(stage)] for name, stage in self.stages.items())
        return [*lines(self), *(line for table in tables for line in table)]

    def _check_kinds(self) -> None:
        check_types(self)
        for name, kind in STAGES.items():
            if not isinstance(getattr(self, name), (kind, type(None))):
                raise FrontendError(f"{name} must be a table: [{name}] and its fields below")
