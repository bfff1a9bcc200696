"""`ossicle frontend compare`: the counts are those of a comparison done by hand."""

import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from frontend_sounds import all_sounds
from typer.testing import CliRunner

from ossicle.cli import app
from ossicle.errors import DataError
from ossicle.frontend import FrontEnd, FrontendSpec, reference
from ossicle.frontend.compare import compare
from ossicle.frontend.stages import Calibration, Mfcc, Pcen

SPEC = FrontendSpec()


@pytest.fixture
def recordings(tmp_path):
    sounds = all_sounds(SPEC.sample_rate, SPEC.sample_rate)
    chosen = {"sweep": sounds["rising sweep"], "square": sounds["square wave of 441 Hz"]}
    for name, pcm in chosen.items():
        soundfile.write(tmp_path / f"{name}.wav", pcm, SPEC.sample_rate, subtype="PCM_16")
    return tmp_path


def test_cells_are_counted_by_recording_level_and_band(recordings):
    compared = compare([recordings / "sweep.wav"], SPEC, (0.0, -40.0))
    pcm, _ = soundfile.read(recordings / "sweep.wav", dtype="int16")
    quiet = np.round(pcm * (32767 * 10**-2 / 32767)).astype(np.int16)
    for level, sound in enumerate((pcm, quiet)):
        exact = reference.log_mel(sound, SPEC)
        step = reference.steps(exact, SPEC)
        wrong = FrontEnd(SPEC)(sound[None])[0] != reference.features(exact, SPEC)
        counted = (step > -128.5) & (step < 127.5)
        assert np.array_equal(compared.cells[0, level], counted.sum(1))
        assert np.array_equal(compared.unequal[0, level], (wrong & counted).sum(1))


def test_the_command_prints_and_draws(recordings, tmp_path):
    picture = tmp_path / "error.svg"
    result = CliRunner().invoke(
        app, ["frontend", "compare", str(recordings), "--plot", str(picture)]
    )
    assert result.exit_code == 0
    assert "-40" in result.output and "worst feature" in result.output
    assert "before it is rounded" in result.output
    assert picture.read_text().startswith("<?xml")


def test_the_figures_as_json(recordings):
    arguments = ["frontend", "compare", str(recordings), "--every", "2", "--json"]
    figures = json.loads(CliRunner().invoke(app, arguments).stdout)
    assert list(figures["by_clip"]) == ["square.wav"]
    assert len(figures["by_feature"]) == SPEC.features
    assert set(figures["by_peak"]) == {"0.0", "-40.0", "-60.0"}
    assert figures["largest_difference"] in {0, 1}
    assert 0 < figures["largest_error_db"] < 0.005


def test_the_error_in_db_is_that_of_the_level_before_all_stages(recordings):
    """Of the power, whatever is made of it: its root, a calibrated feature, MFCC, deltas, PCEN."""
    sound = [recordings / "square.wav"]
    plain = compare(sound, SPEC, (0.0,)).largest_db
    assert np.array_equal(compare(sound, replace(SPEC, mfcc=Mfcc()), (0.0,)).largest_db, plain)
    assert np.array_equal(compare(sound, replace(SPEC, pcen=Pcen()), (0.0,)).largest_db, plain)
    moved = Calibration(band_db=tuple(np.linspace(-6, 6, SPEC.mel_bands)))
    for spec in (
        replace(SPEC, calibration=moved),
        replace(SPEC, band_mean_db=(3.0,) * SPEC.mel_bands, band_scale=(0.9,) * SPEC.mel_bands),
        replace(SPEC, spectrum="magnitude", level_floor_db=-48.0, level_range_db=48.0),
    ):
        assert compare(sound, spec, (0.0,)).largest_db.max() < 0.005


def test_nothing_to_compare_is_refused():
    with pytest.raises(DataError, match="no recordings"):
        compare([], SPEC)
