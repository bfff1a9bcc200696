"""TAU Urban Acoustic Scenes 2022 Mobile: one-second clips of ten scenes, many devices and cities.

I. Martín-Morató, F. Paissan, A. Ancilotto, T. Heittola, A. Mesaros, E. Farella, A. Brutti and
T. Virtanen, "Low-complexity acoustic scene classification in DCASE 2022 Challenge", DCASE 2022.
The layout (docs/data.md has all of it) is `meta.csv`, `evaluation_setup/fold1_*.csv` and `audio/`,
and a clip is called `audio/SCENE-CITY-LOCATION-SEGMENT-PART-DEVICE.wav`.
"""

import re
from pathlib import Path

from ossicle.datasets.clips import Clip, Corpus, Published, corpus
from ossicle.datasets.tables import member, read_table, require_files
from ossicle.errors import DataError

TRAIN_FOLD, TEST_FOLD = 0, 1
META_COLUMNS = ("filename", "scene_label", "identifier", "source_label")
SPLIT_COLUMNS = ("filename", "scene_label")
_FILE_NAME = re.compile(r"[a-z_]+-([a-z_]+)-\d+-\d+-\d+-([a-z0-9]+)")
_LICENCE = "Tampere University: research and other non-commercial use only, with attribution"

PUBLISHED = (
    Published("baseline of the DCASE 2022 challenge", 0.429, 1.575),
    Published(
        "baseline in the MODAC project",
        0.426,
        1.576,
        {
            "airport": (0.362, 1.625),
            "bus": (0.354, 1.601),
            "metro": (0.394, 1.520),
            "metro_station": (0.445, 1.572),
            "park": (0.577, 1.437),
            "public_square": (0.259, 2.103),
            "shopping_mall": (0.449, 1.580),
            "street_pedestrian": (0.267, 1.906),
            "street_traffic": (0.713, 0.981),
            "tram": (0.438, 1.435),
        },
    ),
)


def is_tau(source: Path) -> bool:
    """Tell whether `source` holds `evaluation_setup/`, as all TAU corpora do."""
    return (source / "evaluation_setup").is_dir()


def load_tau(
    source: Path,
    *,
    name: str = "TAU Urban Acoustic Scenes 2022 Mobile",
    licence: str = _LICENCE,
    published: tuple[Published, ...] = PUBLISHED,
) -> Corpus:
    """Load the development set; fold 1 is the official test split, fold 0 the training split.

    Clips that `meta.csv` names and neither split does (the official set-up has such) are left out.
    City and device are read from the file name, and the location makes the recording.

    Raises:
        DataError: a table that is damaged or that labels clips which are missing.
    """
    table = source / "meta.csv"
    meta = {row["filename"]: row for row in read_table(table, META_COLUMNS, separator="\t")}
    clips = []
    for fold, split in ((TRAIN_FOLD, "fold1_train.csv"), (TEST_FOLD, "fold1_evaluate.csv")):
        split_table = source / "evaluation_setup" / split
        for row in read_table(split_table, SPLIT_COLUMNS, separator="\t"):
            if row["filename"] not in meta:
                raise DataError(f"{split_table}: {row['filename']} is not in meta.csv; fetch again")
            clips.append(_clip(meta[row["filename"]], fold, source, table))
    require_files([clip.path for clip in clips], table)
    return corpus(name, clips, licence, source, published)


def _clip(row: dict[str, str], fold: int, source: Path, table: Path) -> Clip:
    path = member(source, row["filename"], table)
    match = _FILE_NAME.fullmatch(path.stem)
    if not match:
        raise DataError(
            f"{table}: {row['filename']} does not name its city and device "
            "(SCENE-CITY-LOCATION-SEGMENT-PART-DEVICE); fetch the corpus again"
        )
    recording = f"{row['scene_label']}-{row['identifier']}"
    return Clip(path, 0.0, None, row["scene_label"], fold, match[2], match[1], recording)
