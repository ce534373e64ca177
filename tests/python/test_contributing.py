"""The walk-throughs of CONTRIBUTING.md work as written."""

import re
import textwrap

from conftest import REPOSITORY

# A file's name in backquotes, then, before the next file, its content in a fenced block.
FILES = re.findall(
    r"`([\w/.]+\.(?:sql|yml|csv|py))`[^`]*?(?:`[^`/]*`[^`]*?)*```\w+\n(.*?)```",
    (REPOSITORY / "CONTRIBUTING.md").read_text(),
    re.DOTALL,
)


def test_what_the_walk_throughs_add_is_built_and_published(small_project):
    for name, content in FILES:
        path = small_project.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent("   " + content) if content.startswith(" ") else content)
    small_project.build("-s", "churn+")
    rates = small_project.query(
        "select sum(customers), bool_and(exit_rate between exit_rate_low and exit_rate_high)"
        " from churn.churn_rates"
    )
    assert rates == [(400, True)]
    branches = small_project.query("select count(*) from raw.branches", small_project.working)
    assert branches == [(3,)]


def test_the_walk_throughs_add_a_mart_and_a_lookup():
    assert {name for name, _ in FILES} >= {
        "models/churn/churn_rates.sql",
        "models/churn/churn_rates.yml",
        "seeds/reference/churn/branches.csv",
        "seeds/reference/churn/branches.yml",
    }
