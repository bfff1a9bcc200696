"""ESC-10 and ESC-50: short environmental sounds, five folds.

K. J. Piczak, "ESC: Dataset for Environmental Sound Classification", ACM Multimedia 2015.
ESC-10 exists twice: as its own repository of 2015 (a numbered folder per class, OGG) and as the
rows of ESC-50 with the flag `esc10` (WAV). Both are given the class names of ESC-50 here, so that a
model trained on one can be scored on the other.
"""

import re
from pathlib import Path

from ossicle.datasets.clips import Clip, Corpus, Published, corpus
from ossicle.datasets.folders import sound_files
from ossicle.datasets.tables import member, read_table, require_files
from ossicle.errors import DataError

CLASS_FOLDER = re.compile(r"\d{3} - (.+)")
_FILE_NAME = re.compile(r"(\d+)-(\d+)-[A-Z]")
_NAMES_IN_ESC50 = {
    "dog_bark": "dog",
    "baby_cry": "crying_baby",
    "person_sneeze": "sneezing",
    "fire_crackling": "crackling_fire",
}
ESC10_PUBLISHED = (
    Published("ACDNet (Mohaimenuzzaman et al. 2021)", 0.9665),
    Published("Micro-ACDNet, 131 K parameters (the same)", 0.9625),
    Published("people (Piczak 2015)", 0.957),
    Published("SoundNet (Aytar et al. 2016)", 0.922),
)


def is_esc10_folder(source: Path) -> bool:
    """Tell whether `source` holds folders such as "001 - Dog bark"."""
    return any(CLASS_FOLDER.fullmatch(entry.name) for entry in source.iterdir() if entry.is_dir())


def load_esc10_folder(source: Path) -> Corpus:
    """Load ESC-10 as its own repository has it: `001 - Dog bark/FOLD-FREESOUNDID-TAKE.ogg`.

    Raises:
        DataError: a class folder without sound files, or a file with another kind of name.
    """
    clips = []
    for folder in sorted(source.iterdir()):
        match = CLASS_FOLDER.fullmatch(folder.name)
        if match and folder.is_dir():
            label = match[1].lower().replace(" ", "_")
            label = _NAMES_IN_ESC50.get(label, label)
            clips += [_clip(path, label) for path in sound_files(folder)]
    licence = "CC BY 3.0; makers of the clips: README.txt of ESC-10"
    return corpus("ESC-10", clips, licence, source, ESC10_PUBLISHED)


def load_esc50_repository(source: Path, subset: str) -> Corpus:
    """Load the ESC-50 repository: `meta/esc50.csv` and `audio/`.

    Args:
        source: the repository.
        subset: "esc10" for the ten classes with that flag, "esc50" for all fifty.

    Raises:
        DataError: a table that is damaged or that labels clips which are missing.
    """
    table = source / "meta" / "esc50.csv"
    columns = ("filename", "fold", "category", "esc10", "src_file")
    rows = read_table(table, columns, separator=",")
    if subset == "esc10":
        rows = [row for row in rows if row["esc10"].lower() == "true"]
    clips = [_row_clip(row, source, table) for row in rows]
    require_files([clip.path for clip in clips], table)
    if subset == "esc10":
        licence = "CC BY 3.0; makers of the clips: LICENSE of ESC-50"
        return corpus("ESC-10", clips, licence, source, ESC10_PUBLISHED)
    return corpus("ESC-50", clips, "CC BY-NC 3.0; makers of the clips: LICENSE of ESC-50", source)


def _clip(path: Path, label: str) -> Clip:
    match = _FILE_NAME.fullmatch(path.stem)
    if not match:
        raise DataError(
            f"{path}: the name does not say the fold (FOLD-FREESOUNDID-TAKE, as 1-100032-A); "
            "rename it, or drop the numbers of the class folders to have folds assigned"
        )
    return Clip(path, 0.0, None, label, int(match[1]), "", "", match[2])


def _row_clip(row: dict[str, str], source: Path, table: Path) -> Clip:
    if not row["fold"].isdecimal():
        raise DataError(f"{table}: {row['filename']} has the fold {row['fold']}, not a number")
    path = member(source / "audio", row["filename"], table)
    return Clip(path, 0.0, None, row["category"], int(row["fold"]), "", "", row["src_file"])
