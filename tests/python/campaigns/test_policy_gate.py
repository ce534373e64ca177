"""What the gate refuses though a gain is seen, and what policies are judged by, on one log of known truth."""

import json
import re
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from project_copies import REPOSITORY

from bank_marketing.campaigns import policy_log
from bank_marketing.campaigns.personalisation import plan_of, with_enough_customers
from bank_marketing.campaigns.personalisation_policies import BOTH, folds
from bank_marketing.campaigns.policy_candidates import CANDIDATES, LOGGED, MIX, SINGLE
from bank_marketing.campaigns.policy_evaluation import NOT_HELD_BACK, evaluation_rows
from bank_marketing.campaigns.policy_judging import Judged, judge
from bank_marketing.campaigns.policy_promotion import Stated, not_judged, promotion_rows

sys.path.append(str(REPOSITORY / "studies"))
import policy_logs as study

pytestmark = pytest.mark.slow

WITH_CONTEXT = {one.name for one in CANDIDATES if one.has_context}


@pytest.fixture(scope="module")
def told():
    return study.estimated_frame(study.draw_log(11, customers=3_000))


@pytest.fixture(scope="module")
def told_money(told):
    return lambda unit: told.assign(**{name: told[name] * unit for name in policy_log.MONEY})


@pytest.fixture(scope="module")
def judged(told) -> Judged:
    return judge(told, seed=1, limits={}, draws=50)


def rows_of(judged: Judged) -> dict[str, dict]:
    return {row["policy"]: row for row in promotion_rows(judged, present=MIX, stated=Stated())}


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def test_weights_that_add_up_to_no_number_promote_nothing(judged):
    propensity = judged.log[BOTH].dollars.propensity.copy()
    propensity[judged.log[BOTH].dollars.action >= 5] = 1e-200
    both = judged.log[BOTH]
    rare = {name: replace(getattr(both, name), propensity=propensity) for name in ("dollars", "conversions")}
    rows = rows_of(replace(judged, log={**judged.log, BOTH: replace(both, **rare)}))

    assert rows_of(judged)["Thompson sampling"]["decision"] in ("passed", "promoted")
    assert not any(row["is_promoted"] or row["decision"] == "passed" for row in rows.values())
    assert "weights are too large to add up" in rows["Thompson sampling"]["reason"]


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("chance", [0.5, np.nan])
def test_a_policy_whose_chances_are_worse_calibrated_is_refused_with_the_figures(judged, chance):
    off = {**judged.chance, True: judged.chance[True] * chance}
    passed, rows = rows_of(judged), rows_of(replace(judged, chance=off))

    for name in WITH_CONTEXT:
        assert passed[name]["decision"] in ("passed", "promoted")
        assert rows[name]["decision"] == "refused"
        assert "its chances are off by" in rows[name]["reason"]
    assert any(row["is_promoted"] for name, row in rows.items() if name not in WITH_CONTEXT)


def test_a_new_arm_is_held_back_in_what_is_judged(told, judged):
    liked = int(judged.policies[BOTH]["greedy"].mean(axis=0).argmax())
    kind, channel = judged.arms[liked]
    of_arm = (told["campaign_type"] == kind) & (told["campaign_channel"] == channel)
    few = told[~of_arm | (of_arm.cumsum() <= 60)]
    free, held = (
        judge(few, seed=1, limits={}, draws=50, new_actions=new)
        for new in (None, {"outcomes": 61, "largest_share": 0.05})
    )

    assert (held.outcomes < 61).sum() == 1
    for judged_so, is_said in ((free, False), (held, True)):
        rows = evaluation_rows(judged_so)
        is_fixed = [row["chosen"] == BOTH and SINGLE in (row["policy"], row["against"]) for row in rows]
        fixed = [row["verdict"] for row, so in zip(rows, is_fixed, strict=True) if so]
        others = [row["verdict"] for row, so in zip(rows, is_fixed, strict=True) if not so]
        said = [one.endswith(NOT_HELD_BACK) for one in fixed if not one.startswith("Refused")]
        assert said == [is_said] * len(said) != []
        assert not any(NOT_HELD_BACK in one for one in others)
    for name in ("greedy", "Thompson sampling"):
        assert held.policies[BOTH][name][:, liked].mean() < 0.06
        assert free.policies[BOTH][name][:, liked].mean() > 0.1


@pytest.fixture(scope="module")
def decided() -> pd.DataFrame:
    """Decisions by shares that aren't those of the campaign file."""
    log = study.draw_log(12, customers=2_000)
    shares = np.where(np.arange(20) < 5, 0.08, 0.04)
    return study.logged_frame(log, seed=12, chances=np.tile(shares, (2_000, 1)))


def both(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the decisions, and what the campaign file tells."""
    log = policy_log.judged_log(frame)
    return log.sort_values("customer_id", ignore_index=True), policy_log.earlier_log(frame, log)


def test_the_present_mix_is_that_of_the_campaign_file_and_the_log_is_named_apart(decided):
    log, file = both(decided)
    judged = judge(log, seed=1, limits={}, besides=file, draws=50)
    names = [f"{kind}/{channel}" for kind, channel in judged.arms]
    done = (file["campaign_type"] + "/" + file["campaign_channel"]).value_counts(normalize=True)[names]
    logged = (log["campaign_type"] + "/" + log["campaign_channel"]).value_counts(normalize=True)[names]

    assert np.abs(done - logged).max() > 0.02
    assert judged.share == pytest.approx(done.to_numpy())
    assert judged.policies[BOTH][MIX].mean(axis=0)[:-1] == pytest.approx(done.to_numpy())
    rows = pd.DataFrame(evaluation_rows(judged))
    compared = rows[rows["policy"].eq("greedy") & rows["chosen"].eq(BOTH)]
    assert set(compared["against"]) == {LOGGED, MIX, SINGLE}
    robust = compared[compared["estimator"] == "doubly robust"].set_index("against")["gain_usd"]
    of_mix = rows[rows["policy"].eq(MIX) & rows["estimator"].eq("doubly robust")].set_index("against")
    assert robust[LOGGED] == pytest.approx(robust[MIX] + of_mix.loc[LOGGED, "gain_usd"])
    assert rows_of(judged)["greedy"]["gain_usd"] == pytest.approx(robust[MIX])


def test_what_the_campaign_file_tells_of_a_customer_is_not_used_for_that_customer(decided):
    log, file = both(decided)
    log = with_enough_customers(log)
    plan, _ = plan_of(log)
    late = log["customer_id"][folds(plan, seed=1) >= 3]
    turned = file.assign(has_converted=file["has_converted"] ^ file["customer_id"].isin(late))

    before, after = (judge(log, seed=1, limits={}, besides=each, draws=50) for each in (file, turned))

    fold = folds(plan, seed=1)
    same = fold[fold > 0] <= 3
    for has_context in (True, False):
        first, second = (each.chance[has_context] for each in (before, after))
        assert (first[same] == second[same]).all()
        assert (first[~same] != second[~same]).all()
    assert (before.learned.alike.posterior.mean != after.learned.alike.posterior.mean).any()


def test_the_best_single_campaign_gives_the_next_one_to_who_may_not_get_it():
    log = study.draw_log(13, customers=1_500)
    rng = np.random.default_rng(1)
    may = np.array([rng.permutation(20) < 12 for _ in range(1_500)])
    told, file = both(study.logged_frame(log, seed=13, chances=may / 12, may=may))
    judged = judge(told, seed=1, limits={}, besides=file, draws=50)
    given, worth = judged.policies[BOTH][SINGLE], judged.log[BOTH].worth[1:]
    read = [json.loads(text) for text in told["candidates"]]
    names = [f"{kind}/{channel}" for kind, channel in judged.arms]
    eligible = np.array([[one.get(name, 0) is not None for name in names] for one in read])
    eligible = eligible[judged.log[BOTH].is_judged]

    assert given[:, -1].max() == 0
    assert (given[:, :-1] <= eligible).all()
    # Three of five may get the best of all that is learned in their fold; the others the second or third.
    assert given.mean(axis=0).max() > 0.3
    best = [np.where(eligible, each, -np.inf).argmax(axis=1) for each in worth]
    assert np.any([one == given.argmax(axis=1) for one in best], axis=0).all()


@pytest.mark.parametrize(("unit", "figure"), [(1, r"[\d,]+"), (1e-3, r"\d\.\d\d"), (1e-6, r"0\.00\d{3}")])
def test_small_money_is_told_in_as_many_figures_as_it_needs(told_money, unit, figure):
    judged = judge(told_money(unit), seed=1, limits={}, draws=50)
    said = f"arns {figure} to {figure} dollars a decision more than present mix."

    assert re.search(f"E{said}", rows_of(judged)["Thompson sampling"]["reason"])
    verdict = next(row["verdict"] for row in evaluation_rows(judged) if row["policy"] == "Thompson sampling")
    assert re.search(f"Earns more: Thompson sampling e{said}", verdict)


@pytest.mark.parametrize("present", [MIX, "greedy"])
def test_who_approves_what_is_in_use_changes_nothing_and_is_named(judged, present):
    stated = Stated("approve", present, "A. Person", "it works")
    for rows in (
        promotion_rows(judged, present=present, stated=stated),
        not_judged("no", present=present, stated=stated, known=[present]),
    ):
        kept = rows[0]
        assert [kept[key] for key in ("policy", "decision", "is_promoted", "decided_by")] == [
            present,
            "approved",
            False,
            "A. Person",
        ]
        assert kept["reason"].endswith("It was in use already.")
        assert not any(row["is_promoted"] for row in rows)


def test_where_all_campaigns_are_new_customers_are_contacted(told):
    two = told[(told["campaign_type"] == "Awareness") & told["campaign_channel"].isin(["Email", "SEO"])]
    new = {"outcomes": 10_000, "largest_share": 0.05}
    judged = judge(two.reset_index(drop=True), seed=1, limits={}, draws=50, new_actions=new)

    for name in ("greedy", "Thompson sampling"):
        assert judged.policies[BOTH][name][:, -1].mean() < 0.1
