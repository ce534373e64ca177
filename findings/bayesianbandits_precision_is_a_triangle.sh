#!/usr/bin/env bash
# bayesianbandits 1.5.0: cov_inv_ of a fitted BayesianGLM, documented as "posterior precision matrix (inverse
# covariance)", holds its upper triangle alone, with zeros below. Inverted as it stands it gives another covariance,
# without a warning: here a standard deviation that is half of the right one, after fit and after partial_fit. The
# estimator's own draws (sample) are right: they read the upper triangle only.
#
# A good guess is that an ndarray named inverse covariance can be inverted: np.linalg.inv(model.cov_inv_) is what one
# writes for error bars, upper bounds or a comparison with another library. Make it whole first:
# np.triu(model.cov_inv_) + np.triu(model.cov_inv_, 1).T.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > fit.py <<'PYTHON'
import numpy as np
from bayesianbandits import BayesianGLM

rng = np.random.default_rng(1)
first = rng.normal(size=1_000)
rows = np.column_stack([first, first + rng.normal(size=1_000) / 2])
outcome = (rng.random(1_000) < 1 / (1 + np.exp(-rows[:, 0]))).astype(float)


def deviation(precision):
    return float(np.sqrt(np.linalg.inv(precision)[0, 0]))


for name in ("fit", "partial_fit"):
    model = BayesianGLM(1.0, random_state=0)
    getattr(model, name)(rows, outcome)
    precision = np.asarray(model.cov_inv_)
    whole = np.triu(precision) + np.triu(precision, 1).T
    chance = model.sample(np.eye(2)[:1], size=20_000)
    drawn = float(np.log(chance / (1 - chance)).std())
    print(f"{name}: below the diagonal {precision[1, 0]:.0f}, above {precision[0, 1]:.0f}")
    print(f"{name}: deviation as it stands {deviation(precision):.2f}, whole {deviation(whole):.2f}, drawn {drawn:.2f}")
PYTHON

"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check "bayesianbandits==1.5.0"
venv/bin/python fit.py | tee seen.txt

cmp -s seen.txt - <<'EXPECTED' || { echo "changed: look again"; exit 1; }
fit: below the diagonal 0, above 158
fit: deviation as it stands 0.08, whole 0.15, drawn 0.15
partial_fit: below the diagonal 0, above 158
partial_fit: deviation as it stands 0.08, whole 0.15, drawn 0.15
EXPECTED
