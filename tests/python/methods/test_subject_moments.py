"""Moments of columns whose rows belong to subjects: as from all rows at once, and by hand."""

import numpy as np
import pytest

from bank_marketing.methods.subject_moments import SubjectMoments

SIZES = np.array([1, 3, 2, 1, 5, 4, 2, 2])
STARTS = SIZES.cumsum() - SIZES


def rows(seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 1e6 + rng.exponential(size=(SIZES.sum(), 2)) * [1, -20]


def test_rows_of_their_own_have_the_moments_of_their_columns():
    values, moments = rows(), SubjectMoments(2)
    moments.add(values[:7])
    moments.add(values[7:])
    away = values - values.mean(axis=0)

    assert moments.mean() == pytest.approx(values.mean(axis=0), rel=1e-15)
    assert moments.scatter() == pytest.approx(away.T @ away, rel=1e-6)
    assert moments.cubes() == pytest.approx((away**3).sum(axis=0), rel=1e-6)
    assert moments.rows == moments.subjects == len(values)


def test_subjects_in_parts_have_the_moments_of_their_sums():
    values, moments = rows(), SubjectMoments(2)
    moments.add(values[:4], STARTS[:2])
    moments.add(values[:0], STARTS[:0])
    moments.add(values[4:], STARTS[2:] - 4)
    away = np.add.reduceat(values - values.mean(axis=0), STARTS)

    assert moments.mean() == pytest.approx(values.mean(axis=0), rel=1e-15)
    assert moments.scatter() == pytest.approx(away.T @ away, rel=1e-6)
    assert moments.cubes() == pytest.approx((away**3).sum(axis=0), rel=1e-6)
    assert (moments.rows, moments.subjects) == (20, 8)
