"""README's table of findings is what the real files give, and its pictures can be made again, small."""

import re
import sys

import pytest
from project_copies import REPOSITORY

sys.path.append(str(REPOSITORY / "docs" / "readme"))

import findings

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
MOST_BYTES = 30_000


def rows(table: str) -> list[list[str]]:
    """Return the cells of a table in Markdown, without its heading."""
    return [re.split(r" *\| *", line.strip("| ")) for line in table.splitlines()[2:]]


def test_the_table_of_findings_is_what_the_real_files_give(built_kaggle):
    shown, found = findings.shown()[1], findings.table(built_kaggle.published)

    assert NUMBER.sub("0", shown) == NUMBER.sub("0", found)
    for expected, actual in zip(NUMBER.findall(shown), NUMBER.findall(found), strict=True):
        # Fits may differ in the last digit between machines.
        last_digit = 10 ** -len(expected.partition(".")[2])
        assert float(expected.replace(",", "")) == pytest.approx(
            float(actual.replace(",", "")), abs=1.01 * last_digit
        ), found


def test_what_chance_explains_cant_be_told(published, altered):
    told = rows(findings.table(published))
    assert len(told) == 6
    assert [row[-1] for row in told].count("can't be told") < 2

    changed = altered(
        "update campaigns.campaign_impact set is_distinguishable = false",
        "update campaigns.personalisation_value set is_distinguishable = false",
        "update evaluation.feature_effects set is_distinguishable = false",
    )
    nothing = rows(findings.table(changed.warehouse))
    assert [row[-1] for row in nothing].count("can't be told") == 3
    assert "can be told from the others" in nothing[0][1]


def test_the_pictures_of_the_readme_are_there_and_small():
    named = re.findall(r"\]\(docs/readme/(\w+\.webp)\)", (REPOSITORY / "README.md").read_text())
    sizes = {file.name: file.stat().st_size for file in (REPOSITORY / "docs" / "readme").glob("*.webp")}
    assert sorted(named) == sorted(sizes)
    assert len(named) == 3
    assert max(sizes.values()) <= MOST_BYTES
