"""Segments of any population: who is where, what stays, and when it is made anew."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from bank_marketing.fitting.artefacts import dump_artefact, load_artefact
from bank_marketing.methods.rules import Rule
from bank_marketing.segments import segmentation
from bank_marketing.segments.segmentation import Population, Trait

pytestmark = pytest.mark.slow

POPULATION = Population(
    title="Segments",
    key="customer_id",
    traits={"visits": Trait("many visits", "few visits"), "amount": Trait("much", "little")},
    rules=(
        Rule("frequent and rich", {"visits": True, "amount": True}),
        Rule("frequent", {"visits": True}),
        Rule("others", {}),
    ),
    quantiles={"visits": 0.5, "amount": 0.8},
    about="Made up.",
    evidence="orders",
    least_evidence=10,
)
CORNERS = [(0, 0), (9, 0), (0, 9), (9, 9)]


def make_customers(corners=CORNERS, each: int = 150, seed: int = 2, first_id: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    centres = np.repeat(np.array(corners, dtype=float), each, axis=0)
    points = centres + rng.normal(size=centres.shape)
    return pd.DataFrame(
        {
            "customer_id": np.arange(len(points)) + first_id,
            "visits": points[:, 0],
            "amount": points[:, 1],
            "orders": 20,
        }
    )


def fit(customers: pd.DataFrame, earlier=None):
    result = segmentation.fit(customers, POPULATION, depth="quick", seed=1, earlier=earlier)
    return result, load_artefact(dump_artefact(result.artefact))


def score(customers: pd.DataFrame, artefact) -> pd.DataFrame:
    return segmentation.score(customers, POPULATION, artefact)


@pytest.fixture(scope="module")
def clustered():
    customers = make_customers()
    return customers, *fit(customers)


@pytest.fixture(scope="module")
def cloud():
    customers = make_customers([(0, 0)], 600)
    return customers, *fit(customers)


def diagnostics(result) -> pd.DataFrame:
    return result.tables["diagnostics"].set_index(["metric", "subject"])


def test_natural_clusters_are_segments_named_by_what_distinguishes_them(clustered):
    customers, result, artefact = clustered
    scores = score(customers, artefact)

    assert result.params["verdict"] == "natural_clusters"
    assert adjusted_rand_score(np.repeat(range(4), 150), scores["segment_id"]) > 0.99
    assert scores["segment_name"].drop_duplicates().tolist() == [
        "few visits, little",
        "many visits, little",
        "few visits, much",
        "many visits, much",
    ]
    assert set(scores["method"]) == {"clusters"}
    assert scores["membership_strength"].between(0, 1).all()


def test_without_clusters_everybody_has_a_segment_by_rules_with_stability(cloud):
    customers, result, artefact = cloud
    scores = score(customers, artefact)

    assert result.params["verdict"] == "no_natural_clusters"
    assert set(scores["method"]) == {"rules"}
    assert scores["membership_strength"].isna().all()
    assert set(scores["segment_name"]) == {"frequent and rich", "frequent", "others"}
    assert 0.9 < diagnostics(result).loc[("rule_stability", "all"), "value"] <= 1
    assert (scores["segment_name"] == "others").mean() == pytest.approx(0.5, abs=0.01)


def test_the_verdict_is_told_with_all_its_evidence(clustered, cloud):
    for _, result, _ in (clustered, cloud):
        found = diagnostics(result)
        with_threshold = found[found["threshold"].notna()]

        assert result.status == "fitted"
        assert found.index.is_unique
        assert {
            "silhouette",
            "silhouette_permuted_columns",
            "silhouette_gaussian_copula",
        } <= {figure for figure, _ in found.index}
        assert with_threshold["is_passed"].notna().all()
        assert with_threshold["is_passed"].all() == (result.params["verdict"] == "natural_clusters")
        within = found.dropna(subset=["value_low"])
        assert (within["value_low"] <= within["value"]).all()
        assert (within["value"] <= within["value_high"]).all()
        assert result.params["verdict"].split("_")[0] in ("natural", "no")
        assert len(result.metrics) == len(found)
    assert "**These customers fall into natural clusters.**" in clustered[1].card
    assert "**No natural clusters can be told among these customers.**" in cloud[1].card
    assert "visits above" in cloud[1].card


@pytest.mark.parametrize(
    ("change", "figure"),
    [
        (lambda customers: customers.head(150), "customers"),
        (lambda customers: customers.assign(orders=[9, 8] * 300), "typical_orders"),
        (lambda customers: customers.assign(visits=1.0), "traits"),
        (
            lambda customers: customers.assign(visits=[0, 1, 2] * 200, amount=[0, 1, 2] * 200),
            "different_customers",
        ),
        (lambda customers: customers.assign(visits=1.0, amount=1.0), "different_customers"),
    ],
)
def test_insufficient_data_is_said_and_everybody_has_a_segment(clustered, change, figure):
    customers = change(clustered[0])

    result, artefact = fit(customers)

    assert result.params["verdict"] == "insufficient_data"
    assert not diagnostics(result).loc[(figure, "all"), "is_passed"]
    assert "insufficient data" in result.card
    assert score(customers, artefact)["segment_id"].notna().all()


def test_customers_without_activity_are_a_segment_of_their_own_and_teach_nothing(clustered):
    customers, result, _ = clustered
    idle = customers.head(40).assign(customer_id=range(9_000, 9_040), orders=0, visits=99.0, amount=np.nan)

    with_idle, artefact = fit(pd.concat([customers, idle]))
    scores = score(idle, artefact)

    assert set(scores["segment_name"]) == {"no activity"}
    assert set(scores["method"]) == {"rules"}
    assert scores["membership_strength"].isna().all()
    np.testing.assert_array_equal(
        with_idle.artefact["clustering"]["centres"], result.artefact["clustering"]["centres"]
    )


def test_customers_with_little_evidence_are_assigned_but_teach_nothing(clustered):
    customers, result, _ = clustered
    new = customers.head(40).assign(customer_id=range(9_000, 9_040), orders=9, visits=500.0)

    with_new, artefact = fit(pd.concat([customers, new]))

    assert score(new, artefact)["segment_name"].notna().all()
    np.testing.assert_array_equal(
        with_new.artefact["clustering"]["centres"], result.artefact["clustering"]["centres"]
    )


def test_whoever_is_scored_alone_is_where_they_are_among_all(clustered, cloud):
    for customers, _, artefact in (clustered, cloud):
        together = score(customers, artefact)
        alone = score(customers.tail(1), artefact)

        pd.testing.assert_frame_equal(together.tail(1).reset_index(drop=True), alone)


def test_neither_the_order_of_rows_nor_a_second_fit_moves_anybody(clustered, cloud):
    for customers, _, artefact in (clustered, cloud):
        _, again = fit(customers.sample(frac=1, random_state=3))

        pd.testing.assert_frame_equal(score(customers, again), score(customers, artefact))


def test_a_missing_trait_counts_as_the_average(clustered):
    customers, _, artefact = clustered
    unknown = customers.head(1).assign(visits=None, amount=np.nan)

    assert score(unknown, artefact)["segment_name"].notna().all()


def test_one_customer_far_from_all_others_stops_nothing():
    customers = make_customers([(0, 0)], 400)
    customers.loc[0, "amount"] = 1e12

    assert fit(customers)[0].status == "fitted"


def test_a_few_customers_are_no_segment_of_their_own(cloud):
    # Who comes often spends little: hardly anybody is both frequent and rich.
    customers = cloud[0].assign(amount=lambda frame: 0.7 * frame["amount"] - frame["visits"])
    rich = customers["amount"] > customers["amount"].quantile(0.8)
    assert 0 < (rich & (customers["visits"] > customers["visits"].median())).sum() < 20

    _, artefact = fit(customers)

    sizes = score(customers, artefact)["segment_name"].value_counts()
    assert sizes.to_dict() == {"frequent and rich or frequent": 300, "others": 300}


@pytest.mark.parametrize("n", [1, 2, 30])
def test_few_customers_have_segments_and_none_is_said(n):
    few = make_customers([(0, 0)], 100).head(n)

    result, artefact = fit(few)

    assert result.params["verdict"] == "insufficient_data"
    assert set(score(few, artefact)["segment_name"]) == {"all customers"}
    assert result.params["segment_names"] == ["all customers"]
    assert "| 1 | all customers |" in result.card
    assert "everybody" in result.card


def test_without_any_customer_there_is_no_model_and_later_ones_call_for_it(clustered):
    customers = clustered[0]
    result, artefact = fit(customers.head(0))

    assert result.status == "insufficient_data"
    assert segmentation.needs_refit(customers, POPULATION, artefact)
    assert not segmentation.needs_refit(customers.head(0), POPULATION, artefact)
    assert score(customers, artefact)["segment_id"].isna().all()


def test_five_per_cent_more_customers_are_assigned_and_call_for_no_fit(clustered, cloud):
    for customers, _, artefact in (clustered, cloud):
        corners = CORNERS if artefact["method"] == "clusters" else [(0, 0)]
        new = make_customers(corners, 30 // len(corners), seed=8, first_id=5_000)
        grown = pd.concat([customers, new], ignore_index=True)

        assert not segmentation.needs_refit(customers, POPULATION, artefact)
        assert not segmentation.needs_refit(grown, POPULATION, artefact)
        pd.testing.assert_frame_equal(score(grown, artefact).head(len(customers)), score(customers, artefact))
        assert score(new, artefact)["segment_id"].notna().all()


def test_thirty_per_cent_shifted_customers_call_for_a_fit_that_carries_names_and_ids_over(clustered):
    customers, _, artefact = clustered
    shifted = make_customers([(18, 18)], 180, seed=8, first_id=5_000)
    grown = pd.concat([customers, shifted], ignore_index=True)
    before = score(customers, artefact)

    assert segmentation.needs_refit(grown, POPULATION, artefact)
    result, again = fit(grown, earlier=artefact)
    after = score(grown, again)

    assert "Drift in" in result.params["drift_since_earlier"]
    pd.testing.assert_frame_equal(
        after.head(len(customers))[["segment_id", "segment_name"]], before[["segment_id", "segment_name"]]
    )
    new = after.tail(180)
    assert new["segment_id"].nunique() == 1
    assert new["segment_id"].iloc[0] not in set(before["segment_id"])
    assert new["segment_name"].iloc[0] not in set(before["segment_name"])


def test_rules_keep_their_ids_and_clusters_that_come_later_take_new_ones(clustered, cloud):
    customers, _, _ = clustered
    _, _, by_rules = cloud

    _, again = fit(cloud[0].assign(amount=lambda frame: frame["amount"] + 5), earlier=by_rules)
    _, clusters = fit(customers, earlier=by_rules)
    _, back = fit(cloud[0], earlier=clusters)

    assert again["ids"] == by_rules["ids"]
    assert not set(score(customers, clusters)["segment_id"]) & set(by_rules["ids"].values())
    assert score(cloud[0], back)["segment_id"].tolist() == score(cloud[0], by_rules)["segment_id"].tolist()


def test_an_artefact_of_another_form_is_no_obstacle(clustered):
    customers, _, artefact = clustered

    _, again = fit(
        customers, earlier={"clustering": {"centres": np.zeros((2, 2))}, "segment_names": ["x", "y"]}
    )

    assert again["names"] == artefact["names"]
