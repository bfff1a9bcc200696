"""The generated C: clean under every compiler and standard, prefixed, reproducible, linkable."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from harness import WARNINGS, SanitizedModel, build
from networks import small_network

from ossicle.compiler import CompiledModel, compile_model
from ossicle.compiler.emitter import KERNELS
from ossicle.paths import PROJECT

STRICT = [*WARNINGS, "-Wvla", "-Wundef", "-Wshadow", "-Wmissing-prototypes", "-Wcast-qual"]
CORES = {
    "m0": ["-mcpu=cortex-m0", "-mthumb"],
    "m4": ["-mcpu=cortex-m4", "-mthumb"],
    "m55": ["-mcpu=cortex-m55", "-mthumb", "-mfloat-abi=hard"],
}


@pytest.fixture(scope="module")
def compiled() -> CompiledModel:
    return compile_model(small_network().finish(), "small.tflite", prefix="small")


@pytest.fixture(scope="module")
def folder(compiled: CompiledModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("generated")
    compiled.write(path)
    return path


def run(command: list[str], **options: object) -> str:
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("optimise", ["-O0", "-Os", "-O3"])
def test_clean_on_the_host(folder: Path, tmp_path: Path, optimise: str) -> None:
    for source in sorted(folder.glob("*.c")):
        build([*STRICT, optimise, "-c", str(source), "-o", str(tmp_path / "out.o")])


@pytest.mark.parametrize("core", CORES)
def test_clean_on_every_core(folder: Path, tmp_path: Path, core: str) -> None:
    for source in sorted(folder.glob("*.c")):
        target = str(tmp_path / f"{source.stem}.o")
        run(["arm-none-eabi-gcc", *CORES[core], *STRICT, "-Os", "-c", str(source), "-o", target])


def test_headers_are_clean_in_cxx(folder: Path, tmp_path: Path) -> None:
    user = tmp_path / "user.cpp"
    headers = sorted(header.name for header in folder.glob("*.h"))
    calls = "alignas(SMALL_ARENA_ALIGNMENT) static unsigned char arena[SMALL_ARENA_BYTES];\n"
    calls += "void use() { small_reset(arena), small_run_observed(arena, nullptr, nullptr); }\n"
    user.write_text("".join(f'#include "{name}"\n' for name in headers) + calls)
    flags = ["-std=c++11", "-Wall", "-Wextra", "-pedantic", "-Werror", f"-I{folder}"]
    target = tmp_path / "user.o"
    run(["arm-none-eabi-g++", *CORES["m4"], *flags, "-c", str(user), "-o", str(target)])
    undefined = run(["arm-none-eabi-nm", "-u", str(target)]).split()
    assert {"small_reset", "small_run_observed"} <= set(undefined)  # C names, not mangled ones


def test_every_symbol_has_the_prefix(folder: Path, tmp_path: Path) -> None:
    for source in sorted(folder.glob("*.c")):
        target = str(tmp_path / "out.o")
        run(["arm-none-eabi-gcc", *CORES["m4"], "-Os", "-c", str(source), "-o", target])
        defined = run(["arm-none-eabi-nm", "-g", "--defined-only", target]).splitlines()
        names = [line.split()[-1] for line in defined]
        assert names
        assert all(re.match(r"(small|ossicle)_", name) for name in names)


def test_nothing_is_called_but_memory_and_integer_helpers(folder: Path, tmp_path: Path) -> None:
    """No allocation, no float, no library: only the compiler's own helpers, division included."""
    for source in sorted(folder.glob("*.c")):
        target = str(tmp_path / "out.o")
        run(["arm-none-eabi-gcc", *CORES["m0"], "-Os", "-c", str(source), "-o", target])
        for name in run(["arm-none-eabi-nm", "-u", target]).split():
            helpers = r"__aeabi_(lmul|llsl|llsr|lasr|idiv|idivmod|uidiv)"
            allowed = rf"U|ossicle_\w+|mem(cpy|move|set)|{helpers}"
            assert re.fullmatch(allowed, name), name


def test_no_writable_memory(folder: Path, tmp_path: Path) -> None:
    for source in sorted(folder.glob("*.c")):
        target = str(tmp_path / "out.o")
        run(["arm-none-eabi-gcc", *CORES["m4"], "-Os", "-c", str(source), "-o", target])
        sizes = run(["arm-none-eabi-size", target]).splitlines()[1].split()
        assert sizes[1:3] == ["0", "0"], f"{source.name} has .data or .bss"


def test_the_same_model_gives_the_same_bytes(compiled: CompiledModel, tmp_path: Path) -> None:
    assert compile_model(small_network().finish(), "small.tflite", "small").files == compiled.files
    model = tmp_path / "small.tflite"
    model.write_bytes(small_network().finish())
    script = (
        "import sys, pathlib; from ossicle.compiler import compile_model\n"
        "model = compile_model(pathlib.Path(sys.argv[1]).read_bytes(), sys.argv[1])\n"
        "model.write(pathlib.Path(sys.argv[2]))"
    )
    elsewhere = tmp_path / "elsewhere"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    arguments = [sys.executable, "-c", script, str(model), str(elsewhere)]
    run(arguments, env=environment, cwd=tmp_path)
    assert {path.name: path.read_text() for path in elsewhere.iterdir()} == dict(compiled.files)


def test_no_path_is_in_the_files(compiled: CompiledModel) -> None:
    for content in compiled.files.values():
        assert str(PROJECT) not in content
        assert "small.tflite" not in content


def test_kernels_are_the_projects_own(compiled: CompiledModel) -> None:
    kernels = {name: text for name, text in compiled.files.items() if name.startswith("ossicle_")}
    assert {"ossicle_copy.c", "ossicle_requantise.h"} <= set(kernels)
    generated = {
        file for kernel in compiled.kernels if kernel for b in kernel.blocks for file in b.files
    }
    assert generated
    for name in kernels.keys() - generated:
        assert kernels[name] == (KERNELS / name).read_text()


def test_two_models_link_into_one_program(tmp_path: Path) -> None:
    main = ["#include <stdio.h>", '#include "left.h"', '#include "right.h"', "int main(void) {"]
    models = []
    for prefix in ("left", "right"):
        network = small_network(weights_seed=len(prefix))
        models.append(compile_model(network.finish(), "small.tflite", prefix))
        models[-1].write(tmp_path)
        macro = prefix.upper()
        main += [
            f"  static _Alignas(16) unsigned char {prefix}[{macro}_ARENA_BYTES];",
            f"  {prefix}_reset({prefix});",
            f"  {prefix}_run({prefix});",
            f"  fwrite({prefix} + {macro}_OUTPUT_OFFSET, 1, {macro}_OUTPUT_BYTES, stdout);",
        ]
    (tmp_path / "main.c").write_text("\n".join([*main, "}"]))
    program = tmp_path / "program"
    build(["-std=c11", *map(str, sorted(tmp_path.glob("*.c"))), "-o", str(program)])
    found = subprocess.run([program], capture_output=True, check=True).stdout
    assert found == b"".join(_output_for_zeros(model) for model in models)


def _output_for_zeros(compiled: CompiledModel) -> bytes:
    import numpy as np

    (tensor,) = compiled.graph.inputs
    with SanitizedModel(compiled) as model:
        ((outputs, _),) = model.run([[np.zeros(tensor.shape, tensor.dtype)]])
    return outputs[0].tobytes()


def test_the_header_says_what_a_caller_must_know(compiled: CompiledModel) -> None:
    header = compiled.files["small.h"]
    values = dict(re.findall(r"#define SMALL_(\w+) (\S+)", header))
    assert int(values["ARENA_BYTES"]) == compiled.plan.arena_bytes
    assert int(values["MACS"]) == compiled.macs
    assert int(values["LAYER_COUNT"]) == len(compiled.operators)
    assert int(values["INPUT_BYTES"]) == 32
    assert (float(values["INPUT_SCALE"][:-1]), values["INPUT_ZERO_POINT"]) == (0.05, "(128)")
    assert float(values["OUTPUT_SCALE"][:-1]) == 1 / 256
    assert "uint8, 1x4x4x2" in header


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("My Model (v2).tflite", "my_model_v2"),
        ("2nd.tflite", "model_2nd"),
        ("ünïcode.tflite", "n_code"),
        ("---.tflite", "model"),
        ("string.tflite", "model_string"),
        ("ossicle_add.tflite", "model_ossicle_add"),
        ("app.tflite", "model_app"),
        ("apple.tflite", "apple"),
    ],
)
def test_a_prefix_is_an_identifier_that_nobody_else_has(name: str, prefix: str) -> None:
    assert compile_model(small_network().finish(), name).prefix == prefix
