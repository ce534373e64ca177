"""A service in a process of its own, on a publication without a warehouse: for tests that kill, and measures.

python service_process.py URL PORT [WORKERS]
"""

import sys
from dataclasses import replace

# Before numpy: it says how many threads OpenBLAS starts, which read that once.
import bank_marketing  # noqa: F401  # isort: skip
import numpy as np
import uvicorn
from decision_frames import publication, rule

from bank_marketing.campaigns.policy_design import Design, Start
from bank_marketing.methods.bayesian_logistic import Posterior, prior
from bank_marketing.service.app import create_app
from bank_marketing.service.published_policy import PublishedPolicy
from bank_marketing.service.rules import Rules
from bank_marketing.service.running import Running
from bank_marketing.service.store import Store
from bank_marketing.service.watching import make_logger

CUSTOMERS = 100_000
# As large as that of the sample.
DESIGN = Design(
    ("age_years", "income_usd", "loyalty_points", "previous_purchases"),
    (40.0, 80_000.0, 2500.0, 5.0),
    (12.0, 30_000.0, 1400.0, 3.0),
    (1.4, 1.4, 1.4, 1.4),
    ("Awareness", "Consideration", "Conversion", "Retention"),
    ("Email", "PPC", "Referral", "SEO", "Social Media"),
)
# Everybody may be contacted always.
RULES = Rules(contact_pause_days=0, contacts_a_customer=1000, holdout_share=0.0)


def policy() -> PublishedPolicy:
    terms = DESIGN.terms
    start = Start(DESIGN, prior(np.ones(terms)), Posterior(np.zeros(terms), np.eye(terms) * 0.1))
    shadows = (rule("greedy", rule="greedy"),)
    thompson = rule("Thompson sampling", rule="thompson", variance_factor=0.1)
    arms = len(DESIGN.arms)
    return PublishedPolicy(thompson, 1, start, np.full(arms, 1000.0), np.ones(arms), shadows=shadows)


def app():
    rng = np.random.default_rng(1)
    known = rng.normal(DESIGN.means, DESIGN.deviations, size=(CUSTOMERS, len(DESIGN.numbers)))
    made = replace(publication(policy=policy()), known=dict(enumerate(map(tuple, known.tolist()))))
    return create_app(
        lambda: Running(Store(sys.argv[1]), lambda: made, lambda: 1, RULES), logger=make_logger()
    )


if __name__ == "__main__":
    workers = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    # Workers are started with the words of this process.
    uvicorn.run(
        "service_process:app",
        factory=True,
        port=int(sys.argv[2]),
        workers=workers,
        access_log=False,
        log_level="warning",
        timeout_worker_healthcheck=60,
    )
