#!/usr/bin/env bash
# pytest-xdist 3.8.0 with pytest 9.2.0: `--dist loadgroup` spreads the tests of a group over workers, without a word.
#
# The worker marks a test's group by appending it to `item._nodeid`; pytest 9.2 makes `item.nodeid` from another
# attribute, so the scheduler sees no group. Tests that share an expensive fixture build it once a worker, and tests that
# must not run at the same time do. With pytest 9.1 the same file runs each group on one worker.
#
# A good guess is that the option still groups: it is accepted, the mark is known, and every test passes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > test_groups.py <<'PYTHON'
import time

import pytest

pytestmark = pytest.mark.xdist_group("one")


@pytest.mark.parametrize("number", range(6))
def test_of_the_group(number, worker_id):
    with open("workers.txt", "a") as file:
        file.write(worker_id + "\n")
    time.sleep(0.3)
PYTHON

workers() {  # pytest's version -> how many workers ran tests of the one group
    "${PYTHON:-python3}" -m venv "venv$1"
    "venv$1/bin/python" -m pip install --quiet --disable-pip-version-check "pytest==$1" pytest-xdist==3.8.0
    rm -f workers.txt
    "venv$1/bin/python" -m pytest -q -n 2 --dist loadgroup test_groups.py >/dev/null
    sort -u workers.txt | wc -l
}

for version in 9.1.0 9.2.0; do
    seen=$(workers "$version")
    echo "pytest $version, pytest-xdist 3.8.0: one group ran on $seen worker(s)"
    [ "$seen" = "$([ "$version" = 9.1.0 ] && echo 1 || echo 2)" ] || { echo "changed: look again"; exit 1; }
done
