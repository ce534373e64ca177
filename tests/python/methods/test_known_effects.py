"""A randomised effect is found again among people who weren't randomised; the data are fetched, not kept.

LaLonde (1986): men in a training programme (NSW), and men of a survey (CPS) for controls. The experiment has
found that the programme raised earnings by 1,794 dollars; the plain comparison with the survey says -8,498.
"""

import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from services import missing

from bank_marketing.methods import arm_contrasts
from bank_marketing.methods.design import design_matrix

pytestmark = [pytest.mark.readers, pytest.mark.slow]

PACKAGE = "causaldata==0.1.5"
RANDOMISED = 1_794.34


@pytest.fixture(scope="module")
def men(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the files of the experiment and of the survey."""
    folder = tmp_path_factory.mktemp("causaldata")
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary=:all:"]
    try:
        done = subprocess.run(
            [*download, "--no-build-isolation", "--retries=1", "--timeout=5", "--dest", folder, PACKAGE],
            capture_output=True,
            text=True,
            timeout=60,
        )
    except subprocess.TimeoutExpired:
        missing(f"{PACKAGE} from a package registry, within a minute", may_lack=True)
    if done.returncode:
        reason = [line for line in done.stderr.splitlines() if line.startswith("ERROR")][-1:]
        missing(f"{PACKAGE} from a package registry: {''.join(reason)}", may_lack=True)
    (archive,) = Path(folder).glob("*.tar.gz")
    with tarfile.open(archive) as package:
        package.extractall(folder, filter="data")
    return tuple(pd.read_stata(next(folder.rglob(f"{name}_mixtape.dta"))) for name in ("nsw", "cps"))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_effect_on_the_treated_is_that_of_the_experiment(men, seed):
    experiment, survey = men
    treated = experiment[experiment["treat"] == 1]
    both = pd.concat([treated, survey], ignore_index=True)
    both = both.assign(no_pay_74=(both["re74"] == 0) * 1.0, no_pay_75=(both["re75"] == 0) * 1.0)
    traits = ["age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75", "no_pay_74", "no_pay_75"]
    design = design_matrix(both, traits, [])

    effect, controls = arm_contrasts.effect_on_treated(
        design, both["treat"].to_numpy(dtype=np.int64), both["re78"], seed=seed
    )

    naive = treated["re78"].mean() - survey["re78"].mean()
    randomised = treated["re78"].mean() - experiment.loc[experiment["treat"] == 0, "re78"].mean()
    print(
        f"effect {effect.value:,.0f} (standard error {effect.error:,.0f}), {controls:.0f} effective controls"
    )
    assert (round(randomised, 2), round(naive, 2)) == (RANDOMISED, -8_497.52)
    assert effect.value == pytest.approx(RANDOMISED, abs=1_000)
    assert effect.low < RANDOMISED < effect.high
    assert 50 < controls < 500
