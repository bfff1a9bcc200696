"""The published front ends: in numbers as published, and as exact as the default."""

import numpy as np
import pytest
from frontend_sounds import all_sounds

from ossicle.errors import FrontendError
from ossicle.frontend import FrontEnd, FrontendSpec, reference
from ossicle.frontend.presets import PRESETS, preset

PUBLISHED = {  # sample rate, window, hop, bands
    "dcase2022": (44100, 1764, 882, 40),
    "dcase2024": (32000, 3072, 500, 256),
    "esc": (22050, 1024, 512, 60),
    "sbcnn": (44100, 1024, 1024, 128),
    "speech": (16000, 480, 320, 40),
    "tut2017": (44100, 1764, 882, 40),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_numbers_are_those_published(name):
    spec = preset(name)
    numbers = spec.sample_rate, spec.window_length, spec.hop_length, spec.mel_bands
    assert numbers == PUBLISHED[name] and PRESETS[name].source


def test_no_preset_goes_untested_and_the_first_is_the_default():
    assert PUBLISHED.keys() == PRESETS.keys()
    assert preset("dcase2022") == FrontendSpec()


def test_an_unknown_preset_is_refused():
    with pytest.raises(FrontendError, match="no preset 'dcase1999'; choose one of dcase2022"):
        preset("dcase1999")


@pytest.mark.parametrize("name", ["dcase2024", "esc", "sbcnn", "speech", "tut2017"])
def test_features_are_exact(name):
    """Off by one at most, and that in fewer than one cell in a thousand of all sounds together."""
    spec = preset(name)
    cells = unequal = 0
    for title, pcm in all_sounds(spec.sample_rate, spec.sample_rate).items():
        exact = reference.log_mel(pcm, spec)
        step = reference.steps(exact, spec)
        difference = np.abs(
            FrontEnd(spec)(pcm[None])[0].astype(int) - reference.features(exact, spec)
        )
        assert difference.max() <= 1, title
        counted = (step > -128.5) & (step < 127.5)
        cells += counted.sum()
        unequal += (difference[counted] > 0).sum()
    assert unequal / cells < 0.001


def test_milliseconds_become_samples():
    spec = FrontendSpec.of_milliseconds(16000, 25, 10, fmin=20.0)
    assert (spec.window_length, spec.hop_length, spec.fft_length) == (400, 160, 512)
    assert (spec.fmin, spec.fmax) == (20.0, 8000.0)
