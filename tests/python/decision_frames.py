"""A publication to decide by, without a warehouse: two types by two channels, one number of the customer."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from bank_marketing.campaigns.policy_design import Design, Start
from bank_marketing.methods.bayesian_logistic import Posterior, prior
from bank_marketing.methods.policies import Policy
from bank_marketing.service.deciding import Desk, State
from bank_marketing.service.learning import Learner
from bank_marketing.service.publication import Publication
from bank_marketing.service.published_policy import PublishedPolicy, Rule
from bank_marketing.service.rules import Rules

NOW = datetime(2026, 3, 2, 12)
DESIGN = Design(("age_years",), (40.0,), (10.0,), (1.4,), ("Awareness", "Retention"), ("Email", "SEO"))
# Nobody is of the control group, unless a test wants it.
RULES = Rules(holdout_share=0.0)


def rule(name, **settings):
    return Rule(name, Policy(name, **settings))


THOMPSON, GREEDY = rule("Thompson sampling", rule="thompson"), rule("greedy", rule="greedy")


def policy(**changes):
    """Return a policy that expects most of Retention by SEO of whoever is older."""
    mean = np.zeros(DESIGN.terms)
    mean[0] = -1.5
    columns = 3
    retention, seo = 2 * columns, 4 * columns
    mean[retention], mean[seo], mean[seo + 1] = 0.5, 0.4, 0.8
    start = Start(DESIGN, prior(np.ones(DESIGN.terms)), Posterior(mean, np.eye(DESIGN.terms) * 0.3))
    made = PublishedPolicy(
        THOMPSON, 3, start, np.full(4, 100.0), np.array([1.0, 2.0, 1.0, 2.0]), shadows=(GREEDY,)
    )
    return replace(made, **changes)


def publication(customers=20, **changes):
    known = {n: (float(20 + n % 50),) for n in range(1, customers + 1)}
    return replace(Publication(7, policy(), known), **changes)


def row_of(decision):
    """Return the terms of what was decided."""
    arm = DESIGN.arms.index((decision["campaign_type"], decision["campaign_channel"]))
    return DESIGN.rows(np.array([[decision["traits"]["age_years"]]]), np.array([arm]))[0]


class Clock:
    """Tells the time that a test sets."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def forward(self, **time):
        self.now += timedelta(**time)


class Service:
    """A desk on a log, whose requests are handled at once."""

    def __init__(self, store, of=None, *, rules=RULES, seed=1, clock=None):
        self.store, self.publication, self.clock = store, of or publication(), clock or Clock()
        self.learner = Learner(self.publication.policy)
        self.desk = Desk(self.state, rules, self.clock, np.random.default_rng(seed))

    def state(self):
        return State(self.publication, self.learner.belief)

    def ask(self, *requests):
        with self.store.write() as connection:
            return [_read(answer) for answer in self.desk.handle(connection, requests)]

    def tick(self):
        with self.store.write() as connection:
            self.desk.tick(connection)

    def learn(self):
        with self.store.read() as connection:
            self.learner.learn(connection)
        return self.learner.posterior


def _read(answer):
    """Return the row of a decision as who reads the log has it."""
    if not isinstance(answer, dict):
        return answer
    return {
        name: json.loads(value) if name in ("candidates", "traits") else value
        for name, value in answer.items()
    }
