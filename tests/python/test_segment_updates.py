"""Segments over time: new customers are assigned, a shifted population is fitted anew, moves are kept."""

import duckdb
import numpy as np
import pandas as pd

FILE = "seeds/sample/campaigns/raw_campaign_responses.csv"
SEGMENTS = (
    "select customer_id, segment_id, segment_name from campaigns.campaign_customer_segments order by all"
)
MOVES = (
    "select customer_id, previous_segment_name, reason from campaigns.campaign_segment_history"
    " where reason is not null"
)
HISTORY = "select * from campaigns.campaign_segment_history order by all"
VERSIONS = "select max(model_version) from evaluation.model_registry where model_name = 'campaign_segments'"
DRIFTING = (
    "select distinct subject, model_version from operations.drift_monitor"
    " where needs_action and model_name = 'campaign_segments' and kind <> 'change_point'"
)


def append_customers(project, share: float, shift: dict[str, float]) -> set[int]:
    """Append copies of random customers under new ids, shifted in some columns; return the ids."""
    customers = pd.read_csv(project.folder / FILE)
    new = customers.sample(round(share * len(customers)), random_state=1)
    new["CustomerID"] = customers["CustomerID"].max() + 1 + np.arange(len(new))
    for column, by in shift.items():
        new[column] = new[column] + by
    pd.concat([customers, new]).to_csv(project.folder / FILE, index=False)
    return set(new["CustomerID"])


def test_segments_over_the_life_of_a_warehouse(lean_project):
    """One story in a few builds, which take time: few customers come, none, many others, a file is lost."""
    first = lean_project.query(SEGMENTS)
    assert lean_project.query(VERSIONS) == [(1,)]
    assert lean_project.query(MOVES) == []

    # Five in a hundred new customers are assigned; nobody else is touched, nothing is fitted.
    new = append_customers(lean_project, 0.05, {})
    lean_project.build("-s", "campaigns+")
    second = lean_project.query(SEGMENTS)
    assert lean_project.query(VERSIONS) == [(1,)]
    assert [row for row in second if row[0] not in new] == first
    assert {row[0] for row in second if row[1] is not None} >= new
    assert lean_project.query(DRIFTING) == []
    assert lean_project.query(MOVES) == []

    # A build without any row closes nobody.
    snapshot = "campaigns_private.campaign_segment_snapshot"
    states = f"select * from {snapshot} order by all"
    kept = lean_project.query(states, lean_project.working)
    lean_project.build("--empty", "-s", "campaigns+")
    assert lean_project.query(states, lean_project.working) == kept

    # Thirty in a hundred other ones are drift: segments are fitted anew under the names that there were.
    append_customers(lean_project, 0.3, {"Income": 90_000, "LoyaltyPoints": 4_000})
    lean_project.build("-s", "campaigns+")
    assert lean_project.query(VERSIONS) == [(2,)]
    assert ("income_usd", 1) in lean_project.query(DRIFTING)
    names = {row[2] for row in lean_project.query(SEGMENTS)}
    assert names & {row[2] for row in first}
    moved = lean_project.query(MOVES)
    assert {reason for *_, reason in moved} == {"refit"}
    matrix = "select sum(customers) from evaluation.segment_migration_matrix"
    assert lean_project.query(matrix) == lean_project.query(
        "select count(*) from campaigns.campaign_responses"
    )

    # Nothing of this is lost with the working file, and the next build changes nothing; what dbt keeps for
    # itself is not published, and made again.
    of_dbt = f"select * exclude (dbt_scd_id) from {snapshot} order by all"
    kept = lean_project.query(of_dbt, lean_project.working)
    history, segments = lean_project.query(HISTORY), lean_project.query(SEGMENTS)
    lean_project.working.unlink()
    lean_project.build("-s", "campaigns+")
    assert lean_project.query(HISTORY) == history
    assert lean_project.query(SEGMENTS) == segments
    assert lean_project.query(of_dbt, lean_project.working) == kept
    ids = f"select count(distinct dbt_scd_id), count(*) from {snapshot}"
    assert lean_project.query(ids, lean_project.working) == [(len(kept), len(kept))]
    assert lean_project.query(VERSIONS) == [(2,)]
    # What it drifted from is gone: only the newest version of a fit is published with its artefact.
    assert lean_project.query(DRIFTING) == []


def test_after_a_clock_that_ran_ahead_no_state_ends_before_it_begins(lean_project):
    states = "campaigns_private.campaign_segment_snapshot"
    mixed_up = f"select min(customer_id) from {states}"
    with duckdb.connect(str(lean_project.working)) as connection:
        # One customer has what an earlier release made of it: a state of next year that ended today.
        connection.execute(
            f"insert into {states} by name select * replace ('before' as dbt_scd_id, 'first' as segment_name,"
            " valid_from - interval 1 year as valid_from,"
            " valid_from + interval 1 year as valid_to)"
            f" from {states} where customer_id = ({mixed_up})"
            f" union all by name select * replace ('ahead' as dbt_scd_id, 'second' as segment_name,"
            " valid_from + interval 1 year as valid_from, valid_from as valid_to)"
            f" from {states} where customer_id = ({mixed_up})"
        )
        connection.execute(
            f"update {states} set valid_from = valid_from + interval 1 year where customer_id <> ({mixed_up})"
        )
    done = lean_project.dbt("build", "-s", "campaigns+", "--vars", "{refit: true}")
    assert done.returncode == 0, done.stdout[-5000:]
    assert "clock is behind" in done.stdout

    history = pd.DataFrame(
        lean_project.query(
            "select customer_id, segment_name, model_version, valid_from, valid_to"
            " from campaigns.campaign_segment_history order by customer_id, valid_from"
        ),
        columns=["customer", "segment", "version", "begins", "ends"],
    )
    closed = history[history["ends"].notna()]
    assert (closed["begins"] <= closed["ends"]).all()
    by_customer = history.groupby("customer")
    follows = by_customer["begins"].shift(-1)
    assert (closed["ends"] <= follows[closed.index]).all()
    assert (by_customer["version"].diff().dropna() >= 0).all()
    assert (by_customer["version"].last() == 2).all()
    first = history[history["customer"] == history["customer"].min()]
    assert list(first["segment"][:2]) == ["first", "second"] and len(first) == 4
