"""docs/scoring.md shows what the command gives."""

import io
import re

import pandas as pd
from project_copies import REPOSITORY
from shown_output import assert_shown_lines_come_out

from bank_marketing import cli
from bank_marketing.serving.command import CHOICES
from bank_marketing.serving.tasks import SERVED

PAGE = (REPOSITORY / "docs" / "scoring.md").read_text()


def test_the_example_gives_what_is_shown(built_sample, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(built_sample.folder)
    customers, shown = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    (said,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    (command,) = re.findall(r"bank-marketing (score churn customers.csv .*)", PAGE)
    (tmp_path / "customers.csv").write_text(customers)
    words = [str(tmp_path / word) if word.endswith(".csv") else word for word in command.split()]

    assert cli.main(words) == 0
    assert_shown_lines_come_out(said, capsys.readouterr().out.replace(f"{tmp_path}/", ""))
    expected = pd.read_csv(io.StringIO(shown))
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "scores.csv"), expected, atol=0.01)


def test_all_output_columns_are_listed():
    listed = {
        kind: tuple(columns.split(", "))
        for kind, columns in re.findall(r"^\| `([\w -]+)` \| (\w+_id, .*) \|$", PAGE, re.MULTILINE)
    }
    assert listed == {
        f"{kind} --{CHOICES[kind][0]} {variant}" if variant else kind: task.output
        for kind, tasks in SERVED.items()
        for variant, task in tasks.items()
    }
