"""Simulated recording devices: what they do to a sound, and a corpus heard through them."""

import hashlib

import numpy as np
import pytest
import soundfile

from ossicle.datasets import Clip, load, simulation
from ossicle.datasets.clips import corpus
from ossicle.datasets.compressor import Compressor
from ossicle.datasets.devices import (
    Device,
    convolve,
    drawn,
    last_third,
    of_impulse_responses,
    simulated,
)
from ossicle.datasets.microphones import MICROPHONES, impulse_response, response
from ossicle.datasets.simulation import all_takes, simulate
from ossicle.errors import DataError

RATE = 44_100
NAMES = ("b", "c", "s1", "s2", "s3", "s4", "s5", "s6")
# Of a second of the sound below through each device, little-endian int16.
SAMPLES_SHA256 = "c5e2f7481e087b7de8a43e75bad17fb0075f504f881dd874cd2b7464c1d735c9"
IDLE = Compressor(0, 1, 0.01, 0.1, 0)


def a_sound(seconds=1.0):
    time = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.Generator(np.random.PCG64(3)).random(len(time)) - 0.5
    return 0.4 * np.sin(2 * np.pi * 440 * time) + 0.2 * noise * (time % 0.25 < 0.05)


def rng():
    return np.random.Generator(np.random.PCG64(0))


@pytest.fixture
def source(tmp_path):
    """Two classes of three folds, a tenth of a second each."""
    clips = []
    for index in range(12):
        path = tmp_path / "source" / f"{index}.wav"
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, 0.3 * a_sound(0.1) + 0.001 * index, RATE)
        label = ("high", "low")[index % 2]
        clips.append(Clip(path, 0.0, None, label, 1 + index // 4, "", "", f"r{index}"))
    return corpus("tiny", clips, "none", tmp_path)


@pytest.mark.parametrize("name", MICROPHONES)
def test_an_impulse_response_has_the_gain_of_its_microphone(name):
    answer = impulse_response(MICROPHONES[name], RATE)
    assert len(answer) == RATE // 20
    gain = np.abs(np.fft.rfft(answer, RATE))[200:18_000]
    wanted = response(MICROPHONES[name], np.arange(200.0, 18_000.0))
    # 50 ms are kept of it: what is cut off is below a hundredth
    assert np.abs(20 * np.log10(gain / wanted)).max() < 0.1


def test_an_impulse_response_has_minimum_phase():
    # Of all responses with one gain, that of minimum phase has its energy first.
    answer = impulse_response(MICROPHONES["s1"], RATE)
    assert np.sum(answer[:100] ** 2) > 0.95 * np.sum(answer**2)


def test_a_convolution_is_the_sum_that_it_stands_for():
    random = np.random.default_rng(0)
    sound, answer = random.normal(size=50), random.normal(size=7)
    np.testing.assert_allclose(convolve(sound, answer), np.convolve(sound, answer), atol=1e-12)


def test_a_steady_sound_is_compressed_by_the_ratio():
    loud = Compressor(-20, 4, 0.005, 0.05, 0)
    for level, wanted in ((-40, -40), (-20, -20), (-8, -17), (0, -15)):
        # a square wave: its peak is its level in every block
        square = 10 ** (level / 20) * np.sign(np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE + 1))
        heard = loud.apply(square, RATE)
        assert 20 * np.log10(np.abs(heard[-100:]).max()) == pytest.approx(wanted, abs=1e-6)


def test_the_attack_is_a_time_constant():
    step = np.concatenate([np.zeros(RATE // 2), np.ones(RATE // 2)])
    heard = Compressor(-20, 1e2, 0.1, 0.1, 0).apply(step, RATE)
    wanted = 20 * (1 - 1 / 1e2)  # dB, of which 1 - 1/e after one time constant
    after = -20 * np.log10(heard[RATE // 2 + RATE // 10])
    assert after == pytest.approx(wanted * (1 - np.exp(-1)), rel=0.02)  # within a block of 1 ms


@pytest.mark.parametrize(
    ("field", "value"),
    [("threshold", 1), ("threshold", float("nan")), ("ratio", 0.5), ("attack", 0), ("makeup", -1)],
)
def test_impossible_settings_are_refused(field, value):
    settings = {"threshold": -20, "ratio": 2, "attack": 0.01, "release": 0.1, "makeup": 0}
    with pytest.raises(DataError, match=field):
        Compressor(**{**settings, field: value})


def test_a_device_that_does_nothing_changes_nothing():
    nothing = Device(np.array([0.0, 1.0, 0.0]), 1, 0.0, -200.0, IDLE)
    np.testing.assert_allclose(nothing.hear(a_sound(), RATE, rng()), a_sound(), atol=1e-8)


def test_the_samples_are_the_pinned_ones():
    digest = hashlib.sha256()
    for device in simulated(RATE).values():
        heard = np.rint(device.hear(a_sound(), RATE, rng()) * 32767)
        digest.update(heard.astype("<i2").tobytes())
    assert digest.hexdigest() == SAMPLES_SHA256


def test_devices_differ_more_than_their_noise():
    heard = [device.hear(a_sound(), RATE, rng()) for device in simulated(RATE).values()]
    spectra = [np.log(np.abs(np.fft.rfft(one)[:22_050]).reshape(-1, 50).mean(1)) for one in heard]
    for first in range(len(spectra)):
        for second in range(first):
            assert np.abs(spectra[first] - spectra[second]).mean() > 0.1


def test_drawn_devices_are_many_always_the_same_and_only_filter():
    once, again = drawn(RATE, 5), drawn(RATE, 5)
    assert len({device.response.tobytes() for device in once}) == 5
    for one, other in zip(once, again, strict=True):
        assert (one.response == other.response).all()
        wanted = convolve(a_sound(), one.response)[:RATE]
        np.testing.assert_allclose(one.hear(a_sound(), RATE, rng()), wanted, atol=1e-8)
    tested = simulated(RATE).values()
    assert not {d.response.tobytes() for d in once} & {d.response.tobytes() for d in tested}


def test_the_corpus(source, tmp_path):
    made = simulate(source, tmp_path / "made")
    assert load(tmp_path / "made") == made
    assert made.name == "tiny through 9 devices"
    assert len(made.clips) == 12 * 9
    assert {clip.device for clip in made.clips} == {"a", *NAMES}
    train, test = made.split(1)
    assert {clip.device for clip in test} == {"a", *NAMES}
    assert {clip.device for clip in train} == {"a", "b", "c", "s1", "s2", "s3"}
    assert not {clip.recording for clip in train} & {clip.recording for clip in test}
    assert len(train) == 8 * 3  # each clip as it is and as two devices record it
    first = next(clip for clip in made.clips if clip.device == "a")
    heard, rate = soundfile.read(first.path, dtype="int16")
    original, _ = soundfile.read(source.clips[0].path, dtype="int16")
    assert rate == RATE and (heard == original).all()


def test_digital_silence_stays_silent_on_every_device(tmp_path):
    tone = np.rint(8000 * np.sin(2 * np.pi * 440 * np.arange(RATE // 2) / RATE))
    filled = np.concatenate([np.zeros(RATE // 2), tone, np.zeros(RATE), tone]).astype(np.int16)
    filled[-RATE] = 1  # the last bit is no sound
    soundfile.write(tmp_path / "filled.wav", filled, RATE)
    clips = [
        Clip(tmp_path / "filled.wav", 0.0, None, label, 1, "", "", label) for label in ("a", "b")
    ]
    devices = simulated(RATE)
    takes = all_takes(corpus("two", clips, "free", tmp_path), tmp_path, devices, ("s6",), 3)
    for take in takes[1:9]:  # the first is the source itself
        heard = simulation.render(take, devices, 0)
        assert len(heard) == len(filled)
        assert not heard[: RATE // 2].any()  # before the first sound
        assert not heard[RATE + RATE // 10 + 1 : 2 * RATE].any()  # a tenth after its end
        for sound in (heard[RATE // 2 : RATE], heard[2 * RATE :]):
            assert np.abs(sound.astype(int)).max() > 1000


def test_the_same_seed_makes_the_same_samples_and_another_one_others(source, tmp_path):
    takes = all_takes(source, tmp_path, simulated(RATE), ("s6",), 3)
    take = takes[3]
    once, again = (simulation.render(take, simulated(RATE), 0) for _ in range(2))
    assert (once == again).all()
    assert (once != simulation.render(take, simulated(RATE), 1)).any()


def test_an_interrupted_run_goes_on_and_a_finished_one_makes_nothing(source, tmp_path, monkeypatch):
    render, made = simulation.render, []

    def interrupted(take, devices, seed):
        if len(made) == 5:
            raise KeyboardInterrupt
        made.append(take)
        return render(take, devices, seed)

    monkeypatch.setattr(simulation, "render", interrupted)
    with pytest.raises(KeyboardInterrupt):
        simulate(source, tmp_path / "made")
    with pytest.raises(DataError, match=r"no clips\.csv"):
        load(tmp_path / "made")
    stamp = made[0].clip.path.stat().st_mtime_ns
    monkeypatch.setattr(simulation, "render", render)
    simulate(source, tmp_path / "made")
    assert made[0].clip.path.stat().st_mtime_ns == stamp
    monkeypatch.setattr(simulation, "render", None)
    simulate(source, tmp_path / "made")
    with pytest.raises(DataError, match="holds something else"):
        simulate(source, tmp_path / "made", seed=1)


def test_impulse_responses_of_the_users_own(source, tmp_path):
    folder = tmp_path / "responses"
    folder.mkdir()
    for name, delay in (("phone", 30), ("tablet", 0), ("toy", 9)):
        answer = np.zeros(200)
        answer[delay], answer[delay + 40] = 0.8, -0.2
        soundfile.write(folder / f"{name}.wav", answer, RATE)
    devices = of_impulse_responses(folder, RATE)
    assert [devices[name].onset for name in ("phone", "tablet", "toy")] == [30, 0, 9]
    assert devices["phone"].compressor != devices["toy"].compressor
    assert np.sum(devices["toy"].response ** 2) == pytest.approx(1.0)
    made = simulate(source, tmp_path / "made", responses=folder, unseen=("phone",), trained=2)
    train, test = made.split(1)
    assert {clip.device for clip in test} == {"a", "phone", "tablet", "toy"}
    assert {clip.device for clip in train} == {"a", "tablet", "toy"}
    assert last_third(devices) == ("toy",)


def test_what_is_no_impulse_response_is_refused(tmp_path):
    soundfile.write(tmp_path / "long.wav", np.ones(6 * 8000), 8000)
    with pytest.raises(DataError, match=r"long\.wav: lasts longer than 5 s"):
        of_impulse_responses(tmp_path, 8000)
    soundfile.write(tmp_path / "long.wav", 0.001 * np.ones(80), 8000)
    with pytest.raises(DataError, match=r"long\.wav: .* too quiet"):
        of_impulse_responses(tmp_path, 8000)
    soundfile.write(tmp_path / "a.wav", np.ones(80), 8000)
    with pytest.raises(DataError, match=r"a\.wav: there is a device a already"):
        of_impulse_responses(tmp_path, 8000)
    with pytest.raises(DataError, match="no WAV"):
        of_impulse_responses(tmp_path / "nothing", 8000)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"unseen": ("s9",)}, "s9"),
        ({"unseen": ("a",)}, "a: is no device"),
        ({"trained": 7}, "1 to 6"),
    ],
)
def test_impossible_wishes_are_refused(source, tmp_path, options, named):
    with pytest.raises(DataError, match=named):
        simulate(source, tmp_path / "made", **options)


HEAD = "filename,label,fold,device,recording,test_only\n"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("filename,label\n", "lacks the column fold"),
        (HEAD + "x.wav,a,one,d,r,no\n", "line 2: fold"),
        (HEAD + "x.wav,a,1,d,r,perhaps\n", "line 2: test_only"),
        (HEAD + "../x.wav,a,1,d,r,no\n", "leads out of"),
        (HEAD + "x.wav,a,1,d,r,no\ny.wav,b,1,d,r,no\n", "1 of the 2 clips"),
    ],
)
def test_a_damaged_table_is_refused(tmp_path, make_sound, text, named):
    make_sound(tmp_path / "x.wav")
    (tmp_path / "clips.csv").write_text(text)
    with pytest.raises(DataError, match=named):
        load(tmp_path)


def test_a_table_of_the_users_own(tmp_path, make_sound):
    for name in ("x.wav", "y.wav"):
        make_sound(tmp_path / name)
    (tmp_path / "clips.csv").write_text(
        "filename,label,fold,device,recording\nx.wav,knock,0,phone,1\ny.wav,ring,1,laptop,2\n"
    )
    made = load(tmp_path)
    assert [clip.device for clip in made.clips] == ["phone", "laptop"]
    assert not any(clip.test_only for clip in made.clips)
    (tmp_path / "corpus.json").write_text("[1]")
    with pytest.raises(DataError, match=r"corpus\.json: must be a JSON object"):
        load(tmp_path)
