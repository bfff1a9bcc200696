"""Building firmware with PlatformIO around a folder of generated C."""

import fcntl
import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ossicle import __version__, tools
from ossicle.compiler.rings import Frames
from ossicle.device.boards import Board
from ossicle.device.emulator import CARRIERS
from ossicle.device.neutral import MODEL_HEADER, c_string, model_header
from ossicle.device.vote_rule import VOTE_RULE
from ossicle.errors import BudgetError, BuildError, DeviceError
from ossicle.files import write_atomically
from ossicle.paths import BUILD, FIRMWARE, PROJECT

TABLES = "ossicle_frontend_tables.h"
_COMPILER = "arm-none-eabi-gcc"
_SOURCES = ("app", "boards", "frontend", "listener", "platform", "protocol", "vote")
_OVERFLOW = re.compile(r"region [`'](\w+)' overflowed by (\d+) bytes")
_ERROR = re.compile(
    r"(?:^|: )(?:fatal )?error: |: undefined reference |multiple definition ", re.IGNORECASE
)


def write_app_model(
    generated: Path,
    *,
    prefix: str,
    name: str,
    digest: bytes,
    frontend_tables: str | None = None,
    pcm_samples: int = 0,
    frames: Frames | None = None,
    vote_rule: str | None = None,
    keeps_states: bool = False,
) -> None:
    """Complete a folder of generated C so that firmware can be built around it.

    Writes `ossicle_model.h`, which gives the model neutral names, `app_model.h`, which says whose
    it is, the front end's tables, and the rule by which windows vote.

    Args:
        generated: holds `<prefix>.c`, `<prefix>.h` and the kernels.
        prefix: the model's prefix, a C identifier in lower case.
        name: the bundle's name, for people.
        digest: the bundle's 32 bytes, which the device says first.
        frontend_tables: the text of `ossicle_frontend_tables.h`; None without front end.
        pcm_samples: samples of one sound; 0 without front end.
        frames: of the input, if the model takes it frame by frame.
        vote_rule: the text of `ossicle_vote_rule.h`; None where windows do not vote.
        keeps_states: whether layers of the model do, from inference to inference.

    Raises:
        BuildError: the arguments contradict each other.
    """
    if len(digest) != 32 or (frontend_tables is None) != (pcm_samples == 0):
        raise BuildError(
            f"{generated}: a digest has 32 bytes, and a front end has both tables and samples"
        )
    _write_or_remove(generated / TABLES, frontend_tables)
    _write_or_remove(generated / VOTE_RULE, vote_rule)
    write_atomically(
        generated / MODEL_HEADER,
        model_header(
            prefix,
            pcm_samples=pcm_samples,
            frames=frames,
            keeps_states=keeps_states,
        ),
    )
    lines = [
        "/* Whose model this is, for firmware/app. Generated; do not edit. */",
        "#ifndef APP_MODEL_H",
        "#define APP_MODEL_H",
        "",
        f'#include "{MODEL_HEADER}"',
        "",
        f"#define APP_HAS_VOTE {int(vote_rule is not None)}",
        f"#define APP_GENERATOR_VERSION {c_string(__version__)}",
        f"#define APP_BUNDLE_NAME {c_string(name)}",
        "#define APP_BUNDLE_DIGEST \\",
        f"  {{{', '.join(f'0x{byte:02x}' for byte in digest)}}}",
        "",
        "#endif",
        "",
    ]
    write_atomically(generated / "app_model.h", "\n".join(lines))


def _write_or_remove(header: Path, text: str | None) -> None:
    if text is None:
        header.unlink(missing_ok=True)
    else:
        write_atomically(header, text)


def build(generated: Path, board: Board, *, carrier: str = "semihosting") -> Path:
    """Build firmware with PlatformIO and return the ELF file.

    The file's name carries the hash of all that goes into it, so several models and carriers stand
    side by side, and what was built before is found again at once.

    Args:
        generated: a folder that `write_app_model` completed.
        board: the board to build for.
        carrier: how the device is going to talk: `semihosting` or `uart`.

    Raises:
        BudgetError: the program does not fit the board's flash or RAM; says by how many bytes.
        BuildError: the compiler failed; says its first error.
        DeviceError: there is no such carrier.
        ToolMissingError: the cross compiler is not on PATH.
    """
    if carrier not in CARRIERS:
        raise DeviceError(f"{carrier}: no such carrier; there are {', '.join(CARRIERS)}")
    name = f"{board.name}-{carrier}-{_fingerprint(generated, board, carrier)}.elf"
    elf = BUILD / "firmware" / name
    with _one_at_a_time():
        if not elf.is_file():
            write_atomically(elf, _build(generated, board, carrier))
    return elf


def _build(generated: Path, board: Board, carrier: str) -> bytes:
    """Run PlatformIO in a folder of its own and return the content of the ELF file."""
    with tempfile.TemporaryDirectory(dir=BUILD / "firmware", prefix=".build.") as folder:
        environment = {
            "OSSICLE_GENERATED": str(generated.resolve()),
            "OSSICLE_CARRIER": carrier,
            "PLATFORMIO_BUILD_DIR": folder,
        }
        result = platformio("run", "-e", board.name, environment=environment)
        if result.returncode != 0:
            raise _explain(result.stdout + result.stderr, generated, board)
        return (Path(folder) / board.name / "firmware.elf").read_bytes()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let one process after the other build: PlatformIO's core folder is theirs in common."""
    lock = BUILD / "firmware" / ".lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # closing the file, or dying, gives it back
        yield


def cross_compiler() -> str:
    """Return the path of the compiler for Arm microcontrollers.

    Raises:
        ToolMissingError: it is not on PATH.
    """
    return tools.find(
        _COMPILER,
        "gcc-arm-none-eabi and libnewlib-arm-none-eabi (Debian/Ubuntu), "
        "arm-none-eabi-gcc-cs and arm-none-eabi-newlib (Fedora), "
        "or the cask gcc-arm-embedded (macOS, brew)",
    )


def platformio(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run PlatformIO of this Python in the project, silent on the network."""
    use_installed_scons()
    return subprocess.run(
        [sys.executable, "-m", "platformio", *arguments],
        cwd=PROJECT,
        env={
            **os.environ,
            "PLATFORMIO_SETTING_ENABLE_TELEMETRY": "no",
            "PLATFORMIO_DISABLE_UPGRADE_CHECK": "true",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def use_installed_scons() -> None:
    """Write build/platformio.ini, so that PlatformIO takes SCons from this Python's packages.

    Its own core folder keeps the link out of a user's other projects.
    """
    text = (
        "; Written by Ossicle: PlatformIO takes SCons from pip and asks no registry.\n"
        "[platformio]\n"
        "core_dir = ${PROJECT_DIR}/build/platformio\n"
        "\n"
        "[env]\n"
        "platform_packages =\n"
        "  platformio/tool-scons@symlink://${PROJECT_DIR}/firmware/platform/tool-scons\n"
    )
    path = BUILD / "platformio.ini"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_atomically(path, text)


def _fingerprint(generated: Path, board: Board, carrier: str) -> str:
    """Hash everything that the ELF depends on: compiler, our sources, generated ones, board."""
    version = subprocess.run(
        [cross_compiler(), "--version"], capture_output=True, text=True, check=False
    ).stdout
    digest = hashlib.sha256(f"{board.name}\0{carrier}\0{version}\0".encode())
    for path in [PROJECT / "platformio.ini", *_files(FIRMWARE / name for name in _SOURCES)]:
        digest.update(f"{path.relative_to(PROJECT)}\0".encode() + path.read_bytes() + b"\0")
    for path in _files([generated]):
        digest.update(f"{path.relative_to(generated)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _files(folders: Iterable[Path]) -> list[Path]:
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]


def _explain(output: str, generated: Path, board: Board) -> BuildError | BudgetError:
    """Make one line of what PlatformIO printed."""
    overflow = _OVERFLOW.search(output)
    if overflow:
        region, excess = overflow[1], int(overflow[2])
        limit = board.flash_bytes if region == "FLASH" else board.ram_bytes
        return BudgetError(
            f"{generated}: does not fit {board.name}: "
            f"{region} of {limit:,} bytes is exceeded by {excess:,} bytes"
        )
    lines = [line.strip() for line in output.splitlines()]
    first = next((line for line in lines if _ERROR.search(line)), " ".join(lines[-3:]))
    return BuildError(f"{generated}: building for {board.name} failed: {first}")
