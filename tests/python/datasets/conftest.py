"""Small corpora of every layout, made of a few samples of noise."""

import numpy as np
import pytest
import soundfile


@pytest.fixture
def make_sound():
    def make(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.arange(100, dtype=np.int16), 44_100)
        return path

    return make


@pytest.fixture
def esc10(tmp_path, make_sound):
    """Two classes of three folds with two takes of one recording each."""
    for folder, number in (("001 - Dog bark", 100), ("002 - Rain", 200)):
        for fold in (1, 2, 3):
            for take in "AB":
                make_sound(tmp_path / "esc10" / folder / f"{fold}-{number + fold}-{take}.ogg")
    (tmp_path / "esc10" / "README.txt").write_text("not a sound")
    return tmp_path / "esc10"


@pytest.fixture
def esc50(tmp_path, make_sound):
    """Three classes of two folds; two of the classes carry the flag `esc10`."""
    root = tmp_path / "ESC-50-master"
    lines = ["filename,fold,target,category,esc10,src_file,take"]
    for target, category, flag in ((0, "dog", True), (10, "rain", True), (3, "cow", False)):
        for fold in (1, 2):
            source = f"{target}{fold}77"
            name = f"{fold}-{source}-A-{target}.wav"
            make_sound(root / "audio" / name)
            lines.append(f"{name},{fold},{target},{category},{flag},{source},A")
    (root / "meta").mkdir()
    (root / "meta" / "esc50.csv").write_text("\n".join(lines) + "\n")
    return root


@pytest.fixture
def tau(tmp_path, make_sound):
    """Two scenes in two cities, the second the test city, and one clip of neither split."""
    root = tmp_path / "tau"
    meta, splits = (
        ["filename\tscene_label\tidentifier\tsource_label"],
        {"train": [], "evaluate": []},
    )
    for scene in ("bus", "street_traffic"):
        for city, split in (("lyon", "train"), ("vienna", "evaluate"), ("paris", None)):
            name = f"audio/{scene}-{city}-7-70-0-s1.wav"
            make_sound(root / name)
            meta.append(f"{name}\t{scene}\t{city}-7\ts1")
            if split:
                splits[split].append(f"{name}\t{scene}")
    (root / "meta.csv").write_text("\n".join(meta) + "\n")
    (root / "evaluation_setup").mkdir()
    for split, rows in splits.items():
        text = "\n".join(["filename\tscene_label", *rows]) + "\n"
        (root / "evaluation_setup" / f"fold1_{split}.csv").write_text(text)
    return root


@pytest.fixture
def class_folders(tmp_path, make_sound):
    """Two classes of ten files each, and a recording in three pieces."""
    root = tmp_path / "mine"
    for label in ("knock", "ring"):
        for number in range(10):
            make_sound(root / label / f"{number}.wav")
    for piece in range(3):
        make_sound(root / "ring" / "long" / f"{piece}.flac")
    return root
