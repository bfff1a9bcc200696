"""Sound files become int16 mono PCM, or are refused by name."""

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from ossicle.datasets.audio import quantise, read_pcm
from ossicle.errors import DataError

RATE = 44_100


def tone(rate, seconds=0.5, hertz=1000.0, amplitude=0.5):
    return amplitude * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)


def write(path, samples, rate=RATE, **options):
    soundfile.write(path, samples, rate, **options)
    return path


@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_sixteen_bit_mono_comes_out_as_it_is(tmp_path, suffix):
    every_value = np.arange(-32768, 32768).astype(np.int16)
    pcm, note = read_pcm(write(tmp_path / f"x.{suffix}", every_value, subtype="PCM_16"), RATE)
    assert pcm.dtype == np.int16
    assert (pcm == every_value).all()
    assert note is None


@given(st.integers(-32768, 32767), st.floats(-0.499, 0.499))
def test_quantise_rounds_to_the_nearest_integer(value, offset):
    pcm, clipped = quantise(np.array([(value + offset) / 32768]))
    assert pcm[0] == value
    assert clipped == 0


def test_halves_are_rounded_to_even_and_loud_samples_are_clipped():
    halves = np.array([0.5, 1.5, 2.5, -0.5, -1.5]) / 32768
    assert quantise(halves)[0].tolist() == [0, 2, 2, 0, -2]
    pcm, clipped = quantise(np.array([1.0, 1.5, -1.0, -1.5]))
    assert pcm.tolist() == [32767, 32767, -32768, -32768]
    assert clipped == 2  # +1.0 is full scale, not a fault


def test_twenty_four_bits_are_rounded(tmp_path):
    values = np.array([0, 127, 128, 129, 384, -128, 8_388_607], dtype=np.int32)
    path = write(tmp_path / "x.wav", values << 8, subtype="PCM_24")
    assert read_pcm(path, RATE)[0].tolist() == [0, 0, 0, 1, 2, 0, 32767]


def test_channels_are_averaged_and_said_so(tmp_path):
    stereo = np.array([[1000, 2000], [-5, 6], [1, 2]], dtype=np.int16)
    pcm, note = read_pcm(write(tmp_path / "x.wav", stereo), RATE)
    assert pcm.tolist() == [1500, 0, 2]  # 0.5 and 1.5: halves to even
    assert note == "mixed down from 2 channels"


def test_the_first_channel_alone_and_said_so(tmp_path):
    stereo = np.array([[1000, 2000], [-5, 6], [1, 2]], dtype=np.int16)
    pcm, note = read_pcm(write(tmp_path / "x.wav", stereo), RATE, channels="first")
    assert pcm.tolist() == [1000, -5, 1]
    assert note == "channel 0 of 2"


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 48_000, 96_000])
def test_another_sample_rate_keeps_length_and_pitch(tmp_path, rate):
    pcm, note = read_pcm(write(tmp_path / "x.wav", tone(rate), rate), RATE)
    assert note == f"resampled from {rate} Hz"
    assert abs(len(pcm) - RATE // 2) <= 1
    middle = slice(2000, 20_000)
    # The reference is the same tone at the new rate; 1 % of its amplitude is far above the ripple
    # of soxr's HQ filter (below 0.1 %) and far below what a wrong rate or a delay would give.
    assert np.abs(pcm[middle] / 32768 - tone(RATE)[middle]).max() < 0.005


def test_vorbis_is_read(tmp_path):
    pcm, note = read_pcm(write(tmp_path / "x.ogg", tone(RATE)), RATE)
    spectrum = np.abs(np.fft.rfft(pcm))
    assert note is None
    assert len(pcm) == RATE // 2
    assert np.argmax(spectrum) == 500  # 1000 Hz in bins of 2 Hz


def test_start_and_stop_choose_samples(tmp_path):
    ramp = np.arange(10_000, dtype=np.int16)
    path = write(tmp_path / "x.wav", ramp, 1000)
    pcm, _ = read_pcm(path, 1000, start=2.5, stop=4.0)
    assert (pcm == ramp[2500:4000]).all()
    assert (read_pcm(path, 1000, start=9.0, stop=99.0)[0] == ramp[9000:]).all()


def test_what_was_clipped_is_told(tmp_path):
    path = write(tmp_path / "x.wav", np.array([0.5, 1.7, -1.7]), subtype="FLOAT")
    pcm, note = read_pcm(path, RATE)
    assert pcm.tolist() == [16384, 32767, -32768]
    assert note == "clipped 2 samples"


def refused(path, **stretch):
    with pytest.raises(DataError) as caught:
        read_pcm(path, RATE, **stretch)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def test_a_file_that_is_not_sound_is_refused(tmp_path):
    for name in ("text.wav", "text.flac", "text.ogg"):
        path = tmp_path / name
        path.write_text("this is not sound" * 100)
        assert "is not a WAV, FLAC or OGG file" in refused(path)


def test_a_truncated_header_is_refused(tmp_path):
    whole = write(tmp_path / "whole.wav", tone(RATE)).read_bytes()
    for length in (4, 11, 20, 43):
        path = tmp_path / f"cut{length}.wav"
        path.write_bytes(whole[:length])
        refused(path)


@given(st.binary(max_size=400))
def test_random_bytes_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "random.wav"
    path.write_bytes(content)
    refused(path)


def test_other_ways_to_be_unusable(tmp_path):
    assert "there is no such sound file" in refused(tmp_path / "missing.wav")
    (tmp_path / "zero.wav").touch()
    assert "is empty" in refused(tmp_path / "zero.wav")
    assert "holds no sound" in refused(write(tmp_path / "header.wav", np.zeros(0)))
    assert "is not called" in refused(tmp_path / "x.raw")
    assert "lasts 0.50 s" in refused(write(tmp_path / "short.wav", tone(RATE)), start=0.5)
    assert "longer than 600 s" in refused(
        write(tmp_path / "long.wav", np.zeros(601_000, np.int16), 1000)
    )
    assert "sample rate of 10 Hz" in refused(write(tmp_path / "slow.wav", np.zeros(50), 10))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("channels", [1, 2])
def test_samples_that_are_not_numbers_are_refused(tmp_path, value, channels):
    samples = np.zeros((100, channels))
    samples[50, 0] = value
    samples[50, -1] = -value
    path = write(tmp_path / "x.wav", samples, subtype="FLOAT")
    assert "not numbers" in refused(path)
