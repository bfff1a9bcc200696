"""Every constant of the generated header against its formula, evaluated by others' code."""

import dataclasses
import re

import librosa
import numpy as np
import pytest
import scipy.fft
import scipy.signal

from ossicle.frontend import FrontendSpec, emit_tables
from ossicle.frontend.constants import fft_radices, halvings, total_bits
from ossicle.frontend.stages import Calibration, Deltas, Mfcc, Pcen

SPECS = {
    "default": FrontendSpec(),
    "speech": FrontendSpec(
        sample_rate=16000, window_length=400, hop_length=160, fft_length=512, fmin=20.0,
        fmax=7600.0, mel_scale="htk", mel_norm="slaney", window="hamming",
    ),
    "odd": FrontendSpec(
        sample_rate=22050, window_length=1023, hop_length=333, fft_length=1024, mel_bands=64,
        fmin=50.0, fmax=11025.0,
    ),
    "povey": FrontendSpec.of_milliseconds(16000, 25, 10, window="povey"),
    "rectangular": FrontendSpec.of_milliseconds(48000, 20, 20, window="rectangular"),
    "steep": FrontendSpec(
        sample_rate=8000, window_length=256, hop_length=64, fft_length=256, mel_bands=64,
        fmin=500.0, fmax=4000.0,
    ),
}  # fmt: skip


def get_window(name, length):
    if name == "povey":  # Kaldi's: symmetric, where the others are periodic
        return scipy.signal.windows.hann(length, sym=True) ** 0.85
    return scipy.signal.get_window("boxcar" if name == "rectangular" else name, length)


@pytest.fixture(params=SPECS)
def spec(request):
    return SPECS[request.param]


def macro(header, name):
    return int(re.search(rf"#define OSSICLE_FRONTEND_{name} (-?\d+)", header)[1])


def array(header, name):
    found = re.search(rf"ossicle_frontend_{name}\[(\d+)\] = {{(.*?)}};", header, re.DOTALL)
    values = np.array([int(word) for word in re.findall(r"-?\d+", found[2])])
    assert len(values) == int(found[1])
    return values


def real(header, name, bits):
    return array(header, name) / 2.0**bits


HALF_Q31 = 2.0**-32 * 1.001
HALF_Q24 = 2.0**-25 * 1.001


def test_window_is_mirrored_about_its_centre(spec):
    """Both sides of the centre, put together from the half that the table holds."""
    header = emit_tables(spec)
    half = real(header, "window", 31)
    begin, mirror = macro(header, "BEGIN"), macro(header, "MIRROR")
    left, right = macro(header, "LEFT"), macro(header, "RIGHT")
    assert left % 2 == right % 2 == 0 and macro(header, "SAMPLES") == left + right
    samples = np.concatenate([half[mirror : mirror + left][::-1], half[:right]])
    whole = samples[begin : begin + spec.window_length]
    expected = np.minimum(get_window(spec.window, spec.window_length), 1 - 2.0**-31)
    assert np.abs(whole - expected).max() <= HALF_Q31


def test_turn(spec):
    pairs = real(emit_tables(spec), "turn", 31).reshape(-1, 2)
    expected = np.exp(2j * np.pi * np.arange(spec.fft_length // 4) / spec.fft_length)
    assert_pairs_are(pairs, expected)


def test_the_smallest_build_has_an_eighth_of_a_turn(spec):
    full = emit_tables(spec)
    _, small = full[full.index("#elif") :].split("#else", 1)
    assert np.array_equal(array(small, "turn"), array(full, "turn")[: spec.fft_length // 4 + 2])


def test_twiddles(spec):
    pairs = real(emit_tables(spec), "twiddle", 31).reshape(-1, 2)
    once_and_twice = np.outer(np.arange(spec.fft_length // 16), [1, 2]).ravel()
    assert_pairs_are(pairs, np.exp(8j * np.pi * once_and_twice / spec.fft_length))


def test_vectors_have_the_same_factors_and_places(spec):
    """Of each stage, of every four points: twice the angle, then once, cosines ahead of sines."""
    full, vectors = emit_tables(spec).split("#elif")
    turn = array(vectors, "turn").reshape(-1, 2, 4).transpose(0, 2, 1)
    assert np.array_equal(turn.ravel(), array(full, "turn"))
    every = array(full, "twiddle").reshape(-1, 4)  # once and twice, cosine and sine
    rest = array(vectors, "twiddle")
    span = 8 if spec.fft_length.bit_length() % 2 == 0 else 4
    while span <= len(every):
        factors, rest = np.split(rest, [4 * span])
        expected = every[:: len(every) // span][:, [2, 3, 0, 1]].reshape(-1, 4, 4)
        assert np.array_equal(factors.reshape(-1, 4, 4), expected.transpose(0, 2, 1))
        span *= 4
    assert len(rest) == 0
    words, lane = np.divmod(array(vectors, "order"), 8)
    assert lane.max() < 4
    assert np.array_equal(4 * words + lane, array(full, "order"))


@pytest.mark.parametrize(("name", "parity"), [("odd_bins", 1), ("even_bins", 0)])
def test_vectors_have_the_bins_of_each_interval_counted(spec, name, parity):
    header = emit_tables(spec)
    *numbers, last = array(header, name)
    edge = array(header, "edge")
    assert macro(header, "FIRST_EDGE") == edge[0] and last == 0xFF00
    for number, begin, end in zip(numbers, edge[:-1], edge[1:], strict=True):
        bins = [k for k in range(begin, end) if k % 2 == parity]
        assert number >> 2 == len(bins) and (number & 1 != 0) == (end % 2 != parity)
        assert parity == 0 or not bins or (number & 2 != 0) == (bins[0] % 4 == 3)


def test_vectors_want_no_counts_where_totals_are_too_large_for_them():
    spec = FrontendSpec(window_length=400, hop_length=400, mel_bands=16)
    assert total_bits(spec) > 62
    assert "odd_bins" not in emit_tables(spec)


def assert_pairs_are(pairs, expected):
    expected = np.minimum(np.stack([expected.real, expected.imag], axis=1), 1 - 2.0**-31)
    assert np.abs(pairs - expected).max() <= HALF_Q31


def test_order_sorts_the_points_as_the_stages_want_them(spec):
    """Numpy runs the same stages in floating point on points put where the table says."""
    points = spec.fft_length // 4
    order = array(emit_tables(spec), "order")
    assert sorted(order) == list(range(points))
    signal = np.random.default_rng(1).normal(size=(points, 2)) @ [1, 1j]
    spectrum = np.empty(points, complex)
    spectrum[order] = signal
    span = 1
    for radix in fft_radices(spec):
        blocks = spectrum.reshape(-1, radix, span)
        times = [0, 1, 2, -1][:radix]  # the factors of the fourth are conjugates of the second's
        turn = np.exp(-2j * np.pi * np.outer(times, np.arange(span)) / (radix * span))
        sums = np.exp(-2j * np.pi * np.outer(range(radix), times) / radix)
        spectrum = np.einsum("jr,brs->bjs", sums, blocks * turn).reshape(-1)
        span *= radix
    assert np.allclose(spectrum, np.fft.fft(signal))


def test_ramps_are_the_triangles_of_librosa(spec):
    header = emit_tables(spec)
    bits = macro(header, "RAMP_BITS")
    edge = array(header, "edge")
    slope, start = real(header, "ramp", bits).reshape(-1, 2).T
    bank = np.zeros((spec.mel_bands + 2, spec.fft_length // 2 + 1))  # a row more at either end
    for i in range(spec.mel_bands + 1):
        k = np.arange(edge[i], edge[i + 1])
        falling = (edge[i + 1] - k) * slope[i] - start[i]
        bank[i, k] = falling
        bank[i + 1, k] = 1 - falling
    expected = librosa.filters.mel(
        sr=spec.sample_rate, n_fft=spec.fft_length, n_mels=spec.mel_bands, fmin=spec.fmin,
        fmax=spec.fmax, htk=spec.mel_scale == "htk", norm=None, dtype=np.float64,
    )  # fmt: skip
    # half a unit of a slope, times the bins of the interval, and of the start
    units = 2.0 ** -(bits + 1) * (1 + np.diff(edge).max())
    assert np.abs(bank[1:-1] - expected).max() <= units + 1e-12


def test_slopes_use_their_bits(spec):
    header = emit_tables(spec)
    slope = array(header, "ramp")[::2]
    assert slope.max() < 2**32
    assert macro(header, "RAMP_BITS") == 32 or slope.max() > 2**30.99


def test_log2_is_right_to_its_bound_in_both_directions():
    header = emit_tables(FrontendSpec())
    bits = macro(header, "LOG_BITS")
    table = real(header, "log2", 24)
    mantissa = np.linspace(1, 2, 2**20, endpoint=False)
    error = np.interp(mantissa, np.linspace(1, 2, 2**bits + 1), table) - np.log2(mantissa)
    bound = 2.0 ** -(2 * bits) / (16 * np.log(2)) + HALF_Q24
    assert error.max() <= bound and -error.min() <= bound * 1.01  # the raise is of second order


def test_offset_puts_a_full_scale_sine_at_0_db():
    spec = FrontendSpec()
    header = emit_tables(spec)
    octaves = real(header, "offset", 24)
    scale = 2.0 ** (macro(header, "PEAK_BITS") - halvings(spec))  # of the spectrum at gain 0
    sine_power = (get_window("hann", spec.window_length).sum() / 2 * scale) ** 2
    total = np.log2(sine_power / 2 ** macro(header, "MOMENT_SHIFT")) + octaves
    assert np.abs(total * 10 * np.log10(2) + spec.level_floor_db).max() < 1e-6


def test_slaney_norm_is_that_of_librosa():
    spec = SPECS["speech"]
    plain = FrontendSpec(**{**vars(spec), "mel_norm": "none"})
    octaves = real(emit_tables(spec), "offset", 24) - real(emit_tables(plain), "offset", 24)
    edges = librosa.mel_frequencies(spec.mel_bands + 2, fmin=spec.fmin, fmax=spec.fmax, htk=True)
    assert np.abs(octaves - np.log2(2 / (edges[2:] - edges[:-2]))).max() <= 2 * HALF_Q24


def test_nothing_can_overflow(spec):
    header = emit_tables(spec)
    peak = 2.0 ** (macro(header, "PEAK_BITS") - halvings(spec))
    window = get_window(spec.window, spec.window_length)
    worst = 2 * max(window[0::2].sum(), window[1::2].sum()) * peak
    assert worst < 2**31
    assert worst * 2 > 2**31 * 0.99 or macro(header, "PEAK_BITS") == 27  # and no bit is wasted
    energy = spec.fft_length / 2 * (window**2).sum() * peak**2
    assert energy < 2.0**63
    counted = np.diff(array(header, "edge")).max() + 2
    assert energy * counted / 2 ** macro(header, "MOMENT_SHIFT") < 2.0**64


def test_steps_per_octave():
    header = emit_tables(FrontendSpec())
    steps = 10 * np.log10(2) * 255 / 96
    assert abs(macro(header, r"STEPS_PER_OCTAVE\(band\)") / 2**24 - steps) <= HALF_Q24


def signed(header, name):
    return int(re.search(rf"#define OSSICLE_FRONTEND_{name} (?:U?INT64_C\()?(-?\d+)", header)[1])


def test_pcen_constants():
    pcen = Pcen(smoothing=0.05, alpha=0.7, delta=3.0, r=0.3, eps=1e-3, full_scale=2.0, range=5.0)
    header = emit_tables(FrontendSpec(pcen=pcen))
    units = signed(header, "PCEN_UNITS")
    assert signed(header, "PCEN_SMOOTHING") == round(0.05 * 2**32)
    assert signed(header, "PCEN_ALPHA") == round(0.7 * 2**30)
    assert signed(header, "PCEN_DELTA") == 3 << 24
    assert signed(header, "PCEN_R") == round(0.3 * 2**30)
    assert signed(header, "PCEN_STEPS") == 51 << 24
    assert signed(header, "PCEN_ROOT") == round(3.0**0.3 * 2**20)
    assert signed(header, "PCEN_EPS") == round(1e-3 / 2.0 * 2.0**units)
    assert signed(header, "PCEN_LIFT") == round((1 - 0.7 * (1 - units)) * 2**24)
    series = np.polynomial.Polynomial(real(header, "exp2", 30))
    rest = np.linspace(-0.5, 0.5, 1001)
    assert np.abs(series(rest) - np.exp2(rest)).max() < 2.0**-22


@pytest.mark.parametrize("spectrum", ["power", "magnitude"])
@pytest.mark.parametrize("gain", [-20.0, 30.0])
def test_no_energy_of_pcen_reaches_its_bound(spec, spectrum, gain):
    """That of all bins within half the spectrum, were it all in one band, is below 2^62 units."""
    louder = Calibration((gain,) * spec.mel_bands)
    staged = dataclasses.replace(spec, pcen=Pcen(), spectrum=spectrum, calibration=louder)
    window = get_window(spec.window, spec.window_length)
    energy = spec.fft_length / 2 * (window**2).sum() / (window.sum() / 2) ** 2
    energy *= 10 ** (gain / 10)
    root = 0.5 if spectrum == "magnitude" else 1.0
    units = signed(emit_tables(staged), "PCEN_UNITS")
    assert energy**root * 2.0**units < 2.0**62


def test_mfcc_tables_are_the_dct_of_scipy():
    scale, mean = tuple(np.geomspace(0.1, 3, 12)), tuple(range(-60, 60, 10))
    spec = FrontendSpec(mel_bands=23, mfcc=Mfcc(12, mean_db=mean, scale=scale))
    header = emit_tables(spec)
    quarter, bands = real(header, "cosine", 30), np.arange(23)
    assert np.abs(quarter - np.cos(np.pi * np.arange(24) / 46)).max() <= 2.0**-31 * 1.001
    gain, bias = real(header, "coefficient_gain", 24), real(header, "coefficient_bias", 16)
    transform = scipy.fft.dct(np.eye(23), type=2, norm="ortho", axis=0)[:12]
    angles = np.outer(np.arange(12), 2 * bands + 1) * np.pi / 46
    assert (
        np.abs(np.cos(angles) * gain[:, None] - transform * np.array(scale)[:, None]).max() < 1e-7
    )
    middle = transform @ np.full(23, -48.0)
    step = 96 / 255
    assert np.abs(bias - (middle - mean) * scale / step).max() <= 2.0**-17 * 1.001


def test_deltas_weights():
    header = emit_tables(FrontendSpec(deltas=Deltas(width=7, order=2, scale=3.0)))
    slope = np.arange(-3, 4)
    assert np.array_equal(array(header, "regression"), slope)
    assert np.array_equal(array(header, "regression_twice"), np.convolve(slope, slope))
    assert signed(header, "DELTA_SCALE") == round(3 / 256 / 28 * 2**40)
    assert signed(header, "DELTA_SCALE_TWICE") == round(3 / 256 / 28**2 * 2**40)


def test_calibration_lowers_the_offsets():
    gains = np.linspace(-6, 6, 40)
    calibrated = FrontendSpec(calibration=Calibration(tuple(gains.tolist())))
    octaves = real(emit_tables(calibrated), "offset", 24)
    octaves -= real(emit_tables(FrontendSpec()), "offset", 24)
    assert np.abs(octaves * 10 * np.log10(2) - gains).max() < 1e-6


def test_the_header_is_the_same_every_time_and_tells_its_specification(spec):
    assert emit_tables(spec) == emit_tables(FrontendSpec.from_toml(spec.to_toml()))
    assert all(f" *   {line}\n" in emit_tables(spec) for line in spec.to_toml().splitlines())
