"""Publications while requests are answered: none fails, and each answer is of one publication."""

import shutil
import threading
import time
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from project_copies import Project
from served import Process, serve

SOMEBODY = {"population": "campaign_customers", "context": {"age_years": 41.0, "income_usd": 52000.0}}
# Everything that an answer is made of says which publication it was published in.
MARKED = """
delete from evaluation.model_registry where model_name = 'campaign_policies' and model_version < (
    select max(model_version) from evaluation.model_registry where model_name = 'campaign_policies'
);
update operations.publications set version = {number};
update evaluation.model_registry set model_version = {number} where model_name = 'campaign_policies';
update campaigns.campaign_customer_segments set model_version = {number};
update campaigns.conversion_scores set model_version = {number};
update campaigns.campaign_target_list set model_version = {number};
"""


def publish(source: Path, target: Path, number: int) -> None:
    another = target.with_name("another.duckdb")
    shutil.copy(source, another)
    another.chmod(0o600)
    with duckdb.connect(str(another)) as connection:
        connection.execute(MARKED.format(number=number))
    another.replace(target)


def marks(process: Process, customer: int) -> list[set[int]]:
    """Return for each of some answers what it says of its publication."""
    decided = process.ask("/decisions", SOMEBODY)
    view = process.ask(f"/customers/campaign_customers/{customer}")
    listed = process.ask("/lists/campaign_target_list?limit=1000")
    rows = [*view["segments"], *view["scores"], *filter(None, [view["list_row"]])]
    return [
        {decided["publication"], decided["model_version"]},
        {view["publication"], *(row["model_version"] for row in rows)},
        {listed["publication"], *(row["model_version"] for row in listed["rows"])},
    ]


@pytest.mark.parametrize("publications", [3, pytest.param(20, marks=pytest.mark.long)])
def test_no_request_fails_and_no_answer_mixes_publications(tmp_path, built_sample: Project, publications):
    source = built_sample.folder / "warehouse" / "sample.duckdb"
    warehouse = tmp_path / "sample.duckdb"
    shutil.copy(source.with_suffix(".key"), warehouse.with_suffix(".key"))
    publish(source, warehouse, 100)
    process = serve(tmp_path, warehouse)
    failed, seen, end = [], Counter(), threading.Event()

    def ask() -> None:
        try:
            customer = process.ask("/lists/campaign_target_list?limit=1")["rows"][0]["customer_id"]
            while not end.is_set():
                for found in marks(process, customer):
                    assert len(found) == 1, found
                    seen.update(found)
        except Exception as error:
            failed.append(error)

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for one in asking:
        one.start()
    try:
        for number in range(101, 101 + publications):
            publish(source, warehouse, number)
            give_up = time.monotonic() + 60
            while process.ask("/health")["publication"] != number and not failed:
                assert time.monotonic() < give_up, process.log.read_text()[-2000:]
                time.sleep(0.05)
    finally:
        end.set()
        for one in asking:
            one.join()
        process.stop()
    assert failed == []
    assert {100, 100 + publications} <= set(seen)
