"""Verbs that compile models and run them on boards."""

from pathlib import Path
from typing import Annotated

import typer

from ossicle.cli.options import (
    BoardName,
    BundleFolder,
    Carrier,
    Choice,
    Data,
    Fold,
    Frames,
    Json,
    Model,
    Optimize,
    SmallTables,
    app,
    exit_unless,
    frames_by,
    show,
)
from ossicle.errors import DataError
from ossicle.files import require_writable, write_atomically


@app.command("compile", epilog="Example: ossicle compile model.tflite --out build/model")
def compile_(
    model: Model,
    out: Annotated[Path, typer.Option("--out", help="The folder for the C files.")],
    name: Annotated[
        str | None, typer.Option("--name", help="Prefix of the C names; else from the file's name.")
    ] = None,
    board: BoardName = "qemu_m4",
    optimize: Optimize = Choice.BALANCED,
    frames: Frames = None,
    small_tables: SmallTables = False,
    plan: Annotated[
        Path | None, typer.Option("--plan", help="An .svg file: draw the memory plan.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compile an int8 .tflite model to a C99 library: one .c, one .h, and its kernels.

    Of a bundle it is a library that listens: samples of a microphone in, labels out.

    The folder is a library of PlatformIO and of CMake, called as the C names begin.
    """
    from ossicle.compiler import Target
    from ossicle.device import boards, listener, program
    from ossicle.parity import self_test

    for folder in (out, *([plan.parent] if plan else [])):
        require_writable(folder)
    target = Target.of(boards.board(board).core, optimize.value, frames_by(frames))
    loaded = program.load(model, name=name, target=target, small_tables=small_tables)
    compiled = loaded.compiled
    files, of_listener = compiled.files, {}
    if loaded.bundle is not None:
        files = listener.library(loaded, self_test.expected(loaded))
        of_listener = {"listener_bytes": listener.listener_bytes(loaded)}
    for file, content in files.items():
        write_atomically(out / file, content)
    if plan:
        from ossicle.report.pictures import memory_plan

        layers = [operator.name for operator in compiled.operators]
        write_atomically(plan, memory_plan(compiled.plan, layers))
    names = sorted(files)
    figures = {
        "prefix": compiled.prefix,
        "files": names,
        "macs": compiled.macs,
        "parameters": compiled.parameters,
        "constant_bytes": compiled.constant_bytes,
        "arena_bytes": compiled.plan.arena_bytes,
        "arena_lower_bound": compiled.plan.lower_bound,
        **of_listener,
    }
    listed = f"{len(names)} files; README.md tells" if loaded.bundle else ", ".join(names)
    text = f"{out}: {listed}\n{compiled.plan.text()}"
    show(as_json, figures, text)


@app.command(epilog="Example: ossicle budget build/demo/bundle --board qemu_m4")
def budget(
    model: Model,
    board: BoardName = "qemu_m4",
    optimize: Optimize = Choice.BALANCED,
    frames: Frames = None,
    small_tables: SmallTables = False,
    as_json: Json = False,
) -> None:
    """Say what a model costs on a board, by layer and in total, against its limits.

    The exit status is 1 if a limit is exceeded.
    """
    from ossicle.budget import measure
    from ossicle.compiler import Target
    from ossicle.device import boards, program

    on = boards.board(board)
    target = Target.of(on.core, optimize.value, frames_by(frames))
    loaded = program.load(model, target=target, small_tables=small_tables)
    measured = measure(loaded, on)
    show(as_json, measured.figures(), measured.text())
    exit_unless(measured.fits)


@app.command(epilog="Example: ossicle bench model.tflite --board qemu_m4 --json")
def bench(
    model: Model,
    board: BoardName = "qemu_m4",
    optimize: Optimize = Choice.BALANCED,
    frames: Frames = None,
    as_json: Json = False,
) -> None:
    """Count a model's instructions, RAM, code and constants on a board."""
    from ossicle.budget import bench as bench_model
    from ossicle.compiler import Target
    from ossicle.device import boards, program

    on = boards.board(board)
    target = Target.of(on.core, optimize.value, frames_by(frames))
    loaded = program.load(model, target=target)
    figures = bench_model(loaded, on).figures()
    text = "\n".join(f"{name:>15} {value:>12,}" for name, value in figures.items())
    show(as_json, figures, text)


@app.command(epilog="Example: ossicle emulate build/demo/bundle rooster.wav --board qemu_m4")
def emulate(
    bundle: BundleFolder,
    sound: Annotated[
        Path | None, typer.Argument(help="A WAV, FLAC or OGG file; else the bundle's test sounds.")
    ] = None,
    board: BoardName = "qemu_m4",
    carrier: Annotated[Carrier, typer.Option(help="How the frames travel.")] = Carrier.SEMIHOSTING,
    frames: Frames = None,
    small_tables: SmallTables = False,
    as_json: Json = False,
) -> None:
    """Play a sound into an emulated device and show what it recognises, second by second."""
    from ossicle.compiler import Target
    from ossicle.device import boards, program
    from ossicle.report import listening

    on = boards.board(board)
    target = Target.of(on.core, frames=frames_by(frames))
    loaded = program.load_bundle(bundle, target, small_tables=small_tables)
    heard = listening.listen(loaded, on, sound, carrier=carrier.value)
    text = "\n".join(str(moment) for moment in heard)
    show(as_json, [moment.figures() for moment in heard], text)


@app.command(epilog="Example: ossicle parity model.tflite --board qemu_m4 --inputs 3 --seed 0")
def parity(
    model: Model,
    board: BoardName = "qemu_m4",
    inputs: Annotated[int, typer.Option(min=1, help="Random inputs (model) or sounds.")] = 3,
    seed: Annotated[int, typer.Option(min=0, help="Of the random inputs.")] = 0,
    vectors: Annotated[
        Path | None, typer.Option(help="An .npz with arrays 'input' and 'output' to compare with.")
    ] = None,
    data: Data = None,
    fold: Fold = None,
    optimize: Optimize = Choice.BALANCED,
    frames: Frames = None,
    small_tables: SmallTables = False,
    as_json: Json = False,
) -> None:
    """Prove that an emulated device computes what the host computes, bit for bit.

    A model is run on random inputs, or on --vectors. A bundle is played sounds: every window of
    --fold, or --inputs windows of --data, or the test sounds that it brings. Every stage is
    compared with the host's C and with TFLite's reference kernels, or with the vectors; with
    --frames a bundle hears each column of features as it comes, and the outputs are compared.

    The exit status is 1 if anything differs.
    """
    from ossicle.compiler import Target
    from ossicle.device import boards, program
    from ossicle.report import proof

    on = boards.board(board)
    target = Target.of(on.core, optimize.value, frames_by(frames))
    loaded = program.load(model, target=target, small_tables=small_tables)
    if loaded.bundle is not None and vectors is None:
        result = proof.of_bundle(loaded, on, data=data, fold=fold, sounds=inputs)
    elif frames is not None:
        raise DataError(f"{model}: --frames is for a bundle and its sounds; bench counts a model's")
    elif data is not None or fold is not None:
        raise DataError(f"{model}: hears no sounds here; give a bundle, or no --data and no --fold")
    else:
        result = proof.of_model(loaded, on, inputs=inputs, seed=seed, vectors=vectors)
    show(as_json, result.figures(), result.text())
    exit_unless(result.is_equal)
