"""Texts that a spreadsheet would run as a formula."""

import duckdb
import pytest

from bank_marketing.serving.spreadsheets import harmless, harmless_text

TEXTS = (
    "plain",
    "",
    "=1+1",
    "-2",
    "  @SUM(A1)",
    "\t=1",
    "\nplain",
    "a;=1+1",
    'say "=1"',
    "a,-b|+c",
    "a - b = c",
    f"{chr(0xFF1D)}1",
    f"a;{chr(0xFF20)}b",
    f"{chr(0x00A0)}=1",
)


@pytest.mark.parametrize("text", TEXTS)
def test_downloads_and_exports_write_texts_alike(text):
    (exported,) = duckdb.execute(f"select {harmless('text')} from (select $1 as text)", [text]).fetchone()
    assert harmless_text(text) == exported


@pytest.mark.parametrize(
    ("text", "written"),
    [("plain", "plain"), ("=1+1", "'=1+1"), ("a;=1+1", "a;'=1+1"), (f"{chr(0xFF0B)}1", f"'{chr(0xFF0B)}1")],
)
def test_a_quote_stands_before_each_formula(text, written):
    assert harmless_text(text) == written
