"""Front ends as people write them: a preset's name, or a TOML file with what differs from one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ossicle.errors import FrontendError
from ossicle.frontend.fields import of_toml
from ossicle.frontend.presets import PRESETS, preset
from ossicle.frontend.spec import FrontendSpec, parse, shortest_fft, with_stages


def read(name: str) -> FrontendSpec:
    """Return the front end of a preset's name, or of a TOML file's path.

    Raises:
        FrontendError: there is neither, or the file is no front end; the message names it.
    """
    if name in PRESETS:
        return preset(name)
    try:
        text = Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FrontendError(
            f"{name}: cannot be read as text ({error}), and no preset has this name; they are "
            f"{', '.join(PRESETS)}"
        ) from error
    return of_text(text, name)


def of_text(text: str, source: str) -> FrontendSpec:
    """Return the front end of a TOML text, by the rule of `of_values`.

    Raises:
        FrontendError: not TOML, or a field is unknown, of another type or out of range.
    """
    values = parse(text, source)
    try:
        return of_values(values)
    except FrontendError as error:
        raise FrontendError(f"{source}: {error}") from None


def of_values(values: Mapping[str, Any]) -> FrontendSpec:
    """Return the front end of some fields; what is left out is its `preset`'s, or the default's.

    Besides the fields of `FrontendSpec` there may be `preset`, a name, and `window_ms` and `hop_ms`
    in place of `window_length` and `hop_length`, rounded to whole samples. Where the window is in
    ms and `fft_length` is missing, the FFT is the shortest that holds it, of 256 points at least;
    where `sample_rate` is there and `fmax` is not, that is the Nyquist frequency at most. A table
    gives only what differs from its defaults.

    Raises:
        FrontendError: a field is unknown, of another type or out of range.
    """
    changes = dict(values)
    base = preset(changes.pop("preset")) if "preset" in changes else FrontendSpec()
    return of_toml(FrontendSpec, vars(base) | _in_samples(changes, base))


def _in_samples(values: dict[str, Any], base: FrontendSpec) -> dict[str, Any]:
    """Return the values with lengths in samples, and with what follows from them."""
    made = with_stages(values, partial=True)
    rate = made.get("sample_rate", base.sample_rate)
    if "sample_rate" in made and _is_number(rate):
        made.setdefault("fmax", min(base.fmax, rate / 2))
    for name in ("window", "hop"):
        if f"{name}_ms" in made:
            if f"{name}_length" in made:
                raise FrontendError(f"{name}_ms and {name}_length; give one of them")
            made[f"{name}_length"] = _samples(f"{name}_ms", made.pop(f"{name}_ms"), rate)
            if name == "window":
                made.setdefault("fft_length", shortest_fft(made["window_length"]))
    return made


def _samples(name: str, milliseconds: Any, rate: Any) -> int:
    if not _is_number(milliseconds) or not 0 < milliseconds <= 1000:
        raise FrontendError(f"{name} = {milliseconds!r} is out of range; choose up to 1000 ms")
    if not _is_number(rate) or not abs(rate) < 1e6:
        raise FrontendError(f"sample_rate = {rate!r} is out of range; choose 8000 to 48000 Hz")
    return max(1, round(float(rate) * float(milliseconds) / 1000))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
