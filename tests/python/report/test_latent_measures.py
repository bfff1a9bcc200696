"""Measures of latent spaces, held against clouds of points that are known."""

import math

import numpy as np
import pytest
from sklearn.metrics import pairwise_distances

from ossicle.report.latent.dimension import FEWEST, maximum_likelihood, two_nn
from ossicle.report.latent.distances import measure
from ossicle.report.latent.maps import draw_maps
from ossicle.report.latent.topology import landmarks, persistence


def turned(points, width, seed=0):
    """Put points into a space of more dimensions, turned and moved, which changes no distance."""
    base = np.linalg.qr(np.random.default_rng(seed).normal(size=(width, points.shape[1])))[0]
    return points @ base.T + 3.0


def circle(count, radius=1.0, noise=0.0):
    angle = 2 * np.pi * np.arange(count) / count
    ring = radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return ring + noise * np.random.default_rng(0).normal(size=ring.shape)


def cube(dimension, count=800):
    return np.random.default_rng(dimension).random((count, dimension))


def sphere(count=800):
    points = np.random.default_rng(5).normal(size=(count, 4))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def swiss_roll(count=800):
    along, across = np.random.default_rng(6).random((2, count))
    angle = 1.5 * np.pi * (1 + 2 * along)
    return np.stack([angle * np.cos(angle), 20 * across, angle * np.sin(angle)], axis=1)


@pytest.mark.parametrize("estimate", [two_nn, maximum_likelihood])
@pytest.mark.parametrize(
    ("points", "dimension"),
    [(cube(1), 1), (cube(2), 2), (cube(3), 3), (cube(5), 5), (sphere(), 3), (swiss_roll(), 2)],
    ids=["line", "square", "cube", "5 dimensions", "sphere", "swiss roll"],
)
def test_the_dimension_of_known_manifolds(estimate, points, dimension):
    # Both are statistics of 800 points; that a cube has faces costs up to a tenth in 5 dimensions.
    assert estimate(turned(points, 12)) == pytest.approx(dimension, rel=0.15)


@pytest.mark.parametrize("estimate", [two_nn, maximum_likelihood])
def test_equal_points_and_scale_do_not_change_the_dimension(estimate):
    points = cube(2)
    assert estimate(np.concatenate([points, points[:100]])) == estimate(points)
    assert estimate(1000 * points) == pytest.approx(estimate(points))


@pytest.mark.parametrize("estimate", [two_nn, maximum_likelihood])
def test_too_few_different_points_have_no_dimension(estimate):
    assert math.isnan(estimate(np.repeat(cube(2, FEWEST - 1), 3, axis=0)))
    assert math.isfinite(estimate(cube(2, FEWEST)))


def test_a_circle_is_one_part_with_one_loop():
    found = persistence(turned(circle(40), 6))
    assert found.points == 40 and len(found.parts) == 39 and len(found.loops) == 1
    side = 2 * math.sin(math.pi / 40)
    assert found.loops[0, 0] == pytest.approx(side)  # balls of neighbours close the ring
    # filled by the smallest triangle of its points that holds the centre: sides of 13, 13 and 14
    assert found.loops[0, 1] == pytest.approx(2 * math.sin(14 * math.pi / 40))
    assert found.last_join == pytest.approx(side)


def test_two_circles_are_two_parts_with_two_loops():
    points = np.concatenate([circle(30), np.array([10.0, 0.0]) + circle(30, radius=2.0)])
    found = persistence(points)
    assert len(found.loops) == 2
    gap = pairwise_distances(points[:30], points[30:]).min()
    assert found.last_join == pytest.approx(gap)
    assert sorted(found.parts[:, 1])[-2] < 1  # all others joined long before


def test_a_full_disc_has_no_lasting_loop():
    angle, radius = np.random.default_rng(0).random((2, 200))
    disc = np.sqrt(radius) * np.stack([np.cos(2 * np.pi * angle), np.sin(2 * np.pi * angle)])
    assert persistence(disc.T).longest_loop < 0.3 < persistence(circle(60)).longest_loop


def test_landmarks_are_far_from_each_other_and_never_twice():
    line = np.arange(11.0)[:, np.newaxis]
    assert landmarks(pairwise_distances(line), 3).tolist() == [0, 10, 5]
    same = np.repeat(line[:4], 5, axis=0)
    assert len(landmarks(pairwise_distances(same), 20)) == 4
    assert persistence(same).points == 4


def test_distances_between_devices_by_hand():
    # One class at 0, the other at 10; device 1 adds 1 to the first number only.
    f = np.array([[0, 0], [2, 0], [1, 0], [3, 0], [10, 0], [12, 0], [11, 0], [13, 0]], float)
    label, device = np.repeat([0, 1], 4), np.tile([0, 0, 1, 1], 2)
    found = measure(f, label, device, np.arange(8))
    # between classes by device 0: |0-10|, |0-12|, |2-10|, |2-12| over 2 numbers: 5 in the mean
    assert found.between_classes == pytest.approx(5.0)
    own, other = 2 / 2, np.mean([1, 3, 1, 1]) / 2
    np.testing.assert_allclose(found.mean, np.array([[own, other], [other, own]]) / 5)
    np.testing.assert_allclose(found.energy, (2 * other - 2 * own) / 5 * (1 - np.eye(2)))


def test_windows_of_one_recording_are_not_compared():
    f = np.array([[0.0], [100.0], [1.0], [8.0], [9.0], [8.0]])
    label, device = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 0, 0, 1])
    together = measure(f, label, device, np.array([0, 1, 0, 2, 3, 4]))
    # of class 0: only |100 - 1|; of class 1: |8 - 8| and |9 - 8|
    assert together.mean[0, 1] * together.between_classes == pytest.approx((99 + 0.5) / 2)


def test_devices_without_a_common_class_have_no_distance():
    f = np.arange(8.0)[:, np.newaxis]
    label, device = np.array([0, 0, 1, 1, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 2, 2, 2, 2])
    found = measure(f, label, device, np.arange(8))
    assert math.isnan(found.mean[0, 1]) and math.isfinite(found.mean[0, 2])


def test_the_same_distribution_has_no_energy_distance():
    random = np.random.default_rng(0)
    f = random.normal(size=(600, 3))
    f[400:] += 1.0
    device = np.repeat([0, 1, 2], 200)
    label = np.tile([0, 1], 300)
    f[label == 1] += 20.0
    energy = measure(f, label, device, np.arange(600)).energy
    assert abs(energy[0, 1]) < 0.1 * energy[0, 2]


def test_maps_repeat_themselves_and_keep_groups_apart():
    random = np.random.default_rng(0)
    group = np.repeat([0, 1], 60)
    points = random.normal(size=(120, 20)) + 8.0 * group[:, np.newaxis]
    once, again = draw_maps(points, 0), draw_maps(points, 0)
    assert (once.tsne == again.tsne).all() and (once.isomap == again.isomap).all()
    for found in (once.tsne, once.isomap):
        assert found.shape == (120, 2)
        centres = np.stack([found[group == side].mean(axis=0) for side in (0, 1)])
        nearest = pairwise_distances(found, centres).argmin(axis=1)
        assert (nearest == group).all()
