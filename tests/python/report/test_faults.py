import json
from xml.etree import ElementTree

import numpy as np
import pytest

from ossicle import datasets
from ossicle.report import evaluation, faults


@pytest.fixture(scope="module")
def heard(bundle_program, corpus_folder):
    return {h.fault: h for h in faults.listen(bundle_program, datasets.load(corpus_folder), fold=1)}


def test_a_faultless_microphone_scores_as_evaluate_does(heard, bundle_program, corpus_folder):
    plain = heard["as recorded"]
    assert plain.score == evaluation.evaluate(
        bundle_program, datasets.load(corpus_folder), fold=1, board=None
    )
    assert not plain.shift.any() and plain.clipped == 0


def test_gain_shifts_every_band_down_by_what_is_not_clipped_at_the_floor(heard):
    six, twelve = heard["6 dB quieter"].shift, heard["12 dB quieter"].shift
    assert np.all(twelve <= six) and np.all(six <= 0)
    assert np.all(twelve >= -12 / 96 * 255 - 0.6)


def test_an_offset_is_heard_lowest_and_too_much_gain_clips(heard):
    assert heard["offset of 10 %"].shift.argmax() == 0
    assert 0 <= heard["12 dB too loud"].clipped < heard["24 dB too loud"].clipped


def test_the_command_prints_a_table_and_draws(ossicle, bundle_folder, corpus_folder, tmp_path):
    shown = ossicle(
        *("frontend", "microphones", bundle_folder, "--data", corpus_folder, "--fold", 1),
        *("--plot", tmp_path / "faults.svg"),
    )
    assert shown.status == 0, shown.err
    assert shown.out.count("\n") == 2 + len(faults.FAULTS)
    assert ElementTree.parse(tmp_path / "faults.svg").getroot().tag.endswith("svg")


def test_the_figures_are_json(heard):
    for hearing in heard.values():
        assert json.loads(json.dumps(hearing.figures()))["microphone"] == hearing.fault
