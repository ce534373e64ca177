import numpy as np

from bank_marketing.methods.folds import stratified_folds


def test_every_fold_holds_the_same_share_of_rows_and_of_events():
    outcome = np.repeat([0, 1], [400, 100])

    folds = stratified_folds(outcome, 5, seed=1)

    assert np.bincount(folds).tolist() == [100] * 5
    assert np.bincount(folds, weights=outcome).tolist() == [20] * 5


def test_only_the_seed_decides():
    outcome = np.repeat([0, 1], [40, 60])
    first, again, other = (stratified_folds(outcome, 4, seed=seed) for seed in (1, 1, 2))

    assert (first == again).all()
    assert (first != other).any()
