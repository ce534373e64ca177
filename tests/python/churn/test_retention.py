"""Retention: planted hazards are found, noise is noise, and nobody is scored by a model that saw them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sample_profile import planted_truth
from scipy.stats import norm

from bank_marketing.churn import retention
from bank_marketing.churn.retention_survival import (
    BRIER_YEARS,
    compare_survival_models,
    survival_candidates,
    survival_design,
)
from bank_marketing.churn.retention_terms import (
    TRAITS,
    durations_in_years,
    known_countries,
    main_effects,
    retention_numbers,
    retention_terms,
)
from bank_marketing.errors import UserError
from bank_marketing.fitting.artefacts import dump_artefact, load_artefact
from bank_marketing.methods.metrics import squared_errors
from bank_marketing.methods.propensity import predict_propensity
from bank_marketing.methods.survival import NothingToFitError, brier_losses
from bank_marketing.methods.survival_models import from_plain

pytestmark = pytest.mark.slow

COUNTRIES = ["France", "Spain", "Germany"]
AGE_TERMS = ["age_35_to_39", "age_40_to_44", "age_45_to_49", "age_50_to_64", "age_65_to_69"]
# Terms of the model and what the sample's generator calls them.
SAMPLE_TERMS = {
    "country_germany": "germany",
    "is_female": "female",
    "is_inactive": "inactive",
    "is_inactive_aged_50_to_69": "inactive_50_to_69",
    **{name: name for name in AGE_TERMS},
    "products_2": "products_2",
    "products_3": "products_3_or_4",
    "products_4_or_more": "products_3_or_4",
    "has_no_balance": "no_balance",
    "has_no_balance_and_products_2": "no_balance_2_products",
}
PLANTED = {
    "is_female": 0.5,
    "is_inactive": 0.9,
    "products_3": 1.5,
    "country_germany": 0.7,
    "age_50_to_64": 1.8,
}


def make_customers(n: int, planted: dict[str, float], seed: int = 3) -> pd.DataFrame:
    """Customers whose hazard is what `planted` says, seen for up to ten years."""
    rng = np.random.default_rng(seed)
    customers = pd.DataFrame(
        {
            "customer_id": rng.permutation(n) + 1_000,
            "country": rng.choice(COUNTRIES, n, p=[0.5, 0.3, 0.2]),
            "gender": rng.choice(["Female", "Male"], n),
            "age_years": rng.integers(18, 80, n),
            "balance": np.where(rng.random(n) < 0.4, 0.0, 90_000.0),
            "products": rng.choice([1, 2, 3, 4], n, p=[0.45, 0.45, 0.08, 0.02]),
            "is_active": rng.random(n) < 0.5,
        }
    )
    terms = retention_terms(customers, COUNTRIES)
    log_hazard = sum(
        (coefficient * terms[name] for name, coefficient in planted.items()), start=np.full(n, np.log(0.03))
    )
    leaves_after, seen_after = rng.exponential(1 / np.exp(log_hazard)), rng.uniform(0, 10, n)
    return customers.assign(
        tenure_years=np.minimum(leaves_after, seen_after),
        has_exited=leaves_after <= seen_after,
        source_line=np.arange(n) + 2,
    )


def test_a_term_of_two_traits_comes_on_top_of_terms_that_overlap_it():
    terms = retention_terms(make_customers(2_000, {}), COUNTRIES)
    parts = {name: main_effects(name) for name in terms if main_effects(name)}

    assert len(parts) == 5
    for name, of in parts.items():
        assert (terms[of].sum(axis=1) > 0)[terms[name] == 1].all(), name
        assert all((terms[part] * terms[name]).any() for part in of), name
    assert parts["products_2_aged_45_or_more"][-1] == "age_70_to_120"


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return make_customers(2_500, PLANTED)


@pytest.fixture(scope="module")
def fit(customers):
    return retention.fit(customers, depth="quick", seed=1)


@pytest.fixture(scope="module")
def scores(customers, fit):
    return retention.score(customers, fit.artefact)


def figure(fit, metric: str) -> pd.Series:
    metrics = fit.metrics[fit.metrics["split"] == "cross_validation"]
    return metrics.set_index("metric").loc[metric]


def ratios_of(fit, kind: str = "hazard_ratio") -> pd.DataFrame:
    return fit.effects[fit.effects["kind"] == kind].set_index("feature")


def misses(ratios: pd.DataFrame, planted: pd.Series) -> list[str]:
    """Return the features whose planted log ratio lies outside its interval; the intervals are joint ones."""
    truth = np.exp(planted)
    return ratios.index[(truth < ratios["value_low"]) | (truth > ratios["value_high"])].tolist()


def test_planted_hazard_ratios_lie_in_joint_intervals(fit):
    ratios = ratios_of(fit)

    assert misses(ratios, pd.Series(PLANTED).reindex(ratios.index).fillna(0.0)) == []
    assert (ratios.loc[list(PLANTED), "value_low"] > 1).all()


def test_planted_hazards_rank_customers(fit):
    assert figure(fit, "concordance_index")["value_low"] > 0.65
    assert figure(fit, "expected_calibration_error")["value"] < 0.03


def test_a_file_in_which_nobody_stayed_longer_than_a_leaver_is_fitted_without_a_concordance():
    customers = make_customers(600, PLANTED)
    customers["tenure_years"] = np.where(customers["has_exited"], 10, np.arange(600) % 10)

    fit = retention.fit(customers, depth="quick", seed=1)

    assert fit.status == "fitted"
    assert figure(fit, "concordance_index")[["value", "value_low", "value_high"]].isna().all()
    assert np.isfinite(figure(fit, "roc_auc")["value"])
    assert "nan" not in fit.card
    assert "No two customers can be compared by who left earlier" in fit.card


@pytest.fixture(scope="module")
def noise():
    return retention.fit(make_customers(1_500, {}), depth="quick", seed=1)


def test_noise_has_a_concordance_of_about_a_half(noise):
    assert figure(noise, "concordance_index")["value"] == pytest.approx(0.5, abs=0.05)
    # What is learned of some folds' noise is wrong in the other one: a bit below a half.
    assert figure(noise, "roc_auc")["value"] == pytest.approx(0.48, abs=0.06)


def test_intervals_of_losses_are_as_wide_as_the_spread_over_customers_makes_them(noise):
    # Stratified folds all have the same share of leavers, so the spread over folds would be far too small.
    customers = make_customers(1_500, {}).sort_values("customer_id", ignore_index=True)
    countries = noise.params["countries"]
    design, numbers = survival_design(customers, countries), retention_numbers(customers, countries)
    years = durations_in_years(customers)
    events, folds = customers["has_exited"].to_numpy(int), noise.artefact["folds"]
    survival, probability = np.empty((1_500, 10)), np.empty(1_500)
    models = zip(noise.artefact["fold_models"], noise.artefact["fold_survival_models"], strict=True)
    for fold, (classifier, plain) in enumerate(models):
        rows = folds == fold
        survival[rows] = from_plain(plain).survival(design[rows], BRIER_YEARS)
        probability[rows] = predict_propensity(classifier, numbers[rows])
    losses = {
        "brier_score": squared_errors(events, probability),
        "integrated_brier_score": brier_losses(
            survival, BRIER_YEARS, years, events, training_durations=years, training_events=events
        ),
    }

    for metric, values in losses.items():
        found, error = figure(noise, metric), values.std() / np.sqrt(1_500)
        assert found["value"] == pytest.approx(values.mean(), rel=0.02)
        assert (found["value_high"] - found["value_low"]) / 2 == pytest.approx(
            norm.ppf(0.975) * error, rel=0.1
        )


@pytest.fixture(scope="module")
def snapshot() -> pd.DataFrame:
    """Customers all seen at one moment and leaving whatever the tenure, which counts whole years."""
    rng = np.random.default_rng(12)
    return make_customers(2_000, {}).assign(
        tenure_years=rng.integers(0, 11, 2_000), has_exited=rng.random(2_000) < 0.2
    )


@pytest.fixture(scope="module")
def snapshot_fit(snapshot):
    return retention.fit(snapshot, depth="quick", seed=1)


def test_expected_years_fall_with_tenure_where_hazards_rise(snapshot, snapshot_fit):
    # In a snapshot hazards rise towards the longest tenure.
    same = pd.concat([snapshot.head(1)] * 11).assign(customer_id=0, tenure_years=range(11), has_exited=False)

    years = retention.score(same, snapshot_fit.artefact)["expected_remaining_years"].to_numpy()

    assert (np.diff(years[2:10]) < 0).all()
    # After nine years the curves may be level, but for the last digit.
    assert years[10] <= years[9] + 1e-9
    assert "artefact" in snapshot_fit.card
    # Money rests on it, and nobody has checked it.
    assert "is the time of\ntheir leaving is an assumption" in snapshot_fit.card


def test_a_missing_trait_gives_no_score_and_a_missing_tenure_no_years(customers, fit):
    known = customers.head(1).assign(customer_id=0, has_exited=False)
    rows = [known.assign(**{trait: None}) for trait in (*TRAITS, "tenure_years")]
    stored = load_artefact(dump_artefact(fit.artefact))

    scores = pd.concat([retention.score(row, stored) for row in rows], ignore_index=True)

    assert scores["churn_probability"].isna().tolist() == [True] * 6 + [False]
    assert scores["decile"].isna().tolist() == [True] * 6 + [False]
    assert scores["is_out_of_fold"].isna().tolist() == [True] * 6 + [False]
    assert scores["expected_remaining_years"].isna().all()
    together = retention.score(pd.concat([rows[2], known]), fit.artefact)
    pd.testing.assert_frame_equal(
        together.tail(1).reset_index(drop=True), retention.score(known, fit.artefact)
    )


def test_a_second_run_the_order_of_rows_and_customers_with_something_missing_change_nothing(
    customers, fit, scores
):
    unknown = customers.head(3).assign(customer_id=[1, 2, 3], age_years=np.nan)
    in_another_order = pd.concat([customers, unknown]).sample(frac=1, random_state=9)

    again = retention.fit(in_another_order, depth="quick", seed=1)

    pd.testing.assert_frame_equal(again.metrics, fit.metrics)
    pd.testing.assert_frame_equal(retention.score(customers, again.artefact), scores)
    assert again.params["incomplete_customers"] == 3


@pytest.mark.parametrize("rare", [0, 1])
def test_customers_alike_in_the_terms_are_insufficient_data(rare):
    alike = pd.concat([make_customers(1, {})] * 200).assign(
        customer_id=range(200), tenure_years=np.arange(200) % 10 + 1, has_exited=np.arange(200) % 2 == 0
    )
    # The only trait that differs: some part that a model is fitted on has nobody with it.
    alike["products"] = np.where(np.arange(200) < rare, 3, 1)

    fit = retention.fit(alike, depth="quick", seed=1)

    assert fit.status == "insufficient_data"
    assert "all alike" in fit.card


def test_scores_come_from_a_model_that_had_not_seen_the_customer(customers, fit, scores):
    fold_of = pd.Series(fit.artefact["folds"], index=fit.artefact["keys"])[customers["customer_id"]]
    left_out = fold_of.to_numpy() == 2
    # Turned outcomes of the fold change the models that score other folds, but not the one that scores it.
    turned = customers.assign(has_exited=customers["has_exited"] ^ left_out)
    model = fit.artefact["fold_models"][2]

    expected = predict_propensity(model, retention_numbers(customers[left_out], fit.params["countries"]))
    np.testing.assert_array_equal(scores["churn_probability"][left_out], expected)
    assert scores["is_out_of_fold"].all()
    again = retention.score(turned, fit.artefact)
    np.testing.assert_array_equal(again["churn_probability"], scores["churn_probability"])


def test_new_customers_are_scored_by_the_model_of_all_one_by_one(customers, fit):
    new = customers.head(5).assign(customer_id=[1, 2, 3, 4, 5], has_exited=False)

    together = retention.score(new, fit.artefact)
    alone = retention.score(new.tail(1), fit.artefact)

    expected = predict_propensity(
        fit.artefact["final_model"], retention_numbers(new, fit.params["countries"])
    )
    np.testing.assert_array_equal(together["churn_probability"], expected)
    assert not together["is_out_of_fold"].any()
    pd.testing.assert_frame_equal(together.tail(1).reset_index(drop=True), alone)


def test_a_stored_artefact_gives_the_same_scores(customers, fit, scores):
    stored = load_artefact(dump_artefact(fit.artefact))

    pd.testing.assert_frame_equal(retention.score(customers, stored), scores)


def test_decile_1_has_the_highest_risk_and_a_tenth_of_the_customers(scores):
    by_decile = scores.groupby("decile")["churn_probability"].agg(["size", "min", "max"])

    assert by_decile.index.tolist() == list(range(1, 11))
    assert (by_decile["min"].to_numpy()[:-1] >= by_decile["max"].to_numpy()[1:]).all()
    assert by_decile["size"].between(200, 300).all()


def test_remaining_years_are_within_ten_and_null_for_who_has_left(customers, fit, scores):
    left = customers["has_exited"]
    calm, risky = (
        customers.head(1).assign(customer_id=0, has_exited=False, is_active=active, tenure_years=3)
        for active in (True, False)
    )

    assert scores["expected_remaining_years"].isna().equals(left)
    assert scores["expected_remaining_years"][~left].between(0, 10).all()
    years = [
        retention.score(customer, fit.artefact)["expected_remaining_years"].item()
        for customer in (calm, risky)
    ]
    assert years[0] > years[1]


def test_tenure_of_zero_counts_as_half_a_year_and_the_card_says_so(snapshot, snapshot_fit):
    assert durations_in_years(snapshot).min() == 0.5
    assert f"{(snapshot['tenure_years'] == 0).mean():.1%}" in snapshot_fit.card


def test_a_country_unknown_to_the_fit_counts_as_the_largest(customers, fit):
    abroad, home = (
        customers.head(1).assign(customer_id=0, country=country) for country in ("Malta", "France")
    )

    scored = [retention.score(customer, fit.artefact) for customer in (abroad, home)]

    assert scored[0]["churn_probability"].item() == scored[1]["churn_probability"].item()


def test_insufficient_data_is_said_and_scores_are_null(customers):
    few = customers[~customers["has_exited"]].head(300)

    fit = retention.fit(few, depth="quick", seed=1)
    scores = retention.score(few, load_artefact(dump_artefact(fit.artefact)))

    assert fit.status == "insufficient_data"
    assert "0 of 300 customers have left" in fit.card
    assert scores["customer_id"].tolist() == few["customer_id"].tolist()
    assert scores.drop(columns="customer_id").isna().all(axis=None)


def test_hazard_ratios_planted_in_the_sample_lie_in_joint_intervals(built_sample):
    truth = planted_truth("churn")
    planted = {entry["name"]: entry["log_hazard_ratio"] for entry in truth["log_hazard_ratios"]}
    columns = ["feature", "value_low", "value_high"]
    ratios = pd.DataFrame(
        built_sample.query(
            f"select {', '.join(columns)} from evaluation.feature_effects"
            " where model_name = 'retention' and kind = 'hazard_ratio'"
        ),
        columns=columns,
    ).set_index("feature")

    # Terms that the generator doesn't know have no effect in the sample.
    expected = pd.Series(0.0, index=ratios.index)
    expected[list(SAMPLE_TERMS)] = [planted[name] for name in SAMPLE_TERMS.values()]
    assert set(SAMPLE_TERMS.values()) == set(planted)
    assert misses(ratios, expected) == []


def test_a_feature_that_tells_the_outcome_is_refused_by_name(customers):
    complained = customers["has_exited"] ^ (np.arange(len(customers)) % 200 == 0)

    with pytest.raises(UserError, match=r"has_complained .* tells by itself who has left"):
        retention.fit(customers.assign(has_complained=complained), depth="quick", seed=1)


def test_the_winner_has_the_lowest_figures_of_the_candidates(fit):
    winner = fit.params["survival_model"]
    scores = fit.metrics.set_index("metric")["value"].filter(like="integrated_brier_score_of_")
    assert scores.idxmin() == f"integrated_brier_score_of_{winner}"
    assert figure(fit, "integrated_brier_score")["value"] == scores.min()


def test_survival_is_held_against_what_was_seen_at_four_years_by_five_groups(fit, customers):
    cells = fit.calibration[fit.calibration["split"].str.startswith("survival_year_")]
    assert len(cells) == 20
    assert cells.groupby("split")["n"].sum().tolist() == [len(customers)] * 4
    inside = cells["predicted"].between(cells["observed_low"], cells["observed_high"])
    assert inside.sum() >= 16
    assert len(fit.params["survival_cells_outside"]) == (~inside).sum()


def test_odds_ratios_point_where_hazard_ratios_do(fit):
    odds, hazards = ratios_of(fit, "odds_ratio"), ratios_of(fit)
    clear = [name for name in PLANTED if odds.loc[name, "value_low"] > 1]
    assert len(clear) >= 4
    assert (hazards.loc[clear, "value"] > 1).all()


def test_a_candidate_that_does_not_converge_is_left_out_and_others_compete():
    newcomers = make_customers(300, PLANTED).assign(tenure_years=0)
    countries = known_countries(newcomers)
    design, events = survival_design(newcomers, countries), newcomers["has_exited"].to_numpy(int)
    fitters = survival_candidates(newcomers, countries, names=["cox", "weibull"], seed=1)
    durations, folds = durations_in_years(newcomers), np.arange(300) % 3

    compared = compare_survival_models(fitters, design, durations, events, folds)

    assert compared.winner == "cox"
    assert not compared.metrics["metric"].str.endswith("_of_weibull").any()
    with pytest.raises(NothingToFitError, match="weibull"):
        compare_survival_models({"weibull": fitters["weibull"]}, design, durations, events, folds)


def test_a_zero_tenure_as_another_part_of_a_year_is_judged_by_a_model_that_sees_the_difference(monkeypatch):
    # The judge, few folds, and no other slow candidate, which has no part in this.
    few_folds = replace(retention.probability_depth("quick"), has_slow_candidates=True)
    monkeypatch.setattr(retention, "probability_depth", lambda depth: few_folds)
    monkeypatch.setattr(retention, "SLOW_SURVIVAL_CANDIDATES", ("weibull",))
    newcomers = make_customers(400, PLANTED)
    newcomers["tenure_years"] = newcomers["tenure_years"].round().where(newcomers.index % 4 > 0, 0)

    fit = retention.fit(newcomers, depth="full", seed=1)

    brier = fit.metrics.set_index("metric")["value"].filter(regex="integrated_brier_score_of_weibull")
    assert len(brier) == 3 and brier.nunique() == 3
    assert f"with half a year {brier['integrated_brier_score_of_weibull']:.4f}" in fit.card.replace("\n", " ")
