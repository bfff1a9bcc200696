"""The figures of budget and bench against other ways to the same number."""

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from ossicle.budget import Bench, Budget, bench, fitting_image, measure
from ossicle.device import boards, elf
from ossicle.device.program import Program, load
from ossicle.device.session import open_emulated
from ossicle.tensorflow import keras

M4 = boards.board("qemu_m4")


@pytest.fixture(scope="module")
def of_bundle(bundle_program: Program) -> Budget:
    return measure(bundle_program, M4)


@pytest.fixture(scope="module")
def of_model(model_program: Program) -> Bench:
    return bench(model_program, M4)


def baseline_macs(classes: int) -> int:
    """One for each weight of a filter at each of its places; padding is not left out."""
    first, second = (40 * 51 * 16 * 7 * 7 * channels for channels in (1, 16))
    third = (40 // 5) * (51 // 5) * 32 * 7 * 7 * 16
    dense = (8 // 4) * (10 // 10) * 32 * 100 + 100 * classes
    return first + second + third + dense


def test_macs_of_the_baseline(of_bundle: Budget) -> None:
    assert baseline_macs(classes=10) == 29_203_560  # as published
    assert of_bundle.figures()["macs"] == baseline_macs(classes=3)
    assert sum(layer.macs for layer in of_bundle.layers) == baseline_macs(classes=3)


def test_parameters_are_those_of_the_trained_layers(of_bundle: Budget, bundle_folder: Path) -> None:
    """Batch normalisation is folded into the convolution before it, and adds no parameter."""
    network = keras().models.load_model(
        bundle_folder.with_name("trained.work") / "float.keras", compile=False
    )
    weighted = [layer for layer in network.layers if "kernel" in str(layer.weights)]
    counts = [sum(int(np.prod(w.shape)) for w in layer.weights) for layer in weighted]
    assert counts == [800, 12_560, 25_120, 6_500, 303]
    assert of_bundle.figures()["parameters"] == sum(counts)
    assert [layer.parameters for layer in of_bundle.layers if layer.parameters] == counts


def test_weight_bytes_are_int8_weights_and_int32_tables(of_bundle: Budget) -> None:
    """A filter of n weights takes n bytes, a channel four of bias, four and one to requantise."""
    channels = {"CONV_2D": [16, 16, 32], "FULLY_CONNECTED": [100, 3]}
    for layer in of_bundle.layers:
        if layer.parameters:
            outputs = channels[layer.operator].pop(0)
            weights = layer.parameters - outputs
            assert weights + 4 * outputs <= layer.weight_bytes <= weights + 9 * outputs
        else:
            assert layer.weight_bytes == 0
    assert not any(channels.values())


def test_activations_are_the_outputs_of_the_layers(of_bundle: Budget) -> None:
    pooled = [40 * 51 * 16, 40 * 51 * 16, 8 * 10 * 16, 8 * 10 * 32, 2 * 1 * 32, 64, 100, 3, 3]
    assert [layer.activation_bytes for layer in of_bundle.layers] == pooled


def sizes(image: Path) -> dict[str, int]:
    """What arm-none-eabi-size says, by section."""
    said = subprocess.run(
        ["arm-none-eabi-size", "-A", image], capture_output=True, text=True, check=True
    ).stdout
    return {name: int(size) for name, size in re.findall(r"^(\.\w+)\s+(\d+)", said, re.MULTILINE)}


@pytest.mark.parametrize("board", boards.boards(), ids=lambda board: board.name)
def test_flash_and_ram_are_those_of_the_toolchain(models_folder: Path, board: boards.Board) -> None:
    image = fitting_image(load(models_folder / "awkward.tflite"), board)
    read, said = elf.read(image), sizes(image)
    kept = {name for name in said if not re.match(r"\.(debug|comment|ARM\.attributes|stab)", name)}
    assert kept <= {".vectors", ".text", ".rodata", ".data", ".bss", ".stack"}
    assert read.flash_bytes == sum(
        said.get(s, 0) for s in (".vectors", ".text", ".rodata", ".data")
    )
    assert read.ram_bytes == said.get(".data", 0) + said[".bss"]
    assert read.stack_bytes == said[".stack"] == board.stack_bytes
    totals = subprocess.run(
        ["arm-none-eabi-size", image], capture_output=True, text=True, check=True
    ).stdout.split()[-6:]
    text, data, bss = map(int, totals[:3])
    assert (text + data, data + bss) == (read.flash_bytes, read.ram_bytes + read.stack_bytes)


def test_a_budget_reads_the_firmware_that_runs(of_bundle: Budget, bundle_program: Program) -> None:
    image = fitting_image(bundle_program, M4)
    assert (of_bundle.flash_bytes, of_bundle.ram_bytes) == (
        elf.read(image).flash_bytes,
        elf.read(image).ram_bytes,
    )
    with open_emulated(image, M4, digest=bundle_program.digest) as device:
        device.infer_pcm(np.zeros(44100, np.int16))
        stack = device.stack()
    assert 0 < stack.used <= of_bundle.stack_bytes <= stack.size == M4.stack_bytes


def test_constants_are_those_in_the_elf(of_model: Bench, model_program: Program) -> None:
    compiled = model_program.compiled
    assert of_model.constant_bytes == compiled.constant_bytes
    read = elf.read(fitting_image(model_program, M4))
    names = [symbol.name for symbol in read.symbols]
    assert all(names.count(name) == 1 for name in compiled.constant_symbols)


def test_ram_is_the_arena_where_nothing_is_static(of_model: Bench, model_program: Program) -> None:
    read = elf.read(fitting_image(model_program, M4))
    kernels = model_program.compiled.prefix, "ossicle_conv", "ossicle_pad", "ossicle_softmax"
    assert not any(read.bytes_of(kind, p) for kind in ("data", "bss") for p in kernels)
    assert of_model.ram_bytes == model_program.compiled.plan.arena_bytes


def test_code_is_that_of_the_functions(of_model: Bench, model_program: Program) -> None:
    """Besides the model's and its kernels' functions: its descriptors, and what libgcc adds."""
    read = elf.read(fitting_image(model_program, M4))
    prefix = model_program.compiled.prefix
    kernels = {name.removesuffix(".c") for name in model_program.compiled.files} - {prefix}
    own = [s for s in read.symbols if s.name.startswith((prefix, *kernels))]
    functions = sum({s.address: s.size for s in own if s.kind == "code"}.values())
    descriptors = sum(
        s.size
        for s in own
        if s.kind == "constant" and s.name not in model_program.compiled.constant_symbols
    )
    assert 500 < functions + descriptors <= of_model.code_bytes + 16
    assert of_model.code_bytes < functions + descriptors + 1500


def test_counting_again_gives_the_same(of_model: Bench, model_program: Program) -> None:
    assert bench(model_program, M4) == of_model


def test_instructions_are_counted_layer_by_layer(of_bundle: Budget) -> None:
    layers = [layer.instructions for layer in of_bundle.layers]
    assert all(count > 0 for count in layers)
    total = of_bundle.counts.inference
    # A marker passes after each layer of the second run, and each costs less than 20.
    assert 0 <= sum(layers) - total <= 20 * len(layers)
    assert of_bundle.counts.frontend is not None
    assert of_bundle.instructions_per_second == total + of_bundle.counts.frontend


def test_bench_measures_a_bundle_s_model_alone(bundle_program: Program, of_bundle: Budget) -> None:
    alone = bench(bundle_program, M4)
    assert alone.macs == of_bundle.figures()["macs"]
    assert alone.ram_bytes == bundle_program.compiled.plan.arena_bytes
    # The same machine code, linked at other addresses beside no front end.
    assert alone.instructions == pytest.approx(of_bundle.counts.inference, abs=50)
    assert alone.code_bytes + alone.constant_bytes < of_bundle.flash_bytes
