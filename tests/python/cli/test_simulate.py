"""`ossicle simulate`: a corpus heard through several recording devices."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

from command_line import Result, assert_refused


def test_a_corpus_is_recorded_once(
    ossicle: Callable[..., Result], corpus_folder: Path, tmp_path: Path
) -> None:
    responses = tmp_path / "responses"
    responses.mkdir()
    for name in ("old", "tinny"):
        soundfile.write(responses / f"{name}.wav", np.array([0.0, 0.9, -0.3]), 44100)
    command = ("simulate", "--data", corpus_folder, "--out", tmp_path / "made", "--trained", 2)
    command += ("--responses", responses, "--unseen", "old")
    made = ossicle(*command, "--json").json
    assert made["clips"] == 45
    assert made["devices"]["a"] == {"clips": 15, "trained_on": 15}
    assert made["devices"]["old"] == {"clips": 15, "trained_on": 0}
    assert made["devices"]["tinny"] == {"clips": 15, "trained_on": 15}
    again = ossicle(*command)
    assert again.status == 0 and "for tests alone" in again.out
    assert_refused(ossicle(*command, "--seed", 1), tmp_path / "made", "holds something else")


def test_bad_wishes_are_refused(
    ossicle: Callable[..., Result], corpus_folder: Path, tmp_path: Path
) -> None:
    command = ("simulate", "--data", corpus_folder, "--out", tmp_path / "made")
    assert_refused(ossicle(*command, "--unseen", "phone"), "phone", "s6")
    assert_refused(ossicle(*command, "--trained", 9), "1 to 6")
    assert_refused(ossicle(*command, "--trained", 0), "--trained", "--help")
    assert_refused(ossicle(*command, "--responses", tmp_path), tmp_path, "no WAV")
