"""Policies on logs whose truth is known: what is told, what is refused, who is promoted and why."""

import json
import re
import sys
from dataclasses import replace
from fnmatch import fnmatch

import numpy as np
import pandas as pd
import pytest
from project_copies import REPOSITORY

from bank_marketing.campaigns import policy_fit, policy_log
from bank_marketing.campaigns.known_outcomes import decision_key, read_outcomes
from bank_marketing.campaigns.personalisation import plan_of, with_enough_customers
from bank_marketing.campaigns.personalisation_policies import BOTH, LEAST_PROPENSITY, folds
from bank_marketing.campaigns.policy_candidates import LOGGED, MIX, SINGLE
from bank_marketing.campaigns.policy_design import Design
from bank_marketing.campaigns.policy_ingredients import WITHIN_LIMITS
from bank_marketing.campaigns.policy_judging import Judged, judge
from bank_marketing.campaigns.policy_promotion import DRAWING, stated_promotion
from bank_marketing.errors import UserError
from bank_marketing.fitting.artefacts import dump_artefact, load_artefact
from bank_marketing.methods import policy_value
from bank_marketing.methods.bayesian_logistic import Posterior
from bank_marketing.methods.depths import DEPTHS
from bank_marketing.methods.policies import DRAWS, Policy, probabilities
from bank_marketing.methods.policy_sums import policy_sums
from bank_marketing.methods.policy_value import LEAST_EFFECTIVE_OF_SWITCH, why_refused
from bank_marketing.service.published_policy import from_artefact

sys.path.append(str(REPOSITORY / "studies"))
import policy_logs as study

pytestmark = pytest.mark.slow

SHARES = {
    "campaign_type": {"every": {"most_share": 0.3}},
    "campaign_channel": {"every": {"most_share": 0.25}},
}
PERSON = {"name": "A. Person", "reason": "a campaign is running"}


def fitted(frame: pd.DataFrame, **settings):
    return policy_fit.fit(frame, depth="quick", seed=1, limits=SHARES, **settings)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return study.estimated_frame(study.draw_log(11, customers=3_000))


@pytest.fixture(scope="module")
def kept() -> list[Judged]:
    """Return what `fit` judged."""
    return []


@pytest.fixture(scope="module")
def fit(frame, kept):
    def judge_and_keep(*log, **settings):
        kept.append(judge(*log, **settings))
        return kept[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policy_fit, "judge", judge_and_keep)
        return fitted(frame)


@pytest.fixture
def judged_once(fit, kept, monkeypatch):
    """Let fits of the same log go on from what `fit` judged, where a test is about what follows."""
    monkeypatch.setattr(policy_fit, "judge", lambda *log, **settings: kept[0])


@pytest.fixture(scope="module")
def log():
    return study.draw_log(3, customers=1_500)


@pytest.fixture(scope="module")
def decided(log) -> pd.DataFrame:
    """Return customers of whom each got a campaign by a logged chance, too."""
    return study.logged_frame(log, seed=3)


@pytest.fixture(scope="module")
def fit_of_decided(decided):
    return fitted(decided)


@pytest.fixture(scope="module")
def evaluated(fit) -> pd.DataFrame:
    keys = ["chosen", "policy", "against", "estimator"]
    return fit.tables["policy_evaluation"].set_index(keys).sort_index()


def test_each_candidate_is_judged_by_every_estimator_and_the_direct_method_has_no_interval(evaluated):
    of_mix = evaluated.loc[BOTH].xs(MIX, level="against")["gain_usd_low"].unstack()

    assert of_mix["direct method"].isna().all()
    assert of_mix[["doubly robust", "clipped"]].notna().all(axis=None)
    assert {"Thompson sampling", "greedy without context", "uniform", SINGLE, WITHIN_LIMITS} <= set(
        of_mix.index
    )
    assert (evaluated["verdict"].str.len() > 20).all()


def test_estimators_without_a_model_tell_values_and_no_verdict_of_gains(evaluated):
    for estimator in ("self-normalised", "inverse propensity"):
        rows = evaluated.loc[BOTH].xs(estimator, level="estimator")
        rows = rows[~rows["verdict"].str.startswith("Refused")]

        assert rows[["value_usd_low", "value_usd_high", "gain_usd"]].notna().all(axis=None)
        kept = ["gain_usd_low", "gain_usd_high", "conversion_rate_gain_low", "conversion_rate_gain_high"]
        assert rows[[*kept, "is_distinguishable", "smallest_detectable_gain_usd"]].isna().all(axis=None)
        assert rows["verdict"].str.startswith("No verdict: ").all()


def test_gains_over_two_others_differ_by_the_gain_of_the_one_over_the_other(evaluated):
    robust = evaluated.xs("doubly robust", level="estimator").loc[BOTH, "gain_usd"]

    assert robust["Thompson sampling", MIX] == pytest.approx(
        robust["Thompson sampling", SINGLE] + robust[SINGLE, MIX]
    )
    assert robust["no limits", WITHIN_LIMITS] == pytest.approx(
        robust["no limits", SINGLE] - robust[WITHIN_LIMITS, SINGLE]
    )


def test_what_an_ingredient_earns_or_costs_is_told(evaluated):
    lacking = evaluated.loc[BOTH].xs(WITHIN_LIMITS, level="against")

    assert lacking["lacks"].to_dict() == {
        ("random among the eligible", "doubly robust"): "choice",
        ("probability alone", "doubly robust"): "values and costs",
        ("no value", "doubly robust"): "values",
        ("no limits", "doubly robust"): "limits",
    }
    # Half the value of a conversion lies between types: limits cost more than all else earns.
    gain = lacking["gain_usd"].droplevel("estimator")
    assert gain["no limits"] > 500 > 0 > gain["random among the eligible"]


def test_whether_choosing_by_customer_gains_cannot_be_told(evaluated):
    row = evaluated.loc[(BOTH, "greedy", SINGLE, "doubly robust")]

    assert row["gain_usd_low"] < 0 < row["gain_usd_high"]
    assert row["verdict"].startswith("Can't be told")
    assert "would have been seen" in row["verdict"]


def test_one_policy_that_draws_is_promoted_and_each_other_has_a_reason(fit):
    rows = fit.tables["policy_promotions"].set_index("policy")
    (promoted,) = rows.index[rows["is_promoted"]]

    assert promoted in DRAWING
    assert rows.loc[promoted, "gain_usd_low"] > 0
    assert rows.loc["uniform", "decision"] == "refused"
    assert re.fullmatch(
        r"Earns \d+ to \d+ dollars a decision less than present mix\.", rows.loc["uniform", "reason"]
    )
    assert "draws nothing" in rows.loc["greedy", "reason"]
    assert (rows["reason"].str.len() > 20).all()
    assert fit.artefact["policy"]["name"] == fit.params["policy"] == promoted


def test_the_artefact_is_all_that_a_service_needs_to_choose(fit, frame):
    kept = load_artefact(dump_artefact(fit.artefact))
    start = kept["with_context"]
    design = Design.from_json(json.loads(json.dumps(start["design"])))
    customer = frame.head(1)
    policy = Policy("one", "thompson", variance_factor=0.1)

    shares = probabilities(
        policy,
        Posterior(start["mean"], start["root"]),
        design.design(design.known(customer)),
        np.random.default_rng(1),
        value=np.array(kept["arms"]["value_usd"]),
        cost=np.array(kept["arms"]["cost_usd"]),
    )

    named = list(zip(kept["arms"]["campaign_type"], kept["arms"]["campaign_channel"], strict=True))
    assert named == design.arms
    assert shares.sum() == pytest.approx(1)
    # Values differ so much that the type is hardly ever another one.
    assert shares[0, [kind == "Conversion" for kind, _ in named]].sum() > 0.9
    assert {"rule", "variance_factor", "epsilon", "has_context"} <= set(kept["policy"])


@pytest.mark.usefixtures("judged_once")
def test_a_memory_is_for_the_service_and_the_card_says_so(frame, fit):
    forgetful = fitted(frame, memory_decisions=100.0)

    assert forgetful.artefact["memory_decisions"] == 100
    root = forgetful.artefact["with_context"]["root"]
    assert (root == fit.artefact["with_context"]["root"]).all()
    assert "learned from the whole campaign file, which has no times" in forgetful.card
    assert "the service forgets down to about the newest 100 outcomes (policy_memory" in forgetful.card
    assert "learned from all outcomes; the service goes on and keeps all (policy_memory" in fit.card


def test_a_memory_lets_older_decisions_count_less_and_the_campaign_file_least():
    log = study.draw_log(3, customers=1_500)
    decided = study.decisions_of(log, seed=3).head(1_200)
    # The last two are known at the same moment.
    decided.loc[1_199, "outcome_at"] = decided.loc[1_198, "outcome_at"]
    frame = policy_log.log_rows(log.frame, decided.sample(frac=1, random_state=1))
    told = policy_log.judged_log(frame)
    counted, besides = policy_log.remembered(told, policy_log.earlier_log(frame, told), 100.0)

    counts = counted.set_index("decision_id")["counts"][decided["decision_id"]].to_numpy()
    assert counts[-3:] == pytest.approx([0.99**2, 1, 1])
    assert counts[:-1] == pytest.approx(np.append(0.99 ** np.arange(1_199, 1, -1), 1))
    assert besides["counts"].to_numpy() == pytest.approx(np.full(1_500, 0.99**1_200))
    for memory, rows in ((None, told), (100.0, frame[frame["log"] == policy_log.RESPONSES])):
        assert "counts" not in policy_log.remembered(rows, rows.head(0), memory)[0]


def test_a_build_with_a_memory_follows_a_market_that_has_changed():
    log = study.draw_log(7, customers=2_000)
    swapped = replace(log, chance=log.chance[:, ::-1, ::-1])
    parts = [study.decisions_of(log, seed=1), study.decisions_of(swapped, seed=2)]
    parts[1]["decision_id"] += "later"
    parts[1]["outcome_at"] += pd.Timedelta(days=90)
    frame = policy_log.log_rows(log.frame, pd.concat(parts, ignore_index=True))
    keeps, forgets = fitted(frame), fitted(frame, memory_decisions=500.0)

    earned = []
    for fit in (keeps, forgets):
        start = fit.artefact["with_context"]
        design = Design.from_json(start["design"])
        odds = design.design(design.known(log.frame)) @ start["mean"]
        chosen = odds.argmax(axis=1)
        earned.append(swapped.chance.reshape(2_000, -1)[np.arange(2_000), chosen].mean())
    assert earned[1] > earned[0] + 0.02
    assert "about the newest 500 outcomes of decisions" in forgets.card
    assert len(forgets.artefact["outcomes"]["decisions"]) == 4_000


def test_where_all_campaigns_cost_more_than_they_bring_nobody_is_contacted_and_that_earns_nothing(frame):
    table = fitted(frame.assign(cost_per_contact_usd=1e6)).tables["policy_evaluation"]
    of_greedy = table[(table["policy"] == "greedy") & (table["against"] == MIX) & (table["chosen"] == BOTH)]

    # Nobody in the log was left alone, but what that brings is known.
    assert (of_greedy["value_usd"] == 0).all()
    assert of_greedy["gain_usd"].to_numpy() == pytest.approx(1e6, rel=0.02)
    assert (of_greedy["effective_customers"] == of_greedy["customers"]).all()


def test_a_campaign_that_nobody_got_is_judged_and_served_for_nobody(frame):
    is_gone = (frame["campaign_type"] == "Conversion") & (frame["campaign_channel"] == "PPC")
    fit = fitted(frame[~is_gone].reset_index(drop=True))
    arms = pd.DataFrame(fit.artefact["arms"])
    gone = arms.query("campaign_type == 'Conversion' and campaign_channel == 'PPC'").index

    assert arms.index[arms["value_usd"].isna()].tolist() == gone.tolist()
    assert from_artefact(load_artefact(dump_artefact(fit.artefact)), 1).value[gone].tolist() == pytest.approx(
        [np.nan], nan_ok=True
    )
    assert (fit.tables["policy_evaluation"].query("chosen == @BOTH")["campaigns"] == 19).all()


@pytest.mark.usefixtures("judged_once")
def test_the_present_policy_stays_until_another_earns_more(frame, fit):
    again = fitted(frame, earlier=fit.artefact).tables["policy_promotions"].set_index("policy")
    present = fit.params["policy"]

    assert again.loc[present, "decision"] == "present"
    assert not again["is_promoted"].any()
    assert (again["against"] == present).all()


@pytest.mark.usefixtures("judged_once")
def test_a_person_holds_and_approves_by_name(frame, fit):
    held = fitted(frame, promotion={"decision": "hold", **PERSON})
    approved = fitted(frame, promotion={"decision": "approve", "policy": "greedy", **PERSON})
    back = fitted(frame, earlier=fit.artefact, promotion={"decision": "approve", "policy": MIX, **PERSON})

    of_held = held.tables["policy_promotions"].set_index("policy")
    assert not of_held["is_promoted"].any()
    assert held.artefact["policy"]["name"] == MIX
    assert of_held.loc[fit.params["policy"], ["decision", "decided_by", "decided_because"]].tolist() == [
        "held",
        *PERSON.values(),
    ]
    assert approved.artefact["policy"]["name"] == "greedy"
    passed = approved.tables["policy_promotions"].query("decision == 'passed'")["reason"]
    assert len(passed)
    assert passed.str.endswith("A. Person approved greedy.").all()
    assert back.artefact["policy"]["shares"] == pytest.approx(back.artefact["arms"]["share"])


@pytest.mark.usefixtures("judged_once")
def test_who_holds_where_nothing_passed_keeps_the_policy_in_use(frame, fit):
    held = fitted(frame, earlier=fit.artefact, promotion={"decision": "hold", **PERSON})
    present = fit.params["policy"]

    assert held.artefact["policy"]["name"] == present
    assert held.tables["policy_promotions"].iloc[0][["policy", "decision"]].tolist() == [present, "held"]


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"decision": "hold", "name": "A. Person"}, "no reason"),
        ({"decision": "hold", "reason": "none"}, "no name"),
        ({"decision": "perhaps", **PERSON}, "expected hold or approve"),
        ({"decision": "approve", "policy": "luck", **PERSON}, "'luck', expected one of Thompson"),
        ({"decision": "hold", "policy": "greedy", **PERSON}, "holds and has policy 'greedy', expected none"),
        ({"decide": "hold"}, "expected {decision"),
    ],
)
def test_a_decision_without_name_or_reason_is_refused(stated, said):
    with pytest.raises(UserError, match=said):
        stated_promotion(stated)


@pytest.mark.parametrize("stated", [1, 0.5, -5, "nan", "many", True])
def test_a_memory_that_is_no_number_above_1_is_refused(stated):
    with pytest.raises(UserError, match=f"policy_memory_decisions is {stated!r}, expected a number above 1"):
        policy_log.stated_memory(stated)
    assert policy_log.stated_memory("2000") == 2_000
    assert policy_log.stated_memory("") is policy_log.stated_memory(None) is None


def test_a_log_without_support_is_refused_with_its_figures(frame):
    narrow = frame[(frame["campaign_type"] == "Awareness") | (frame["customer_id"] % 50 == 0)]
    narrow = narrow[narrow["campaign_channel"].isin(["Email", "SEO"])]
    # Conversion campaigns are worth most, and nearly nobody got one.
    few = narrow[narrow["campaign_type"].isin(["Awareness"])].head(560)
    rare = frame[(frame["campaign_type"] == "Conversion") & (frame["campaign_channel"] == "SEO")].head(50)
    fit = fitted(pd.concat([few, rare], ignore_index=True))

    row = fit.tables["policy_promotions"].set_index("policy").loc["greedy"]
    assert row["decision"] == "refused"
    assert "effective ones, fewer than" in row["reason"]
    of_greedy = fit.tables["policy_evaluation"].query("policy == 'greedy' and chosen == @BOTH")
    assert of_greedy["verdict"].str.startswith("Refused").any()
    assert of_greedy.loc[of_greedy["verdict"].str.startswith("Refused"), "gain_usd"].isna().all()
    assert of_greedy["effective_customers"].notna().all()


def test_too_few_customers_are_told_and_promote_nothing(frame):
    fit = fitted(frame.head(60))

    assert fit.status == "insufficient_data"
    assert fit.tables["policy_promotions"]["reason"].iloc[0].startswith("Not estimated: ")
    assert fit.tables["policy_evaluation"]["verdict"].iloc[0].startswith("Not estimated: ")


def test_decisions_for_one_campaign_leave_the_campaign_file_to_judge_on(log):
    decided = study.decisions_of(log, seed=3)
    decided[["campaign_type", "campaign_channel"]] = ["Awareness", "Email"]
    fit = fitted(policy_log.log_rows(log.frame, decided))

    assert fit.status == "fitted"
    assert (fit.tables["policy_evaluation"]["log"] == policy_log.RESPONSES).all()
    assert (
        "1,500 others, since 1 campaigns (type and channel) have at least 50 of the 1,500 decisions"
        in fit.card
    )


def test_where_nothing_can_be_judged_what_is_in_use_and_what_a_person_decides_stay(frame, fit):
    few, present = frame.head(60), fit.params["policy"]
    approval = {"decision": "approve", "policy": "greedy", **PERSON}
    alone = fitted(few, earlier=fit.artefact)
    held = fitted(few, earlier=fit.artefact, promotion={"decision": "hold", **PERSON})
    approved = fitted(few, earlier=fit.artefact, promotion=approval)
    too_early = fitted(few, promotion=approval)

    assert load_artefact(dump_artefact(alone.artefact)).keys() == fit.artefact.keys()
    assert alone.artefact["policy"] == fit.artefact["policy"]
    rows = [each.tables["policy_promotions"] for each in (alone, held, approved, too_early)]
    kept = ["policy", "decision", "is_promoted", "decided_by"]
    assert [each[kept].to_numpy().tolist() for each in rows] == [
        [[present, "present", False, "gate"]],
        [[present, "held", False, "A. Person"]],
        [[present, "present", False, "gate"], ["greedy", "approved", True, "A. Person"]],
        [["(nothing)", "refused", False, "gate"], ["greedy", "refused", False, "A. Person"]],
    ]
    assert (approved.artefact["policy"]["name"], approved.params["policy"]) == ("greedy", "greedy")
    assert present in [one["name"] for one in approved.artefact["candidates"]]
    assert too_early.artefact == {}
    assert "can't be in use" in rows[3]["reason"].iloc[1]


def test_the_order_of_rows_changes_nothing(frame, fit):
    shuffled = fitted(frame.sample(frac=1, random_state=1))

    for name, table in fit.tables.items():
        pd.testing.assert_frame_equal(shuffled.tables[name], table, rtol=1e-6)


def test_logged_probabilities_count_where_enough_decisions_have_an_outcome(decided, fit_of_decided):
    few = decided[(decided["log"] == policy_log.RESPONSES) | (decided.index % 2 == 0)]

    row = fit_of_decided.tables["policy_evaluation"].iloc[0]
    assert (row["log"], row["propensities"], row["evidence"]) == (
        "campaign decisions",
        "logged",
        "randomised",
    )
    assert fitted(few).tables["policy_evaluation"].iloc[0]["log"] == "campaign responses"


def test_decisions_add_to_what_the_campaign_file_taught_and_the_artefact_names_them(
    log, decided, fit_of_decided
):
    of_two = decided["log"].eq(policy_log.RESPONSES) | decided["campaign_type"].isin(
        ["Awareness", "Retention"]
    )
    before, after = fitted(study.estimated_frame(log)).artefact, fit_of_decided.artefact
    frame = pd.concat([decided[of_two]] + [decided[of_two & (decided["log"] != policy_log.RESPONSES)]] * 2)
    narrow = fitted(frame.reset_index(drop=True)).artefact

    assert len(before["outcomes"]["decisions"]) == 0
    assert sum(after["arms"]["outcomes"]) == sum(before["arms"]["outcomes"]) + 1_500
    for name in ("campaign_type", "campaign_channel"):
        assert narrow["arms"][name] == before["arms"][name]
    # What was done before any policy is what the campaign file says, whatever was decided since.
    assert narrow["arms"]["share"] == after["arms"]["share"] == before["arms"]["share"]
    spread = [
        np.trace(one["with_context"]["root"] @ one["with_context"]["root"].T) for one in (before, after)
    ]
    assert spread[1] < spread[0]
    named = dict(zip(decided["decision_id"], decided["has_converted"], strict=True))
    known = read_outcomes(after["outcomes"])
    assert known == {decision_key(name): bool(yes) for name, yes in named.items() if name is not None}


def test_decisions_that_cannot_be_judged_are_counted_by_reason_and_told(log):
    decided = study.decisions_of(log, seed=3)
    decided.loc[:3, "customer_id"] = 99_999
    decided.loc[4:6, "campaign_channel"] = "Telepathy"
    decided.loc[7:8, ["campaign_type", "campaign_channel"]] = ["awareness", "email"]
    decided.loc[9, ["campaign_type", "campaign_channel"]] = None
    decided["has_converted"] = decided["has_converted"].astype("boolean")
    decided.loc[10:15, "has_converted"] = None
    frame = policy_log.log_rows(log.frame, decided)
    fit = fitted(frame)

    assert fit.params["decisions_left_out"] == {
        policy_log.NO_OUTCOME: 6,
        policy_log.UNKNOWN_CAMPAIGN: 5,
        policy_log.UNKNOWN_CUSTOMER: 4,
        policy_log.NO_CONTACT: 1,
    }
    verdicts = fit.tables["policy_evaluation"]["verdict"]
    assert verdicts.str.contains("Of 1,500 logged decisions don't count: 6 without an outcome yet; 5 ").all()
    assert "4 about a customer who isn't in the campaign file" in fit.card
    few = fitted(policy_log.log_rows(log.frame, decided.head(900)))
    assert "884 others, since fewer than 1,000 can be judged." in few.card


def test_decisions_about_a_customer_are_in_one_fold(log):
    decided = pd.concat([study.decisions_of(log, seed=seed) for seed in range(3)], ignore_index=True)
    known = with_enough_customers(policy_log.judged_log(policy_log.log_rows(log.frame, decided)))
    plan, _ = plan_of(known)
    fold = pd.Series(folds(plan, seed=1)).groupby(known["customer_id"])

    assert len(known) > 4_300
    assert (fold.nunique() == 1).all()
    assert fold.first().value_counts().between(290, 310).all()
    assert judge(known, seed=1, limits={}).log[BOTH].is_judged.mean() == pytest.approx(0.8, abs=0.02)


def test_several_decisions_about_a_customer_are_one_customer(log):
    drawn = [
        study.decisions_of(log, seed=seed).assign(decision_id=lambda d, n=seed: d["decision_id"] + f"{n}")
        for seed in range(3)
    ]
    fit = fitted(policy_log.log_rows(log.frame, pd.concat(drawn, ignore_index=True)))
    evaluated = fit.tables["policy_evaluation"]
    of_mix = evaluated[(evaluated["against"] == LOGGED) & (evaluated["chosen"] == BOTH)]

    assert of_mix["customers"].between(1_150, 1_200).all()
    assert (evaluated["differing_customers"] <= evaluated["customers"]).all()
    assert (evaluated["effective_customers"] <= evaluated["customers"]).all()
    # Money is told by decision: beside the gain stands what each decision of the log earned.
    robust = of_mix[of_mix["estimator"] == "doubly robust"]
    known = policy_log.judged_log(policy_log.log_rows(log.frame, pd.concat(drawn, ignore_index=True)))
    earned = known["conversion_value_usd"] * known["has_converted"] - known["cost_per_contact_usd"]
    assert (robust["value_usd"] - robust["gain_usd"]).to_numpy() == pytest.approx(earned.mean(), rel=0.03)
    assert robust["verdict"].str.contains("dollars a decision").any()
    assert not robust["verdict"].str.contains("a customer").any()
    customers = of_mix["customers"].iloc[0]
    assert re.search(rf"{customers:,} customers judged: 3,\d{{3}} logged decisions", fit.card)


def test_a_switch_estimate_on_few_effective_customers_has_no_interval(evaluated):
    switch = evaluated.xs("switch", level="estimator").loc[BOTH].xs(MIX, level="against")
    is_few = switch["effective_customers"] < LEAST_EFFECTIVE_OF_SWITCH

    assert is_few.any()
    assert not is_few.all()
    assert (switch["gain_usd_low"].isna() == is_few).all()
    assert switch["gain_usd"].notna().all()
    assert switch.loc[is_few, "verdict"].str.startswith("No interval: with ").all()
    assert switch.loc[is_few, ["is_distinguishable", "smallest_detectable_gain_usd"]].isna().all(axis=None)


def test_at_full_depth_thompson_sampling_is_judged_by_the_draws_that_it_serves_with():
    assert DEPTHS["quick"].policy_draws < DEPTHS["full"].policy_draws == DRAWS


def test_what_limits_say_is_what_is_refused():
    limits = pd.read_csv(REPOSITORY / "seeds/reference/campaigns/limits.csv", index_col="metric")

    assert limits.loc["different_customers", "minimal"] == policy_value.LEAST_DIFFERING
    assert limits.loc["effective_customers%", "minimal"] == policy_value.LEAST_EFFECTIVE
    assert limits.loc["effective_customers%", "good"] == LEAST_EFFECTIVE_OF_SWITCH
    assert limits.loc["mean_weight%", "minimal"] == policy_value.LEAST_MEAN_WEIGHT
    assert limits.loc["mean_weight%", "suspicious"] == policy_value.MOST_MEAN_WEIGHT
    assert limits.loc["differing_customers%", "minimal"] == policy_value.LEAST_DIFFERING
    assert limits.loc["unsupported_share%", "minimal"] == policy_value.MOST_UNSUPPORTED
    assert limits.loc["largest_weight%", "minimal"] == 1 / LEAST_PROPENSITY


def test_each_sign_of_support_has_limits(evaluated):
    limits = pd.read_csv(REPOSITORY / "seeds/reference/campaigns/limits.csv", index_col="metric")
    signs = [name for name in evaluated if name.endswith(("_share", "_weight")) or "_customers" in name]

    assert len(signs) > 8
    assert [
        one for one in signs if not any(fnmatch(one, row.replace("%", "*")) for row in limits.index)
    ] == []


def test_decisions_about_a_customer_widen_what_is_told_of_the_chances(log, fit_of_decided):
    once = study.decisions_of(log, seed=3)
    again = [once.assign(decision_id=once["decision_id"] + f"{n}") for n in range(4)]
    fits = [fit_of_decided, fitted(policy_log.log_rows(log.frame, pd.concat(again, ignore_index=True)))]

    # The same decisions four times over tell no more of the chances than once.
    widths = []
    for fit in fits:
        of_loss = fit.metrics.set_index("metric").loc["log_loss_of_without_context"]
        widths.append(of_loss["value_high"] - of_loss["value_low"])
    assert widths[1] == pytest.approx(widths[0], rel=0.1)


def test_what_was_not_among_the_candidates_is_given_to_nobody():
    log = study.draw_log(4, customers=1_500)
    decided = study.logged_frame(log, seed=4, without="Conversion/PPC")
    known = policy_log.judged_log(decided).sort_values("customer_id", ignore_index=True)
    judged = judge(known, seed=1, limits={})
    gone = [f"{kind}/{channel}" for kind in judged.types for channel in judged.channels].index(
        "Conversion/PPC"
    )

    for name, chances in judged.policies[BOTH].items():
        if name != SINGLE:
            assert chances[:, gone].max() == 0, name


def test_logged_probabilities_count_as_they_are_given_one_of_the_arms_that_are_offered():
    log = study.draw_log(5, customers=3_000)
    chances = study.assignment(log.frame)
    # The first campaign is rare with most customers; so few get the second that nothing is offered of it.
    chances[:, 0] = np.where(np.arange(len(chances)) % 3, 0.006, 0.06)
    chances[:, 1] = 0.004
    chances[:, 2:] *= ((1 - chances[:, :2].sum(axis=1)) / chances[:, 2:].sum(axis=1))[:, None]
    decided = policy_log.judged_log(study.logged_frame(log, seed=5, chances=chances))
    known = with_enough_customers(decided.sort_values("customer_id", ignore_index=True))
    judged = judge(known, seed=1, limits={})

    names = known["campaign_type"] + "/" + known["campaign_channel"]
    read = [json.loads(text) for text in known["candidates"]]
    first, second = (f"{study.generator.TYPES[0]}/{each}" for each in study.generator.CHANNELS[:2])
    assert second not in set(names)
    own = [each[name] / (1 - each[second]) for each, name in zip(read, names, strict=True)]
    counted = judged.log[BOTH].dollars.propensity
    assert counted == pytest.approx(np.array(own)[judged.log[BOTH].is_judged])
    assert counted.min() < 0.01
    pairs = [f"{kind}/{channel}" for kind in judged.types for channel in judged.channels]
    assert judged.policies[BOTH]["uniform"][:, pairs.index(second)].max() == 0
    assert judged.policies[BOTH]["uniform"][:, pairs.index(first)].min() > 0


def test_a_campaign_that_half_of_the_customers_could_not_get_is_not_judged_for_all():
    log = study.draw_log(6, customers=2_000)
    is_older = (log.frame["age_years"] > 45).to_numpy()
    is_late = np.arange(len(study.generator.TYPES)).repeat(len(study.generator.CHANNELS)) > 1
    chances = np.where(is_older[:, None] == is_late, study.assignment(log.frame), 0)
    for may, is_judged in ((None, False), (chances > 0, True)):
        fit = fitted(study.logged_frame(log, seed=6, chances=chances, may=may))
        rows = fit.tables["policy_promotions"].set_index("policy").loc[["Thompson sampling", SINGLE]]
        # What a log doesn't give is another policy's to give, unless the candidates say null.
        assert np.isfinite(rows["gain_usd"].astype(float)).eq(is_judged).all()
        assert rows["reason"].str.contains("the customer had no chance of getting").ne(is_judged).all()


SHORTLISTED = 8


@pytest.fixture(scope="module")
def shortlisted() -> pd.DataFrame:
    """Judge logs whose policy gave each customer some campaigns alone, by what those served would earn."""
    rows = []
    for seed in range(SHORTLISTED):
        log = study.draw_log(100 + seed, customers=2_000)
        chances = study.assignment(log.frame)
        chances = np.where(chances < 0.02, 0, chances)
        known = policy_log.judged_log(study.logged_frame(log, seed=seed, chances=chances))
        known = known.sort_values("customer_id", ignore_index=True)
        judged = judge(known, seed=1, limits={}, draws=50)
        here = np.searchsorted(log.frame["customer_id"], known["customer_id"])[judged.log[BOTH].is_judged]
        earned = log.chance.reshape(len(log.frame), -1)[here] * judged.money.value - judged.money.cost
        for name, given in judged.policies[BOTH].items():
            sums = policy_sums(judged.log[BOTH].dollars, given)
            value, support = sums.value("doubly robust"), sums.support()
            served = given[:, :-1]
            truth = float((served * earned).sum(axis=1).mean())
            lost = float((served * (chances[here] == 0)).sum(axis=1).mean())
            is_held = value.low <= truth <= value.high
            rows.append((name, is_held, lost, support.unsupported_share, served.min(), why_refused(support)))
    return pd.DataFrame(rows, columns=["policy", "is_held", "lost", "told_lost", "least", "refused"])


def test_what_would_be_served_is_judged_on_a_log_that_gave_some_campaigns_alone(shortlisted):
    held = shortlisted.groupby("policy")["is_held"].mean()

    # Uniform choice serves each of 20 campaigns and no contact alike, whatever the log gave.
    assert shortlisted.loc[shortlisted["policy"] == "uniform", "least"].to_numpy() == pytest.approx(1 / 21)
    assert (held >= 5 / SHORTLISTED).all()
    # Policies miss together where a log is an odd one: more than two of 8 logs are in six of a thousand.
    assert held.mean() > 0.75


def test_what_a_log_never_gave_is_lost_support_and_too_much_of_it_is_refused(shortlisted):
    assert shortlisted["told_lost"].to_numpy() == pytest.approx(shortlisted["lost"].to_numpy())
    is_too_much = shortlisted["lost"] > policy_value.MOST_UNSUPPORTED
    assert is_too_much.any()
    assert not is_too_much.all()
    said = shortlisted["refused"].str.contains("had no chance of getting", na=False)
    assert said.eq(is_too_much).all()


def test_what_customers_are_given_depends_on_no_outcome_of_theirs_or_of_later_folds(frame):
    known = policy_log.judged_log(frame).sort_values("customer_id", ignore_index=True)
    plan, _ = plan_of(known)
    fold = folds(plan, seed=1)
    turned = known.assign(has_converted=known["has_converted"] ^ (fold >= 3))

    before, after = (judge(each, seed=1, limits={}) for each in (known, turned))

    same = fold[fold > 0] <= 3
    first, second = (each.policies[BOTH]["greedy"] for each in (before, after))
    assert (first[same] == second[same]).all()
    assert (first[~same] != second[~same]).any()
