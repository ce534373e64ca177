"""KPIs: what tells converters from others, with the thresholds that were planted."""

import numpy as np
import pytest
from campaign_frames import sample_frame

from bank_marketing.campaigns import kpis


@pytest.fixture(scope="module")
def table():
    fit = kpis.fit(sample_frame(), depth="quick", seed=1)
    return fit.tables["kpis"].set_index("kpi")


@pytest.mark.parametrize(
    ("kpi", "planted"),
    [("website_visits", 11), ("email_opens", 6), ("email_clicks", 3), ("click_through_rate", 0.1),
     ("pages_per_visit", 3), ("time_on_site_minutes", 5), ("ad_spend_usd", 5_000)],
)  # fmt: skip
def test_planted_thresholds_are_found(table, kpi, planted):
    row = table.loc[kpi]

    assert row["threshold"] == pytest.approx(planted, rel=0.05)
    assert row["is_distinguishable"] and row["has_useful_threshold"] and row["is_higher_better"]
    assert row["good_from"].startswith("at least") and row["warning_from"].startswith("below")


def test_shares_which_do_nothing_are_neither_good_nor_a_warning(table):
    row = table.loc["social_shares"]

    assert not row["is_distinguishable"]
    assert row["good_from"] is None and row["warning_from"] is None
    assert "can't be told" in row["verdict"]


def test_p_value_correcteds_are_no_smaller(table):
    assert (table["p_value_corrected"] >= table["p_value"]).all()


def test_kpi_without_values_says_so_and_the_others_are_compared():
    frame = sample_frame(1_000).assign(social_shares=np.nan, email_opens=3)

    table = kpis.fit(frame, depth="quick", seed=1).tables["kpis"].set_index("kpi")

    assert table.loc["social_shares", "verdict"].startswith("Not compared: too few customers")
    assert table.loc["email_opens", "verdict"].startswith("Not compared: it never varies")
    assert np.isfinite(float(table.loc["website_visits", "p_value_corrected"]))


def test_no_converters_leave_rows_that_say_so():
    fit = kpis.fit(sample_frame(200).assign(has_converted=0), depth="quick", seed=1)

    assert fit.status == "insufficient_data"
    assert fit.tables["kpis"]["verdict"].str.startswith("Not compared").all()


def test_effect_size_has_a_known_answer():
    # Means 1 apart, standard deviation 1, small-sample factor 1 - 3 / (4 x 6 - 9).
    size, low, high = kpis.standardised_effect(np.array([1.0, 2, 3]), np.array([0.0, 1, 2]))

    assert size == pytest.approx(0.8)
    assert low < size < high
