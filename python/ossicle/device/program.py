"""What is put on a device: a compiled model, with the front end of its bundle where it has one."""

import dataclasses
import hashlib
from dataclasses import dataclass
from pathlib import Path

from ossicle import bundle as bundles
from ossicle.bundle import Bundle
from ossicle.compiler import CompiledModel, Target, compile_model
from ossicle.compiler.graph import Tensor
from ossicle.device import firmware, vote_rule
from ossicle.device.boards import Board
from ossicle.errors import BudgetError, BundleError, DeviceError, ModelError
from ossicle.frontend import emit_tables
from ossicle.paths import BUILD

DEFAULT = Target()


@dataclass(frozen=True)
class Program:
    """A compiled model and where it comes from.

    Attributes:
        name: of the bundle, or of the model file without its suffix.
        model: the bytes of the `.tflite` file.
        bundle: None for a bare model, which then takes raw inputs instead of sound.
        small_tables: whether the front end has its smallest tables: less flash, more time.
    """

    name: str
    model: bytes
    compiled: CompiledModel
    bundle: Bundle | None
    small_tables: bool = False

    @property
    def digest(self) -> bytes:
        """What the device says it holds: the bundle's digest, or the model's SHA-256."""
        return self.bundle.digest if self.bundle else hashlib.sha256(self.model).digest()

    @property
    def input(self) -> Tensor:
        """The model's one input.

        Raises:
            DeviceError: the model has several inputs or outputs.
        """
        graph = self.compiled.graph
        if len(graph.inputs) != 1 or len(graph.outputs) != 1:
            ends = f"{len(graph.inputs)} inputs and {len(graph.outputs)} outputs"
            raise DeviceError(f"{graph.source}: has {ends}; a device takes one of each")
        return graph.inputs[0]

    @property
    def output(self) -> Tensor:
        """The model's one output."""
        return self.compiled.graph.outputs[0]

    def voting(self, how: str) -> "Program":
        """Return the same with another vote in its bundle's decision.

        Raises:
            BundleError: there is no such vote, or the bundle has not learnt it.
        """
        assert self.bundle is not None
        decision = dataclasses.replace(self.bundle.decision, vote=how)
        bundle = dataclasses.replace(self.bundle, decision=decision)
        return dataclasses.replace(self, bundle=bundle)

    @property
    def pcm_samples(self) -> int:
        """Samples of the sound that fills the model's input; 0 without a front end."""
        if self.bundle is None:
            return 0
        return (self.input.shape[2] - 1) * self.bundle.frontend.hop_length


def load(
    path: Path,
    *,
    name: str | None = None,
    target: Target = DEFAULT,
    small_tables: bool = False,
) -> Program:
    """Read and compile a `.tflite` file or a bundle's folder.

    Args:
        path: of the file or folder.
        name: prefix of the C names; None derives it from the path.
        target: what for, as `compile_model` has it.
        small_tables: whether the front end is to have its smallest tables.

    Raises:
        ModelError: the model is damaged or not supported, or has no front end whose tables could
            be small.
        BundleError: the bundle is incomplete or damaged, or its parts do not match.
    """
    if path.is_dir():
        return _of_bundle(bundles.read(path), path, name, target, small_tables=small_tables)
    if small_tables:
        raise ModelError(f"{path}: has no front end whose tables could be small; give a bundle")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})") from error
    return Program(path.stem, content, compile_model(content, str(path), name, target), None)


def load_bundle(path: Path, target: Target = DEFAULT, *, small_tables: bool = False) -> Program:
    """Read and compile a bundle's folder; see `load`.

    Raises:
        BundleError: it is not one.
    """
    return _of_bundle(bundles.read(path), path, target=target, small_tables=small_tables)


def _of_bundle(
    bundle: Bundle,
    path: Path,
    name: str | None = None,
    target: Target = DEFAULT,
    *,
    small_tables: bool,
) -> Program:
    if target.frames == "rows":
        raise BundleError(f"{bundle.name}: frames of sound are columns of its input, not rows")
    source = str(path / "model.tflite")
    compiled = compile_model(bundle.model, source, name or bundle.name, target)
    program = Program(bundle.name, bundle.model, compiled, bundle, small_tables)
    for tensor in (program.input, program.output):
        if tensor.dtype != "int8":
            problem = f"'{tensor.name}' is {tensor.dtype}; a bundle's model takes and gives int8"
            raise BundleError(f"{bundle.name}: {problem}")
    if compiled.graph.states:
        problem = "its model keeps a state from inference to inference, but windows of sound are"
        raise BundleError(f"{bundle.name}: {problem} judged each by itself")
    affine = program.input.affine
    bundle.require_match(
        program.input.shape, (affine.scale, affine.zero_point), program.output.elements
    )
    if (hop := bundle.decision.hop_samples) > (heard := program.pcm_samples):
        apart = f"windows are {hop} samples apart, but the model hears {heard} at a time"
        raise BundleError(f"{bundle.name}: decision.toml: {apart}; sound would be missed")
    return program


def image(program: Program, board: Board, *, carrier: str = "semihosting") -> Path:
    """Build the firmware that holds `program` and return its ELF file.

    Raises:
        BudgetError: it does not fit the board.
        BuildError: the compiler failed.
    """
    identity = hashlib.sha256("\0".join(program.compiled.files.values()).encode())
    identity.update(program.digest + bytes([program.small_tables]))
    folder = BUILD / "generated" / f"{program.compiled.prefix}-{identity.hexdigest()[:12]}"
    write_sources(program, folder)
    try:
        return firmware.build(folder, board, carrier=carrier)
    except BudgetError as error:  # names the generated folder, which the user has not heard of
        raise BudgetError(str(error).replace(str(folder), program.name)) from error


def write_sources(program: Program, folder: Path) -> None:
    """Write the generated C and what the firmware's app needs to know of it."""
    bundle = program.bundle
    frontend = bundle.frontend if bundle else None
    program.compiled.write(folder)
    firmware.write_app_model(
        folder,
        prefix=program.compiled.prefix,
        name=program.name,
        digest=program.digest,
        frontend_tables=(
            emit_tables(frontend, smallest=program.small_tables) if frontend else None
        ),
        pcm_samples=program.pcm_samples,
        frames=program.compiled.choice.frames,
        vote_rule=vote_rule.emit(bundle.decision, len(bundle.labels)) if bundle else None,
        keeps_states=bool(program.compiled.graph.states),
    )
