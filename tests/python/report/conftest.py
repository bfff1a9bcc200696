"""Results of a whole report; only the emulator, the linker and the counter are not real."""

import sys
from contextlib import contextmanager

import numpy as np
import pytest
import soundfile
from report_fakes import COUNTS, FILE, LABELS, LINKED, NAME, RATE, HostAsDevice

import made_sounds
from ossicle import bundle
from ossicle.bundle import Bundle
from ossicle.compiler import compile_model
from ossicle.datasets import Clip, Corpus, load
from ossicle.datasets.simulation import simulate
from ossicle.decision import Decision
from ossicle.device import boards
from ossicle.device.program import Program, load_bundle
from ossicle.frontend import FrontendSpec
from ossicle.report import results


@pytest.fixture(scope="session")
def model():
    """The `.tflite` file of a small convolutional network for three classes."""
    from ossicle.quantize import post_training
    from ossicle.tensorflow import keras, make_deterministic

    make_deterministic(0)
    layers = keras().layers
    inputs = keras().Input((40, 51, 1))
    x = layers.Conv2D(4, (7, 7), padding="same", activation="relu")(inputs)
    x = layers.Flatten()(layers.MaxPooling2D((5, 5))(x))
    network = keras().Model(inputs, layers.Dense(len(LABELS), activation="softmax")(x))
    noise = np.random.default_rng(0).integers(-128, 128, (20, 40, 51)).astype(np.int8)
    return post_training(network, noise)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    """Two clips a class in fold 1; the second lasts 2.6 s, so that its last window overlaps."""
    folder = tmp_path_factory.mktemp("recordings")
    random, clips = np.random.default_rng(0), []
    for number in range(2 * len(LABELS)):
        name, seconds = (FILE, 2.6) if number == 1 else (f"{number}.wav", 1.0)
        pcm = random.normal(0, 500 + 2000 * (number % 3), round(seconds * RATE))
        soundfile.write(folder / name, np.rint(pcm).astype(np.int16), RATE)
        clips.append(Clip(folder / name, 0.0, None, LABELS[number % 3], 1, "", "", str(number)))
    return Corpus("noises <i>and</i> tones", tuple(clips), LABELS, "free & open")


@pytest.fixture(scope="session")
def program(model):
    compiled = compile_model(model, "tiny.tflite")
    made = Bundle(NAME, model, FrontendSpec(), LABELS, Decision(32), {}, "", {})
    return Program(NAME, model, compiled, made)


@pytest.fixture(scope="session")
def gather(program, corpus, tmp_path_factory):
    """Return a function that gathers results as `ossicle report` does."""

    def make(*, damage=0, board="qemu_m4", fold=1):
        @contextmanager
        def emulated(*_, **__):
            yield HostAsDevice(program, damage)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("ossicle.parity.bundles.open_emulated", emulated)
            patch.setattr("ossicle.device.program.image", lambda *_, **__: "an image")
            patch.setattr("ossicle.device.elf.read", lambda _: LINKED)
            # by its module: the package has a function of the same name
            patch.setattr(sys.modules["ossicle.budget.measure"], "count", lambda *_: COUNTS)
            patch.setattr("ossicle.report.sounds.FEATURE_CACHE", tmp_path_factory.getbasetemp())
            return results.gather(program, corpus, fold=fold, board=boards.board(board))

    return make


@pytest.fixture(scope="session")
def gathered(gather):
    return gather()


@pytest.fixture(scope="session")
def recorded(corpus_folder, tmp_path_factory):
    """The folder of the three classes that anybody can tell apart, heard by nine devices."""
    folder = tmp_path_factory.mktemp("recorded") / "devices"
    simulate(load(corpus_folder), folder)
    return folder


@pytest.fixture(scope="session")
def small_bundle(tmp_path_factory):
    """The folder of a bundle for those three classes: three convolutions, never trained."""
    from ossicle.quantize import post_training
    from ossicle.quantize.vectors import golden_vectors
    from ossicle.tensorflow import keras, make_deterministic

    make_deterministic(0)
    layers = keras().layers
    x = inputs = keras().Input((40, 51, 1))
    for channels in (2, 3, 4):
        x = layers.Conv2D(channels, (3, 3), strides=(2, 2), activation="relu")(x)
    x = layers.Dense(8, activation="relu")(layers.Flatten()(x))
    network = keras().Model(inputs, layers.Dense(3, activation="softmax")(x))
    noise = np.random.default_rng(0).integers(-128, 128, (20, 40, 51)).astype(np.int8)
    model, spec = post_training(network, noise), FrontendSpec()
    vectors = golden_vectors(model, spec, 50 * spec.hop_length)
    made = Bundle("small", model, spec, made_sounds.LABELS, Decision(32), {}, "", vectors)
    folder = tmp_path_factory.mktemp("bundles") / "small"
    bundle.write(folder, made)
    return folder


@pytest.fixture(scope="session")
def small_program(small_bundle):
    """That bundle, compiled."""
    return load_bundle(small_bundle)
