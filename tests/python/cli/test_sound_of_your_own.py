"""The page for makers, typed command by command, with made sounds and a short training."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

from command_line import Result
from ossicle.paths import PROJECT

PAGE = (PROJECT / "docs" / "sound-of-your-own.md").read_text(encoding="utf-8")


def commands(corpus: Path, folder: Path) -> list[list[str]]:
    """Return the arguments of each, with recordings and results where the test has them."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    lines = [shlex.split(line) for block in blocks for line in block.splitlines()]
    assert all(line[0] == "ossicle" for line in lines)
    return [[_placed(word, corpus, folder) for word in line[1:]] for line in lines]


def _placed(word: str, corpus: Path, folder: Path) -> str:
    if word.startswith("build/"):
        return str(folder / word)
    sounds = {"mine": corpus, "mine/knock/1.wav": corpus / "tone" / "0.wav"}
    return str(sounds.get(word, word))


def test_the_page(corpus_folder: Path, tmp_path: Path, ossicle: Callable[..., Result]) -> None:
    typed = commands(corpus_folder, tmp_path)
    assert [line[0] for line in typed] == ["train", "report", "emulate", "parity", "compile"]
    typed[0] += ["--epochs", "6"]
    said = {}
    for line in typed:
        result = ossicle(*line)
        assert result.status == 0, result.err
        said[line[0]] = result.out
    build = tmp_path / "build"
    assert (build / "mine.report" / "report.html").is_file()
    assert said["emulate"].splitlines()[0].split()[2] in ("clicks", "hiss", "tone", "silence")
    assert "OSSICLE_LISTENER_HOP 8000u" in (build / "ear" / "ossicle_listener_hop.h").read_text()
    assert "begins anew every 0.5 s, of 16,000 samples" in (build / "ear" / "README.md").read_text()
