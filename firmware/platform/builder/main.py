"""Build firmware: the board's start-up, the protocol, the front end, the vote, the generated model, the app.

PlatformIO runs this file inside SCons. The environment variables that it reads:

- OSSICLE_GENERATED: the folder of generated C (default: the latest below build/generated);
- OSSICLE_CARRIER: `semihosting` (default; the emulator's console) or `uart`.
"""

import os
import shlex
import shutil
import sys
from pathlib import Path

from SCons.Script import COMMAND_LINE_TARGETS, DefaultEnvironment

TOOLCHAIN = "arm-none-eabi-"
CARRIERS = ("semihosting", "uart")
WARNINGS = ("-Wall", "-Wextra", "-Wconversion", "-pedantic")

env = DefaultEnvironment()
board = env.BoardConfig()
firmware = Path(env.PioPlatform().get_dir()).resolve().parent
project = Path(env.subst("$PROJECT_DIR"))
testing = "__test" in COMMAND_LINE_TARGETS


def fail(message):
    """Stop with one line on standard error."""
    sys.stderr.write(f"Error: {message}\n")
    env.Exit(1)


def generated_folder():
    """Return the folder of generated C, or stop and say how to make it."""
    named = os.environ.get("OSSICLE_GENERATED")
    here = Path(named).resolve() if named else project / "build" / "generated"
    found = [*here.glob("app_model.h"), *([] if named else here.glob("*/app_model.h"))]
    if not found:
        fail(
            f"{here}: no generated model (app_model.h) there: `ossicle emulate BUNDLE` makes one; "
            "or name another folder by OSSICLE_GENERATED"
        )
    folder = max(found, key=lambda header: header.stat().st_mtime).parent
    print(f"Model: {folder}")
    return folder


def carrier():
    """Return the carrier asked for, or stop."""
    name = os.environ.get("OSSICLE_CARRIER") or CARRIERS[0]
    if name not in CARRIERS:
        fail(f"OSSICLE_CARRIER={name}: must be {' or '.join(CARRIERS)}")
    return name


def configure_toolchain():
    """Name the cross compiler and the flags of this board."""
    if not shutil.which(f"{TOOLCHAIN}gcc"):
        fail(
            f"{TOOLCHAIN}gcc is not on PATH: install gcc-arm-none-eabi and libnewlib-arm-none-eabi "
            "(Debian/Ubuntu), arm-none-eabi-gcc-cs and arm-none-eabi-newlib (Fedora), "
            "or gcc-arm-embedded (macOS, brew --cask)"
        )
    cpu = board.get("build.cpu_flags").split()
    env.Replace(
        CC=f"{TOOLCHAIN}gcc",
        AS=f"{TOOLCHAIN}gcc",
        AR=f"{TOOLCHAIN}gcc-ar",
        RANLIB=f"{TOOLCHAIN}gcc-ranlib",
        LINK=f"{TOOLCHAIN}gcc",
        SIZETOOL=f"{TOOLCHAIN}size",
        SIZECHECKCMD="$SIZETOOL -A -d $SOURCES",
        SIZEPRINTCMD="$SIZETOOL -B -d $SOURCES",
        SIZEPROGREGEXP=r"^(?:\.vectors|\.text|\.rodata|\.data)\s+(\d+).*",
        SIZEDATAREGEXP=r"^(?:\.stack|\.data|\.bss)\s+(\d+).*",
        PROGNAME="firmware",
        PROGSUFFIX=".elf",
        ASFLAGS=[*cpu],
        ASPPFLAGS=[*cpu, "-x", "assembler-with-cpp"],
        # -ffile-prefix-map: the same sources give the same ELF wherever the checkout lies.
        CCFLAGS=[
            *cpu, "-O2", "-g", "-ffunction-sections", "-fdata-sections",
            f"-ffile-prefix-map={project}=.", *WARNINGS,
        ],
        CFLAGS=["-std=c99"],
        CPPDEFINES=[
            ("APP_BOARD", f'\\"{env["BOARD"]}\\"'),
            ("OSSICLE_UART_BASE", f"{board.get('build.uart_base')}u"),
            ("OSSICLE_CLOCK_HZ", f"{board.get('build.f_cpu').rstrip('L')}u"),
            ("OSSICLE_BAUD", f"{board.get('build.baud')}u"),
        ],
        LIBS=["c", "gcc"],
        LINKFLAGS=linker_flags(cpu),
    )  # fmt: skip


def linker_flags(cpu):
    """Return the flags that place the program, and refuse what does not fit."""
    limits = {
        "FLASH_BYTES": board.get("upload.maximum_size"),
        "RAM_BYTES": board.get("upload.maximum_ram_size"),
        "STACK_BYTES": board.get("build.stack_bytes"),
    }
    return [
        *cpu,
        "-nostartfiles",
        "--specs=nano.specs",
        "-Wl,--gc-sections,--fatal-warnings,--no-warn-rwx-segments",
        f"-Wl,-L{firmware / 'boards' / 'common'}",
        *(f"-Wl,--defsym={name}={value}" for name, value in limits.items()),
        f"-Wl,-Map={env.subst('$BUILD_DIR')}/firmware.map",
        "-T",
        str(firmware / "boards" / env["BOARD"] / "board.ld"),
    ]


def add(name, folder, *patterns):
    """Compile the sources in `folder` that match, and make its headers known."""
    env.Append(CPPPATH=[str(folder)])
    env.BuildSources(f"$BUILD_DIR/{name}", str(folder), [f"+<{pattern}>" for pattern in patterns])


def add_sources():
    """Add everything but the app (or the test), which PlatformIO adds itself."""
    uart = f"uart_{board.get('build.uart')}.c"
    add("board", firmware / "boards" / "common", "startup.S", "start.c", "semihosting.c", uart)
    add("protocol", firmware / "protocol", "*.c")
    if testing:
        add("frontend_tables", frontend_tables(), "*.c")
        add("frontend", firmware / "frontend", "*.c")
        return
    generated = generated_folder()
    if carrier() == "uart":
        env.Append(CPPDEFINES=["OSSICLE_CARRIER_UART"])
    env.Append(CPPPATH=[str(firmware / "listener")])
    add("model", generated, "*.c")
    if (generated / "ossicle_frontend_tables.h").is_file():
        add("frontend", firmware / "frontend", "*.c")
    if (generated / "ossicle_vote_rule.h").is_file():
        add("vote", firmware / "vote", "*.c")


def frontend_tables():
    """Write the tables of the default front end, for the tests, and return their folder."""
    from ossicle.frontend import TABLES_HEADER, FrontendSpec, emit_tables

    folder = Path(env.subst("$BUILD_DIR")) / "frontend_tables"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TABLES_HEADER).write_text(emit_tables(FrontendSpec()), encoding="utf-8")
    return folder


def host_command(verb, *arguments):
    """Return the command line by which the host's half of the project runs the program."""
    python = ["env", f"PYTHONPATH={project / 'python'}", env.subst("$PYTHONEXE")]
    words = [*python, "-m", "ossicle.device", verb, env.subst("$PROGPATH")]
    return shlex.join([*words, env["BOARD"], *arguments])


def write_launcher(target, source, env):
    """Write the executable that `pio test` runs: it starts the emulator, with a time limit."""
    launcher = Path(env.subst("$BUILD_DIR")) / "program"
    launcher.write_text(f"#!/bin/sh\nexec {host_command('test')}\n", encoding="utf-8")
    launcher.chmod(0o755)


sys.path.insert(0, str(project / "python"))  # for frontend_tables
configure_toolchain()
add_sources()
program = env.BuildProgram()
env.Default([program])
if testing:
    env.AddPostAction(program, write_launcher)
env.AddCustomTarget(
    "emulate",
    [program, "checkprogsize"],
    env.VerboseAction(host_command("emulate", carrier()), "Emulating $PROGPATH"),
    title="Emulate",
    description="Run the firmware in QEMU and show what it says",
)
