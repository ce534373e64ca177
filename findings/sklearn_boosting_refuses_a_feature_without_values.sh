#!/usr/bin/env bash
# scikit-learn 1.9.1: HistGradientBoosting refuses a feature that has no value in the rows it is fitted on, with
# "ValueError: window shape cannot be larger than input array shape", which names neither the feature nor the cause.
# scikit-learn 1.8.0 fits the same rows.
#
# Midpoints between the distinct values of a feature became a sliding window of two; without values there is no window.
# A feature of one distinct value still fits.
#
# A good guess is that it fits: the estimator is the one that takes missing values as they come, and did so for a feature
# that is all missing. A rare field (or one that a fold of a cross-validation leaves empty) now ends a fit that ran
# for years: leave such features out before fitting.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > fit.py <<'PYTHON'
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

values = np.arange(200.0)
outcome = (values >= 100).astype(int)
for name, other in {"one value": np.ones(200), "no value": np.full(200, np.nan)}.items():
    try:
        model = HistGradientBoostingClassifier(max_iter=20).fit(np.column_stack([other, values]), outcome)
        print(f"{name}: accuracy {model.score(np.column_stack([other, values]), outcome):.1f}")
    except ValueError as error:
        print(f"{name}: ValueError: {error}")
PYTHON

for version in 1.8.0 1.9.1; do
    "${PYTHON:-python3}" -m venv "venv$version"
    "venv$version/bin/python" -m pip install --quiet --disable-pip-version-check "scikit-learn==$version"
    "venv$version/bin/python" fit.py > "$version.txt"
    sed "s/^/scikit-learn $version: /" "$version.txt"
done

refused="no value: ValueError: window shape cannot be larger than input array shape"
[ "$(cat 1.8.0.txt)" = "one value: accuracy 1.0
no value: accuracy 1.0" ] && [ "$(cat 1.9.1.txt)" = "one value: accuracy 1.0
$refused" ] || { echo "changed: look again"; exit 1; }
