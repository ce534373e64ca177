#!/usr/bin/env bash
# skops 0.16.0 with scikit-learn 1.9.1: "import skops.io", before anything is read, imports every estimator of
# scikit-learn: it lists them to know which types it trusts. Of a program that needs one linear model, the modules of
# scikit-learn more than double, among them its neural networks, manifolds, data sets and a package of its own tests.
#
# A good guess is that the loader of a file imports what the file names, as pickle and joblib do: a service or command
# that scores with one small model would then start as fast as that model's import. It doesn't, whatever is in the
# file; import skops.io where a file is read, not at the head of a module.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > count.py <<'PYTHON'
import sys

import sklearn.linear_model  # noqa: F401


def parts():
    return {".".join(name.split(".")[:2]) for name in sys.modules if name.startswith("sklearn.")}


def modules():
    return sum(name.startswith("sklearn.") for name in sys.modules)


before, few = parts(), modules()
import skops.io  # noqa: E402, F401

more = parts() - before
print("modules more than doubled:", modules() > 2 * few)
print([name for name in ("neural_network", "manifold", "datasets", "gaussian_process", "tests") if f"sklearn.{name}" in more])
PYTHON

"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check "skops==0.16.0" "scikit-learn==1.9.1"
venv/bin/python count.py | tee seen.txt

cmp -s seen.txt - <<'EXPECTED' || { echo "changed: look again"; exit 1; }
modules more than doubled: True
['neural_network', 'manifold', 'datasets', 'gaussian_process', 'tests']
EXPECTED
