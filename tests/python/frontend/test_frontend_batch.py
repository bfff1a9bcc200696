"""The batched call and the stream are one front end, whatever the lengths."""

import numpy as np
import pytest
from frontend_sounds import all_sounds
from hypothesis import given, settings
from hypothesis import strategies as st

from ossicle.frontend import FrontEnd, FrontendSpec
from ossicle.frontend.reference import features, log_mel

SPEC = FrontendSpec(
    sample_rate=8000, window_length=200, hop_length=80, fft_length=256, mel_bands=20, fmax=4000.0
)
FRONT_END = FrontEnd(SPEC)
NOISE = np.random.default_rng(3).integers(-(2**15), 2**15, 4000).astype(np.int16)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 300), max_size=8))
def test_the_cut_into_chunks_does_not_matter(lengths):
    ends = np.cumsum(lengths, dtype=int)
    sound = NOISE[: ends[-1] if len(ends) else 0]
    stream = FRONT_END.stream()
    columns = [stream.push(chunk) for chunk in np.split(sound, ends[:-1])] + [stream.flush()]
    assert np.array_equal(np.concatenate(columns, axis=1), FRONT_END(sound[None])[0])


@pytest.mark.parametrize("hop", [1, 99, 100, 101, 199, 200])
@pytest.mark.parametrize("window", [200, 201])
def test_a_sound_of_n_samples_has_as_many_frames_as_the_specification_says(window, hop):
    spec = FrontendSpec(
        sample_rate=8000, window_length=window, hop_length=hop, fft_length=256, mel_bands=20,
        fmax=4000.0,
    )  # fmt: skip
    front_end = FrontEnd(spec)
    for samples in (0, 1, hop - 1, hop, hop + 1, 100, 1000):
        stream = front_end.stream()
        columns = stream.push(NOISE[:samples]).shape[1] + stream.flush().shape[1]
        assert columns == spec.frames(samples)


def test_a_column_comes_as_soon_as_its_window_is_full():
    stream = FRONT_END.stream()
    assert stream.push(NOISE[:99]).shape == (20, 0)
    assert stream.push(NOISE[99:100]).shape == (20, 1)
    assert stream.push(NOISE[100:179]).shape == (20, 0)
    assert stream.push(NOISE[179:180]).shape == (20, 1)


def test_an_hour_in_random_chunks_neither_drifts_nor_overflows():
    """Columns look at nothing but their windows: the last ones are those of the end alone."""
    random = np.random.default_rng(5)
    hour = random.integers(-(2**15), 2**15, 3600 * SPEC.sample_rate).astype(np.int16)
    cuts = np.sort(random.integers(0, len(hour), 300))
    stream = FRONT_END.stream()
    columns = [stream.push(chunk) for chunk in np.split(hour, cuts)] + [stream.flush()]
    columns = np.concatenate(columns, axis=1)
    assert columns.shape[1] == SPEC.frames(len(hour))
    minute = 60 * SPEC.sample_rate  # whole hops; its first columns see silence instead of sound
    end = FRONT_END(hour[None, -minute:])[0]
    assert np.array_equal(columns[:, 2 - end.shape[1] :], end[:, 2:])


def test_after_the_flush_a_new_sound_begins():
    stream = FRONT_END.stream()
    first = [stream.push(NOISE), stream.flush()]
    second = [stream.push(NOISE), stream.flush()]
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


def test_sounds_of_a_batch_do_not_touch_each_other():
    sounds = np.stack(list(all_sounds(1600, 8000).values()))
    together = FRONT_END(sounds)
    assert together.shape == (len(sounds), 20, SPEC.frames(1600))
    assert np.array_equal(together[::-1], FRONT_END(sounds[::-1]))
    assert all(
        np.array_equal(FRONT_END(sounds[i : i + 1])[0], together[i]) for i in range(len(sounds))
    )


def test_silence_is_the_floor():
    assert (FRONT_END(np.zeros((1, 1000), np.int16)) == -128).all()


def test_strided_pcm_is_taken_as_it_looks():
    stereo = np.stack([NOISE, NOISE[::-1]], axis=1)
    assert np.array_equal(FRONT_END(stereo.T[:1]), FRONT_END(NOISE[None]))
    assert np.array_equal(FRONT_END.stream().push(stereo[:, 0]), FRONT_END.stream().push(NOISE))


def test_an_empty_batch_is_empty():
    assert FRONT_END(np.zeros((0, 500), np.int16)).shape == (0, 20, SPEC.frames(500))


def test_an_empty_sound_is_one_column_of_silence():
    column = FRONT_END(np.zeros((1, 0), np.int16))[0]
    assert column.shape == (20, 1) and np.all(column == -128)
    assert np.array_equal(FRONT_END.stream().flush(), column)


@pytest.mark.parametrize("sample", [-32768, -1, 1, 32767])
def test_a_sound_of_one_sample_is_that_sample_among_silence(sample):
    column = FRONT_END(np.array([[sample]], np.int16))[0]
    exact = features(log_mel(np.array([sample], np.int16), SPEC), SPEC)
    assert column.shape == exact.shape == (20, 1)
    assert np.abs(column - exact.astype(int)).max() <= 1


@pytest.mark.parametrize(
    "pcm", [np.zeros((1, 9)), np.zeros(9, np.int16), np.zeros((1, 9), np.uint16)]
)
def test_anything_but_int16_sounds_is_refused(pcm):
    with pytest.raises(TypeError, match=r"pcm must be int16 \[sounds, samples\]"):
        FRONT_END(pcm)
    with pytest.raises(TypeError, match=r"a chunk must be int16 \[samples\]"):
        FRONT_END.stream().push(pcm.reshape(1, -1))
