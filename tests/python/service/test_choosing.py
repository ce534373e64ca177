"""Who gets what: drawn with the logged probability, never against a rule, nobody where nothing is gained."""

import json
from dataclasses import replace
from datetime import timedelta
from unittest.mock import Mock

import numpy as np
import pytest
from decision_frames import DESIGN, GREEDY, NOW, RULES, policy, publication, rule
from scipy.special import expit

from bank_marketing.methods.bayesian_logistic import Posterior
from bank_marketing.methods.policies import probabilities
from bank_marketing.service.belief import Belief
from bank_marketing.service.choosing import STAGES, Customer, choose
from bank_marketing.service.published_policy import Rule, from_artefact
from bank_marketing.service.rules import Rules
from bank_marketing.subject_keys import hashed_subject

SOMEBODY = Customer(1, (60.0,))


def decide(*customers, of=None, rules=RULES, now=NOW, rng=None, outcomes=0.0):
    used = of or publication()
    start = used.policy.start
    belief = Belief(start.posterior, 0, np.full(4, outcomes), start.design)
    choices = choose(customers, used, belief, rules, now, rng or np.random.default_rng(1))
    return [replace(choice, candidates=json.loads(choice.candidates)) for choice in choices]


def stages(choice):
    return set(choice.candidates["stage"][:-1])


def test_arms_are_drawn_with_the_probability_that_is_logged():
    choices = decide(*[SOMEBODY] * 4000)
    logged = np.array(choices[0].candidates["probability"])
    assert logged.sum() == pytest.approx(1)
    drawn = np.bincount([4 if c.arm is None else c.arm for c in choices], minlength=5) / 4000
    assert np.abs(drawn - logged).max() < 4 * np.sqrt(0.25 / 4000)
    assert all(c.probability == logged[4 if c.arm is None else c.arm] > 0 for c in choices)


@pytest.mark.parametrize("draw", [0.0, np.nextafter(1.0, 0.0)])
def test_the_ends_of_what_can_be_drawn_choose_nothing_that_has_no_chance(draw):
    rng = Mock(random=lambda size: np.full(size, draw))
    (choice,) = decide(SOMEBODY, of=publication(policy=policy(rule=GREEDY)), rng=rng)
    assert (choice.arm, choice.probability) == (3, 1.0)


def test_expectations_are_those_of_the_mode_with_their_interval():
    (choice,) = decide(SOMEBODY, of=publication(policy=policy(rule=GREEDY)))
    row = DESIGN.design(np.array([[60.0]]))[0, 3]
    posterior = policy().start.posterior
    sd = np.sqrt(row @ posterior.covariance @ row)
    assert (choice.arm, choice.probability, choice.reason) == (3, 1.0, "best")
    assert choice.expected == pytest.approx(expit(row @ posterior.mean) * 100 - 2)
    assert choice.low == pytest.approx(expit(row @ posterior.mean - 1.959964 * sd) * 100 - 2)
    assert choice.high == pytest.approx(expit(row @ posterior.mean + 1.959964 * sd) * 100 - 2)
    assert choice.candidates["rank"][3] == 1
    assert sorted(choice.candidates["rank"]) == [1, 2, 3, 4, 5]


def test_where_everything_costs_more_than_it_brings_nobody_is_contacted():
    for used in (GREEDY, Rule("present mix", None, np.full(4, 0.25))):
        dear = publication(policy=policy(rule=used, cost=np.full(4, 200.0)))
        (choice,) = decide(SOMEBODY, of=dear)
        assert (choice.arm, choice.reason, choice.probability) == (None, "no_gain", 1.0)
        assert (choice.expected, choice.low, choice.high) == (0, 0, 0)


def test_fixed_shares_are_kept_among_what_the_rules_leave():
    mix = publication(policy=policy(rule=Rule("present mix", None, np.array([0.1, 0.2, 0.3, 0.4]))))
    (choice,) = decide(SOMEBODY, of=mix)
    assert choice.candidates["probability"] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0])
    (choice,) = decide(replace(SOMEBODY, channels=frozenset({"Email"})), of=mix)
    assert choice.candidates["probability"] == pytest.approx([0.25, 0, 0.75, 0, 0])


def test_who_may_not_get_the_single_campaign_gets_the_next_one():
    first = Rule("best single campaign", None, np.array([1.0, 4.0, 2.0, 0.0]), is_first=True)
    single = publication(policy=policy(rule=first))
    (choice,) = decide(SOMEBODY, of=single)
    assert choice.candidates["probability"] == [0, 1, 0, 0, 0]
    (choice,) = decide(replace(SOMEBODY, channels=frozenset({"Email"})), of=single)
    assert choice.candidates["probability"] == [0, 0, 1, 0, 0]


def contacted(days, channel="Email"):
    return replace(SOMEBODY, contacts=[(NOW - timedelta(days=days), channel)])


ALL = frozenset(DESIGN.channels)
KEY = b"k" * 32
CASES = {
    "profiling": (SOMEBODY, {"objections": frozenset({hashed_subject(1, KEY)}), "subject_key": KEY}, RULES),
    "withdrawn": (replace(SOMEBODY, withdrawn=frozenset({"all"})), {}, RULES),
    "not_permitted": (SOMEBODY, {"forbidden": {1: ALL}}, RULES),
    "no_consent": (SOMEBODY, {}, Rules(consent_channels=["Email", "SEO"])),
    "held_out": (SOMEBODY, {"held_out": {1: NOW.date() + timedelta(days=1)}}, RULES),
    "control": (SOMEBODY, {}, Rules(holdout_share=0.5)),
    "contact_pause": (contacted(3), {}, RULES),
    "contact_limit": (contacted(90.5), {}, Rules(contacts_a_customer=1, holdout_share=0.0)),
    "channel_limit": (SOMEBODY, {}, Rules(contacts_by_channel={"Email": 0, "SEO": 0}, holdout_share=0.0)),
    "quiet_hours": (
        SOMEBODY,
        {},
        Rules(quiet_hours={"Email": (8, 20), "SEO": (8, 20)}, holdout_share=0.0),
    ),
    "not_asked_for": (replace(SOMEBODY, channels=frozenset()), {}, RULES),
    "not_offered": (SOMEBODY, {"policy": policy(value=np.full(4, np.nan))}, RULES),
}


def test_each_stage_has_its_case():
    assert tuple(CASES) == STAGES


@pytest.mark.parametrize("stage", CASES)
def test_what_a_rule_forbids_is_no_contact_with_its_reason(stage):
    customer, known, rules = CASES[stage]
    if stage == "control":
        customer = replace(customer, number=next(n for n in range(1, 99) if rules.is_control(n)))
    choices = decide(*[customer] * 20, of=publication(**known), rules=rules)
    assert {(c.arm, c.reason, c.probability) for c in choices} == {(None, stage, 1.0)}
    assert stages(choices[0]) == {stage}


def test_who_objects_by_a_lookup_of_today_is_not_profiled():
    (choice,) = decide(SOMEBODY, of=publication(opposed=frozenset({1}), forbidden={1: ALL}))
    assert (choice.arm, choice.reason) == (None, "profiling")


def test_the_reason_is_that_of_the_channels_that_were_asked_for():
    rules = Rules(contacts_by_channel={"Email": 0}, quiet_hours={"SEO": (8, 20)}, holdout_share=0.0)
    for asked, reason in (({"Email"}, "channel_limit"), ({"SEO"}, "quiet_hours"), (ALL, "quiet_hours")):
        assert decide(replace(SOMEBODY, channels=frozenset(asked)), rules=rules)[0].reason == reason


def test_no_contact_lacks_a_gain_only_where_no_campaign_has_one():
    choices = decide(*[SOMEBODY] * 200, of=publication(policy=policy(rule=rule("uniform", rule="uniform"))))
    assert {c.reason for c in choices if c.arm is None} == {"explored"}
    (choice,) = decide(SOMEBODY, of=publication(policy=policy(cost=np.full(4, 1e6))))
    assert (choice.arm, choice.reason) == (None, "no_gain")


def test_one_forbidden_channel_leaves_the_other():
    customers = [replace(SOMEBODY, withdrawn=frozenset({"SEO"}))] * 50
    for choice in decide(*customers):
        assert choice.arm in (None, 0, 2)
        assert choice.candidates["stage"] == ["", "withdrawn", "", "withdrawn", ""]
        assert choice.candidates["probability"][1] == choice.candidates["probability"][3] == 0


def test_who_consented_may_be_contacted_by_a_channel_that_needs_it():
    rules = Rules(consent_channels=["Email", "SEO"], holdout_share=0.0)
    (choice,) = decide(SOMEBODY, of=publication(consenting=frozenset({(1, "email")})), rules=rules)
    assert choice.candidates["stage"] == ["", "no_consent", "", "no_consent", ""]


def test_somebody_unknown_is_decided_for_by_traits_alone():
    (choice,) = decide(Customer(None, (np.nan,)))
    assert stages(choice) == {""}


def test_a_new_arm_is_held_back():
    held = policy(
        rule=rule("greedy", rule="greedy"), outcomes=np.array([99, 99, 99, 0.0]), needed=50, largest_share=0.1
    )
    choices = decide(*[SOMEBODY] * 50, of=publication(policy=held))
    assert np.mean([c.candidates["probability"][3] for c in choices]) < 0.2
    choices = decide(SOMEBODY, of=publication(policy=held), outcomes=50.0)
    assert choices[0].arm == 3


def test_shadow_policies_are_logged_and_never_answer():
    choices = decide(*[SOMEBODY] * 300)
    assert {c.candidates["shadows"]["greedy"]["candidate"] for c in choices} == {3}
    assert {c.arm for c in choices} > {3}


def test_the_artefact_of_the_fit_is_understood():
    start = policy().start
    stored = {
        "design": DESIGN.to_json(),
        "mean": start.posterior.mean,
        "root": start.posterior.root,
        "prior_mean": start.prior.mean,
        "prior_root": start.prior.root,
    }
    thompson = {
        "rule": "thompson",
        "variance_factor": 0.1,
        "epsilon": 0.1,
        "memory": None,
        "has_context": True,
    }
    mix = {"name": "present mix", "rule": "shares", "has_context": False, "shares": [0.25] * 4}
    artefact = {
        "policy": {"name": "Thompson sampling", **thompson},
        "candidates": [mix, {"name": "another", **thompson}],
        "arms": {"value_usd": [1.0] * 4, "cost_usd": [2.0] * 4, "outcomes": [9] * 4},
        "with_context": stored,
        "without_context": {},
        "new_actions": {"outcomes": 100.0, "largest_share": 0.05},
        "memory_decisions": 2000.0,
        "outcomes": {"decisions": np.array([7]), "has_converted": np.array([True])},
    }
    read = from_artefact(artefact, 4)
    assert (read.version, read.memory, read.rule.name) == (4, 2000.0, "Thompson sampling")
    assert read.known == {7: True}
    assert read.rule.policy.variance_factor == 0.1
    assert [shadow.name for shadow in read.shadows] == ["another"]
    assert read.start.design == DESIGN
    assert isinstance(read.start.posterior, Posterior)
    assert read.new_arms(np.full(4, 91.0)) is None
    assert read.new_arms(np.full(4, 90.0)) is not None
    by_shares = from_artefact(artefact | {"policy": mix}, 4)
    assert (by_shares.rule.policy, by_shares.rule.shares.tolist()) == (None, [0.25] * 4)
    assert not by_shares.rule.is_first
    assert from_artefact(artefact | {"policy": mix | {"rule": "first"}}, 4).rule.is_first


@pytest.mark.parametrize("name", ["thompson", "upper_bound", "epsilon_greedy", "greedy", "uniform"])
def test_policies_choose_as_they_do_where_they_are_judged(name):
    used = rule(name, rule=name, variance_factor=0.3)
    ages = np.linspace(20, 70, 40)
    choices = decide(*[Customer(None, (age,)) for age in ages], of=publication(policy=policy(rule=used)))
    arms = np.concatenate([DESIGN.design(ages[:, None]), np.zeros((40, 1, DESIGN.terms))], axis=1)
    judged = probabilities(
        used.policy,
        policy().start.posterior,
        arms,
        np.random.default_rng(1),
        value=np.append(policy().value, 0),
        cost=np.append(policy().cost, 0),
        draws=5000,
    )
    logged = np.array([choice.candidates["probability"] for choice in choices])
    assert logged.sum(axis=1) == pytest.approx(1)
    assert np.abs(logged - judged).max() < (0.13 if name == "thompson" else 1e-9)
