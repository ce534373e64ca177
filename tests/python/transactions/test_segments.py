"""Segments of bank customers: planted clusters of the sample are found, few transactions are no evidence."""

import numpy as np
import pandas as pd
import pytest
from sample_profile import planted_truth
from sklearn.metrics import adjusted_rand_score

from bank_marketing.transactions import segments
from bank_marketing.transactions.spending_groups import read_spending_groups

KINDS = [("groceries", "fuel"), ("travel", "restaurants"), ("electronics", "clothing")]


def make_clients(each: int = 100, transactions: int = 200) -> pd.DataFrame:
    """Clients of three kinds who spend a third of their money in each of two groups."""
    rng = np.random.default_rng(3)
    rows = []
    for kind in KINDS:
        weights = np.array([20.0 if group in kind else 1.0 for group in segments.SPENDING_GROUPS])
        rows.append(rng.dirichlet(4 * weights, each))
    shares = pd.DataFrame(np.vstack(rows), columns=[f"{group}_share" for group in segments.SPENDING_GROUPS])
    counts = rng.poisson(transactions, len(shares)) + 1
    return shares.assign(
        client_id=range(len(shares)), transactions=counts, recency_days=3, purchases_usd=counts * 40.0
    )


def test_every_group_of_the_lookup_is_a_trait():
    assert set(read_spending_groups().values()) | {"other"} == set(segments.SPENDING_GROUPS)


@pytest.mark.slow
def test_clients_who_spend_on_other_things_are_other_segments():
    clients = make_clients()

    fit = segments.fit(clients, seed=1, depth="quick")
    scores = segments.score(clients, fit.artefact)

    assert fit.params["verdict"] == "natural_clusters"
    assert adjusted_rand_score(np.repeat([0, 1, 2], 100), scores["segment_id"]) > 0.95
    for kind, name in zip(KINDS, scores["segment_name"].iloc[::100], strict=True):
        assert all(group in name for group in kind)


def test_few_transactions_are_insufficient_data_however_different_clients_are():
    clients = make_clients(transactions=4)

    fit = segments.fit(clients, seed=1, depth="quick")
    scores = segments.score(clients.assign(transactions=0).head(1), fit.artefact)

    assert fit.params["verdict"] == "insufficient_data"
    assert scores["segment_name"].tolist() == ["no activity"]


def test_a_day_and_a_half_of_transactions_makes_no_lapsing_clients():
    clients = make_clients(transactions=4).assign(recency_days=lambda made: np.arange(len(made)) % 2)

    fit = segments.fit(clients, seed=1, depth="quick")
    names = set(segments.score(clients, fit.artefact)["segment_name"])

    # Who spends much has made many transactions here, so that the others are one segment.
    assert names == {
        "regulars, high value",
        "regulars, standard value",
        "occasional users",
    }


def test_the_planted_clusters_of_the_sample_are_recovered(built_sample):
    planted = planted_truth("transactions")["cluster_of_client"]
    found = dict(
        built_sample.query(
            "select client_id, segment_id from transactions.bank_customer_segments"
            " where segment_name <> 'no activity'"
        )
    )
    clients = [int(client) for client in planted]

    assert sorted(found) == sorted(clients)
    assert adjusted_rand_score(list(planted.values()), [found[client] for client in clients]) > 0.9
    assert verdicts_on(built_sample, "transactions") == [("natural_clusters",)]


@pytest.mark.parametrize("domain", ["campaigns", "sales"])
def test_nothing_planted_in_the_other_populations_of_the_sample_is_found(built_sample, domain):
    assert verdicts_on(built_sample, domain) == [("no_natural_clusters",)]


def verdicts_on(project, domain: str) -> list[tuple[str]]:
    return project.query(
        f"select distinct verdict from evaluation.segment_diagnostics where domain = '{domain}'"
    )
