"""What is said of amounts that can't be read, and of commas after a zero."""

import pytest

from bank_marketing.importing.judging import judge_columns
from bank_marketing.importing.profiling import Profile
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


def judge(tmp_path, texts, of_column, delimiter=","):
    path = tmp_path / "amounts.csv"
    lines = ["Amount" + delimiter + "Other", *(f'"{text}"{delimiter}1' for text in texts)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    profile = Profile(
        path, "amounts.csv", delimiter=delimiter, rows_above=0, width=2, lines=len(lines), scratch=tmp_path
    )
    try:
        return judge_columns(profile, [of_column, column()], delimiter)[0]
    finally:
        profile.close()


def test_a_comma_after_zero_is_no_amount_as_it_should_be(tmp_path):
    verdict = judge(tmp_path, ["0,044", "0,123", "0,912"], column("money", "USD"))
    assert verdict.convert("0,044") == "$0.044"


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("$59k", "in full"),
        ("$1,00,000", "three digits"),
        ("-77.00 USD", "Leave USD out"),
        ("77.00 €", "factor"),
    ],
)
def test_what_to_do_is_about_what_is_wrong(tmp_path, text, advice):
    assert advice in judge(tmp_path, [text] * 5, column("money", "USD")).problem


def test_a_postal_code_that_became_an_amount_is_no_currency(tmp_path):
    assert "digits alone" in judge(tmp_path, ["$58,523"] * 5, column("zip")).problem
