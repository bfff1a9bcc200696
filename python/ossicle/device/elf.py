"""What a linked program takes: read from the ELF file, not estimated."""

from dataclasses import dataclass
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from ossicle.errors import BuildError

_KINDS = {
    ".vectors": "code",
    ".text": "code",
    ".rodata": "constant",
    ".data": "data",
    ".bss": "bss",
    ".stack": "stack",
}
_FLASH = ("code", "constant", "data")
_RAM = ("data", "bss")


@dataclass(frozen=True)
class Symbol:
    """A function or an object of the program.

    Attributes:
        name: as in C; statics of two files may share one.
        address: where it lies, the Thumb bit of a function cleared.
        size: in bytes.
        kind: code, constant, data (initialised, so in flash and in RAM), bss or stack.
    """

    name: str
    address: int
    size: int
    kind: str


@dataclass(frozen=True)
class Image:
    """The sizes and symbols of a linked program.

    Attributes:
        flash_bytes: code, constants and the initial values of data.
        ram_bytes: data and bss; the stack is not in it.
        stack_bytes: what the linker script reserves for the stack.
        symbols: all that have a size, by address.
    """

    flash_bytes: int
    ram_bytes: int
    stack_bytes: int
    symbols: tuple[Symbol, ...]

    def bytes_of(self, kind: str, prefix: str = "") -> int:
        """Sum the sizes of the symbols of this kind whose names begin with `prefix`."""
        found = (s for s in self.symbols if s.kind == kind and s.name.startswith(prefix))
        return sum({symbol.address: symbol.size for symbol in found}.values())

    def address(self, name: str) -> int | None:
        """Return the address of the symbol called `name`; None where the linker dropped it."""
        return next((symbol.address for symbol in self.symbols if symbol.name == name), None)


def read(path: Path) -> Image:
    """Read an ELF file that the build made.

    Raises:
        BuildError: the file is no such thing.
    """
    try:
        with path.open("rb") as file:
            elf = ELFFile(file)
            kinds = {
                number: _KINDS[section.name]
                for number, section in enumerate(elf.iter_sections())
                if section.name in _KINDS
            }
            sizes = dict.fromkeys(_KINDS.values(), 0)
            for number, kind in kinds.items():
                sizes[kind] += elf.get_section(number)["sh_size"]
            symbols = _symbols(elf, kinds)
    except (OSError, ELFError, KeyError, ValueError) as error:
        raise BuildError(f"{path}: not an ELF file of a device: {error}") from error
    return Image(
        flash_bytes=sum(sizes[kind] for kind in _FLASH),
        ram_bytes=sum(sizes[kind] for kind in _RAM),
        stack_bytes=sizes["stack"],
        symbols=symbols,
    )


def _symbols(elf: ELFFile, kinds: dict[int, str]) -> tuple[Symbol, ...]:
    table = elf.get_section_by_name(".symtab")
    if not isinstance(table, SymbolTableSection):
        return ()
    found = [
        Symbol(entry.name, entry["st_value"] & ~int(kinds[entry["st_shndx"]] == "code"),
               entry["st_size"], kinds[entry["st_shndx"]])
        for entry in table.iter_symbols()
        if entry["st_shndx"] in kinds and entry["st_size"] > 0
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda symbol: symbol.address))
