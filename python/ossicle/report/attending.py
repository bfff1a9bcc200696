"""A bundle whose windows vote by attention: the same model, another decision."""

import dataclasses

from ossicle.bundle import Bundle
from ossicle.datasets import Corpus
from ossicle.device.program import Program
from ossicle.errors import DataError
from ossicle.report.evaluation import host_outputs
from ossicle.report.sounds import of_corpus
from ossicle.training import attention
from ossicle.training.split import learnable
from ossicle.training.vote import levels_of, voting

CARD = """
## Attends

The windows of a clip vote by attention, learnt on the folds that the model was trained on. The
scores above were measured before, with another vote.
"""


def attentive(program: Program, corpus: Corpus, name: str) -> Bundle:
    """Return the program's bundle with an attention learnt from its int8 outputs, and by its vote.

    The bundle's test fold is not looked at.

    Args:
        program: of a bundle.
        corpus: the recordings that it was trained on.
        name: of the new bundle.

    Raises:
        DataError: the recordings have other labels, or lack the test fold or sound.
    """
    before = program.bundle
    assert before is not None
    fold = _test_fold(before)
    if fold is not None:
        corpus.fold_clips(fold)  # recordings without it would be learnt from as a whole
    sounds = of_corpus(program, corpus, None)
    heard = sounds.windows.select(learnable(corpus, sounds.windows, fold))
    heard = heard.select(voting(heard.clip, heard.active))
    if not len(heard):
        raise DataError(f"{corpus.name}: has no sound outside fold {fold} to learn from")
    outputs = host_outputs(dataclasses.replace(sounds, windows=heard))
    learnt = attention.learn(levels_of(outputs), heard.clip, heard.label)
    decision = dataclasses.replace(before.decision, vote="attention", attention=learnt)
    return dataclasses.replace(
        before, name=name, decision=decision, card=before.card.removesuffix(CARD) + CARD
    )


def _test_fold(bundle: Bundle) -> int | None:
    """Return the fold that the bundle was not trained on; None where it names none."""
    try:
        fold = bundle.metrics["data"]["test_fold"]
    except (KeyError, TypeError):  # a stranger's JSON: anything may be missing
        return None
    return fold if type(fold) is int else None
