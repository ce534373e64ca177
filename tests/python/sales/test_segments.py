"""Segments of retail customers: rules on recency, frequency and monetary value."""

import shutil

import numpy as np
import pandas as pd
import pytest
from project_copies import QUICK, Project, keep_only

from bank_marketing.sales import segments

pytestmark = pytest.mark.slow


@pytest.fixture
def customers() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    orders = rng.geometric(0.1, 900)
    return pd.DataFrame(
        {
            "customer_id": range(900),
            "recency_days": rng.integers(1, 365, 900),
            "orders": orders,
            "net_revenue_usd": orders * rng.lognormal(5, 0.6, 900),
        }
    )


def test_the_fifth_with_the_highest_revenue_is_high_value_and_who_was_long_away_is_lapsing(customers):
    fit = segments.fit(customers, seed=1, depth="quick")
    scores = segments.score(customers, fit.artefact)

    assert fit.params["verdict"] == "no_natural_clusters"
    high = customers["net_revenue_usd"] > customers["net_revenue_usd"].quantile(0.8)
    is_parted = scores["segment_name"].str.endswith(" value")
    assert (scores["segment_name"].str.endswith("high value") == high)[is_parted].all()
    # Who orders seldom hardly ever spends much: those are one segment, not two.
    assert is_parted.equals(scores["segment_name"].str.contains("regulars"))
    assert "recency_days above 187.00, orders up to 7.00 |" in fit.card
    away = customers["recency_days"] > customers["recency_days"].median()
    assert (scores["segment_name"].str.match("lapsing|lapsed") == away).all()


@pytest.mark.parametrize(("days", "tells_recency"), [(45, False), (90, True)])
def test_nobody_lapses_in_data_of_a_few_weeks(customers, days, tells_recency):
    customers["recency_days"] = np.arange(900) % days + 1

    fit = segments.fit(customers, seed=1, depth="quick")
    scores = segments.score(customers, fit.artefact)

    assert fit.params["method"] == "rules"
    assert scores["segment_name"].str.contains("laps").any() == tells_recency
    assert ("recency_days" in fit.artefact["cuts"]) == tells_recency
    assert scores["segment_id"].nunique() == (6 if tells_recency else 3)


def test_customers_without_orders_are_a_segment_of_their_own(customers):
    idle = pd.DataFrame(
        {"customer_id": [5_000], "recency_days": [None], "orders": [0], "net_revenue_usd": [0.0]}
    )

    fit = segments.fit(pd.concat([customers, idle]), seed=1, depth="quick")

    assert segments.score(idle, fit.artefact)["segment_name"].tolist() == ["no activity"]


def test_a_customer_whose_revenue_is_below_zero_stops_nothing(customers):
    customers.loc[0, "net_revenue_usd"] = -50.0

    assert segments.fit(customers, seed=1, depth="quick").status == "fitted"


@pytest.mark.builds
@pytest.mark.parametrize(
    ("fixture", "customer"), [("built_sample", "20076,F,California,36"), ("built_kaggle", None)]
)
def test_a_customer_from_a_state_of_their_own_stops_no_publication(request, tmp_path, fixture, customer):
    """The index of that state is the end of its interval, which rounding must not separate."""
    built = request.getfixturevalue(fixture)
    shutil.copytree(built.folder, tmp_path / "project")
    keep_only(tmp_path / "project", ["retail_segment_profiles"])
    project = Project(tmp_path / "project", built.seed_set)
    file = project.folder / "seeds" / built.seed_set / "sales" / "raw_retail_customers.csv"
    text = file.read_text()
    row = customer or next(line for line in text.splitlines() if ",California," in line)
    assert row in text and "Oregon" not in text
    file.unlink()
    file.write_text(text.replace(row, row.replace("California", "Oregon")))

    project.build("-s", "sales+", *QUICK)

    oregon = "from sales.retail_segment_profiles where trait ilike '%oregon%' and value > 0"
    assert project.query(f"select count(*) {oregon}") == [(1,)]
