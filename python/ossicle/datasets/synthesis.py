"""A corpus that the project makes itself: synthetic scenes in the layout of TAU 2022 Mobile."""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from ossicle.console import track
from ossicle.datasets.audio import quantise
from ossicle.datasets.clips import Corpus
from ossicle.datasets.microphones import MICROPHONES, record
from ossicle.datasets.scenes import RATE, SCENES, at_location, synthesise
from ossicle.datasets.tau import META_COLUMNS, PUBLISHED, SPLIT_COLUMNS, load_tau
from ossicle.errors import DataError
from ossicle.files import write_atomically

NAME = "synthetic scenes"
VERSION = 1  # of the sounds: raise it whenever the same seed makes other samples
_LICENCE = "synthesised by Ossicle: use them as you like"
_RECIPE = "synthetic.json"
_CITIES = ("barcelona", "helsinki", "lyon", "vienna")
_LOCATIONS = 2  # of each scene in each city
_TEST_CITY = "vienna"  # heard in the test split alone, as is the last device
_TRAIN_DEVICES = ("a", "b", "a", "c", "s1", "s2")
_TEST_DEVICES = ("a", "b", "c", "s1", "s2", "s3")


@dataclass(frozen=True)
class Recipe:
    """All that decides the samples; a folder holds the clips of one recipe."""

    seed: int
    clips_per_location: int
    version: int = VERSION


@dataclass(frozen=True)
class Take:
    """One clip to make: its scene, where and which part of the recording it is, and the device."""

    scene: str
    city: str
    location: int
    part: int
    device: str

    @property
    def filename(self) -> str:
        """The file's name in the corpus, as TAU 2022 Mobile would call it."""
        # The fourth field is TAU's number of the recording; each location is recorded once here.
        where = f"{self.city}-{self.location}-{self.location}"
        return f"audio/{self.scene}-{where}-{self.part}-{self.device}.wav"


def synthetic(folder: Path, *, seed: int = 0, clips_per_location: int = 6) -> Corpus:
    """Make the synthetic scenes in `folder`, unless they are there, and load them.

    Ten scenes, four cities of two locations each, six devices: 80 locations, so 480 one-second
    clips (16-bit WAV, 44.1 kHz) by default. One city, and with it a quarter of the clips, is the
    test split; one device is heard there alone. An interrupted run goes on where it ended.

    Args:
        folder: where to put them; made if it does not exist.
        seed: of the random numbers, at least 0; the same makes the same samples on every machine.
        clips_per_location: how many seconds are recorded at each location, at least 1.

    Raises:
        DataError: `folder` holds something else, or the scenes of another seed, size or version.
    """
    recipe = Recipe(seed, clips_per_location)
    if not _claim(folder, recipe):
        takes = all_takes(clips_per_location)
        for take in track(takes, "synthesising scenes", len(takes)):
            path = folder / take.filename
            if not path.is_file():
                write_atomically(path, _wav(render(take, seed)))
        _write_tables(folder, takes)
        _write_recipe(folder, recipe, complete=True)
    return load_synthetic(folder)


def is_synthetic(source: Path) -> bool:
    """Tell whether `source` holds what `synthetic` makes, complete or not."""
    return (source / _RECIPE).is_file()


def load_synthetic(folder: Path) -> Corpus:
    """Load what `synthetic` made in `folder`.

    Raises:
        DataError: the making was interrupted, or files have gone since.
    """
    if not _read_recipe(folder).get("complete"):
        raise DataError(f"{folder}: the synthetic scenes are not complete; make them again")
    published = tuple(replace(other, name=f"{other.name}, on TAU") for other in PUBLISHED)
    return load_tau(folder, name=NAME, licence=_LICENCE, published=published)


def all_takes(clips_per_location: int) -> list[Take]:
    """Return every clip of the corpus, in the order of meta.csv."""
    takes = []
    places = [(s, c) for s in SCENES for c in _CITIES for _ in range(_LOCATIONS)]
    for location, (scene, city) in enumerate(places):
        devices = _TEST_DEVICES if city == _TEST_CITY else _TRAIN_DEVICES
        for part in range(clips_per_location):
            takes.append(Take(scene, city, location, part, devices[part % len(devices)]))
    return takes


def render(take: Take, seed: int) -> npt.NDArray[np.int16]:
    """Return the int16 samples [44100] of one clip."""
    place = at_location(SCENES[take.scene], _generator(seed, take.location))
    rng = _generator(seed, take.location, 1 + take.part)
    sound = record(synthesise(place, rng), MICROPHONES[take.device], rng)
    return quantise(sound)[0]


def _generator(*key: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))


def _wav(pcm: npt.NDArray[np.int16]) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, pcm, RATE, format="WAV", subtype="PCM_16")
    return buffer.getvalue()


def _claim(folder: Path, recipe: Recipe) -> bool:
    """Take `folder` for `recipe`; tell whether its clips are complete already."""
    if is_synthetic(folder):
        found = _read_recipe(folder)
        complete = found.pop("complete", False)
        if found != asdict(recipe):
            raise DataError(f"{folder}: holds synthetic scenes made otherwise ({found}); delete it")
        return bool(complete)
    if folder.is_dir() and any(folder.iterdir()):
        raise DataError(f"{folder}: holds something else; name an empty folder for the scenes")
    _write_recipe(folder, recipe, complete=False)
    return False


def _read_recipe(folder: Path) -> dict[str, object]:
    try:
        recipe = json.loads((folder / _RECIPE).read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{folder / _RECIPE}: is damaged; delete {folder}") from error
    return recipe if isinstance(recipe, dict) else {}


def _write_recipe(folder: Path, recipe: Recipe, *, complete: bool) -> None:
    content = json.dumps({**asdict(recipe), "complete": complete}, indent=2)
    write_atomically(folder / _RECIPE, content + "\n")


def _write_tables(folder: Path, takes: list[Take]) -> None:
    meta = [(t.filename, t.scene, f"{t.city}-{t.location}", t.device) for t in takes]
    train = [(t.filename, t.scene) for t in takes if t.city != _TEST_CITY]
    test = [(t.filename, t.scene) for t in takes if t.city == _TEST_CITY]
    setup = folder / "evaluation_setup"
    _write_table(setup / "fold1_train.csv", SPLIT_COLUMNS, train)
    _write_table(setup / "fold1_test.csv", SPLIT_COLUMNS[:1], [row[:1] for row in test])
    _write_table(setup / "fold1_evaluate.csv", SPLIT_COLUMNS, test)
    _write_table(folder / "meta.csv", META_COLUMNS, meta)


def _write_table(path: Path, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    write_atomically(path, "".join("\t".join(row) + "\n" for row in (columns, *rows)))
