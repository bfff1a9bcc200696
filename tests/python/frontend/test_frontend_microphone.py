"""What a microphone does to features: the table of docs/frontend.md, in words that can fail."""

import numpy as np
import pytest

from ossicle.frontend import FrontEnd, FrontendSpec
from ossicle.frontend.stages import Pcen

NOISE = np.random.default_rng(0).normal(0, 3000, (2, 44100))
PLAIN = FrontendSpec()


def shift(spec, sound):
    """Return by how many steps the features of each band change, on average, [bands]."""
    heard = np.clip(np.round([NOISE, sound]), -32768, 32767).astype(np.int16)
    before, after = (FrontEnd(spec)(pcm).astype(int) for pcm in heard)
    return (after - before).mean(axis=(0, 2))


def test_12_db_less_are_32_steps_less():
    assert np.abs(shift(PLAIN, NOISE / 4) + 32).max() < 0.1


def test_pcen_takes_gain_away():
    assert np.abs(shift(FrontendSpec(pcen=Pcen()), NOISE / 4)).max() < 1.5


@pytest.mark.parametrize(("spec", "lowest"), [(PLAIN, 39), (FrontendSpec(dc_blocking=0.995), 1)])
def test_an_offset_is_heard_in_the_lowest_band_unless_blocked(spec, lowest):
    shifted = shift(spec, NOISE + 3277)
    assert shifted[0] == pytest.approx(lowest, abs=1)
    assert np.abs(shifted[1:]).max() < 1.5


def test_clipping_takes_power_from_all_bands_of_noise():
    """Noise whose rms is three quarters of full scale, brought back to its level."""
    clipped = np.clip(8 * NOISE, -32768, 32767) / 8
    assert np.all((shift(PLAIN, clipped) > -5) & (shift(PLAIN, clipped) < -3))
