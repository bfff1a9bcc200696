"""The order of the rooms, held against every import."""

import ast
from pathlib import Path

import pytest

from ossicle.paths import PROJECT

PACKAGE = PROJECT / "python" / "ossicle"
ROOMS = (
    "datasets",
    "frontend",
    "models",
    "training",
    "quantize",
    "compiler",
    "device",
    "budget",
    "parity",
    "search",
    "report",
)
ANYBODYS = {
    "bundle",
    "decision",
    "reference",
    "reference_sums",
    "tensorflow",
    "errors",
    "files",
    "paths",
    "console",
    "processes",
    "hostcc",
    "tools",
}
LEARNING = {"tensorflow", "tf_keras", "keras", "tensorflow_model_optimization"}


def imports(file: Path) -> set[str]:
    """Dotted names of what a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms_of(names: set[str]) -> set[str]:
    return {name.split(".")[1] for name in names if name.startswith("ossicle.")}


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "report"])
def test_a_room_imports_only_from_its_left(room: str) -> None:
    allowed = {*ROOMS[: ROOMS.index(room) + 1], *ANYBODYS, "__version__"}
    for file in (PACKAGE / room).rglob("*.py"):
        assert rooms_of(imports(file)) <= allowed, file


@pytest.mark.parametrize("room", ["compiler", "device", "budget", "parity"])
def test_what_runs_does_not_learn(room: str) -> None:
    for file in (PACKAGE / room).rglob("*.py"):
        assert not {name.split(".")[0] for name in imports(file)} & LEARNING, file


def test_every_room_is_known_and_says_what_it_is_for() -> None:
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders == {*ROOMS, "cli", "workflow"}
    for room in ROOMS:
        tree = ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), room
