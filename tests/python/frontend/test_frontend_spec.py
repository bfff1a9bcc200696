import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ossicle.errors import FrontendError
from ossicle.frontend import FrontendSpec
from ossicle.frontend.spec import ARITHMETIC
from ossicle.frontend.stages import Calibration, Deltas, Mfcc, Pcen


def test_the_default_gives_the_dcase_baseline_51_frames_of_40_bands_a_second():
    spec = FrontendSpec()
    assert (spec.mel_bands, spec.frames(spec.sample_rate)) == (40, 51)


def test_toml_returns_the_same_specification():
    spec = FrontendSpec(sample_rate=16000, window_length=400, hop_length=160, fft_length=512,
                        fmin=20.0, fmax=7600.0, mel_scale="htk", window="hamming",
                        band_mean_db=(-1.5,) * 40, band_scale=(1,) * 40)  # fmt: skip
    assert FrontendSpec.from_toml(spec.to_toml()) == spec
    assert FrontendSpec.from_toml(spec.to_toml()).digest == spec.digest


def test_every_field_changes_the_digest():
    spec = FrontendSpec()
    others = {
        "sample_rate": 48000, "channels": "first", "dc_blocking": 0.99, "pre_emphasis": 0.97,
        "window": "hamming", "window_length": 1760, "hop_length": 880, "fft_length": 4096,
        "mel_bands": 41, "mel_scale": "htk", "mel_norm": "slaney", "fmin": 1.0, "fmax": 22000.0,
        "spectrum": "magnitude", "band_mean_db": (-1.0,) * 40, "band_scale": (1.1,) * 40,
        "level_floor_db": -95.0, "level_range_db": 95.0, "input_scale": 0.0625,
        "input_zero_point": 1, "calibration": Calibration(), "pcen": Pcen(), "mfcc": Mfcc(),
        "deltas": Deltas(),
    }  # fmt: skip
    digests = {dataclasses.replace(spec, **{name: value}).digest for name, value in others.items()}
    digests.add(spec.digest)
    assert len(digests) == len(others) + 1
    single_choice = {"arithmetic"}
    assert others.keys() | single_choice == {field.name for field in dataclasses.fields(spec)}


def test_tables_come_back_from_toml_and_change_the_digest_by_each_field():
    spec = FrontendSpec(
        calibration=Calibration((1.5,) * 40), mfcc=Mfcc(12, scale=(1,) * 12), deltas=Deltas(order=2)
    )
    assert FrontendSpec.from_toml(spec.to_toml()) == spec
    assert FrontendSpec.from_toml(spec.to_toml()).digest == spec.digest
    others = {
        "smoothing": 0.03, "alpha": 0.9, "delta": 1.0, "r": 0.4, "eps": 1e-5, "full_scale": 2.0**30,
        "range": 9.0,
    }  # fmt: skip
    pcens = [Pcen(), *(Pcen(**{name: value}) for name, value in others.items())]
    assert others.keys() == {field.name for field in dataclasses.fields(Pcen)}
    assert len({FrontendSpec(pcen=pcen).digest for pcen in pcens}) == len(pcens)


def test_without_tables_text_and_digest_are_those_of_before_there_were_any():
    """Bundles of before hold their hash."""
    tables = [line for line in FrontendSpec().to_toml().splitlines() if line.startswith("[")]
    assert tables == []
    assert FrontendSpec().digest.startswith("89d14d1014dee157")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Pcen(smoothing=0.0), "smoothing = 0.0 is out of range; choose 0.001 to 1"),
        (lambda: Pcen(alpha=1.1), "alpha = 1.1 is out of range"),
        (lambda: Pcen(delta=0.0), "delta = 0.0 is out of range"),
        (lambda: Pcen(r=0.0), "r = 0.0 is out of range"),
        (lambda: Pcen(eps=0.0), "eps = 0.0 is out of range"),
        (lambda: Pcen(full_scale=0.5), "full_scale = 0.5 is out of range"),
        (lambda: Pcen(range=float("nan")), "range is out of range: no finite"),
        (lambda: Pcen(alpha=0.0, full_scale=2.0**32), "is 2^32.0, above 2^31; raise alpha"),
        (lambda: Mfcc(9), "coefficients = 9 is out of range; choose 10 to 40"),
        (lambda: Mfcc(41), "coefficients = 41 is out of range"),
        (lambda: Mfcc(scale=(1.0,)), "scale has 1 numbers for coefficients = 13; give one"),
        (lambda: Mfcc(mean_db=(1e4,) * 13), "mean_db[0] = 10000.0 is out of range"),
        (lambda: Deltas(8), "width = 8 is even; choose an odd number of frames"),
        (lambda: Deltas(19), "width = 19 is out of range; choose 3 to 17 frames"),
        (lambda: Deltas(order=3), "order = 3 is out of range; choose 1 to 2"),
        (lambda: Deltas(scale=0.0), "scale = 0.0 is out of range"),
        (lambda: FrontendSpec(pcen=Pcen(), mfcc=Mfcc()), "pcen and mfcc together"),
        (lambda: FrontendSpec(pcen=Pcen(), band_scale=(1.0,) * 40), "pcen and band_scale together"),
        (lambda: FrontendSpec(pcen=Pcen(), band_mean_db=(-61.0,) * 40), "band_mean_db[0] = -61"),
        (lambda: FrontendSpec(mel_bands=12, mfcc=Mfcc()), "13 coefficients of mel_bands = 12"),
        (lambda: FrontendSpec(mfcc=Mfcc(mean_db=(5000.0,) + (0.0,) * 12, scale=(9.0,) * 13)),
         "mfcc: coefficient 0 has its mean"),
        (lambda: FrontendSpec(calibration=Calibration((0.0,) * 39)), "band_db has 39 numbers for"),
        (lambda: FrontendSpec(calibration=Calibration((61.0,) * 40)), "band_db[0] = 61.0 is out"),
        (lambda: FrontendSpec(pcen=Mfcc()), "pcen must be a table: [pcen]"),
    ],
)  # fmt: skip
def test_stages_that_do_not_fit_are_refused(make, message):
    with pytest.raises(FrontendError) as refusal:
        make()
    assert message in str(refusal.value)


def test_another_arithmetic_is_refused():
    """A bundle of an older front end holds the number, so that its hash and its file say so."""
    text = FrontendSpec().to_toml().replace(f"arithmetic = {ARITHMETIC}", "arithmetic = 1")
    with pytest.raises(FrontendError, match=f"computes version {ARITHMETIC}, other integers"):
        FrontendSpec.from_toml(text)


def test_comments_and_the_writing_of_a_number_do_not_change_the_digest():
    text = FrontendSpec().to_toml()
    other = "# mine\n" + text.replace("fmin = 0.0", "fmin = 0").replace("22050.0", "2.205e4")
    assert other != text
    assert FrontendSpec.from_toml(other).digest == FrontendSpec().digest


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"window_length": 2049}, "window_length = 2049 is longer than fft_length = 2048"),
        ({"hop_length": 1765}, "hop_length = 1765 is longer than window_length = 1764"),
        ({"hop_length": 0}, "hop_length = 0 is out of range"),
        ({"fft_length": 2000}, "fft_length = 2000 is not a power of two"),
        ({"fft_length": 8192}, "fft_length = 8192 is out of range; choose 256 to 4096 points"),
        ({"fft_length": 128}, "fft_length = 128 is out of range; choose 256 to 4096 points"),
        ({"sample_rate": 7999}, "sample_rate = 7999 is out of range; choose 8000 to 48000 Hz"),
        ({"sample_rate": 48001}, "sample_rate = 48001 is out of range"),
        ({"window_length": 4097}, "window_length = 4097 is out of range; choose 2 to 4096 samples"),
        ({"mel_bands": 7}, "mel_bands = 7 is out of range; choose 8 to 256 bands"),
        ({"mel_bands": 257}, "mel_bands = 257 is out of range"),
        ({"fmax": 22051.0}, "fmax = 22051 Hz is above the Nyquist frequency, 22050 Hz"),
        ({"fmin": 22050.0}, "fmin = 22050 Hz must be at least 0 and below fmax"),
        ({"fmin": -1.0}, "fmin = -1 Hz must be at least 0"),
        ({"fmin": float("nan")}, "fmin is out of range"),
        ({"fmax": float("inf")}, "fmax is out of range"),
        ({"level_range_db": 10**400}, "level_range_db is out of range"),
        ({"level_range_db": 5}, "level_range_db = 5 is out of range; choose 10 to 200 dB"),
        ({"level_floor_db": 1.0}, "level_floor_db = 1.0 is out of range"),
        ({"fft_length": 1024, "window_length": 1024, "mel_bands": 200},
         "mel band 0 of mel_bands = 200 lies between 0.0 and 39.8 Hz, where no FFT bin is"),
        ({"dc_blocking": 0.5}, "dc_blocking = 0.5 is out of range; choose 0.9 to 0.9999, or 0 for"),
        ({"dc_blocking": 1.0}, "dc_blocking = 1.0 is out of range"),
        ({"pre_emphasis": 1.0}, "pre_emphasis = 1.0 is out of range; choose 0.1 to 0.99, or 0 for"),
        ({"pre_emphasis": -0.97}, "pre_emphasis = -0.97 is out of range"),
        ({"spectrum": "cepstrum"}, 'spectrum = "cepstrum" is not known; choose power or magnitude'),
        ({"band_scale": (1.0,) * 39}, "band_scale has 39 numbers for mel_bands = 40; give one for"),
        ({"band_scale": (0.0,) * 40}, "band_scale[0] = 0.0 is out of range; choose 0.001 to 1000"),
        ({"band_mean_db": (0.0,) * 39 + (-201,)}, "band_mean_db[39] = -201 is out of range"),
        ({"band_mean_db": [0.0] * 40}, "0.0] must be a list of numbers"),
        ({"band_mean_db": ("0",) * 40}, "must be a list of numbers"),
        ({"band_mean_db": (float("nan"),) * 40}, "band_mean_db is out of range: no finite"),
        ({"band_mean_db": (97.0,) * 40}, "mel band 0 begin at 1 dB of power and span 96 dB"),
        ({"band_scale": (1.0,) * 39 + (10.0,)}, "mel band 39 begin at -9.6 dB of power"),
        ({"spectrum": "magnitude", "level_floor_db": -101.0}, "mel band 0 begin at -202 dB of"),
        ({"mel_scale": "bark"}, 'mel_scale = "bark" is not known; choose slaney or htk'),
        ({"mel_norm": "l2"}, 'mel_norm = "l2" is not known'),
        ({"window": "boxcar"}, 'window = "boxcar" is not known'),
        ({"channels": "left"}, 'channels = "left" is not known; choose mixdown or first'),
        ({"sample_rate": 44100.0}, "sample_rate = 44100.0 must be of type int"),
        ({"input_zero_point": True}, "input_zero_point = True must be of type int"),
        ({"input_zero_point": 128}, "input_zero_point = 128 is out of range"),
        ({"window": "povey", "window_length": 1763}, "window_length = 1763 is odd; the povey"),
        ({"input_scale": 0.0}, "input_scale = 0.0 is out of range"),
    ],
)  # fmt: skip
def test_contradictions_are_refused_by_name(change, message):
    with pytest.raises(FrontendError) as refusal:
        FrontendSpec(**change)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda text: "sample_rate = ", "x/frontend.toml: not a TOML file"),
        (lambda text: "a = " + "[" * 100_000, "x/frontend.toml: not a TOML file"),
        (lambda text: "a = " + "9" * 5000, "x/frontend.toml: not a TOML file"),
        (lambda text: "", "x/frontend.toml: arithmetic, band_mean_db"),
        (lambda text: text + "gain = 3\n", "x/frontend.toml: unknown field gain; remove it"),
        (lambda text: text.replace("40 ", '"40" '), "x/frontend.toml: mel_bands = '40' must be"),
        (lambda text: text.replace("40 ", "[40] "), "x/frontend.toml: mel_bands = [40] must be"),
        (lambda text: text.replace("band_scale = []", "band_scale = [[1]]"),
         "x/frontend.toml: band_scale = ([1],) must be a list of numbers"),
        (lambda text: text.replace("band_scale = []", "band_scale = 1"),
         "x/frontend.toml: band_scale = 1 must be a list of numbers"),
        (lambda text: text + "[pcen]\nalpha = 1.0\n", "x/frontend.toml: [pcen] delta, eps"),
        (lambda text: text + "[deltas]\nwidth = 9\norder = 1\nscale = '4'\n",
         "x/frontend.toml: [deltas] scale = '4' must be of type float"),
        (lambda text: text + "[chroma]\n", "x/frontend.toml: unknown field chroma"),
        (lambda text: "mfcc = 13\n" + text, "x/frontend.toml: mfcc must be a table: [mfcc]"),
        (lambda text: text.replace("-96.0", "nan"), "x/frontend.toml: level_floor_db is out of"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused_by_its_name(edit, message):
    with pytest.raises(FrontendError) as refusal:
        FrontendSpec.from_toml(edit(FrontendSpec().to_toml()), "x/frontend.toml")
    assert str(refusal.value).startswith(message)


@given(st.text())
def test_any_text_is_read_or_refused(text):
    with pytest.raises(FrontendError):
        FrontendSpec.from_toml(text)


def test_a_missing_field_is_named():
    lines = FrontendSpec().to_toml().splitlines(keepends=True)
    with pytest.raises(FrontendError, match="hop_length missing"):
        FrontendSpec.from_toml("".join(line for line in lines if "hop_length" not in line))
