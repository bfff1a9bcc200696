import random

import numpy as np
import pytest

from ossicle.datasets import Clip, Corpus
from ossicle.errors import DataError
from ossicle.frontend import FrontendSpec
from ossicle.training import prepare
from ossicle.training.augment import Waveform
from ossicle.training.augment.copies import with_copies
from ossicle.training.augment.waveform import mixed, room
from ossicle.training.recipe_tables import Windowing

RATE = 16000
SPEC = FrontendSpec.of_milliseconds(RATE, 40, 20, mel_bands=12)
EVERYTHING = Waveform(
    copies=2, shift=0.5, stretch=0.2, semitones=3, mix=0.5, room=0.5, noise=0.5, device=0.5,
    gain_db=6,
)  # fmt: skip


def tone(hz, samples=RATE, amplitude=8000.0):
    sine = np.sin(2 * np.pi * hz * np.arange(samples) / RATE)
    return np.rint(amplitude * sine).astype(np.int16)


def apply(waveform, pcm, seed=0):
    return waveform.apply(pcm, RATE, np.random.default_rng(seed))


def loudest_frequency(pcm):
    spectrum = np.abs(np.fft.rfft(pcm.astype(float) * np.hanning(len(pcm))))
    return float(spectrum.argmax()) * RATE / len(pcm)


def test_nothing_leaves_every_sample_as_it_is():
    pcm = np.random.default_rng(0).integers(-32768, 32768, (3, 500)).astype(np.int16)
    assert np.array_equal(apply(Waveform(), pcm), pcm)


def test_the_same_seed_gives_the_same_copies_and_leaves_the_global_generators_alone():
    pcm = np.stack([tone(500), tone(900), tone(300)])
    random.seed(5)
    np.random.seed(5)
    expected = random.random(), np.random.random()
    random.seed(5)
    np.random.seed(5)
    first, second, other = apply(EVERYTHING, pcm), apply(EVERYTHING, pcm), apply(EVERYTHING, pcm, 1)
    assert (random.random(), np.random.random()) == expected
    assert first.dtype == np.int16
    assert first.shape == pcm.shape
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_the_pitch_moves_within_the_semitones():
    found = [
        loudest_frequency(apply(Waveform(semitones=4), tone(1000)[None], s)[0]) for s in range(6)
    ]
    assert all(1000 / 2 ** (4.2 / 12) < hz < 1000 * 2 ** (4.2 / 12) for hz in found)
    assert max(found) - min(found) > 50


def test_a_stretch_keeps_the_pitch():
    found = [
        loudest_frequency(apply(Waveform(stretch=0.3), tone(1000)[None], s)[0]) for s in range(3)
    ]
    assert all(hz == pytest.approx(1000, abs=15) for hz in found)


def test_a_shift_rolls_the_window():
    pcm = np.zeros((1, RATE), np.int16)
    pcm[0, 100:110] = 10000
    moved = apply(Waveform(shift=0.5), pcm)
    assert np.count_nonzero(np.abs(moved) > 5000) == 10
    assert not np.array_equal(moved, pcm)


def test_the_gain_is_within_its_range():
    rows = np.stack([tone(500)] * 50)
    gains = 20 * np.log10(np.abs(apply(Waveform(gain_db=6), rows)).max(axis=1) / 8000)
    assert np.abs(gains).max() <= 6.01
    assert gains.max() - gains.min() > 6


def test_noise_and_other_sounds_lie_as_far_below_as_asked():
    sound = tone(500) / 32768
    noise = np.random.default_rng(0).standard_normal(RATE)
    added = mixed(sound, noise, 10.0) - sound
    ratio = 10 * np.log10(np.mean(sound**2) / np.mean(added**2))
    assert ratio == pytest.approx(10.0)
    assert np.array_equal(mixed(sound, np.zeros(RATE), 10.0), sound)


def test_another_sound_is_laid_behind_each():
    pcm = np.stack([tone(500), tone(3000)])
    heard = apply(Waveform(mix=1.0, mix_snr_db=0.0), pcm).astype(float)
    for row, other in ((0, 3000), (1, 500)):
        spectrum = np.abs(np.fft.rfft(heard[row]))
        assert spectrum[other] > 100 * np.median(spectrum)  # one bin is one hertz


def test_a_room_falls_by_sixty_decibels_in_its_reverberation_time():
    tail = room(np.random.default_rng(0), RATE, 0.5)
    assert len(tail) == RATE // 2
    assert tail[0] == 1
    early, late = (np.mean(tail[int(s * RATE) :][:800] ** 2) for s in (0.05, 0.40))
    assert 10 * np.log10(early / late) == pytest.approx(60 * 0.35 / 0.5, abs=3)
    assert 0.05 < np.sum(tail[1:] ** 2) <= 1.0


@pytest.mark.parametrize(("key", "value"), [("copies", -1), ("mix", 2), ("gain_db", float("nan"))])
def test_a_value_out_of_range_is_refused_by_name(key, value):
    with pytest.raises(DataError, match=f"{key} must lie in .*, not {value}"):
        Waveform(**{key: value})


@pytest.fixture
def corpus(tmp_path):
    import soundfile

    clips = []
    for index, hz in enumerate((300, 900, 500, 2000)):
        path = tmp_path / f"{index}.wav"
        soundfile.write(path, tone(hz, 2 * RATE), RATE)
        label = ("low", "high")[index % 2]
        clips.append(Clip(path, 0.0, None, label, 1, "", "", f"r{index}"))
    return Corpus("tones", tuple(clips), ("high", "low"), "none")


def test_copies_stand_behind_what_was_there_and_keep_clip_and_label(corpus):
    cutting = Windowing().cutting(SPEC)
    windows = prepare(corpus, SPEC, cutting)
    training = windows.select(windows.clip < 3)
    both = with_copies(training, corpus, SPEC, cutting, EVERYTHING, seed=0)
    assert len(both) == 3 * len(training)
    assert np.array_equal(both.features[: len(training)], training.features)
    assert set(both.clip.tolist()) == {0, 1, 2}  # the clip that is not trained on is not heard
    assert np.array_equal(both.label, windows.label[both.clip * 2])
    again = with_copies(training, corpus, SPEC, cutting, EVERYTHING, seed=0)
    assert np.array_equal(both.features, again.features)
    other = with_copies(training, corpus, SPEC, cutting, EVERYTHING, seed=1)
    assert not np.array_equal(both.features, other.features)
