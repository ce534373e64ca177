"""A shop's export with returns and lines of nobody, as UCI's online retail has them, up to the marts."""

import csv
import datetime
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from project_copies import QUICK, Project, copy_project, keep_only

pytestmark = pytest.mark.builds

TABLES = ["acquisition_bids", "coupon_economics", "marketing_roi_by_channel", "marketing_roi_monthly"]
TABLES += ["retail_segment_profiles", "model_registry", "drift_monitor"]
MAPPING = """\
columns:
  CustomerID: {column: CustomerID}
  Transaction_ID: {column: InvoiceNo, numbered: true}
  Transaction_Date: {column: InvoiceDate, date: MM/DD/YYYY hh:mm}
  Product_SKU: {column: StockCode}
  Product_Description: {column: Description}
  Product_Category: {constant: Gifts}
  Quantity: {column: Quantity}
  Avg_Price: {column: UnitPrice}
  Delivery_Charges: {constant: 0}
  Coupon_Status: {constant: Not Used}
"""
HEADER = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"]
HEADER += ["Country"]
FIRST = datetime.datetime(2010, 12, 1, 9, 30)


def uci_like(customers: int = 150, seed: int = 1) -> pd.DataFrame:
    """Make up invoices of a year: a tenth of them names nobody, and a credit note each for 2 % of the lines.

    ``sale`` is the row that a credit note gives back, wholly or in part; -1 of sales and of credit notes for
    what was bought before the first day.
    """
    rng = np.random.default_rng(seed)
    price = rng.integers(50, 2000, 60) / 100
    rows = []
    for _ in range(1200):
        day, buyer = int(rng.integers(0, 360)), int(rng.integers(customers))
        customer = "" if rng.random() < 0.1 else str(12000 + buyer)
        for product in rng.choice(60, int(rng.integers(1, 5)), replace=False):
            rows.append(
                (len(rows), day, f"5{day:03}{buyer:03}", int(product), int(rng.integers(1, 13)), customer, -1)
            )
    named = [row for row in rows if row[5]]
    for place in rng.choice(len(named), len(rows) // 50, replace=False):
        number, day, invoice, product, quantity, customer, _ = named[place]
        back = int(rng.integers(1, quantity + 1))
        rows.append(
            (len(rows), day + int(rng.integers(0, 5)), f"C{invoice}", product, -back, customer, number)
        )
    rows += [(len(rows), 0, "C500001", 60, -3, "12001", -1), (len(rows) + 1, 5, "C500002", 3, -1, "", -1)]
    frame = pd.DataFrame(
        rows, columns=["row", "day", "InvoiceNo", "product", "Quantity", "CustomerID", "sale"]
    )
    frame["UnitPrice"] = [price[product % 60] for product in frame["product"]]
    return frame.sort_values(["day", "row"], kind="stable").reset_index(drop=True)


@dataclass(frozen=True)
class Shop:
    """What was exported, and the project that was built from it."""

    lines: pd.DataFrame
    project: Project

    @property
    def returns(self) -> pd.DataFrame:
        return self.lines[self.lines["Quantity"] < 0]

    def one(self, sql: str):
        ((value, *_),) = self.project.query(sql)
        return value


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Shop:
    folder = tmp_path_factory.mktemp("shop")
    project = copy_project(folder / "project")
    keep_only(project.folder, TABLES)
    lines = uci_like()
    with (folder / "export.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for line in lines.itertuples():
            at = FIRST + datetime.timedelta(days=line.day)
            at_text = f"{at.month}/{at.day}/{at.year} {at:%H:%M}"
            product = (
                f"2{line.product:04}",
                f"GIFT {line.product}",
                line.Quantity,
                at_text,
                f"{line.UnitPrice:.2f}",
            )
            out.writerow((line.InvoiceNo, *product, line.CustomerID, "United Kingdom"))
    (folder / "mapping.yaml").write_text(MAPPING)
    done = project.run(
        *("bank_marketing.cli", "import", str(folder / "export.csv"), "--as", "raw_order_lines"),
        *("--mapping", str(folder / "mapping.yaml")),
    )
    assert done.returncode == 0, done.stderr
    assert f"{len(lines):,} rows in, {len(lines):,} rows out" in done.stdout
    sales = project.folder / "seeds" / "own" / "sales"
    known = sorted({c for c in lines["CustomerID"] if c})
    (sales / "raw_retail_customers.csv").write_text(
        "CustomerID,Gender,Location,Tenure_Months\n" + "".join(f"{c},F,London,12\n" for c in known)
    )
    (sales / "raw_coupons.csv").write_text(
        "Month,Product_Category ,Coupon_Code,Discount_pct\nJan,Gifts,GIFT10,10\n"
    )
    (sales / "raw_product_taxes.csv").write_text("Product_Category,GST\nGifts,0.2\n")
    days = [FIRST.date() + datetime.timedelta(days=n) for n in range(366)]
    (sales / "raw_marketing_spend.csv").write_text(
        "Date,Offline_Spend,Online_Spend\n"
        + "".join(f"{d.month}/{d.day}/{d.year},{100 * (d.day % 3)},{50 * (d.day % 2)}\n" for d in days)
    )
    built = Project(project.folder, "own").run("bank_marketing.cli", "build", "--", *QUICK)
    assert built.returncode == 0, built.stdout[-5000:]
    return Shop(lines, Project(project.folder, "own"))


def test_net_revenue_is_that_of_the_export_and_no_line_is_lost(shop):
    revenue = (shop.lines["Quantity"] * shop.lines["UnitPrice"]).sum()
    returned = -(shop.returns["Quantity"] * shop.returns["UnitPrice"]).sum()
    assert shop.one("select count(*) from sales.order_lines") == len(shop.lines)
    for table, column in [
        ("order_lines", "sum(net_revenue_usd)"),
        ("orders", "sum(net_revenue_usd)"),
        ("sales_performance_monthly", "sum(net_revenue_usd)"),
        ("marketing_roi_monthly", "sum(sold_usd - returned_usd)"),
        ("marketing_roi_by_channel where channel = 'all'", "sum(net_revenue_usd)"),
        ("coupon_economics where product_category = 'all'", "sum(net_revenue_usd)"),
    ]:
        assert float(shop.one(f"select {column} from sales.{table}")) == pytest.approx(revenue, abs=0.01), (
            table
        )
    assert float(shop.one("select sum(returned_usd) from sales.marketing_roi_monthly")) == pytest.approx(
        returned
    )
    assert float(shop.one("select sum(tax_usd) from sales.order_lines")) == pytest.approx(0.2 * revenue)


def test_returns_are_linked_to_a_sale_of_the_customer_and_product(shop):
    linkable = shop.returns[shop.returns["sale"] >= 0]
    linked = shop.one("select count(*) from sales.order_lines where returned_order_line_id is not null")
    assert len(linkable) * 0.95 <= linked <= len(linkable)
    rows = shop.project.query(
        "select back.quantity, sold.quantity, back.order_date >= sold.order_date,"
        " back.customer_id = sold.customer_id and back.product_sku = sold.product_sku"
        " from sales.order_lines as back inner join sales.order_lines as sold"
        " on back.returned_order_line_id = sold.order_line_id"
    )
    assert len(rows) == linked
    assert all(sold >= -back > 0 and is_later and is_same for back, sold, is_later, is_same in rows)
    assert shop.one("select count(*) from sales.order_lines where is_return") == len(shop.returns)


def test_a_credit_note_is_no_order(shop):
    bought = shop.lines[shop.lines["Quantity"] > 0]
    orders = bought["InvoiceNo"].nunique()
    assert shop.one("select count(*) from sales.orders where not is_return") == orders
    assert shop.one("select sum(orders) from sales.sales_performance_monthly") == orders
    assert (
        shop.one("select count(*) from sales.orders where is_return") == shop.returns["InvoiceNo"].nunique()
    )
    buyers = bought.loc[bought["CustomerID"] != "", "CustomerID"].nunique()
    assert shop.one("select sum(new_customers) from sales.sales_performance_monthly") == buyers


def test_unknown_customers_are_in_the_revenue_and_in_no_segment_or_value(shop):
    unknown = shop.lines[shop.lines["CustomerID"] == ""]
    revenue = (unknown["Quantity"] * unknown["UnitPrice"]).sum()
    of_lines = "from sales.order_lines where not has_known_customer"
    assert shop.one(f"select count(*) {of_lines}") == len(unknown)
    assert float(shop.one(f"select sum(net_revenue_usd) {of_lines}")) == pytest.approx(revenue)
    known = shop.lines.loc[shop.lines["CustomerID"] != "", "CustomerID"].nunique()
    for table in ("retail_customer_segments", "customer_lifetime_values"):
        found = f"select count(*) from sales.{table} where customer_id is not null"
        assert shop.one(found) == shop.one(f"select count(*) from sales.{table}") == known


def test_order_lines_with_returns_get_the_published_scores(shop, tmp_path, monkeypatch):
    export = shop.project.folder / "seeds" / "own" / "sales" / "raw_order_lines.csv"
    for words, table, column in [
        (["value"], "customer_lifetime_values", "expected_value_usd_12_months"),
        (["segments", "--population", "sales"], "retail_customer_segments", "segment_name"),
    ]:
        scores = tmp_path / f"{words[0]}.csv"
        done = shop.project.run("bank_marketing.cli", "score", *words, str(export), "--output", str(scores))
        assert done.returncode == 0, done.stdout + done.stderr
        published = dict(
            shop.project.query(
                f"select customer_id, {column} from sales.{table} where customer_id in"
                " (select customer_id from sales.order_lines) order by 1"
            )
        )
        scored = pd.read_csv(scores).set_index("customer_id")[column].dropna()
        known = {k: v for k, v in published.items() if v is not None}
        assert list(scored.index) == list(known)
        if column == "segment_name":
            assert scored.to_dict() == known
        else:
            assert scored.to_numpy() == pytest.approx(list(known.values()))
