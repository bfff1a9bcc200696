"""Sizes from the ELF file: as the toolchain's own `size` prints them."""

import subprocess
from pathlib import Path

import pytest
from device_fakes import every_board

from ossicle.device import boards, elf, firmware
from ossicle.errors import BuildError


@every_board
def test_the_sizes_are_those_that_the_toolchain_prints(fake_model: Path, name: str) -> None:
    path = firmware.build(fake_model, boards.board(name))
    said = subprocess.run(
        ["arm-none-eabi-size", "-A", "-d", path], capture_output=True, text=True, check=True
    )
    lines = [line.split() for line in said.stdout.splitlines()]
    sizes = {words[0]: int(words[1]) for words in lines if len(words) == 3 and words[0][0] == "."}
    image = elf.read(path)
    flash = (".vectors", ".text", ".rodata", ".data")
    assert image.flash_bytes == sum(sizes.get(section, 0) for section in flash)
    assert image.ram_bytes == sizes.get(".data", 0) + sizes[".bss"]
    assert image.stack_bytes == sizes[".stack"] == boards.board(name).stack_bytes


@pytest.mark.parametrize("content", [b"", b"\x7fELF", b"\x7fELF" + bytes(60), b"hello" * 100])
def test_what_is_no_elf_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "wrong.elf"
    path.write_bytes(content)
    with pytest.raises(BuildError, match=r"wrong\.elf: not an ELF file of a device"):
        elf.read(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"none\.elf: not an ELF file of a device"):
        elf.read(tmp_path / "none.elf")
