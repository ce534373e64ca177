"""The sample of churn customers: as the real file looks, with hazard ratios that are known."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter
from sample_profile import (
    KAGGLE,
    ROOT,
    header,
    planted_truth,
    read_profile,
    rows_in_common,
)
from scipy.stats import norm

from bank_marketing.sampling.churn import COLUMNS, write_sample

SAMPLE = ROOT / "seeds" / "sample" / "churn"
REAL = KAGGLE / "Customer-Churn-Records.csv"
needs_real_file = pytest.mark.usefixtures("kaggle")


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return pd.read_csv(SAMPLE / "raw_churn_customers.csv")


@pytest.fixture(scope="module")
def truth() -> dict:
    return planted_truth("churn")


def test_profile_measures_every_column():
    measured = " ".join(figure["sql"] for figure in read_profile("churn")["figures"])
    assert [column for column in COLUMNS if column not in measured] == []


@needs_real_file
def test_sample_has_the_real_header_and_no_real_row():
    sample = SAMPLE / "raw_churn_customers.csv"
    assert header(sample) == header(REAL) == list(COLUMNS)
    assert rows_in_common("raw_churn_customers", ["CustomerId"], sample, REAL) == 0
    assert rows_in_common("raw_churn_customers", ["Surname"], sample, REAL) == 0
    assert rows_in_common("raw_churn_customers", ["Age", "CreditScore", "EstimatedSalary"], sample, REAL) == 0


@pytest.mark.parametrize(("scale", "rows"), [(0.001, 200), (0.1, 800), (1, 8000), (1.1, 8800), (50, 10000)])
def test_size_follows_the_scale_up_to_the_real_size(tmp_path, scale, rows):
    assert write_sample(tmp_path, scale=scale, seed=1)["rows"] == rows
    assert len(pd.read_csv(tmp_path / "raw_churn_customers.csv")) == rows


def test_amounts_are_written_as_kaggle_writes_them():
    text = pd.read_csv(SAMPLE / "raw_churn_customers.csv", dtype=str)
    for column in ("Balance", "EstimatedSalary"):
        odd = [value for value in text[column] if not re.fullmatch(r"0|[1-9]\d*(\.\d?[1-9])?", value)]
        assert odd == []
    assert (text["Balance"] == "0").any()


def test_cox_on_whole_years_recovers_the_planted_hazard_ratios(customers, truth):
    terms = truth["log_hazard_ratios"]
    design = pd.DataFrame({term["name"]: customers.eval(term["condition"]).astype(float) for term in terms})
    design["duration"] = customers["Tenure"].where(customers["Tenure"] > 0, 0.5)
    design["event"] = customers["Exited"]
    # At full steps Newton's method overshoots ratios this large, in some files without a word.
    cox = CoxPHFitter().fit(design, "duration", "event", fit_options={"step_size": 0.5})
    planted = pd.Series({term["name"]: term["log_hazard_ratio"] for term in terms})
    joint = norm.ppf(1 - 0.05 / 2 / len(terms))
    assert ((cox.params_ - planted).abs() / cox.standard_errors_).max() < joint
    assert (cox.standard_errors_ < 0.3).all()


def test_what_has_no_effect_has_none(customers, truth):
    terms = {
        term["name"]: customers.eval(term["condition"]).astype(float) for term in truth["log_hazard_ratios"]
    }
    idle = {
        "score": customers["CreditScore"] / 100,
        "salary": customers["EstimatedSalary"] / 1e5,
        "card": customers["HasCrCard"],
        "satisfaction": customers["Satisfaction Score"],
        "points": customers["Point Earned"] / 100,
        "spain": (customers["Geography"] == "Spain").astype(int),
    }
    design = pd.DataFrame(terms | idle)
    design["duration"] = customers["Tenure"].where(customers["Tenure"] > 0, 0.5)
    design["event"] = customers["Exited"]
    cox = CoxPHFitter().fit(design, "duration", "event", fit_options={"step_size": 0.5})
    assert cox.summary.loc[list(idle), "z"].abs().max() < norm.ppf(1 - 0.05 / 2 / len(idle))


def test_complain_leaks_the_exit(customers, truth):
    differing = int((customers["Complain"] != customers["Exited"]).sum())
    assert differing == truth["complain_differs_from_exited"]
    assert 0 < differing < 0.005 * len(customers)


def test_censoring_depends_on_the_year_alone(customers, truth):
    """Of those who stay through a year, the share seen then is as stated, for active and inactive alike."""
    for year, stated in enumerate(truth["censored_share_of_stayers_by_year"]):
        stayed = (customers["Tenure"] > year) | ((customers["Tenure"] == year) & (customers["Exited"] == 0))
        for active in (0, 1):
            group = customers[stayed & (customers["IsActiveMember"] == active)]
            error = np.sqrt(stated * (1 - stated) / len(group)) + 1e-6
            assert abs((group["Tenure"] == year).mean() - stated) < 4 * error
