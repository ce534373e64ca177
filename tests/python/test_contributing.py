"""The walk-throughs of CONTRIBUTING.md work as written."""

import re
import textwrap

from project_copies import REPOSITORY

PATH = r"`([\w/]+\.(?:sql|yml|csv|py))`"
# A file's name in backquotes and, before the next file's, its content in a fenced block.
FILES = re.findall(
    PATH + rf"(?:(?!{PATH.replace('(', '(?:', 1)}).)*?```\w+\n(.*?)```",
    (REPOSITORY / "CONTRIBUTING.md").read_text(),
    re.DOTALL,
)
FIT = "python_models/churn/fit"


def test_what_the_walk_throughs_add_is_built_and_published(lean_project, edit_file):
    folder = lean_project.folder
    for name, content in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(textwrap.dedent(content).rstrip(" "))
    fit_yaml = (REPOSITORY / FIT / "retention_fit.yml").read_text()
    (folder / FIT / "card_ownership_fit.yml").write_text(fit_yaml.replace("retention", "card_ownership"))
    edit_file(
        folder / "macros/evaluation/fitted_models.sql",
        '"campaign_segments_fit",',
        '"campaign_segments_fit",\n        "card_ownership_fit",',
    )

    lean_project.build("-s", "churn+")

    rates = lean_project.query(
        "select sum(customers), bool_and(exit_rate between exit_rate_low and exit_rate_high)"
        " from churn.churn_rates"
    )
    assert rates == [(400, True)]
    assert lean_project.query("select count(*) from raw.branches", lean_project.working) == [(3,)]
    scores = "select count(*), min(card_probability) > 0, max(card_probability) < 1"
    assert lean_project.query(f"{scores} from churn.card_ownership_scores") == [(400, True, True)]
    # Five figures of the model, and the same of each candidate.
    assert lean_project.query(
        "select status, count(*), count(*) filter (where metric not like '%_of_%')"
        " from evaluation.model_registry"
        " inner join evaluation.model_metrics using (model_name, model_version)"
        " where model_name = 'card_ownership' group by status"
    ) == [("fitted", 20, 5)]


def test_the_walk_throughs_add_a_mart_and_a_lookup():
    assert {name for name, _ in FILES} >= {
        "models/churn/churn_rates.sql",
        "models/churn/churn_rates.yml",
        "seeds/reference/churn/branches.csv",
        "seeds/reference/churn/branches.yml",
        "src/bank_marketing/churn/card_ownership.py",
        "models/churn/card_ownership_scores.yml",
    }
