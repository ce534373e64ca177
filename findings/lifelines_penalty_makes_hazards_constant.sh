#!/usr/bin/env bash
# lifelines 0.30.3: the penalizer of WeibullAFTFitter shrinks the shape as it shrinks coefficients. On durations of
# shape 3 the fitted shape falls to 1.7 at penalizer=1 and to 1.06 at 10: a hazard that grows with age is told as one
# that stays the same. The intercept of the scale, which stands beside it in the table as "Intercept", is left alone.
#
# A good guess is that a penalty leaves both intercepts alone, as it does for the scale here and for the intercept of
# scikit-learn's regressions, and shrinks what covariates do. The shape is an intercept, too (of log rho_), but is
# pulled to 0, a shape of 1. Who compares penalised Weibull models, or draws their curves, sees the penalty in the
# form of the hazard; compare the shape without a penalty first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > shapes.py <<'PYTHON'
import numpy as np
import pandas as pd
from lifelines import WeibullAFTFitter

random = np.random.default_rng(0)
trait = random.normal(size=2000)
rows = pd.DataFrame({"years": 5 * np.exp(0.5 * trait) * random.weibull(3, 2000), "left": 1, "trait": trait})
for penalizer in (0, 1, 10):
    fitted = WeibullAFTFitter(penalizer=penalizer).fit(rows, "years", "left").params_
    shape, scale = np.exp(fitted[("rho_", "Intercept")]), np.exp(fitted[("lambda_", "Intercept")])
    print(f"penalizer {penalizer}: shape {shape:.1f}, scale {scale:.1f}")
PYTHON

"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
    "lifelines==0.30.3" "numpy==2.4.6" "scipy==1.17.1" "pandas==2.3.3"
venv/bin/python shapes.py | tee seen.txt

cmp -s seen.txt - <<'EXPECTED' || { echo "changed: look again"; exit 1; }
penalizer 0: shape 3.0, scale 5.0
penalizer 1: shape 1.7, scale 4.8
penalizer 10: shape 1.1, scale 4.9
EXPECTED
