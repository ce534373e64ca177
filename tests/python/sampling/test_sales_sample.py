"""The sample of retail sales: as the real files look, with known customers and response to spend."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest
from sample_profile import KAGGLE, ROOT, header, planted_truth, rows_in_common

from bank_marketing.sampling.sales import write_sample

pytestmark = pytest.mark.slow

SAMPLE = ROOT / "seeds" / "sample" / "sales"
FILES = {
    "raw_order_lines": "Online_Sales.csv",
    "raw_retail_customers": "CustomersData.xlsx",
    "raw_coupons": "Discount_Coupon.csv",
    "raw_marketing_spend": "Marketing_Spend.csv",
    "raw_product_taxes": "Tax_amount.xlsx",
}
needs_real_files = pytest.mark.usefixtures("kaggle")


@pytest.fixture(scope="module")
def truth() -> dict:
    return planted_truth("sales")


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    table = pd.read_csv(SAMPLE / "raw_order_lines.csv")
    coupons = pd.read_csv(SAMPLE / "raw_coupons.csv").rename(
        columns={"Product_Category ": "Product_Category"}
    )
    table["date"] = pd.to_datetime(table["Transaction_Date"], format="%m/%d/%Y")
    table["Month"] = table["date"].dt.strftime("%b")
    table = table.merge(coupons, on=["Month", "Product_Category"], how="left", validate="many_to_one")
    used = (table["Coupon_Status"] == "Used") * table["Discount_pct"].fillna(0) / 100
    table["net_revenue"] = table["Quantity"] * table["Avg_Price"] * (1 - used)
    return table


@pytest.fixture(scope="module")
def days(lines) -> pd.DataFrame:
    spend = pd.read_csv(SAMPLE / "raw_marketing_spend.csv")
    spend["date"] = pd.to_datetime(spend["Date"], format="%m/%d/%Y")
    return spend.set_index("date").assign(net_revenue=lines.groupby("date")["net_revenue"].sum())


@needs_real_files
@pytest.mark.parametrize(("name", "real"), FILES.items())
def test_sample_has_the_real_header_and_no_real_row(name, real):
    columns = header(KAGGLE / real)
    assert header(SAMPLE / f"{name}.csv") == columns
    read = [c.strip() for c in columns]  # DuckDB trims names
    assert rows_in_common(name, read, SAMPLE / f"{name}.csv", KAGGLE / real) == 0


def test_header_of_the_coupons_keeps_its_blank():
    assert header(SAMPLE / "raw_coupons.csv") == ["Month", "Product_Category ", "Coupon_Code", "Discount_pct"]


def test_values_have_the_formats_of_the_real_files():
    lines = pd.read_csv(SAMPLE / "raw_order_lines.csv", dtype=str)
    assert lines["Transaction_Date"].str.fullmatch(r"[1-9]\d?/[1-9]\d?/2019").all()
    assert lines["Product_SKU"].str.fullmatch(r"GGOE[A-Z]{4}\d{6}").all()
    for column in ("Avg_Price", "Delivery_Charges"):
        assert lines[column].str.fullmatch(r"\d+([.]\d?[1-9])?").all(), column
    spend = pd.read_csv(SAMPLE / "raw_marketing_spend.csv", dtype=str)
    assert spend["Offline_Spend"].str.fullmatch(r"\d+").all()


def test_keys_fit_together(lines):
    customers = pd.read_csv(SAMPLE / "raw_retail_customers.csv")
    assert customers["CustomerID"].is_unique
    assert set(customers["CustomerID"]) == set(lines["CustomerID"])
    assert (lines.groupby("Transaction_ID")["Transaction_Date"].nunique() == 1).all()
    taxes = pd.read_csv(SAMPLE / "raw_product_taxes.csv")
    assert set(lines["Product_Category"]) == set(taxes["Product_Category"])
    without_coupon = set(lines.loc[lines["Discount_pct"].isna(), "Product_Category"])
    assert without_coupon == {"Fun", "Google", "Backpacks", "More Bags"}
    assert lines.groupby("Product_SKU")["Product_Description"].nunique().max() == 1


@pytest.mark.parametrize(
    ("scale", "lines", "customers"), [(0.05, 1500, 42), (1, 30_000, 832), (222, 52_924, 1468)]
)
def test_size_follows_the_scale_up_to_the_real_size(tmp_path, scale, lines, customers):
    write_sample(tmp_path, scale=scale, seed=1)
    table = pd.read_csv(tmp_path / "raw_order_lines.csv")
    assert len(table) == lines
    assert (
        table["CustomerID"].nunique() == len(pd.read_csv(tmp_path / "raw_retail_customers.csv")) == customers
    )
    assert (
        table["Transaction_Date"].nunique() == len(pd.read_csv(tmp_path / "raw_marketing_spend.csv")) == 365
    )


def test_no_order_holds_a_product_twice_at_the_real_size(tmp_path):
    write_sample(tmp_path, scale=222, seed=2)
    table = pd.read_csv(tmp_path / "raw_order_lines.csv")
    assert not table.duplicated(["Transaction_ID", "Product_SKU"]).any()


def test_same_seed_same_bytes(tmp_path):
    made = {}
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        (tmp_path / name).mkdir()
        write_sample(tmp_path / name, scale=0.1, seed=seed)
        made[name] = {path.name: path.read_bytes() for path in sorted((tmp_path / name).iterdir())}
    assert made["a"] == made["b"]
    assert made["a"]["raw_order_lines.csv"] != made["c"]["raw_order_lines.csv"]
    assert sorted(made["a"]) == sorted(f"{name}.csv" for name in FILES)


def adstock(spend: pd.Series, decay: float) -> np.ndarray:
    """Written anew from the truth file's words, so that the generator can't be its own judge."""
    lags = np.subtract.outer(np.arange(len(spend)), np.arange(len(spend)))
    return np.where(lags >= 0, decay ** np.maximum(lags, 0), 0) @ spend.to_numpy()


def regress(days: pd.DataFrame, decays: dict, halves: dict) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the most that each channel brings, the standard errors and the sum of squared residuals."""
    columns = [np.ones(len(days))]
    for channel in ("online", "offline"):
        carried = adstock(days[f"{channel.title()}_Spend"], decays[channel])
        columns.append(carried / (carried + halves[channel]))
    columns += [days.index.dayofweek == d for d in range(1, 7)] + [
        days.index.month == m for m in range(2, 13)
    ]
    x = np.column_stack(columns).astype(float)
    fit, *_ = np.linalg.lstsq(x, days["net_revenue"], rcond=None)
    squares = float(((days["net_revenue"] - x @ fit) ** 2).sum())
    errors = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * squares / (len(x) - x.shape[1]))
    return fit[1:3], errors[1:3], squares


def test_regression_recovers_what_spend_brings(days, truth):
    channels = truth["marketing"]["channels"]
    most = np.array([channels[c]["most"] for c in ("online", "offline")])
    decays, halves = ({c: channels[c][key] for c in channels} for key in ("decay", "half_saturation"))
    estimates, errors, squares = regress(days, decays, halves)
    assert (np.abs(estimates - most) < 3 * errors).all()
    assert (errors < 0.15 * most).all()
    # The right carry-over and diminishing returns explain more than none.
    no_decay = regress(days, dict.fromkeys(channels, 0.0), halves)[2]
    straight_line = regress(days, decays, dict.fromkeys(channels, 1e9))[2]
    assert squares < 0.95 * no_decay and squares < 0.99 * straight_line


def test_truth_gives_the_expected_revenue_of_each_day(days, truth):
    """Somebody who has only the truth file gets the days' revenue but for noise without a trend."""
    marketing = truth["marketing"]
    season = (
        1
        + np.array(marketing["weekday_effects_from_monday"])[days.index.dayofweek]
        + np.array(marketing["month_effects_from_january"])[days.index.month - 1]
    )
    expected = marketing["base"] * season / marketing["season_mean"]
    for name, channel in marketing["channels"].items():
        carried = adstock(days[f"{name.title()}_Spend"], channel["decay"])
        expected = expected + channel["most"] * carried / (carried + channel["half_saturation"])
    assert days["net_revenue"].sum() == pytest.approx(expected.sum(), rel=0.03)
    assert np.corrcoef(expected, days["net_revenue"])[0, 1] > 0.75
    high = expected > np.median(expected)
    for part in (high, ~high):
        assert days["net_revenue"][part].mean() == pytest.approx(expected[part].mean(), rel=0.06)


def test_customers_follow_their_latent_values(lines, truth):
    """At the middle of the year, the expected values after it fit what came."""
    customers = truth["customers"]
    split = customers["process"]["split_date"]
    after = lines[lines["date"] >= split].groupby("CustomerID")
    table = pd.DataFrame({k: v for k, v in customers.items() if k != "process"}).set_index("customer_id")
    table = table.assign(days=after["date"].nunique(), revenue=after["net_revenue"].sum()).fillna(
        {"days": 0, "revenue": 0}
    )
    known = table.dropna(subset=["expected_purchase_days_after_split"])
    assert set(known.index) == set(lines.loc[lines["date"] < split, "CustomerID"])
    assert known["days"].sum() == pytest.approx(known["expected_purchase_days_after_split"].sum(), rel=0.12)
    assert known["revenue"].sum() == pytest.approx(known["expected_net_revenue_after_split"].sum(), rel=0.12)
    top = known["expected_net_revenue_after_split"].rank(pct=True) > 0.8
    for part in (top, ~top):
        expected = known.loc[part, "expected_net_revenue_after_split"].sum()
        assert known.loc[part, "revenue"].sum() == pytest.approx(expected, rel=0.2)
    lost = known["lost_date"].notna() & (known["lost_date"].fillna("") < split)
    assert known.loc[lost, "days"].sum() <= 0.02 * known["days"].sum()


def test_order_values_follow_the_latent_means(lines, truth):
    orders = lines.groupby("CustomerID").agg(orders=("Transaction_ID", "nunique"))
    orders["value"] = (
        lines.assign(gross=lines["Quantity"] * lines["Avg_Price"]).groupby("CustomerID")["gross"].sum()
    )
    latent = pd.Series(truth["customers"]["mean_order_value"], index=truth["customers"]["customer_id"])
    many = orders[orders["orders"] >= 20]
    observed = many["value"] / many["orders"]
    assert np.corrcoef(observed, latent[many.index])[0, 1] > 0.6
    assert observed.mean() == pytest.approx(latent[many.index].mean(), rel=0.1)


def test_delivery_charge_is_the_orders(lines):
    per_order = duckdb.sql(
        "select count(distinct Delivery_Charges) as charges, count(distinct CustomerID) as customers"
        " from lines group by Transaction_ID"
    ).df()
    assert (per_order["charges"] == 1).all()
    assert 0.03 < (per_order["customers"] > 1).mean() < 0.07
