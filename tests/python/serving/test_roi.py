"""`bank-marketing predict-roi` and `score value`, on the published sample."""

import re

import pandas as pd
import pytest

from bank_marketing import cli

WORDS = ["predict-roi", "--spend-online", "60000", "--spend-offline", "85000", "--month", "2020-01"]


@pytest.fixture
def said(built_sample, monkeypatch, capsys):
    monkeypatch.chdir(built_sample.folder)
    monkeypatch.setenv("SEED_SET", "sample")

    def run(*words: str) -> tuple[int, str]:
        status = cli.main([*words])
        captured = capsys.readouterr()
        return status, captured.out + captured.err

    return run


def test_a_month_is_predicted_with_interval_and_verdict(said):
    status, text = said(*WORDS)
    assert status == 0, text
    assert "use with care" in text
    for words in ("net revenue, USD", "of it by marketing, USD", "return per USD spent"):
        value, low, high = (
            float(part.replace(",", ""))
            for part in re.search(rf"{words}: (\S+) \((\S+) to (\S+)\)", text).groups()
        )
        assert low < value < high
    assert "warning" not in text


def test_spend_beyond_what_was_seen_is_warned_of(said):
    status, text = said(*WORDS[:2], "9000000", *WORDS[3:])
    assert status == 0
    assert "warning" in text
    assert "online: a guess" in text


@pytest.mark.parametrize(
    ("place", "word", "message"),
    [
        (2, "-1", "expected US dollars"),
        (2, "nan", "expected US dollars"),
        (2, "1e300", "expected US dollars"),
        (6, "9999-12", "within 10 years"),
        (6, "2020-13", "YYYY-MM"),
        (6, "2019-05", "after"),
    ],
)
def test_odd_words_are_refused(said, place, word, message):
    words = [*WORDS]
    words[place] = word
    status, text = said(*words)
    assert status == 1
    assert message in text


def test_the_seed_file_gets_the_published_values(said, built_sample, tmp_path):
    file = built_sample.folder / "seeds" / "sample" / "sales" / "raw_order_lines.csv"
    names = [
        "probability_alive",
        "expected_value_usd_6_months",
        "expected_value_usd_12_months_low",
        "value_tier",
    ]
    rows = built_sample.query(f"select customer_id, {', '.join(names)} from sales.customer_lifetime_values")
    published = pd.DataFrame(rows, columns=["customer_id", *names]).set_index("customer_id")
    lines = pd.read_csv(file, dtype=str, keep_default_na=False)
    some = lines[lines["CustomerID"].isin(lines["CustomerID"].unique()[:40])]
    some.to_csv(tmp_path / "some.csv", index=False)
    for path in (file, tmp_path / "some.csv"):
        output = tmp_path / f"{path.stem}_values.csv"
        status, text = said("score", "value", str(path), "--output", str(output))
        assert status == 0, text
        found = pd.read_csv(output).set_index("customer_id")[names]
        pd.testing.assert_frame_equal(found, published.loc[found.index], check_dtype=False, rtol=1e-9)
