"""`bank-marketing what-if`: its words, which models it makes, and that it leaves the sample as it is."""

import csv
import hashlib
import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from project_copies import REPOSITORY

from bank_marketing.errors import UserError
from bank_marketing.seeds.formats import read_yaml
from bank_marketing.serving.lists import LISTS
from bank_marketing.warehouse.list_comparison import compare_lists
from bank_marketing.warehouse.list_models import ListModels, Node
from bank_marketing.warehouse.list_trials import sensitivity, sensitivity_lines
from bank_marketing.warehouse.scenarios import render, scratch_folder, written_settings
from bank_marketing.warehouse.what_if import Point, grid_points, stated_values, touched

VARIABLES = {"call_budget": 200, "offer_budget": 1.5, "mail_budget": 9, "said": ["age"], "is_on": True}


def node(name: str, *reads: str, text: str = "", kind: str = "model", **what: bool) -> tuple[str, Node]:
    flags = {"is_fit": False, "is_python": False, "is_view": False} | what
    return name, Node(
        name, kind, f"seeds/reference/churn/{name}.csv", reads=frozenset(reads), text=text, **flags
    )


@pytest.fixture
def whole():
    """Return a list by a fit and its score, what it costs, a table about it, and another list."""
    nodes = dict(
        [
            node("costs", kind="seed"),
            node("blocked", kind="seed"),
            node("stg_costs", "costs", is_view=True),
            node("stg_blocked", "blocked", text="var('is_on')", is_view=True),
            node("customers", "stg_blocked", text="'said'"),
            node("fit", "customers", is_fit=True, is_python=True),
            node("score", "fit", "customers", is_python=True),
            node("offers", "score", "stg_costs", "stg_blocked", text="var('said')", is_view=True),
            # It reads the fit, too, and comes after the score all the same.
            node("choice", "offers", "fit", text="{{ var('call_budget') }}", is_python=True),
            node("calls", "choice", "stg_costs"),
            node("fairness", "calls", "other_fairness"),
            node("other_fairness", "mails"),
            node("mails", text='var("mail_budget")'),
            node("elsewhere", "mails", text="var('offer_budget')"),
        ]
    )
    return ListModels(nodes, ["calls", "mails"], ["fairness", "not_there"])


def test_a_list_is_made_of_what_comes_after_scoring_and_of_what_is_said_about_it(whole):
    assert whole.to_run("calls") == ["calls", "choice", "fairness", "offers", "stg_blocked", "stg_costs"]
    assert whole.to_run("mails") == ["fairness", "mails", "other_fairness"]


def test_a_scenario_makes_anew_what_its_vars_and_lookups_reach(whole):
    assert whole.changed_by(["call_budget"]) == {"choice", "calls", "fairness"}
    assert whole.changed_by(["offer_budget"]) == {"elsewhere"}
    assert {"stg_costs", "offers", "choice", "calls"} < whole.changed_by(["costs"])


def test_which_var_and_which_lookup_belongs_to_which_list_is_read_from_the_graph(whole):
    assert whole.reading("call_budget") == (["calls"], [])
    assert whole.reading("mail_budget") == (["mails"], [])
    assert whole.reading("offer_budget") == ([], [])
    assert whole.reading("said") == (["calls"], ["customers"])
    assert whole.reading(whole.lookup("costs")) == (["calls"], [])
    # A view that scoring reads, too, is made anew for a list all the same.
    assert whole.reading(whole.lookup("blocked")) == (["calls"], ["customers"])
    assert whole.reading("is_on") == (["calls"], ["customers"])
    with pytest.raises(
        UserError, match=r"found no file of seeds/reference named 'cost', did you mean costs\?"
    ):
        whole.lookup("cost")


def test_a_score_that_adds_money_is_made_anew_and_its_fit_is_not():
    nodes = dict(
        [
            node("values", kind="seed"),
            node("stg_values", "values", is_view=True),
            node("features"),
            node("fit", "features", is_fit=True, is_python=True),
            node("profits", "fit", "features", "stg_values", text="'sunk'", is_python=True, adds_money=True),
            node("choice", "profits", "fit", is_python=True),
            node("targets", "choice"),
        ]
    )
    whole = ListModels(nodes, ["targets"])
    assert whole.to_run("targets") == ["choice", "profits", "stg_values", "targets"]
    assert whole.reading("sunk") == (["targets"], [])
    assert whole.reading(whole.lookup("values")) == (["targets"], [])


def test_what_no_list_reads_after_scoring_is_refused_and_what_both_read_is_noted(whole):
    assert touched(["call_budget", "mail_budget"], whole) == (["calls", "mails"], [])
    with pytest.raises(UserError, match="offer_budget: no list reads it after scoring"):
        touched(["call_budget", "offer_budget"], whole)
    lists, notes = touched(["said"], whole)
    assert lists == ["calls"]
    assert notes == ["said is read before scoring, too (customers): that part stays as it was built."]


def test_values_are_yaml_and_an_unknown_var_is_refused_with_those_that_come_near():
    words = ["call_budget=1000", "said=[age, country]", "offer_budget="]
    assert stated_values(words, VARIABLES) == {
        "call_budget": 1000,
        "said": ["age", "country"],
        "offer_budget": None,
    }
    for word, message in {
        "call_bugdet=3": "did you mean call_budget",
        "budget=3": "did you mean call_budget or mail_budget or offer_budget",
        "nothing_like_it=3": "expected call_budget, is_on,",
        "call_budget": "expected VAR=VALUE",
        "call_budget=[": "no YAML",
    }.items():
        with pytest.raises(UserError, match=message):
            stated_values([word], VARIABLES)


def test_a_grid_is_of_multiples_and_a_part_of_names_means_all_that_lists_read(whole):
    assert grid_points("call_budget=0.5:1.5:3", VARIABLES, whole) == [
        Point("call_budget", 0.5, 100),
        Point("call_budget", 1.0, 200),
        Point("call_budget", 1.5, 300),
    ]
    assert [point.variable for point in grid_points("budget=.6:1.4", VARIABLES, whole)] == (
        ["call_budget"] * 5 + ["mail_budget"] * 5
    )
    # What is counted in whole numbers stays whole.
    assert [point.value for point in grid_points("mail_budget=.5:1:2", VARIABLES, whole)] == [4, 9]
    for word in (
        "call_budget=2:1",
        "call_budget=1",
        "call_budget=a:b",
        "call_budget=.:1",
        "call_budget=1:2:1",
        "said=1:2",
        "no=1:2",
    ):
        with pytest.raises(UserError):
            grid_points(word, VARIABLES, whole)


def test_a_comparison_counts_who_comes_goes_and_gets_something_else():
    def rows(*listed: tuple[int, str, float]) -> pd.DataFrame:
        frame = pd.DataFrame(listed, columns=["customer", "action", "money"])
        return frame.assign(money_low=frame["money"] - 1, money_high=frame["money"] + 1)

    before = rows((1, "call", 10.0), (2, "call", 20.0), (3, "mail", 30.0))
    found = compare_lists(before, rows((2, "mail", 25.0), (3, "mail", 30.0), (4, "call", 5.0)))
    assert (found.entered, found.left, found.other_action, found.share_changed) == (1, 1, 1, 0.75)
    assert (found.money_before, found.money_after) == ((60, 57, 63), (60, 57, 63))
    assert found.mix.loc["call"].tolist() == [2, 1] and found.mix.loc["mail"].tolist() == [1, 2]
    assert list(found.changes.itertuples(index=False, name=None))[1] == (
        2,
        "gets another action",
        "call",
        "mail",
    )
    same = compare_lists(before, before)
    assert same.share_changed == 0 and same.changes.empty
    nobody = compare_lists(before.iloc[:0], before.iloc[:0])
    assert (nobody.rows_after, nobody.share_changed, nobody.money_after) == (0, 0.0, (0.0, 0.0, 0.0))
    (line,) = [
        line for line in sensitivity_lines(sensitivity("budget", 0.5, 9, {"calls": found})) if "0.50" in line
    ]
    assert "75.0%" in line and "60 (57 to 63)" in line


def test_a_folder_that_a_killed_process_left_is_removed_and_one_in_use_is_not(tmp_path):
    (tmp_path / "what-if-left").mkdir()
    with scratch_folder(tmp_path) as first, scratch_folder(tmp_path) as second:
        assert first != second and first.is_dir() and first.stat().st_mode & 0o077 == 0
        assert sorted(tmp_path.iterdir()) == sorted([first, second])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.builds
def test_settings_of_models_are_put_in_as_dbt_does(built_sample):
    manifest = json.loads((built_sample.folder / "target" / "manifest.json").read_text())
    variables = read_yaml((REPOSITORY / "dbt_project.yml").read_text())["vars"]
    nodes = {key: SimpleNamespace(**entry) for key, entry in manifest["nodes"].items()}
    settings = written_settings(built_sample.folder, SimpleNamespace(nodes=nodes))
    assert {key.rpartition(".")[2] for key in settings} >= {
        "retention_choice_score",
        "next_best_offer_choice_score",
    }
    for key, written in settings.items():
        stated = {name: manifest["nodes"][key]["config"]["meta"][name] for name in written}
        assert render(written, variables) == stated


def checksums(folder: Path) -> dict[str, str]:
    """Return the digest of each file that a what-if must not touch, and of those that it might leave.

    The lock that keeps builds away stays, as after a build: whoever removed it could let two in.
    """
    files = [path for part in ("warehouse", "seeds", "target") for path in (folder / part).rglob("*")]
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.is_file() and path.suffix != ".lock"
    }


@pytest.mark.builds
def test_a_scenario_is_compared_and_leaves_no_trace(built_sample, tmp_path):
    """The list as it is comes out as it is, half of the calls are half, and a dear action goes."""
    before = checksums(built_sample.folder)

    grid = built_sample.run(
        *("bank_marketing.cli", "what-if", "--grid", "retention_calls_a_week=0.5:1:2"),
        *("--output", str(tmp_path / "grid.csv")),
    )
    assert grid.returncode == 0, grid.stderr[-3000:]
    half, same = csv.DictReader((tmp_path / "grid.csv").open())
    assert (same["factor"], float(same["share_changed"]), same["customers"]) == ("1.0", 0.0, "200")
    assert half["customers"] == "100" and float(half["share_changed"]) >= 0.5
    assert float(half["expected_low"]) < float(half["expected"]) < float(half["expected_high"])
    assert float(half["expected"]) < float(same["expected"])
    assert "made anew" not in grid.stdout

    actions = pd.read_csv(REPOSITORY / "seeds" / "reference" / "churn" / "retention_actions.csv")
    actions.loc[actions["action"] != "personal_call", "cost"] = 9999
    actions.to_csv(tmp_path / "retention_actions.csv", index=False)
    seed = built_sample.run(
        *("bank_marketing.cli", "what-if", "--seed", str(tmp_path / "retention_actions.csv")),
        *("--set", "retention_budget=", "--output", str(tmp_path / "changes.csv")),
    )
    assert seed.returncode == 0, seed.stderr[-3000:]
    changes = list(csv.DictReader((tmp_path / "changes.csv").open()))
    assert changes and {row["action_after"] for row in changes} <= {"personal_call", ""}
    assert "retention_calls_a_week: 200 of 200, binds, then 200 of 200, binds" in seed.stdout
    assert "fairness: " in seed.stdout

    assert checksums(built_sample.folder) == before


def test_every_list_says_what_a_what_if_asks_for():
    declared = {
        model["name"]: {column["name"] for column in model.get("columns", [])}
        for path in (REPOSITORY / "models").glob("*/*.yml")
        for model in read_yaml(path.read_text()).get("models", [])
    }
    for one in LISTS.values():
        asked = {
            one.key,
            one.rank,
            *one.action,
            one.money,
            f"{one.money}_low",
            f"{one.money}_high",
            "valid_until",
        }
        assert asked <= declared[one.name], one.name
        assert {"publication", "listed_at"} <= declared[one.history]
