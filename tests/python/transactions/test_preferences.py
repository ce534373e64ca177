"""Preferences: features know nothing of the future, a planted taste is found, chance isn't taken for one."""

import numpy as np
import pandas as pd
import pytest
from preference_frames import GROUPS, monthly_spending, people, preference_tables

from bank_marketing.transactions import preferences
from bank_marketing.transactions.preference_candidates import CANDIDATES
from bank_marketing.transactions.preference_evaluation import evaluate, origins_to_judge, roll
from bank_marketing.transactions.preference_pairs import FIGURES, TRAITS, make_pairs

CLIENTS = 160


@pytest.fixture(scope="module")
def customers():
    return people(CLIENTS)


@pytest.fixture(scope="module")
def tables(built_sample, customers):
    return preference_tables(built_sample.folder, monthly_spending(CLIENTS), customers)


@pytest.fixture(scope="module")
def fitted(tables):
    return preferences.fit(tables["int_preference_history"], depth="quick", seed=1)


def figures_of(fit) -> pd.DataFrame:
    return fit.tables["candidates"].set_index(["candidate", "target", "metric"])


@pytest.mark.parametrize("months_back", [0, 3, 7])
@pytest.mark.parametrize("future", ["deleted", "of others"])
def test_features_of_a_cut_off_are_the_same_whatever_comes_after(
    built_sample, tables, customers, months_back, future
):
    features = tables["features_preferences"]
    cut_off = features["cut_off"].max() - pd.DateOffset(months=months_back)
    monthly = monthly_spending(CLIENTS)
    if future == "deleted":
        kept = monthly[monthly["month"] < cut_off]
    else:
        later = monthly["month"] >= cut_off
        moved = np.where(later, (monthly["client_id"] + 37) % CLIENTS, monthly["client_id"])
        kept = monthly.assign(client_id=moved, purchases_usd=np.where(later, 2, 1) * monthly["purchases_usd"])
    again = preference_tables(built_sample.folder, kept, customers)["features_preferences"]
    now, then = (frame[frame["cut_off"] == cut_off].reset_index(drop=True) for frame in (again, features))
    assert len(then) == CLIENTS * len(GROUPS)
    pd.testing.assert_frame_equal(now, then, check_exact=True)


@pytest.mark.parametrize(("last_day", "is_whole"), [(20, False), (27, False), (29, True), (31, True)])
def test_a_month_that_the_file_cuts_short_is_not_seen(built_sample, customers, last_day, is_whole):
    monthly = monthly_spending(CLIENTS)
    month = monthly["month"].max()
    latest = month + pd.Timedelta(days=last_day - 1)
    cut = monthly.assign(last_transacted_at=monthly["last_transacted_at"].clip(upper=latest))
    cut_offs = preference_tables(built_sample.folder, cut, customers)["int_preference_cutoffs"]
    (newest,) = cut_offs.loc[cut_offs["is_newest"], "cut_off"]
    assert newest == (month + pd.DateOffset(months=1) if is_whole else month)
    told = cut_offs.loc[cut_offs["has_outcome"], "cut_off"]
    assert told.max() == newest - pd.DateOffset(months=3)
    assert told.min() >= monthly["month"].min() + pd.DateOffset(months=12)


def test_outcomes_are_those_of_the_three_months_from_the_cut_off(tables):
    history = tables["int_preference_history"]
    monthly = monthly_spending(CLIENTS)
    row = history.sort_values("next_purchases").iloc[-1]
    is_after = (monthly["month"] >= row["cut_off"]) & (
        monthly["month"] < row["cut_off"] + pd.DateOffset(months=3)
    )
    same = (monthly["client_id"] == row["client_id"]) & (monthly["spending_group"] == row["spending_group"])
    assert row["next_purchases"] == monthly.loc[is_after & same, "purchases"].sum() > 0


def test_a_planted_taste_is_found_and_only_a_candidate_that_sees_rises_finds_it(fitted):
    assert fitted.status == "fitted"
    figures = figures_of(fitted)
    kept = fitted.params["candidate"]
    assert kept in ("rises", "boosting")
    assert figures.loc[(kept, "new_groups", "ndcg_at_3"), "difference_from_popularity_low"] > 0
    assert figures.loc[("own_frequency", "new_groups", "ndcg_at_3"), "difference_from_popularity_low"] < 0
    assert figures["is_kept"].groupby("candidate").nunique().eq(1).all()


def test_kept_is_the_first_that_is_not_told_from_the_best(fitted):
    decisive = figures_of(fitted).xs(("new_groups", "ndcg_at_3"), level=("target", "metric"))
    best = decisive["value"].idxmax()
    is_told = (decisive["difference_from_best_high"] < 0) | (decisive["difference_from_best_low"] > 0)
    assert decisive.index[decisive["is_kept"]].tolist() == [decisive.index[~is_told][0]]
    assert decisive.loc[best, "difference_from_best"] == 0


def test_with_futures_of_other_clients_no_candidate_beats_popularity(tables):
    history = tables["int_preference_history"]
    history = history[history["client_id"] < 60]
    outcomes = ["next_purchases", "next_spending_usd"]
    beaten = 0
    for seed in range(10):
        random = np.random.default_rng(seed)
        shuffled = history.sort_values(["cut_off", "client_id", "spending_group"], ignore_index=True)
        parts = []
        for _, part in shuffled.groupby("cut_off"):
            values = part[outcomes].to_numpy().reshape(-1, len(GROUPS), 2)
            parts.append(values[random.permutation(len(values))].reshape(-1, 2))
        shuffled[outcomes] = np.concatenate(parts)
        pairs = make_pairs(shuffled)
        rolled = roll(pairs, origins_to_judge(pairs, 2), seed=seed)
        figures = evaluate(rolled, resamples=100, seed=seed)
        decisive = figures[figures["metric"] == "ndcg_at_3"]
        beaten += bool((decisive["difference_from_popularity_low"] > 0).any())
    assert beaten <= 1


def test_chances_are_calibrated_on_what_came_after(fitted):
    figures = figures_of(fitted)
    kept = fitted.params["candidate"]
    assert figures.loc[(kept, "all_groups", "expected_calibration_error"), "value"] < 0.05
    assert (
        figures.loc[(kept, "all_groups", "log_loss"), "value"]
        < figures.loc[("popularity", "all_groups", "log_loss"), "value"]
    )


def test_every_figure_lies_in_its_interval(fitted):
    table = fitted.tables["candidates"]
    for name in ("value", "difference_from_popularity", "difference_from_best"):
        known = table[table[f"{name}_low"].notna()]
        assert len(known) == len(table)
        assert known[name].between(known[f"{name}_low"] - 1e-9, known[f"{name}_high"] + 1e-9).all()


def test_the_order_of_rows_changes_nothing(tables, fitted):
    history = tables["int_preference_history"].sample(frac=1, random_state=3)
    again = preferences.fit(history, depth="quick", seed=1)
    pd.testing.assert_frame_equal(again.tables["candidates"], fitted.tables["candidates"])


def test_a_stored_fit_scores_the_same(tables, fitted):
    from bank_marketing.fitting.artefacts import dump_artefact, load_artefact

    features = tables["features_preferences"]
    newest = features[features["cut_off"] == features["cut_off"].max()]
    stored = load_artefact(dump_artefact(fitted.artefact))
    scored = preferences.score(newest, stored)
    pd.testing.assert_frame_equal(scored, preferences.score(newest, fitted.artefact))
    assert len(scored) == len(newest) and scored["chance"].between(0, 1).all()


def test_no_candidate_sees_age_or_gender():
    assert not {"age_years", "gender"} & {*FIGURES, *TRAITS}


@pytest.mark.parametrize("name", CANDIDATES)
def test_a_candidate_tells_the_same_of_a_client_alone(tables, name):
    pairs = make_pairs(tables["int_preference_history"])
    model = CANDIDATES[name].fit(pairs, 1)
    some = np.zeros(len(pairs), dtype=bool)
    some[5] = True
    alone = CANDIDATES[name].chance(model, pairs.of(some))
    np.testing.assert_allclose(alone, CANDIDATES[name].chance(model, pairs)[some])


def test_too_little_history_says_so_and_the_cold_start_serves_everybody(built_sample, customers):
    short = preference_tables(built_sample.folder, monthly_spending(CLIENTS, months=1), customers)
    fit = preferences.fit(short["int_preference_history"], depth="full", seed=1)
    assert fit.status == "insufficient_data"
    (row,) = fit.tables["candidates"].to_dict("records")
    assert row["candidate"] == "cold_start" and row["n"] == 0 and "Too little history" in row["message"]

    scores = preferences.score_everybody(short["features_preferences"], customers, fit.artefact)
    assert scores["is_cold_start"].all() and len(scores) == CLIENTS * len(GROUPS)
    assert scores["chance"].between(0, 1).all()


def test_a_cold_start_is_what_is_popular_in_the_band_and_credit_goes_without_age():
    features = pd.DataFrame(
        [
            (client, group, 3 * (group == ("fuel" if client < 200 else "travel")), 25 if client < 200 else 70)
            for client in range(400)
            for group in ("fuel", "travel")
        ],
        columns=["client_id", "spending_group", "purchases_3_months", "age_years"],
    ).assign(yearly_income_usd=30_000.0)
    new = pd.DataFrame(
        {
            "client_id": [900, 901, 902],
            "age_years": [22, 75, None],
            "yearly_income_usd": [28_000.0, 28_000, None],
        }
    )
    scores = preferences.popularity_by_band(features, new).pivot(
        index="client_id", columns="spending_group", values=["chance", "chance_without_age"]
    )
    assert scores.loc[900, ("chance", "fuel")] > 0.9 and scores.loc[901, ("chance", "travel")] > 0.9
    assert scores["chance_without_age"].to_numpy() == pytest.approx(0.5)
    assert scores.loc[902].to_numpy() == pytest.approx(0.5)


def test_a_client_who_lacks_a_group_is_refused(tables):
    with pytest.raises(ValueError, match="one row for each client"):
        make_pairs(tables["int_preference_history"].iloc[1:])
