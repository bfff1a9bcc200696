"""The same C on other machines: sanitizers, other hosts, and emulated Cortex-M cores.

Under sanitizers the columns are those of `FrontEnd`. On every core the SHA-256 of each clip's
columns (as text) is the one in columns.sha256. That also compares the DSP extension's products (M4,
M7, M33, M55) with the portable ones (M0, M3, host).
"""

import hashlib
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from frontend_sounds import all_sounds, integer_sounds

from ossicle.frontend import TABLES_HEADER, FrontEnd, FrontendSpec, emit_tables
from ossicle.frontend.stages import Calibration, Deltas, Mfcc, Pcen
from ossicle.hostcc import compiler
from ossicle.paths import FIRMWARE, PROJECT

C = FIRMWARE / "frontend"
PROGRAM = PROJECT / "tests" / "firmware" / "frontend"
WARNINGS = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"]
SANITIZERS = ["-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
SMALL = "-DOSSICLE_FRONTEND_SMALL"
PRODUCTS = {"of 64 bits": [], "of halves": ["-DOSSICLE_FRONTEND_HALVES"], "small": [SMALL]}
STREAM = [PROGRAM / "columns.c"]
BATCH = [*(C / "host").glob("*.c"), PROGRAM / "batch_columns.c"]
HOSTS = {  # compiler, and what runs the program
    "as it is": ([compiler(), "-march=native"], []),
    "with baseline instructions": ([compiler()], []),
    "aarch64": (["aarch64-linux-gnu-gcc", "-static"], ["qemu-aarch64"]),
}
ARM = "arm-none-eabi-gcc"
QEMU = "qemu-system-arm"
CORES = {
    "cortex-m0": ("microbit", "-mfloat-abi=soft"),
    "cortex-m3": ("mps2-an385", "-mfloat-abi=soft"),
    "cortex-m4": ("mps2-an386", "-mfloat-abi=soft"),
    "cortex-m7": ("mps2-an500", "-mfloat-abi=soft"),
    "cortex-m33": (
        "mps2-an505",
        "-mfloat-abi=soft",
        "-Wl,--defsym=code_origin=0x10000000,--defsym=data_origin=0x38000000",
    ),
    "cortex-m55": ("mps3-an547", "-mfloat-abi=hard"),
}
SPECS = {
    "default": FrontendSpec(),
    "speech": FrontendSpec(
        sample_rate=16000, window_length=400, hop_length=160, fft_length=512, fmin=20.0, fmax=7600.0
    ),
    "radix 2": FrontendSpec(
        sample_rate=22050, window_length=1023, hop_length=333, fft_length=1024, fmax=11025.0
    ),
    "options": FrontendSpec.of_milliseconds(
        8000, 25, 10, mel_bands=8, dc_blocking=0.995, pre_emphasis=0.97, spectrum="magnitude",
        level_floor_db=-4.0, level_range_db=8.0, band_mean_db=tuple(range(-30, -22)),
        band_scale=tuple(0.2 - band / 100 for band in range(8)),
    ),
    "pcen": FrontendSpec(
        window_length=1024, hop_length=512, fft_length=1024, mel_bands=32,
        pcen=Pcen(smoothing=0.1, range=6.0), deltas=Deltas(width=5),
        calibration=Calibration(tuple(band - 16.0 for band in range(32))),
    ),
    "mfcc": FrontendSpec.of_milliseconds(
        16000, 25, 10, mel_bands=23, mfcc=Mfcc(scale=(0.5,) * 13), deltas=Deltas(order=2)
    ),
    "large totals": FrontendSpec(
        sample_rate=8000, window_length=130, hop_length=60, fft_length=1024, mel_bands=8,
        fmax=4000.0,
    ),
    "smallest": FrontendSpec(
        sample_rate=8000, window_length=2, hop_length=1, fft_length=256, mel_bands=8, fmax=4000.0
    ),
}  # fmt: skip

CLIPS = integer_sounds(22050)
SUMS = dict(
    reversed(line.split("  ", 1))
    for line in (Path(__file__).parent / "columns.sha256").read_text("ascii").splitlines()
)


@pytest.fixture
def build(tmp_path):
    """Write a specification's sounds and tables; return what compiles the program with them."""

    def prepare(spec, samples=0, sounds=None):
        if sounds is None:
            sounds = np.stack(list(all_sounds(samples, spec.sample_rate).values()))
        (tmp_path / TABLES_HEADER).write_text(emit_tables(spec))
        (tmp_path / "sounds.h").write_text(as_c(sounds))

        def compile_with(command, sources=STREAM, warnings=WARNINGS):
            program = tmp_path / "program"
            includes = [f"-I{folder}" for folder in (tmp_path, C, C / "host", PROGRAM)]
            run([*command, *warnings, *includes, *C.glob("*.c"), *sources, "-o", program])
            return program

        return sounds, compile_with

    return prepare


def as_c(sounds):
    rows = ",\n".join(f"{{{', '.join(map(str, sound))}}}" for sound in sounds)
    count, samples = sounds.shape
    return (
        f"#define SOUNDS {count}u\n#define SAMPLES {samples}u\n"
        f"static const int16_t sounds[SOUNDS][SAMPLES] = {{\n{rows}}};\n"
    )


def run(command):
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, stdin=subprocess.DEVNULL
    )
    assert result.returncode == 0, result.stderr
    return result.stdout + result.stderr


def columns_as_text(spec, sounds):
    columns = FrontEnd(spec)(sounds).transpose(0, 2, 1).reshape(-1, spec.features)
    return [column.tobytes().hex() for column in columns]


@pytest.mark.parametrize("products", PRODUCTS)
@pytest.mark.parametrize("name", SPECS)
def test_sanitizers_find_nothing_and_the_columns_are_the_same(build, name, products):
    spec = SPECS[name]
    sounds, compile_with = build(spec, 3 * spec.window_length)
    program = compile_with([compiler(), *SANITIZERS, *PRODUCTS[products], PROGRAM / "port_host.c"])
    assert run([program]).split() == columns_as_text(spec, sounds)


def sums_of(lines):
    """Return the SHA-256 of the columns of each clip, given the columns of all as text."""
    return [
        hashlib.sha256("".join(clip).encode()).hexdigest() for clip in np.split(lines, len(CLIPS))
    ]


def test_the_host_gives_the_columns_that_the_sums_say():
    """The sums stand in the repository: no later version gives other features unnoticed."""
    lines = np.array(columns_as_text(SPECS["default"], np.stack(list(CLIPS.values()))))
    assert dict(zip(CLIPS, sums_of(lines), strict=True)) == SUMS


@pytest.mark.parametrize("host", HOSTS)
def test_every_host_gives_the_columns_that_the_sums_say(build, host):
    """Frame by frame, and with frames side by side in whatever vectors the host has."""
    command, emulator = HOSTS[host]
    for tool in (*command[:1], *emulator):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not on PATH; tools/setup installs it where there is apt-get")
    _, compile_with = build(SPECS["default"], sounds=np.stack(list(CLIPS.values())))
    stream = compile_with([*command, "-O2", PROGRAM / "port_host.c"])
    assert sums_of(np.array(run([*emulator, stream]).split())) == list(SUMS.values())
    batch = compile_with([*command, "-O2"], BATCH, ["-std=c99"])
    assert sums_of(np.array(run([*emulator, batch]).split())) == list(SUMS.values())


def columns_of_core(compile_with, core, *options):
    return output_of_core(compile_with, core, *options, sources=STREAM)[:-1]


def output_of_core(compile_with, core, *options, sources):
    """Return the lines that the program prints, and an empty one."""
    machine, *flags = CORES[core]
    link = ["-nostartfiles", f"-T{PROGRAM / 'cortex_m.ld'}", "--specs=nano.specs"]
    target = [f"-mcpu={core}", "-mthumb", *flags, *link, PROGRAM / "port_cortex_m.c"]
    program = compile_with([ARM, *options, *target], sources)
    semihosting = ["-nographic", "-semihosting-config", "enable=on,target=native"]
    return run([QEMU, "-M", machine, *semihosting, "-kernel", program]).split("\n")


@pytest.mark.parametrize("core", ["cortex-m4", "cortex-m55"])
@pytest.mark.parametrize("fft_length", [256, 1024, 4096])
def test_other_lengths_on_a_core_with_the_dsp_extension(build, fft_length, core):
    """Other spans and offsets: the longest FFT is out of reach of some instructions."""
    window = {256: 200, 1024: 1024, 4096: 2500}[fft_length]
    spec = FrontendSpec(
        fft_length=fft_length, window_length=window, hop_length=window, mel_bands=16
    )
    sounds, compile_with = build(spec, 2 * window)
    expected = columns_as_text(spec, sounds)
    assert columns_of_core(compile_with, core, "-O2") == expected
    assert columns_of_core(compile_with, core, "-Os", SMALL) == expected


@pytest.mark.parametrize("window", [7, 130, 253])
def test_windows_that_end_within_a_vector(build, window):
    spec = FrontendSpec(
        sample_rate=8000, fft_length=256, window_length=window, hop_length=min(window, 67),
        mel_bands=8, fmax=4000.0, window="hamming",
    )  # fmt: skip
    sounds, compile_with = build(spec, 500)
    assert columns_of_core(compile_with, "cortex-m55", "-O2") == columns_as_text(spec, sounds)


@pytest.mark.parametrize("name", ["default", "speech", "radix 2", "large totals", "smallest"])
def test_every_piece_for_vectors_equals_the_portable_one(build, name):
    """On random numbers, on powers of two (ties of the roundings), and on the largest."""
    _, compile_with = build(SPECS[name], 10)
    pieces = [PROGRAM / "pieces.c"]
    host = compile_with([compiler(), *SANITIZERS, PROGRAM / "port_host.c"], pieces)
    expected = run([host]).split("\n")
    assert len(set(expected)) > len(expected) / 2
    assert output_of_core(compile_with, "cortex-m55", "-O2", sources=pieces) == expected


@pytest.mark.parametrize("options", [["-Os"], ["-O2"], ["-O2", SMALL]], ids=" ".join)
@pytest.mark.parametrize("core", CORES)
def test_every_core_gives_the_columns_that_the_sums_say(build, core, options):
    _, compile_with = build(SPECS["default"], sounds=np.stack(list(CLIPS.values())))
    printed = columns_of_core(compile_with, core, *options)
    assert dict(zip(CLIPS, sums_of(np.array(printed)), strict=True)) == SUMS


@pytest.mark.parametrize("name", ["options", "pcen", "mfcc"])
@pytest.mark.parametrize("core", CORES)
def test_options_on_every_core(build, core, name):
    spec = SPECS[name]
    sounds, compile_with = build(spec, 2000)
    assert columns_of_core(compile_with, core, "-O2") == columns_as_text(spec, sounds)


def test_every_global_symbol_carries_the_prefix(build):
    _, compile_with = build(SPECS["default"], 10)
    program = compile_with([compiler(), "-r", "-nostdlib", PROGRAM / "port_host.c"])
    symbols = run(["nm", "--defined-only", "--extern-only", program]).split()[2::3]
    ours = {name for name in symbols if not name.startswith("ossicle_frontend_")}
    assert ours == {"main", "port_print"}  # the test program's own
