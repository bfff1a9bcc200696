"""The documents name only what is there."""

import ast
import re
from pathlib import Path

from ossicle.compiler.operators import OPERATORS
from ossicle.compiler.target import FIRST_BYTES, Target
from ossicle.compiler.work import Work
from ossicle.paths import PROJECT

HERE = Path(__file__).parent
ARITHMETIC = (PROJECT / "docs/arithmetic.md").read_text(encoding="utf-8")
COMPILER = (PROJECT / "docs/compiler.md").read_text(encoding="utf-8")
NOTHING = Work(0, 0)
ADDING = (PROJECT / "docs/adding-an-operator.md").read_text(encoding="utf-8")


def functions(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef)}


def code_spans(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", text)


def test_tests_that_are_named_exist() -> None:
    named = [span.split("::") for span in code_spans(ARITHMETIC + COMPILER) if "::" in span]
    assert len(named) > 20
    for file, test in named:
        assert test in functions(HERE / file), f"{file}::{test}"


def test_every_operator_has_its_section() -> None:
    titles = " ".join(re.findall(r"^### (.*)$", ARITHMETIC, re.MULTILINE))
    assert set(re.findall(r"[A-Z_0-9]+", titles)) == set(OPERATORS)


def test_c_functions_named_in_arithmetic_exist() -> None:
    kernels = "".join(path.read_text() for path in (PROJECT / "firmware/kernels").glob("*.h"))
    named = [span for span in code_spans(ARITHMETIC) if span.startswith("ossicle_")]
    assert named
    assert all(f" {name}(" in kernels for name in named)


def test_modules_of_the_compiler_that_are_named_exist() -> None:
    named = re.findall(r"`((?:compiler|operators)/\S+?)`", COMPILER)
    room = PROJECT / "python/ossicle/compiler"
    assert len(named) > 5
    for name in named:
        assert (room / name.removeprefix("compiler/")).exists(), name


def test_blocks_that_are_named_exist() -> None:
    listed = re.findall(r"^- `(\w+)`: ", COMPILER, re.MULTILINE)
    blocks = (PROJECT / "python/ossicle/compiler/blocks").glob("*.py")
    shared = {"__init__", "fours_pointers", "function", "thumb"}
    assert set(listed) == {path.stem for path in blocks} - shared


def test_what_memory_is_worth_is_what_the_page_says() -> None:
    """The rows of the table by --optimize, against the prices."""
    assert f"a quarter for the first {FIRST_BYTES:,} |" in COMPILER
    assert Target("ram").price(NOTHING, FIRST_BYTES, 0) == 600 // 4 * FIRST_BYTES
    for optimize, worth in (("ram", 600), ("balanced", 100), ("speed", 10)):
        more, less = (Target(optimize).price(NOTHING, FIRST_BYTES + n, 0) for n in (1, 0))
        assert more - less == worth
        assert f"| `{optimize}` | {worth} |" in COMPILER


def test_paths_named_exist() -> None:
    for text in (ARITHMETIC, ADDING):
        paths = [
            s for s in code_spans(text) if re.fullmatch(r"(docs|firmware|python|tests)/\S+", s)
        ]
        assert paths
        assert all((PROJECT / path).exists() for path in paths)


def test_names_in_adding_an_operator_are_in_files_that_it_names() -> None:
    spans = code_spans(ADDING)
    files = [PROJECT / span for span in spans if re.fullmatch(r"[\w/-]+\.(py|c|h)", span)]
    sources = "".join(path.read_text(encoding="utf-8") for path in files)
    sources += (HERE / "test_operators_equal.py").read_text(encoding="utf-8")
    names = [span.partition("(")[0] for span in spans if re.fullmatch(r"\w+(\(.*\))?", span)]
    assert len(names) > 15
    for name in names:
        assert re.search(rf"\b{name}\b", sources), name


def test_the_order_of_descriptor_members_is_that_of_the_c_struct() -> None:
    """The claim about `kernel`: fields follow the declaration, so initialisers read like it."""
    from networks import small_network

    from ossicle.compiler import compile_model

    headers = PROJECT / "firmware/kernels"
    for operator in compile_model(small_network().finish(), "small.tflite").operators:
        if operator.is_alias:
            continue
        kernel = operator.kernel()
        text = re.sub(r"/\*.*?\*/", "", (headers / kernel.header).read_text(), flags=re.DOTALL)
        bodies = re.findall(r"typedef struct \{([^{}]*)\} (\w+);", text)
        body = next(body for body, name in bodies if name == kernel.descriptor)
        members = re.findall(r"[\s*](\w+)(?:\[\w+\])?\s*[,;]", body)
        assert members == list(kernel.fields), kernel.descriptor
