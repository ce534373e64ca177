"""What is said of amounts that can't be read, and of commas after a zero."""

import pytest

from bank_marketing.importing.converting import converter
from bank_marketing.importing.deciding import decide_columns
from bank_marketing.importing.opening import open_export
from bank_marketing.importing.preparing import open_table
from bank_marketing.seeds.formats import ColumnFormat


def column(text_format=None, unit=None):
    return ColumnFormat(
        name="amount",
        header="Amount",
        aliases=(),
        description="",
        data_type="varchar" if text_format else "double",
        is_required=False,
        is_optional=False,
        is_personal=False,
        text_format=text_format,
        unit=unit,
        minimum=None,
        maximum=None,
        allowed_values=(),
        example=None,
    )


def judge(tmp_path, texts, of_column):
    path = tmp_path / "amounts.csv"
    path.write_text("\n".join(["Amount,Other", *(f'"{text}",1' for text in texts)]) + "\n", encoding="utf-8")
    candidate, table_in_file = open_export(path, tmp_path, {"header": "true"})
    with open_table(candidate, table_in_file, tmp_path) as table:
        return decide_columns(table, [of_column, column()], 0.01)[0]


def test_a_comma_after_zero_is_no_amount_as_it_should_be(tmp_path):
    verdict = judge(tmp_path, ["0,044", "0,123", "0,912"], column("money", "USD"))
    assert converter(column("money", "USD"), verdict.decision)("0,044").text == "$0.044"


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("$59k", "in full"),
        ("$1,00,000", "three digits"),
        ("77.00 €", "factor"),
    ],
)
def test_what_to_do_is_about_what_is_wrong(tmp_path, text, advice):
    assert advice in judge(tmp_path, [text] * 5, column("money", "USD")).problem


def test_a_postal_code_that_became_an_amount_is_no_currency(tmp_path):
    assert "digits alone" in judge(tmp_path, ["$58,523"] * 5, column("zip")).problem
