"""Segments over time: new customers are assigned, a shifted population is fitted anew, moves are kept."""

import duckdb
import numpy as np
import pandas as pd

FILE = "seeds/sample/campaigns/raw_campaign_responses.csv"
SEGMENTS = (
    "select customer_id, segment_id, segment_name from campaigns.campaign_customer_segments order by all"
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
    assert lean_project.query("select * from campaigns.campaign_segment_migrations") == []

    # Five in a hundred new customers are assigned; nobody else is touched, nothing is fitted.
    new = append_customers(lean_project, 0.05, {})
    lean_project.build("-s", "campaigns+")
    second = lean_project.query(SEGMENTS)
    assert lean_project.query(VERSIONS) == [(1,)]
    assert [row for row in second if row[0] not in new] == first
    assert {row[0] for row in second if row[1] is not None} >= new
    assert lean_project.query(DRIFTING) == []
    assert lean_project.query("select * from campaigns.campaign_segment_migrations") == []
    history = lean_project.query(HISTORY)
    # Digests hold no digits, which by chance would look like card numbers.
    digests = "select count(distinct dbt_scd_id), count(*) filter (regexp_matches(dbt_scd_id, '[0-9]')) "
    assert lean_project.query(digests + "from campaigns.campaign_segment_history") == [(len(history), 0)]

    # A build without any row closes nobody.
    lean_project.build("--empty", "-s", "campaigns+")
    kept = "select * from campaigns_private.campaign_segment_snapshot order by all"
    assert lean_project.query(kept, lean_project.working) == history

    # Thirty in a hundred other ones are drift: segments are fitted anew under the names that there were.
    append_customers(lean_project, 0.3, {"Income": 90_000, "LoyaltyPoints": 4_000})
    lean_project.build("-s", "campaigns+")
    assert lean_project.query(VERSIONS) == [(2,)]
    assert ("income_usd", 1) in lean_project.query(DRIFTING)
    names = {row[2] for row in lean_project.query(SEGMENTS)}
    assert names & {row[2] for row in first}
    moves = "select count(*), min(reason), max(reason) from campaigns.campaign_segment_migrations"
    (moved, *reasons) = lean_project.query(moves)[0]
    assert moved > 0
    assert reasons == ["refit", "refit"]
    matrix = "select sum(customers) from campaigns.campaign_segment_migration_matrix"
    assert lean_project.query(matrix) == lean_project.query(
        "select count(*) from campaigns.campaign_customers"
    )

    # Nothing of this is lost with the working file, and the next build changes nothing.
    history, segments = lean_project.query(HISTORY), lean_project.query(SEGMENTS)
    lean_project.working.unlink()
    lean_project.build("-s", "campaigns+")
    assert lean_project.query(HISTORY) == history
    assert lean_project.query(SEGMENTS) == segments
    assert lean_project.query(VERSIONS) == [(2,)]
    assert ("income_usd", 1) in lean_project.query(DRIFTING)


def test_after_a_clock_that_ran_ahead_no_state_ends_before_it_begins(lean_project):
    history = "campaigns_private.campaign_segment_snapshot"
    with duckdb.connect(str(lean_project.working)) as connection:
        connection.execute(f"update {history} set dbt_valid_from = dbt_valid_from + interval 1 year")
    done = lean_project.dbt("build", "-s", "campaigns+", "--vars", "{refit: true}")
    assert done.returncode == 0, done.stdout[-5000:]
    assert "clock is behind" in done.stdout

    states = lean_project.query(
        "select customer_id, model_version, dbt_valid_from, dbt_valid_to from campaigns.campaign_segment_history"
        " order by customer_id, dbt_valid_from"
    )
    assert len(states) == 2 * len({customer for customer, *_ in states})
    for (_, earlier, begins, ends), (_, later, next_begins, open_end) in zip(
        states[::2], states[1::2], strict=True
    ):
        assert (earlier, later) == (1, 2)
        assert begins <= ends <= next_begins and open_end is None
