"""The generated folder as a library: of CMake, of PlatformIO, and two of them in a C++ program."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from cmake import CMAKE_BIN_DIR
from harness import SanitizedModel
from networks import small_network

from ossicle import paths
from ossicle.compiler import CompiledModel, Target, compile_model
from ossicle.device import listener, program
from ossicle.device.firmware import platformio
from ossicle.files import write_atomically
from ossicle.parity import self_test

CMAKE = Path(CMAKE_BIN_DIR) / "cmake"
WARNINGS = "-Wall -Wextra -Wconversion -pedantic -Werror"

PROJECT = """\
cmake_minimum_required(VERSION 3.10)
project(two_models LANGUAGES C CXX)
add_subdirectory(lib/left)
add_subdirectory(lib/right)
add_executable(program main.cpp)
set_target_properties(program PROPERTIES CXX_STANDARD 11)
target_link_libraries(program left right)
"""
MAIN = """\
#include <cstdio>

#include "left.h"
#include "right.h"

int main() {
  alignas(LEFT_ARENA_ALIGNMENT) static unsigned char left[LEFT_ARENA_BYTES];
  alignas(RIGHT_ARENA_ALIGNMENT) static unsigned char right[RIGHT_ARENA_BYTES];
  left_reset(left);
  left_run(left);
  right_reset(right);
  right_run(right);
  std::fwrite(left + LEFT_OUTPUT_OFFSET, 1, LEFT_OUTPUT_BYTES, stdout);
  std::fwrite(right + RIGHT_OUTPUT_OFFSET, 1, RIGHT_OUTPUT_BYTES, stdout);
}
"""
# The host as a PlatformIO platform, for its own comes from its registry.
SCONS = paths.FIRMWARE / "platform" / "tool-scons"
HOST = '{"name": "host", "title": "Host", "description": "This machine", "version": "1.0.0"}'
HOST_PLATFORM = """\
from platformio.public import PlatformBase


class HostPlatform(PlatformBase):
    pass
"""
HOST_BUILDER = """\
from SCons.Script import DefaultEnvironment

env = DefaultEnvironment()
env.Replace(CC="cc", CXX="c++", AR="ar", RANLIB="ranlib", LINK="c++")
env.Append(CFLAGS=["-std=c99"], CXXFLAGS=["-std=c++11"])
env.Default(env.BuildProgram())
"""
PLATFORMIO_INI = """\
[platformio]
core_dir = {folder}/core

[env:host]
platform = symlink://{folder}/host
platform_packages = platformio/tool-scons@symlink://{scons}
"""


@pytest.fixture(scope="module")
def models() -> list[CompiledModel]:
    """Two networks that share most kernels; the second is compiled to other choices."""
    left, right = (small_network(weights_seed=seed).finish() for seed in (4, 5))
    return [
        compile_model(left, "small.tflite", "left", Target("speed")),
        compile_model(right, "small.tflite", "right", Target("ram")),
    ]


@pytest.fixture
def project(models: list[CompiledModel], tmp_path: Path) -> Path:
    for model in models:
        model.write(tmp_path / "lib" / model.prefix)
    return tmp_path


def run(*command: object) -> bytes:
    result = subprocess.run([*map(str, command)], capture_output=True, check=False)
    assert result.returncode == 0, (result.stdout + result.stderr).decode()
    return result.stdout


def output_for_zeros(models: list[CompiledModel]) -> bytes:
    found = b""
    for compiled in models:
        (tensor,) = compiled.graph.inputs
        with SanitizedModel(compiled) as model:
            ((outputs, _),) = model.run([[np.zeros(tensor.shape, tensor.dtype)]])
        found += outputs[0].tobytes()
    return found


def test_two_libraries_in_a_program_of_cxx(project: Path, models: list[CompiledModel]) -> None:
    assert models[0].files.keys() & models[1].files.keys() > {"ossicle_requantise.h"}
    (project / "CMakeLists.txt").write_text(PROJECT)
    (project / "main.cpp").write_text(MAIN)
    flags = [f"-DCMAKE_{language}_FLAGS={WARNINGS}" for language in ("C", "CXX")]
    run(CMAKE, "-S", project, "-B", project / "build", *flags)
    run(CMAKE, "--build", project / "build")
    assert run(project / "build" / "program") == output_for_zeros(models)


def test_a_library_alone_for_a_microcontroller(project: Path) -> None:
    build = project / "build"
    run(
        CMAKE, "-S", project / "lib/left", "-B", build,
        "-DCMAKE_SYSTEM_NAME=Generic",
        "-DCMAKE_C_COMPILER=arm-none-eabi-gcc",
        "-DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY",
        f"-DCMAKE_C_FLAGS=-mcpu=cortex-m4 -mthumb -O2 {WARNINGS}",
    )  # fmt: skip
    run(CMAKE, "--build", build)
    listed = run("arm-none-eabi-nm", "--defined-only", build / "libleft.a").decode()
    assert " T left_run\n" in listed


def test_every_source_is_named_once(models: list[CompiledModel]) -> None:
    for model in models:
        sources = sorted(name for name in model.files if name.endswith(".c"))
        words = model.files["CMakeLists.txt"].replace(")", " ").split()
        assert [word for word in words if word.endswith(".c")] == sources
        filters = json.loads(model.files["library.json"])["build"]["srcFilter"]
        assert filters == ["-<*>", *(f"+<{source}>" for source in sources)]


def run_by_platformio(project: Path, main: str) -> bytes:
    """Build a project around the libraries in its lib/, for this machine, and run it."""
    files = {
        "src/main.cpp": main,
        "host/platform.json": HOST,
        "host/platform.py": HOST_PLATFORM,
        "host/builder/main.py": HOST_BUILDER,
        "platformio.ini": PLATFORMIO_INI.format(folder=project, scons=SCONS),
    }
    for name, content in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(content)
    result = platformio("run", "-d", str(project), environment={})
    assert result.returncode == 0, result.stdout + result.stderr
    return run(project / ".pio/build/host/program")


def test_two_libraries_in_a_project_of_platformio(
    project: Path, models: list[CompiledModel]
) -> None:
    assert run_by_platformio(project, MAIN) == output_for_zeros(models)


LISTENS = """\
#include <cstdio>

#include "ossicle_listener.h"
#include "ossicle_self_test.h"

int main() {
  alignas(OSSICLE_MODEL_ARENA_ALIGNMENT) static uint8_t arena[OSSICLE_MODEL_ARENA_BYTES];
  static ossicle_listener listener;
  std::printf("%d", ossicle_self_test(&listener, arena));
}
"""


def test_a_bundle_in_a_project_of_platformio(tmp_path: Path) -> None:
    """Its examples, which are programs of their own, are not built."""
    loaded = program.load_bundle(paths.PROJECT / "models" / "dcase2022")
    for name, content in listener.library(loaded, self_test.expected(loaded)).items():
        write_atomically(tmp_path / "lib" / "ear" / name, content)
    assert run_by_platformio(tmp_path, LISTENS) == b"0"


@pytest.mark.parametrize("name", ["all", "test", "package_source"])
def test_no_prefix_is_a_target_that_cmake_keeps_for_itself(name: str) -> None:
    assert compile_model(small_network().finish(), f"{name}.tflite").prefix == f"model_{name}"
