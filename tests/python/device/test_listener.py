"""The library that listens: sanitized, emulated, in C++, equal to the host; and its self-test."""

import dataclasses
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from cmake import CMAKE_BIN_DIR

from ossicle.compiler import Target
from ossicle.device import listener, program
from ossicle.device.program import Program
from ossicle.errors import BundleError
from ossicle.frontend import FrontEnd
from ossicle.hostcc import compiler
from ossicle.parity import self_test
from ossicle.parity.host import HostModel
from ossicle.paths import PROJECT

BUNDLE = PROJECT / "models" / "dcase2022"
HERE = PROJECT / "tests" / "firmware" / "listener"
PORT = PROJECT / "tests" / "firmware" / "frontend"
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"]
SANITIZED = [compiler(), "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
WINDOWS = 4
FLAGS = {
    "cortex-m3": "-mcpu=cortex-m3 -mfloat-abi=soft",
    "cortex-m4": "-mcpu=cortex-m4 -mfloat-abi=soft",
    "cortex-m55": "-mcpu=cortex-m55 -mfloat-abi=hard",
}
MACHINES = {
    "cortex-m3": "mps2-an385",
    "cortex-m4": "mps2-an386",
    "cortex-m55": "mps3-an547",
}
WAYS = {
    "as it is": {},
    "column by column": {"target": Target.of("cortex-m4", frames="columns")},
    "small tables": {"small_tables": True},
}


def load(**how: object) -> Program:
    return program.load(BUNDLE, **how)  # type: ignore[arg-type]


def files_of(loaded: Program) -> dict[str, str]:
    return listener.library(loaded, self_test.expected(loaded))


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


def run(*command: object, heard: bytes = b"", cwd: Path | None = None) -> str:
    result = subprocess.run(
        [*map(str, command)], capture_output=True, check=False, input=heard, timeout=300, cwd=cwd
    )
    assert result.returncode == 0, (result.stdout + result.stderr).decode()
    return (result.stdout + result.stderr).decode()


def overlapping(hop: int, **how: object) -> Program:
    """The same bundle with windows that begin `hop` samples apart."""
    loaded = load(**how)
    assert loaded.bundle is not None
    decision = dataclasses.replace(loaded.bundle.decision, hop_samples=hop)
    bundle = dataclasses.replace(loaded.bundle, decision=decision)
    return dataclasses.replace(loaded, bundle=bundle)


def hearing(folder: Path, cc: list[str] = SANITIZED) -> list[str]:
    """Compile the test's program with a library and return the lines that it prints."""
    sources = [*folder.glob("*.c"), HERE / "hears.c", PORT / "port_host.c"]
    run(*cc, *STRICT, f"-I{folder}", f"-I{PORT}", *sources, "-o", folder / "hears")
    return run(folder / "hears").split()


def sound(samples: int) -> np.ndarray:
    """What the test's program plays: so many windows of so many samples."""
    state, pcm = 1, np.empty(WINDOWS * samples, np.int16)
    for n in range(len(pcm)):
        state = (state * 1664525 + 1013904223) % 2**32
        pcm[n] = ((state >> 16) - 32768) >> 5 * (n // samples)
    return pcm


def said_by_the_host(loaded: Program) -> list[str]:
    """Label, level, peak, silence, and outputs of each window, as the program prints them."""
    assert loaded.bundle is not None
    front_end, model, lines = FrontEnd(loaded.bundle.frontend), HostModel(loaded.compiled), []
    length, decision = loaded.pcm_samples, loaded.bundle.decision
    played = sound(length)
    for start in range(0, len(played) - length + 1, decision.hop_samples):
        pcm = played[start : start + length]
        features = front_end(pcm[np.newaxis])[0].reshape(loaded.input.shape)
        outputs = model.run([features])[0].reshape(-1)
        label, peak = int(outputs.argmax()), int(np.abs(pcm.astype(int)).max())
        head = [label, int(outputs[label]) + 128, peak >> 8, peak & 255]
        lines.append(bytes([*head, peak < decision.silence_peak]).hex() + outputs.tobytes().hex())
    return lines


@pytest.fixture(scope="module")
def spoken() -> list[str]:
    lines = said_by_the_host(load())
    assert len(set(lines)) == WINDOWS  # the windows differ
    assert [line[8:10] for line in lines] == ["00", "00", "00", "01"]  # the last is silent
    return lines


@pytest.mark.parametrize("way", WAYS)
def test_under_sanitizers_it_says_what_the_host_says(
    way: str, tmp_path: Path, spoken: list[str]
) -> None:
    found = hearing(write(tmp_path, files_of(load(**WAYS[way]))))
    assert found == ["00", *spoken]


@pytest.mark.parametrize("hop", [44100, 22050, 15001])
def test_its_bytes_are_known(hop: int, tmp_path: Path) -> None:
    loaded = overlapping(hop)
    folder = write(tmp_path, files_of(loaded))
    (folder / "size.c").write_text('#include "ossicle_listener.h"\nossicle_listener it;\n')
    arm = "arm-none-eabi"
    run(f"{arm}-gcc", *FLAGS["cortex-m4"].split(), "-mthumb", f"-I{folder}", "-c",
        folder / "size.c", "-o", folder / "size.o")  # fmt: skip
    (size,) = re.findall(r"^\w+ (\w+) \w it$", run(f"{arm}-nm", "-S", folder / "size.o"), re.M)
    assert int(size, 16) == listener.listener_bytes(loaded)
    assert f"({int(size, 16):,}), which holds" in (folder / "README.md").read_text()


@pytest.mark.parametrize("hop", [22050, 15001, 44099])
def test_windows_that_overlap(hop: int, tmp_path: Path) -> None:
    loaded = overlapping(hop)
    assert hearing(write(tmp_path, files_of(loaded))) == ["00", *said_by_the_host(loaded)]


def test_windows_that_overlap_do_not_come_column_by_column() -> None:
    loaded = overlapping(22050, **WAYS["column by column"])
    with pytest.raises(BundleError, match=r"windows overlap.* let hop_samples .* be 44100$"):
        listener.library(loaded, "")


@pytest.mark.parametrize("optimised", ["-O2", "-Os", "-O0"])
@pytest.mark.parametrize("core", MACHINES)
def test_emulated_cores_pass_the_self_test_and_say_the_same(
    core: str, optimised: str, tmp_path: Path, spoken: list[str]
) -> None:
    """The compiled choice of kernels is the core's own. -O0 is what CMake takes if nobody says."""
    folder = write(tmp_path, files_of(load(target=Target.of(core))))
    sources = [*folder.glob("*.c"), HERE / "hears.c", PORT / "port_cortex_m.c"]
    run(
        "arm-none-eabi-gcc", *FLAGS[core].split(), "-mthumb", optimised, *STRICT,
        "-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections", "-nostartfiles",
        f"-T{PORT / 'cortex_m.ld'}", "-Wl,--defsym=data_bytes=0x40000",
        f"-I{folder}", f"-I{PORT}", *sources, "-o", folder / "hears",
    )  # fmt: skip
    found = run(
        "qemu-system-arm", "-machine", MACHINES[core], "-nographic", "-monitor", "none",
        "-serial", "none", "-semihosting-config", "enable=on,target=native",
        "-kernel", folder / "hears",
    )  # fmt: skip
    assert found.split() == ["00", *spoken]


DAMAGES = {  # a pattern whose last digit is raised, where, and what the self-test then says
    "the level of a band": (r"offset\[\d+\] = \{\s+-?\d?[0-8]", "ossicle_frontend_tables.h", "01"),
    "a weight of the model": (r"_filters\[\d+\] = \{\s+-?[0-8]\b", "dcase2022.c", "02"),
    "a checksum": (r"OUTPUTS 0x[0-9a-f]*?[0-8]", "ossicle_self_test_expected.h", "03"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_self_test_finds(damage: str, tmp_path: Path) -> None:
    pattern, name, said = DAMAGES[damage]
    files = files_of(load())
    found = re.search(pattern, files[name])
    assert found
    raised = found[0][:-1] + str(int(found[0][-1]) + 1)
    files[name] = files[name].replace(found[0], raised, 1)
    assert hearing(write(tmp_path, files), [compiler()])[0] == said


def in_words(spoken: list[str], loaded: Program) -> list[str]:
    """What the examples print: a label, or silence, and a level."""
    assert loaded.bundle is not None
    labels = loaded.bundle.labels
    return [
        f"{'silence' if line[8:10] == '01' else labels[int(line[:2], 16)]} {int(line[2:4], 16)}"
        for line in spoken
    ]


def test_the_example_says_what_it_hears(tmp_path: Path, spoken: list[str]) -> None:
    loaded = load()
    assert loaded.bundle is not None
    folder = write(tmp_path, files_of(loaded))
    (folder / "microphone.c").write_text(
        "#include <stdint.h>\n#include <stdio.h>\n"
        "size_t read_microphone(int16_t *pcm, size_t samples);\n"
        "size_t read_microphone(int16_t *pcm, size_t samples) {\n"
        "  return fread(pcm, sizeof *pcm, samples, stdin);\n}\n"
    )
    sources = [*folder.glob("*.c"), folder / listener.EXAMPLE]
    run(*SANITIZED, *STRICT, f"-I{folder}", *sources, "-o", folder / "listen")
    played = sound(loaded.pcm_samples).astype("<i2").tobytes()
    assert run(folder / "listen", heard=played).splitlines() == in_words(spoken, loaded)


@pytest.fixture(scope="module")
def arduino(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example for Arduino, on a stand-in for its headers."""
    folder = write(tmp_path_factory.mktemp("arduino"), files_of(load()))
    run(*SANITIZED, *STRICT, "-c", *folder.glob("*.c"), f"-I{folder}", cwd=folder)
    cxx = "-std=c++11 -g -O1 -Wall -Wextra -Wconversion -pedantic -Werror"
    run(
        "c++", *cxx.split(), "-fsanitize=address,undefined", f"-I{folder}", f"-I{HERE}",
        HERE / "arduino.cpp", folder / listener.ARDUINO_EXAMPLE, *folder.glob("*.o"),
        "-o", folder / "board",
    )  # fmt: skip
    return folder / "board"


@pytest.mark.parametrize("between", [1, 100, 256, 4000, 8192])
def test_the_example_for_arduino_hears_the_same(
    between: int, arduino: Path, spoken: list[str]
) -> None:
    """The ring, whole and divided, gives what the interrupt took."""
    loaded = load()
    assert loaded.bundle is not None
    played = sound(loaded.pcm_samples).astype("<i2").tobytes()
    lines = run(arduino, between, heard=played).splitlines()
    assert lines == in_words(spoken, loaded)


def test_the_example_for_arduino_says_that_samples_were_lost(arduino: Path) -> None:
    played = sound(load().pcm_samples).astype("<i2").tobytes()
    assert "samples were lost: the board is too slow" in run(arduino, 9000, heard=played)


MAIN = """\
#include "ossicle_labels.h"
#include "ossicle_listener.h"
#include "ossicle_self_test.h"
#include "ossicle_vote.h"

int main() {
  alignas(OSSICLE_MODEL_ARENA_ALIGNMENT) static uint8_t arena[OSSICLE_MODEL_ARENA_BYTES];
  static ossicle_listener listener;
  ossicle_vote vote;
  ossicle_vote_reset(&vote);
  return ossicle_self_test(&listener, arena) + (ossicle_labels[0] == nullptr);
}
"""
PROJECT_OF_CMAKE = """\
cmake_minimum_required(VERSION 3.10)
project(listens LANGUAGES C CXX)
add_subdirectory(lib)
add_executable(program main.cpp)
set_target_properties(program PROPERTIES CXX_STANDARD 11)
target_link_libraries(program dcase2022)
"""


def test_cmake_and_a_program_of_cxx(tmp_path: Path) -> None:
    write(tmp_path / "lib", files_of(load()))
    (tmp_path / "CMakeLists.txt").write_text(PROJECT_OF_CMAKE)
    (tmp_path / "main.cpp").write_text(MAIN)
    cmake = Path(CMAKE_BIN_DIR) / "cmake"
    warnings = "-Wall -Wextra -Wconversion -pedantic -Werror"
    flags = [f"-DCMAKE_{language}_FLAGS={warnings}" for language in ("C", "CXX")]
    run(cmake, "-S", tmp_path, "-B", tmp_path / "build", *flags)
    run(cmake, "--build", tmp_path / "build")
    run(tmp_path / "build" / "program")


def test_more_labels_than_can_vote_are_refused() -> None:
    loaded = load()
    assert loaded.bundle is not None
    labels = tuple(f"label {i}" for i in range(512))
    object.__setattr__(loaded.bundle, "labels", labels)
    with pytest.raises(BundleError, match=r"^dcase2022: 512 labels; 511 can vote on a device"):
        listener.library(loaded, "")
