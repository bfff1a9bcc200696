"""Operations on batches of mel spectra, each from the paper that it names; numpy, vectorised.

Shapes: `power` and `level` are float32 [n, bands, frames]; power is linear, level is in dB. Each
operation takes the generator that it draws from first, so that a seed repeats a training.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Generator = np.random.Generator

EQUALISER_POINTS = 5

_TINY = np.float32(1e-12)  # below any power that the front end tells apart: -96 dB is 2.5e-10


def between_class(
    rng: Generator, power: Floats, targets: Floats, share: float
) -> tuple[Floats, Floats]:
    """Mix a share of the examples with others as sounds mix: waves add, ears hear levels.

    Tokozume et al., "Learning from between-class examples for deep sound recognition", ICLR 2018,
    equation 2: two sounds of levels G1 and G2 (dB) are weighted by
    p = 1 / (1 + 10^((G1 - G2) / 20) (1 - r) / r), so that they are heard in the ratio r. The sum is
    taken of the powers, which waves without a common phase have on average: (p^2 a + (1 - p)^2 b) /
    (p^2 + (1 - p)^2). The targets are mixed r to 1 - r.
    """
    mixed, partner = _pairs(rng, len(power), share)
    r = rng.uniform(0.05, 0.95, (len(mixed), 1, 1)).astype(np.float32)
    loud = np.sqrt(power.mean(axis=1).max(axis=1) + _TINY)[:, np.newaxis, np.newaxis]
    p = 1 / (1 + loud[mixed] / loud[partner] * (1 - r) / r)
    weight = p**2 / (p**2 + (1 - p) ** 2)
    power, targets = power.copy(), targets.copy()
    power[mixed], targets[mixed] = (
        weight * power[mixed] + (1 - weight) * power[partner],
        r[..., 0] * targets[mixed] + (1 - r[..., 0]) * targets[partner],
    )
    return power, targets


def mixup(
    rng: Generator, level: Floats, targets: Floats, share: float, *, alpha: float, clips: int
) -> tuple[Floats, Floats]:
    """Mix a share of the examples with others, levels and targets alike.

    H. Zhang et al., "mixup: Beyond empirical risk minimization", ICLR 2018. The weights are
    Gamma(alpha) numbers over their sum: for two clips that is Beta(alpha, alpha), for more of them
    the Dirichlet distribution. An example keeps the largest weight, so that it stays what it is.
    """
    chosen = np.flatnonzero(rng.random(len(level)) < share)
    clips = min(clips, len(level))
    weights = rng.gamma(alpha, size=(len(chosen), clips)).astype(np.float32) + _TINY
    weights = -np.sort(-weights / weights.sum(axis=1, keepdims=True), axis=1)
    away = np.argsort(rng.random((len(chosen), len(level) - 1)), axis=1)[:, : clips - 1] + 1
    partners = (chosen[:, np.newaxis] + np.pad(away, ((0, 0), (1, 0)))) % len(level)
    level, targets = level.copy(), targets.copy()
    level[chosen], targets[chosen] = (
        np.einsum("nk,nkbt->nbt", weights, level[partners]),
        np.einsum("nk,nkc->nc", weights, targets[partners]),
    )
    return level, targets


def crop(rng: Generator, features: npt.NDArray[np.int8], frames: int) -> npt.NDArray[np.int8]:
    """Cut `frames` frames out of each example at a random place; the end goes on with the start."""
    length = features.shape[2]
    place = (rng.integers(0, length, (len(features), 1)) + np.arange(frames)) % length
    return np.take_along_axis(features, place[:, np.newaxis], axis=2)


def add_noise(rng: Generator, power: Floats, share: float, loudest_db: float) -> Floats:
    """Add steady noise of a random colour to a share of the examples.

    It lies `loudest_db` to 40 dB less above the example's mean power, its colour is a random
    equaliser of 15 dB. The power of noise in a band of a frame is exponentially distributed, as
    that of each of its Fourier coefficients.
    """
    chosen = np.flatnonzero(rng.random(len(power)) < share)
    some = power[chosen]
    ratio = rng.uniform(loudest_db - 40, loudest_db, (len(chosen), 1, 1))
    ratio = ratio + equaliser(rng, len(chosen), power.shape[1], 15.0)
    mean = some.mean(axis=(1, 2), keepdims=True) * 10 ** (ratio / 10).astype(np.float32)
    out = power.copy()
    out[chosen] = some + mean * rng.standard_exponential(some.shape, np.float32)
    return out


def equaliser(rng: Generator, n: int, bands: int, strength_db: float) -> Floats:
    """Return gains in dB [n, bands, 1] of random smooth equalisers, each within +-`strength_db`.

    Gains are drawn for five points from the lowest band to the highest and joined by straight
    lines: another microphone, room or distance. As the filter augmentation of H. Nam, S.-H. Kim and
    Y.-H. Park, ICASSP 2022, in its linear form, with points that stay where they are.
    """
    points = rng.uniform(-strength_db, strength_db, (n, EQUALISER_POINTS))
    place = np.linspace(0, EQUALISER_POINTS - 1, bands)
    low = np.minimum(place.astype(np.int64), EQUALISER_POINTS - 2)
    part = place - low
    gains = points[:, low] * (1 - part) + points[:, low + 1] * part
    return np.asarray(gains[..., np.newaxis], np.float32)


def warp(rng: Generator, level: Floats, *, shift: float, stretch: float, bands: float) -> Floats:
    """Move and stretch in time (round the end), and move in frequency (the edges stay).

    Levels between frames and between bands are joined by straight lines.

    Args:
        rng: where random numbers come from.
        level: [n, bands, frames].
        shift: how far in time at most, as a share of the frames.
        stretch: how much faster or slower at most, as a share.
        bands: how far in frequency at most, in mel bands.
    """
    n, height, frames = level.shape
    offset = rng.uniform(-shift, shift, (n, 1)) * frames
    speed = 1 + rng.uniform(-stretch, stretch, (n, 1))
    times = (np.arange(frames) * speed + offset) % frames
    rows = np.clip(np.arange(height) + rng.uniform(-bands, bands, (n, 1)), 0, height - 1)
    out = np.empty_like(level)
    for example, time, row, moved in zip(level, times, rows, out, strict=True):
        left, top = time.astype(np.int64) % frames, row.astype(np.int64)
        part, rest = (time % 1).astype(np.float32), (row % 1).astype(np.float32)[:, np.newaxis]
        late = example[:, left] * (1 - part) + example[:, (left + 1) % frames] * part
        moved[:] = late[top] * (1 - rest) + late[np.minimum(top + 1, height - 1)] * rest
    return out


def mix_style(rng: Generator, level: Floats, share: float, alpha: float) -> Floats:
    """Give a share of the examples a mixture of their own and another's statistics by frequency.

    Freq-MixStyle: K. Zhou et al., "Domain generalization with MixStyle", ICLR 2021, with mean and
    deviation of each band over time, as F. Schmid et al., DCASE Workshop 2022.
    """
    mixed, partner = _pairs(rng, len(level), share)
    weight = rng.beta(alpha, alpha, (len(mixed), 1, 1)).astype(np.float32)
    mean = level.mean(axis=2, keepdims=True)
    deviation = np.maximum(level.std(axis=2, keepdims=True), np.float32(0.1))  # dB; of silence
    plain = (level[mixed] - mean[mixed]) / deviation[mixed]
    scale, centre = (
        weight * statistic[mixed] + (1 - weight) * statistic[partner]
        for statistic in (deviation, mean)
    )
    out = level.copy()
    out[mixed] = plain * scale + centre
    return out


def mask(rng: Generator, level: Floats, frames: int, bands: int, times: int) -> Floats:
    """Hide stripes of random place and width at the example's mean level.

    D. S. Park et al., "SpecAugment", Interspeech 2019: `times` stripes of up to `frames` frames and
    one of up to `bands` bands.
    """
    n, height, length = level.shape
    hidden = _stripe(rng, n, height, bands)[:, :, np.newaxis]
    for _ in range(times):
        hidden = hidden | _stripe(rng, n, length, frames)[:, np.newaxis, :]
    return np.where(hidden, level.mean(axis=(1, 2), keepdims=True), level)


def _stripe(rng: Generator, n: int, length: int, widest: int) -> npt.NDArray[np.bool_]:
    width = rng.integers(0, min(widest, length) + 1, (n, 1))
    start = (rng.random((n, 1)) * (length - width + 1)).astype(np.int64)
    place = np.arange(length)
    return (place >= start) & (place < start + width)


def _pairs(
    rng: Generator, n: int, share: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return which examples are mixed, and with which other one each."""
    mixed = np.flatnonzero(rng.random(n) < share)
    partner = (mixed + rng.integers(1, max(n, 2), len(mixed))) % n
    return mixed, partner
