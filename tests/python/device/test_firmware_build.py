"""Building: found again when nothing changed, refused in one line when it cannot be."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from device_fakes import DIGEST, INPUT_BYTES

from ossicle.device import boards, elf, firmware
from ossicle.errors import BudgetError, BuildError, DeviceError, ToolMissingError
from ossicle.paths import PROJECT

M4 = boards.board("qemu_m4")


def changed(model: Path, folder: Path, name: str, old: str, new: str) -> Path:
    """Copy a model's folder and replace some text in one of its files."""
    copy = folder / "changed"
    shutil.copytree(model, copy)
    text = (copy / name).read_text()
    assert old in text
    (copy / name).write_text(text.replace(old, new))
    return copy


def test_a_second_build_is_the_first(fake_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = firmware.build(fake_model, M4)
    monkeypatch.setattr(firmware, "platformio", None)  # would fail if it were called
    assert firmware.build(fake_model, M4) == first


def test_the_same_sources_give_the_same_bytes(fake_model: Path) -> None:
    first = firmware.build(fake_model, M4)
    content = first.read_bytes()
    first.unlink()
    assert firmware.build(fake_model, M4).read_bytes() == content
    assert str(PROJECT).encode() not in content


def test_what_the_firmware_holds_decides_the_file(fake_model: Path, tmp_path: Path) -> None:
    other = changed(fake_model, tmp_path, "fake.c", "+ 1u", "+ 2u")
    files = {
        firmware.build(fake_model, M4),
        firmware.build(fake_model, M4, carrier="uart"),
        firmware.build(other, M4),
    }
    assert len(files) == 3


def test_a_compiler_error_becomes_one_line(fake_model: Path, tmp_path: Path) -> None:
    broken = changed(fake_model, tmp_path, "fake.c", "add_one(input);", "add_two(input);")
    # Undeclared functions are a warning in C99 mode: the linker is the first to refuse.
    with pytest.raises(BuildError, match=r"qemu_m4 failed: .*undefined reference to `add_two'$"):
        firmware.build(broken, M4)
    shutil.rmtree(broken)
    broken = changed(fake_model, tmp_path, "fake.c", "add_one(input);", "add_one(input)")
    with pytest.raises(BuildError, match=r"fake\.c:\d+:\d+: error: expected ';'[^\n]*$"):
        firmware.build(broken, M4)


@pytest.mark.parametrize("region", ["RAM", "FLASH"])
def test_the_linker_refuses_what_does_not_fit(
    fake_model: Path, tmp_path: Path, region: str
) -> None:
    image = elf.read(firmware.build(fake_model, M4))
    if region == "RAM":
        size, limit = image.ram_bytes + image.stack_bytes, M4.ram_bytes
        big = changed(fake_model, tmp_path, "fake.h", "ARENA_BYTES 3104", f"ARENA_BYTES {limit}")
        excess = size - 3104
    else:
        size, limit = image.flash_bytes, M4.flash_bytes
        table = f"const char fake_table[{limit}] = {{1}};\nvoid fake_run(void *arena) {{\n  "
        use = "*(char *)arena = *(volatile const char *)&fake_table[*(char *)arena];\n  "
        big = changed(fake_model, tmp_path, "fake.c", "void fake_run(void *arena) { ", table + use)
        excess = size
    with pytest.raises(
        BudgetError, match=rf"does not fit qemu_m4: {region} of {limit:,} bytes"
    ) as e:
        firmware.build(big, M4)
    told = int(re.search(r"exceeded by ([\d,]+) bytes$", str(e.value))[1].replace(",", ""))
    assert abs(told - excess) <= 32  # alignment, and the few instructions that use the table


def test_an_unknown_carrier_is_refused(fake_model: Path) -> None:
    with pytest.raises(DeviceError, match=r"^pigeon: no such carrier; there are semihosting, uart"):
        firmware.build(fake_model, M4, carrier="pigeon")


def test_a_missing_compiler_is_named(fake_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(fake_model))
    with pytest.raises(ToolMissingError, match=r"^arm-none-eabi-gcc is not on PATH: install"):
        firmware.build(fake_model, M4)


@pytest.mark.parametrize(
    "wrong",
    [{"digest": b"short"}, {"pcm_samples": 44100}, {"frontend_tables": "/* tables */"}],
)
def test_contradictory_models_are_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    arguments = {"prefix": "fake", "name": "fake", "digest": DIGEST, **wrong}
    with pytest.raises(BuildError, match="a digest has 32 bytes"):
        firmware.write_app_model(tmp_path, **arguments)
    assert not list(tmp_path.iterdir())


def pio(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a user types: PlatformIO in the checkout, but with a build folder of its own."""
    firmware.use_installed_scons()
    return subprocess.run(
        [sys.executable, "-m", "platformio", *arguments],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_platformio_emulates_and_shows_the_budget(fake_model: Path, tmp_path: Path) -> None:
    result = pio(
        "run", "-e", "qemu_m4", "-t", "emulate",
        OSSICLE_GENERATED=str(fake_model), PLATFORMIO_BUILD_DIR=str(tmp_path),
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert "warning" not in result.stdout + result.stderr  # -Wall -Wextra -Wconversion -pedantic
    image = elf.read(tmp_path / "qemu_m4" / "firmware.elf")
    used = image.ram_bytes + image.stack_bytes
    assert f"(used {used} bytes from {M4.ram_bytes} bytes)" in result.stdout
    assert f"(used {image.flash_bytes} bytes from {M4.flash_bytes} bytes)" in result.stdout
    quarter = INPUT_BYTES // 4 % 256 - 256  # of an input of zeros: each byte becomes 1
    assert f"output {[quarter] * 4}, the largest at 0" in result.stdout


def test_platformio_without_a_model_says_how_to_make_one(tmp_path: Path) -> None:
    result = pio(
        "run", "-e", "qemu_m4",
        OSSICLE_GENERATED=str(tmp_path), PLATFORMIO_BUILD_DIR=str(tmp_path / "build"),
    )  # fmt: skip
    assert result.returncode != 0
    assert f"Error: {tmp_path}: no generated model" in result.stderr


# One board of each architecture: v6-M, v7E-M, v8-M, v8.1-M with Helium.
@pytest.mark.parametrize("name", ["qemu_m0", "qemu_m4", "qemu_m33", "qemu_m55"])
def test_the_unit_tests_pass_on_the_device(name: str, tmp_path: Path) -> None:
    result = pio("test", "-e", name, PLATFORMIO_BUILD_DIR=str(tmp_path))
    assert result.returncode == 0, result.stdout + result.stderr
    assert re.search(r"(\d+) test cases: \1 succeeded", result.stdout)
