"""Customers, lists, models and scores over HTTP, on the published sample."""

import csv
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import numpy as np
import pytest
from decision_frames import publication
from fastapi.testclient import TestClient
from project_copies import REPOSITORY, Project

from bank_marketing import cli
from bank_marketing.errors import UserError
from bank_marketing.service.app import create_app
from bank_marketing.service.routes.customers import Name as Populations
from bank_marketing.service.routes.lists import Name as Lists
from bank_marketing.service.routes.scores import BY_NAME, EXAMPLE
from bank_marketing.service.rules import Rules
from bank_marketing.service.running import Running, load_publication
from bank_marketing.service.schema import OUTCOMES
from bank_marketing.service.store import Store
from bank_marketing.serving.lists import LISTS
from bank_marketing.serving.opened import Shelf
from bank_marketing.serving.populations import POPULATIONS
from bank_marketing.subject_keys import hashed_subject, key_file, stored_key


class Asked:
    """A service on a copy of the published sample, in a checkout of its own."""

    def __init__(self, folder: Path, sample: Path, url: str) -> None:
        (folder / "warehouse").mkdir(parents=True)
        (folder / "dbt_project.yml").touch()
        shutil.copytree(REPOSITORY / "seeds" / "reference", folder / "seeds" / "reference")
        self.warehouse = folder / "warehouse" / "sample.duckdb"
        for file in (sample, sample.with_suffix(".key")):
            shutil.copy(file, self.warehouse.with_suffix(file.suffix))
        self.warehouse.chmod(0o600)
        self.reference = folder / "seeds" / "reference"
        self.today = datetime.now(UTC).date()
        self.running = Running(
            Store(url), lambda: publication(5), lambda: 1, Rules(), rng=np.random.default_rng(1)
        )
        shelf = Shelf(self.warehouse, lambda: self.today)
        self.client = TestClient(create_app(lambda: self.running, shelf=shelf), raise_server_exceptions=False)

    def get(self, path: str) -> dict:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def say(self, domain: str, lookup: str, line: str) -> None:
        path = self.reference / domain / f"{lookup}.csv"
        path.write_text(path.read_text().rstrip("\n") + f"\n{line}\n")

    def sql(self, query: str) -> list[tuple]:
        with duckdb.connect() as connection:
            connection.execute(f"attach '{self.warehouse}' as warehouse (read_only)")
            return connection.execute(query).fetchall()

    def publish(self, statement: str) -> None:
        """Replace the published file by one that differs."""
        another = self.warehouse.with_name("another.duckdb")
        shutil.copy(self.warehouse, another)
        with duckdb.connect(str(another)) as connection:
            connection.execute(statement)
        another.replace(self.warehouse)

    def first(self, name: str) -> dict:
        return self.get(f"/lists/{name}?limit=1")["rows"][0]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory, built_sample: Project) -> Iterator[Asked]:
    """Yield a service that tests only ask."""
    yield from serving(tmp_path_factory.mktemp("asked"), built_sample)


@pytest.fixture
def own(tmp_path: Path, built_sample: Project) -> Iterator[Asked]:
    """Yield a service whose publication, lookups or log a test changes."""
    yield from serving(tmp_path, built_sample)


def serving(folder: Path, sample: Project) -> Iterator[Asked]:
    url = f"sqlite:///{folder / 'decisions.sqlite'}"
    made = Asked(folder / "checkout", sample.folder / "warehouse" / "sample.duckdb", url)
    with made.client:
        yield made


def test_routes_name_what_there_is():
    assert set(Populations.__args__) == set(POPULATIONS)
    assert set(Lists.__args__) == set(LISTS)


@pytest.mark.parametrize("population", POPULATIONS)
def test_a_customer_is_told_as_the_tables_have_them_and_without_traits(asked, population):
    one = POPULATIONS[population]
    table = f"warehouse.{one.domain}.{one.customers}"
    ((number,),) = asked.sql(f"select min({one.key}) from {table}")
    if one.list_name:
        number = asked.first(one.list_name)[one.key]
    view = asked.get(f"/customers/{population}/{number}")
    assert (view["customer_id"], view["may_be_contacted"], view["list"]) == (
        number,
        True,
        one.list_name or None,
    )
    for part, said in (("segments", one.segments), ("scores", one.scores), ("offers", one.offers)):
        rows = (
            asked.sql(
                f"select {', '.join(said.columns)} from warehouse.{one.domain}.{said.table}"
                f" where {one.key} = {number} order by 1"
            )
            if said
            else []
        )
        assert [[*row.values()] for row in view[part]] == [
            [value.isoformat() if isinstance(value, date) else value for value in row] for row in rows
        ]
        assert bool(rows) == bool(said)
    assert bool(view["list_row"]) == bool(one.list_name)
    # Drivers name any trait, and so do the features.
    told = {
        column
        for rows in (view["segments"], view["scores"], view["offers"])
        for row in rows
        for column in row
    }
    told |= set(view["list_row"] or ())
    assert not told & {"gender", "age_years", "country", "driver_1", "driver_2", "driver_3"}
    assert asked.client.get(f"/customers/{population}/{10**12}").status_code == 404


def test_a_permission_withdrawn_now_holds_in_the_next_answer(own):
    number = own.first("retention_call_list")["customer_id"]
    before = own.get("/lists/retention_call_list")["total"]
    own.say("churn", "do_not_contact_churn_customers", f"{number},letter,")
    view = own.get(f"/customers/churn_customers/{number}")
    assert (view["may_be_contacted"], view["list_row"]) == (False, None)
    assert view["scores"]
    after = own.get("/lists/retention_call_list")
    assert (after["total"], after["left_out"]) == (before - 1, 1)
    assert own.first("retention_call_list")["customer_id"] != number


def test_of_whoever_objects_to_profiling_nothing_is_told(own):
    in_lookups, in_file = (
        row["customer_id"] for row in own.get("/lists/campaign_target_list?limit=2")["rows"]
    )
    own.say(
        "campaigns",
        "contact_permissions_campaign_customers",
        f"{in_lookups},profiling,,withdrawn,2026-01-01,branch",
    )
    hashed = hashed_subject(in_file, stored_key(own.warehouse))
    own.publish(
        f"insert into operations.profiling_objections (domain, subject_hash) values ('campaigns', {hashed})"
    )
    for number in (in_lookups, in_file):
        view = own.get(f"/customers/campaign_customers/{number}")
        assert (view["objects_to_profiling"], view["may_be_contacted"], view["list_row"]) == (
            True,
            False,
            None,
        )
        assert view["segments"] == view["scores"] == view["offers"] == []


def test_with_the_key_of_another_file_nothing_is_told_of_customers(own):
    number = own.first("campaign_target_list")["customer_id"]
    key_file(own.warehouse).write_text("0f" * 32, encoding="ascii")
    answer = own.client.get(f"/customers/campaign_customers/{number}")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "found the key" in answer.text
    with pytest.raises(UserError, match="found the key"):
        load_publication(own.warehouse)


def test_a_lookup_that_cannot_be_read_stops_answers_about_contacts(own):
    own.say("churn", "do_not_contact_churn_customers", "somebody,,")
    answer = own.client.get("/lists/retention_call_list")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert str(own.reference) not in answer.text
    assert own.client.get("/lists/next_best_offer_list").status_code == 200


@pytest.mark.parametrize("outcome", ["unsubscribed", "complained"])
def test_what_customers_told_the_service_holds_for_lists(own, outcome):
    row = own.first("campaign_target_list")
    with own.running.store.write() as connection:
        connection.execute(
            OUTCOMES.insert().values(
                decision_id="0" * 32,
                place="withdrawal",
                outcome=outcome,
                customer_id=row["customer_id"],
                campaign_channel=row["campaign_channel"] if outcome == "unsubscribed" else "another",
                recorded_at=datetime(2026, 1, 1),
            )
        )
    assert own.first("campaign_target_list")["customer_id"] != row["customer_id"]
    view = own.get(f"/customers/campaign_customers/{row['customer_id']}")
    assert view["list_row"] is None
    assert view["may_be_contacted"] == (outcome == "unsubscribed")


def test_a_list_has_pages_and_an_end(own):
    whole = own.get("/lists/next_best_offer_list?limit=1000")
    assert whole["total"] == len(whole["rows"]) > 3
    assert own.get("/lists/next_best_offer_list?limit=2&offset=1")["rows"] == whole["rows"][1:3]
    own.publish("update transactions.next_best_offer_list set valid_until = date '2026-01-01'")
    answer = own.client.get("/lists/next_best_offer_list")
    assert (answer.status_code, answer.json()["code"]) == (409, "expired")
    assert own.get("/lists/next_best_offer_list?expired_too=true")["rows"]


def test_models_are_told_with_their_cards_and_those_that_score(asked):
    found = asked.get("/models")
    scored = {one["model_name"] for one in found["models"] if one["is_scored"]}
    assert scored == set(BY_NAME)
    assert all(one["card"].startswith("#") for one in found["models"])


@pytest.mark.parametrize("model", ["campaign_segments", "conversion_before_contact"])
def test_scores_are_those_of_the_command_line(asked, model, tmp_path, capsys):
    file, output = tmp_path / "customers.csv", tmp_path / "scores.csv"
    row = EXAMPLE["rows"][0]
    file.write_text(f"{','.join(row)}\n{','.join(map(str, row.values()))}\n")
    words = {
        "campaign_segments": ["segments", str(file), "--population", "campaigns"],
        "conversion_before_contact": ["conversion", str(file), "--moment", "before_contact"],
    }[model]
    warehouse = ["--warehouse", str(asked.warehouse), "--output", str(output)]
    assert cli.main(["score", *words, *warehouse]) == 0, capsys.readouterr()
    header, line = output.read_text().splitlines()
    for _ in range(2):
        answer = asked.client.post(f"/scores/{model}", json=EXAMPLE)
        assert answer.status_code == 200, answer.text
        (scored,) = answer.json()["scores"]
        assert [*scored] == header.split(",")
        said = ["" if value is None else str(value) for value in scored.values()]
        assert said == next(csv.reader([line]))


BAD = {
    "no rows": ("campaign_segments", {"rows": []}, 400),
    "too many rows": ("campaign_segments", {"rows": [{"CustomerID": n} for n in range(1001)]}, 400),
    "a number without end": ("campaign_segments", {"rows": [{"CustomerID": 1e300}]}, 400),
    "a value that is no number": ("campaign_segments", {"rows": [EXAMPLE["rows"][0] | {"Age": "old"}]}, 422),
    "a zero byte": ("campaign_segments", {"rows": [EXAMPLE["rows"][0] | {"Gender": "a\0"}]}, 422),
    "a customer twice": ("campaign_segments", {"rows": EXAMPLE["rows"] * 2}, 422),
    "no customer": ("campaign_segments", {"rows": [{"Age": 41}]}, 422),
    "another model": ("campaign_engagement", EXAMPLE, 404),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_scored_is_refused_and_the_next_batch_is_scored(asked, case):
    model, body, status = BAD[case]
    answer = asked.client.post(f"/scores/{model}", json=body)
    assert answer.status_code == status, answer.text
    assert str(asked.warehouse.parent) not in answer.text
    assert "/tmp" not in answer.text  # noqa: S108
    assert asked.client.post("/scores/campaign_segments", json=EXAMPLE).status_code == 200


def test_another_publication_is_told_of_as_soon_as_it_is_there(own):
    before = own.get("/models")["publication"]
    own.publish("update operations.publications set version = version + 1")
    assert own.get("/models")["publication"] == before + 1
