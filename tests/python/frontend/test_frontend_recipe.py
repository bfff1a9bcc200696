"""Front ends as people write them: what is left out has a value, what is wrong is named."""

import contextlib
import json

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from ossicle.cli import app
from ossicle.errors import FrontendError
from ossicle.frontend import FrontendSpec
from ossicle.frontend.presets import PRESETS, preset
from ossicle.frontend.recipe import of_text, read
from ossicle.frontend.stages import Mfcc


def test_nothing_is_the_default_and_a_whole_file_is_itself():
    assert of_text("", "x") == FrontendSpec()
    for name in PRESETS:
        assert of_text(preset(name).to_toml(), "x") == preset(name) == read(name)


def test_milliseconds_become_samples():
    spec = of_text("sample_rate = 16000\nwindow_ms = 25\nhop_ms = 10\n", "x")
    assert spec == FrontendSpec.of_milliseconds(16000, 25, 10)


def test_a_preset_is_changed_where_it_says_so():
    spec = of_text('preset = "speech"\nhop_ms = 10.0\n[mfcc]\ncoefficients = 12\n', "x")
    assert (spec.hop_length, spec.window_length, spec.fmax) == (160, 480, 7500.0)
    assert spec.mfcc == Mfcc(12) and spec.deltas is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("window_ms = 25\nwindow_length = 400", "mine.toml: window_ms and window_length; give one"),
        ("hop_ms = '10'", "mine.toml: hop_ms = '10' is out of range; choose up to 1000 ms"),
        ("hop_ms = nan", "mine.toml: hop_ms = nan is out of range"),
        ("hop_ms = -1", "mine.toml: hop_ms = -1 is out of range"),
        ("window_ms = 25\nsample_rate = '16000'", "mine.toml: sample_rate = '16000' is out of"),
        ("sample_rate = 1e400", "mine.toml: sample_rate = inf must be of type int"),
        ("window_ms = 100", "mine.toml: fft_length = 8192 is out of range"),
        ('preset = "dcase1999"', "mine.toml: there is no preset 'dcase1999'"),
        ("preset = [1]", "mine.toml: there is no preset [1]"),
        ("[mfcc]\ncoefficients = 9", "mine.toml: [mfcc] coefficients = 9 is out of range"),
        ("gain = 1", "mine.toml: unknown field gain; remove it"),
        ("=", "mine.toml: not a TOML file"),
    ],
)
def test_what_is_wrong_is_named(text, message):
    with pytest.raises(FrontendError) as refusal:
        of_text(text, "mine.toml")
    assert str(refusal.value).startswith(message)


@given(st.text())
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(FrontendError):
        assert isinstance(of_text(text, "x"), FrontendSpec)


def test_a_missing_file_is_named_with_the_presets(tmp_path):
    with pytest.raises(FrontendError, match=r"none\.toml: cannot be read as text .* tut2017"):
        read(str(tmp_path / "none.toml"))


def test_compare_takes_a_preset_and_a_file(tmp_path):
    noise = np.random.default_rng(0).integers(-3000, 3000, 8000).astype(np.int16)
    soundfile.write(tmp_path / "noise.wav", noise, 16000, subtype="PCM_16")
    mine = tmp_path / "mine.toml"
    mine.write_text('preset = "speech"\nhop_ms = 10\n[mfcc]\n[deltas]\n')
    for spec, features in ((str(mine), 26), ("speech", 40)):
        arguments = ["frontend", "compare", str(tmp_path / "noise.wav"), "--spec", spec]
        result = CliRunner().invoke(app, [*arguments, "--json"])
        figures = json.loads(result.stdout)
        assert len(figures["by_feature"]) == features and figures["largest_difference"] <= 1
        table = CliRunner().invoke(app, [*arguments, "--plot", str(tmp_path / "e.svg")]).output
        assert "worst feature" in table and ("Hz" in table) == (spec == "speech")
