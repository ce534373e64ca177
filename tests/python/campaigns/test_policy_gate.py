"""What the gate refuses though a gain is seen, and what policies are judged by, on one log of known truth."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from project_copies import REPOSITORY

from bank_marketing.campaigns.personalisation_policies import BOTH
from bank_marketing.campaigns.policy_candidates import CANDIDATES, MIX
from bank_marketing.campaigns.policy_judging import Judged, judge
from bank_marketing.campaigns.policy_promotion import Stated, promotion_rows

sys.path.append(str(REPOSITORY / "studies"))
import policy_evaluation as study

pytestmark = pytest.mark.slow

WITH_CONTEXT = {one.name for one in CANDIDATES if one.has_context}


@pytest.fixture(scope="module")
def told():
    return study.estimated_frame(study.draw_log(11, customers=3_000))


@pytest.fixture(scope="module")
def judged(told) -> Judged:
    return judge(told, seed=1, limits={}, draws=50)


def rows_of(judged: Judged) -> dict[str, dict]:
    return {row["policy"]: row for row in promotion_rows(judged, present=MIX, stated=Stated())}


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def test_weights_that_add_up_to_no_number_promote_nothing(judged):
    propensity = judged.log[BOTH].dollars.propensity.copy()
    propensity[judged.log[BOTH].dollars.action >= 5] = 1e-200
    rows = rows_of(
        replace(judged, log={**judged.log, BOTH: study.with_propensity(judged.log[BOTH], propensity)})
    )

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
    for name in ("greedy", "Thompson sampling"):
        assert held.policies[BOTH][name][:, liked].mean() < 0.06
        assert free.policies[BOTH][name][:, liked].mean() > 0.1
