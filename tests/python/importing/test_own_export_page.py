"""The worked example: every command of docs/importing/own-export.md does what the page shows."""

import re
import subprocess
import sys

import duckdb
import pytest
from project_copies import REPOSITORY, Project, copy_project, keep_only
from shown_output import assert_same_table, assert_shown_lines_come_out

PAGE = (REPOSITORY / "docs" / "importing" / "own-export.md").read_text()
EXAMPLE = REPOSITORY / "docs" / "importing" / "example"
STEPS = re.findall(r"```console\n\$ (.*?)\n(.*?)```", PAGE, re.DOTALL)
BUILD = "make build SEED_SET=own"
# Tables that the page or a test below reads.
READ = ["campaign_performance", "campaign_responses", "conversion_scores", "feature_effects"]
READ += ["model_registry"]

pytestmark = pytest.mark.builds


def run(project: Project, command: str) -> str:
    """Run a shown command without the environment that `make build` would make, and return what it prints."""
    program, *words = [".venv/bin/bank-marketing", "build"] if command == BUILD else command.split()
    if program == ".venv/bin/python":
        script = [sys.executable, *words]
        done = subprocess.run(script, cwd=project.folder, check=True, capture_output=True, text=True)
    else:
        done = project.run("bank_marketing.cli", *words)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> tuple[Project, dict[str, str]]:
    """Return a copy of the project in which all steps were done, and what each of them printed."""
    project = copy_project(tmp_path_factory.mktemp("own") / "project")
    keep_only(project.folder, READ)
    printed = {}
    for command, _ in STEPS:
        project = Project(project.folder, "own" if command == BUILD else "sample")
        printed[command] = run(project, command)
    return project, printed


@pytest.mark.parametrize(
    ("command", "shown"), STEPS, ids=[" ".join(command.split()[:2]) for command, _ in STEPS]
)
def test_each_command_prints_what_the_page_shows(done, command, shown):
    assert_shown_lines_come_out(shown, done[1][command])


def test_the_page_shows_the_proposal_and_the_corrected_mapping(done):
    proposed, corrected = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert_shown_lines_come_out(proposed, (done[0].folder / "mapping.yaml").read_text())
    assert corrected == (EXAMPLE / "mapping.yaml").read_text()


def test_the_scores_are_those_of_the_page(done):
    ((query, shown),) = re.findall(r"```sql\n(.*?)```\s+```text\n(.*?)```", PAGE, re.DOTALL)
    with duckdb.connect(str(done[0].published), read_only=True) as connection:
        assert_same_table(shown, str(connection.sql(query)))


def test_what_the_export_lacks_is_null_and_no_feature(done):
    project = done[0]
    lacking = project.query(
        "select count(gender), count(income_usd), count(loyalty_points) from campaigns.campaign_responses"
    )
    assert lacking == [(0, 0, 0)]
    assert project.query(
        "select sum(customers), count(ad_spend_usd), count(cost_per_conversion_usd)"
        " from campaigns.campaign_performance"
    ) == [(1500, 0, 0)]
    features = project.query(
        "select distinct feature from evaluation.feature_effects where kind = 'permutation_importance'"
        " and model_name = 'conversion_before_contact' order by 1"
    )
    assert features == [("age_years",), ("campaign_channel",), ("campaign_type",), ("previous_purchases",)]
    card = project.query(
        "select card from evaluation.model_registry where model_name = 'conversion_before_contact'"
    )[0][0]
    assert "Without any value, so not used: income_usd, loyalty_points, ad_spend_usd, gender." in card
