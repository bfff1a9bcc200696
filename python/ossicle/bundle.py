"""The bundle: the folder that is the contract between the half that learns and the half that runs.

    model.tflite    the int8 model
    frontend.toml   what turns sound into its input
    labels.txt      one label a line, in the order of its outputs
    decision.toml   what turns its outputs into a decision
    vectors/        test sounds with their features and every layer's tensor, and SHA256SUMS
    metrics.json    what it scores, and how it was trained
    card.md         the same in words, with the licence of the recordings

The first four decide what a device computes; the bundle's digest is the hash of these and of the
version of Ossicle, and it is compiled into the firmware.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ossicle import __version__
from ossicle.decision import Decision
from ossicle.errors import BundleError
from ossicle.files import folder_atomically
from ossicle.frontend import FrontendSpec

IDENTITY = ("model.tflite", "frontend.toml", "labels.txt", "decision.toml")
SUMS = "SHA256SUMS"
LARGEST_FILE = (
    64 << 20
)  # bytes; no microcontroller holds more, and a stranger's file may be anything

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Bundle:
    """A bundle that was read, or is to be written.

    Attributes:
        name: that of its folder.
        model: the bytes of the `.tflite` file.
        frontend: the front end.
        labels: in the order of the outputs.
        decision: the decision.
        metrics: the figures, as JSON has them.
        card: the card, Markdown.
        vectors: arrays by name; the first axis is the case.
    """

    name: str
    model: bytes
    frontend: FrontendSpec
    labels: tuple[str, ...]
    decision: Decision
    metrics: Mapping[str, Any]
    card: str
    vectors: Mapping[str, Array]

    @property
    def digest(self) -> bytes:
        """SHA-256 (32 bytes) of the version of Ossicle and of the four files that decide.

        Every name and content is preceded by its length, so no two bundles run together alike.
        """
        digest = hashlib.sha256()
        for name, content in {"version": __version__.encode(), **self._identity()}.items():
            for part in (name.encode(), content):
                digest.update(len(part).to_bytes(8, "little") + part)
        return digest.digest()

    def require_match(
        self, input_shape: tuple[int, ...], input_quantisation: tuple[float, int], outputs: int
    ) -> None:
        """Check that the model takes what the front end gives and names what it puts out.

        Args:
            input_shape: of the model, [1, features, frames, 1].
            input_quantisation: its scale and zero point.
            outputs: how many the model has.

        Raises:
            BundleError: one of them does not match.
        """
        spec = self.frontend
        if len(input_shape) != 4 or input_shape[:2] + input_shape[3:] != (1, spec.features, 1):
            raise BundleError(
                f"{self.name}: the model's input is {list(input_shape)}, but frontend.toml gives "
                f"[1, {spec.features}, frames, 1]; they are not of one bundle"
            )
        if input_quantisation != (spec.input_scale, spec.input_zero_point):
            raise BundleError(
                f"{self.name}: the model's input has (scale, zero point) {input_quantisation}, but "
                f"frontend.toml says {(spec.input_scale, spec.input_zero_point)}"
            )
        if len(self.decision.attention) not in (0, outputs):
            raise BundleError(
                f"{self.name}: the model has {outputs} outputs, decision.toml's attention "
                f"{len(self.decision.attention)} numbers; they are not of one bundle"
            )
        if outputs != len(self.labels):
            raise BundleError(
                f"{self.name}: the model has {outputs} outputs, labels.txt "
                f"{len(self.labels)} lines; they are not of one bundle"
            )

    def _identity(self) -> dict[str, bytes]:
        contents = (
            self.model,
            self.frontend.to_toml().encode(),
            "".join(f"{label}\n" for label in self.labels).encode(),
            self.decision.to_toml().encode(),
        )
        return dict(zip(IDENTITY, contents, strict=True))


def write(path: Path, bundle: Bundle) -> None:
    """Write `bundle` to the folder `path`, all of it or nothing.

    Raises:
        BundleError: `path` is there and is not a bundle.
    """
    require_replaceable(path)
    vectors = {f"{name}.npy": _npy(array) for name, array in bundle.vectors.items()}
    sums = "".join(f"{hashlib.sha256(c).hexdigest()}  {n}\n" for n, c in sorted(vectors.items()))
    with folder_atomically(path) as folder:
        for name, content in bundle._identity().items():
            (folder / name).write_bytes(content)
        (folder / "metrics.json").write_text(json.dumps(bundle.metrics, indent=1) + "\n", "utf-8")
        (folder / "card.md").write_text(bundle.card, "utf-8")
        (folder / "vectors").mkdir()
        for name, content in {**vectors, SUMS: sums.encode()}.items():
            (folder / "vectors" / name).write_bytes(content)


def require_replaceable(path: Path) -> None:
    """Check that a bundle may be written to `path`: it is free, an empty folder, or a bundle.

    Raises:
        BundleError: something else is there, which would be lost.
    """
    if not path.exists() or (path / "model.tflite").is_file():
        return
    if not path.is_dir() or any(path.iterdir()):
        raise BundleError(f"{path}: is in the way and is not a bundle; choose another folder")


def read(path: Path) -> Bundle:
    """Read and check a bundle.

    Raises:
        BundleError: `path` is no bundle, or something in it is missing or damaged.
        FrontendError: frontend.toml is not a front end.
    """
    if path.exists() and not path.is_dir():
        raise BundleError(f"{path}: is a file, not a bundle; name the folder of a bundle")
    if not path.exists():
        raise BundleError(f"{path}: there is no such bundle; `ossicle train` makes one")
    if not (path / "model.tflite").is_file():
        raise BundleError(f"{path}: is not a bundle: it holds no model.tflite; name another folder")
    return Bundle(
        name=path.resolve().name,
        model=_content(path / "model.tflite"),
        frontend=FrontendSpec.from_toml(
            _text(path / "frontend.toml"), source=str(path / "frontend.toml")
        ),
        labels=_labels(path / "labels.txt"),
        decision=Decision.from_toml(_text(path / "decision.toml"), str(path / "decision.toml")),
        metrics=_metrics(path / "metrics.json"),
        card=_text(path / "card.md"),
        vectors=_vectors(path / "vectors"),
    )


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise BundleError(f"{file}: is larger than {LARGEST_FILE >> 20} MB; it is damaged")
        return file.read_bytes()
    except OSError as error:
        raise BundleError(
            f"{file}: cannot be read ({error.strerror}); make the bundle anew"
        ) from error


def _text(file: Path) -> str:
    try:
        return _content(file).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BundleError(f"{file}: is not UTF-8 text; make the bundle anew") from error


def _labels(file: Path) -> tuple[str, ...]:
    labels = tuple(_text(file).splitlines())
    if len(labels) < 2 or len(set(labels)) < len(labels) or not all(map(str.strip, labels)):
        raise BundleError(f"{file}: must hold two or more labels, one a line, none twice or empty")
    return labels


def _metrics(file: Path) -> dict[str, Any]:
    try:
        metrics = json.loads(_text(file))
    except (json.JSONDecodeError, RecursionError) as error:
        raise BundleError(f"{file}: is not JSON ({error}); make the bundle anew") from error
    if not isinstance(metrics, dict):
        raise BundleError(f"{file}: must be a JSON object; make the bundle anew")
    return metrics


def _vectors(folder: Path) -> dict[str, Array]:
    arrays = {}
    for line in _text(folder / SUMS).splitlines():
        wanted, _, name = line.partition("  ")
        if Path(name).name != name or not name.endswith(".npy"):
            raise BundleError(f"{folder / SUMS}: names {name!r}, which is not a file of vectors")
        content = _content(folder / name)
        if hashlib.sha256(content).hexdigest() != wanted:
            raise BundleError(f"{folder / name}: does not have the SHA-256 that {SUMS} gives it")
        arrays[name.removesuffix(".npy")] = _array(folder / name, content)
    return arrays


def _array(file: Path, content: bytes) -> Array:
    try:
        array: Array = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, OSError, EOFError, MemoryError) as error:
        raise BundleError(
            f"{file}: is not a NumPy array ({error}); make the bundle anew"
        ) from error
    return array


def _npy(array: Array) -> bytes:
    content = io.BytesIO()
    np.save(content, array, allow_pickle=False)
    return content.getvalue()
