"""What macros name in writing of each list of customers is whole, and named as it is in the models."""

import re
from functools import cache
from typing import Any

import jinja2
import pytest
from project_copies import REPOSITORY

from bank_marketing.seeds.formats import read_yaml

FILES = {
    path.stem: path
    for folder in ("models", "python_models")
    for path in REPOSITORY.glob(f"{folder}/*/**/*.[sp][qy]*")
}
# Public tables of customers to act on, by their domain.
LISTS = {path.stem: path.parent.name for path in REPOSITORY.glob("models/*/*_list.sql")}


@cache
def returned(macro: str) -> Any:
    """Return what a macro without arguments returns, where a var is its name and a source its path."""
    found: list[Any] = []
    (path,) = REPOSITORY.glob(f"macros/*/{macro}.sql")
    known = {"return": found.append, "var": str, "source": "{}.{}".format, "none": None}
    # The macro returns a list, so nothing of it is ever shown as a page.
    template = jinja2.Environment(autoescape=True).from_string(path.read_text())
    getattr(template.make_module(known), macro)()
    return found[0]


def contract(model: str) -> dict[str, str]:
    """Return the type of each column that a public model has, by its name."""
    described = read_yaml(FILES[model].with_suffix(".yml").read_text())["models"]
    return {column["name"]: column["data_type"] for column in described[0]["columns"]}


def test_each_list_is_in_all_that_is_said_of_lists():
    changing = {entry["name"]: entry["domain"] for entry in returned("changing_lists")}
    histories = {log["published"] for log in returned("list_logs").values()} - {"operations.list_changes"}

    assert {entry["name"]: entry["domain"] for entry in returned("decided_lists")} == LISTS == changing
    assert {f"{entry['domain']}.{entry['history']}" for entry in returned("changing_lists")} == histories
    made = {
        path.stem: path.parent.name
        for path in REPOSITORY.glob("models/*/*.sql")
        if "list_history(" in path.read_text()
    }
    assert {f"{domain}.{name}" for name, domain in made.items()} == histories


def test_each_list_is_compared_between_groups_by_one_score():
    texts = {path.stem: path.read_text() for path in REPOSITORY.glob("python_models/*/score/*.py")}
    comparing = {name: text for name, text in texts.items() if '"list_name"' in text}

    assert sorted(returned("list_fairness_scores")) == sorted(comparing)
    refs = [name for text in comparing.values() for name in re.findall(r'ref\("(\w+_list)"\)', text)]
    assert sorted(refs) == sorted(LISTS)


@pytest.mark.parametrize("list_name", LISTS)
def test_what_a_list_reads_is_a_model_with_these_columns(list_name):
    (changing,) = (entry for entry in returned("changing_lists") if entry["name"] == list_name)
    (decided,) = (entry for entry in returned("decided_lists") if entry["name"] == list_name)
    assert {decided["decisions"], decided["choice"], changing["choice"], changing["history"]} <= FILES.keys()
    figure_of, figure = changing["figure"]
    read = [changing["contacts"], changing["outcome"], (figure_of, figure)]
    assert {model for model, _ in filter(None, read)} <= FILES.keys()
    known = [(model, [changing["id"], *columns]) for model, _, columns in changing["known"]]
    known += [
        (changing["permitted"][0], [changing["id"], "may_be_contacted"]),
        (changing["history"], [figure]),
    ]

    assert {model: set(columns) - contract(model).keys() for model, columns in known} == {
        model: set() for model, _ in known
    }


def test_what_was_known_before_is_what_changes_are_told_by():
    read: dict[str, tuple[str, set[str]]] = {}
    for entry in returned("changing_lists"):
        known = [*entry["known"], (*entry["permitted"], ["may_be_contacted"])]
        for model, log, columns in known:
            of_log = read.setdefault(log, (f"{entry['domain']}.{model}", {entry["id"]}))
            assert of_log[0] == f"{entry['domain']}.{model}"
            of_log[1].update(columns)

    kept = returned("known_before")
    assert {log: (entry["published"], set(entry["columns"])) for log, entry in kept.items()} == read


@pytest.mark.parametrize("macro", ["known_before", "list_logs"])
def test_a_log_has_the_types_of_what_is_published(macro):
    for log, entry in returned(macro).items():
        published = contract(entry["published"].split(".")[1])
        declared = {name: plain(published[name]) for name in entry["columns"]}

        assert declared == {name: plain(kind) for name, kind in entry["columns"].items()}, log


def plain(kind: str) -> str:
    return kind.lower().replace("string", "varchar").replace(" ", "")
