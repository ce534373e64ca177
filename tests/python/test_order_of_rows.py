"""Order of rows: whatever bins or ranks gives the same for any order, with equal scores kept together."""

import re
import shutil
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from project_copies import PARSED, REPOSITORY, Project, copy_project, fit_shallowly, keep_only

from bank_marketing.campaigns import impact_by_segment
from bank_marketing.campaigns.columns import ENGAGEMENT
from bank_marketing.campaigns.engagement_score import learn_weights
from bank_marketing.campaigns.plan_limits import stated_limits
from bank_marketing.campaigns.targets import TargetHoldout, choose_targets
from bank_marketing.churn.retention_actions import HoldoutPlan, choose_calls
from bank_marketing.churn.retention_survival import survival_calibration
from bank_marketing.churn.retention_terms import known_countries
from bank_marketing.methods import calibration, deciles, drift, metrics, rules, value_ranking
from bank_marketing.methods.bands import named_bands
from bank_marketing.methods.dip import dip_statistic
from bank_marketing.methods.fairness import fairness_by_group
from bank_marketing.methods.scorecard import PointsScorecard
from bank_marketing.methods.survival import brier_losses, concordance_interval
from bank_marketing.methods.thresholds import held_out_threshold, youden_threshold
from bank_marketing.methods.typical import describe_population
from bank_marketing.methods.uplift import qini_curve
from bank_marketing.segments.profiles import profile_segments
from bank_marketing.subject_keys import key_file


def tied_rows(seed: int, size: int = 120) -> pd.DataFrame:
    """Return rows with few different scores, so that most are tied."""
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "customer_id": random.permutation(size),
            "outcome": random.integers(0, 2, size),
            "score": random.choice([0.1, 0.3, 0.3, 0.5, 0.7, 0.9], size),
            "is_treated": random.integers(0, 2, size).astype(bool),
            "duration": random.integers(1, 6, size).astype(float),
            "group": random.choice(["one", "two"], size),
            "gain": random.choice([5.0, 10.0, 10.0], size),
        }
    )


def _by_row(values: Any, rows: pd.DataFrame) -> pd.Series:
    """Lay values of rows out by customer, so that orders can be compared."""
    return pd.Series(np.asarray(values), index=rows["customer_id"].to_numpy()).sort_index()


def _lift(rows: pd.DataFrame) -> pd.DataFrame:
    return deciles.lift_by_decile(rows["outcome"], rows["score"], deciles.decile_cuts(rows["score"]))


def _survival(rows: pd.DataFrame) -> np.ndarray:
    return rows["score"].to_numpy()[:, None] ** np.arange(1, 11)


def _offers(rows: pd.DataFrame) -> pd.DataFrame:
    offers = rows.assign(
        action="call",
        cost=1.0,
        assumed_effect=0.1,
        expected_net_gain=rows["gain"],
        exit_probability=0.5,
        was_held_out=None,
    )
    plan = HoldoutPlan(effect=0.05, weeks=13, share_limit=0.5, outcome_days=180, horizon_years=3)
    chosen = choose_calls(offers, budget=None, calls=7, plan=plan, publication=1)
    return chosen[["customer_id", "is_held_out"]]


def _targets(rows: pd.DataFrame) -> pd.DataFrame:
    offers = rows.assign(
        campaign_type="Retention",
        campaign_channel=rows["group"],
        spend_level="low",
        cost_usd=1.0,
        expected_profit_usd=rows["gain"],
        conversion_probability=0.5,
        was_held_out=None,
    )
    limits = stated_limits(budget=None, contacts=7, channels={"one": {"most_contacts": 4}}, types=None)
    holdout = TargetHoldout(effect=0.05, weeks=13, share_limit=0.5, outcome_days=90)
    chosen = choose_targets(offers, limits=limits, holdout=holdout, publication=1).chosen
    return chosen[["customer_id", "is_held_out"]]


def _calibrated(rows: pd.DataFrame) -> np.ndarray:
    fitted = calibration.fit_calibrator("isotonic", rows["score"].to_numpy(), rows["outcome"].to_numpy())
    return calibration.apply_calibrator(fitted, np.linspace(0, 1, 21))


def _fairness(rows: pd.DataFrame) -> pd.DataFrame:
    return fairness_by_group(
        rows["outcome"],
        rows["score"],
        traits={"group": rows["group"]},
        selections={"high": rows["score"] > 0.5},
    )


def _weights(rows: pd.DataFrame) -> pd.DataFrame:
    measures = {name: rows["score"] + place * rows["duration"] for place, name in enumerate(ENGAGEMENT)}
    return learn_weights(pd.DataFrame(measures), rows["outcome"].to_numpy())


def _brier_losses(rows: pd.DataFrame) -> pd.Series:
    seen = rows["duration"].to_numpy(), rows["outcome"].to_numpy()
    losses = brier_losses(
        _survival(rows), np.arange(1.0, 11.0), *seen, training_durations=seen[0], training_events=seen[1]
    )
    return _by_row(losses, rows)


# Each takes rows of `tied_rows` in any order. Whatever bins or ranks rows belongs here.
OF_ROWS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "calibration.equal_count_bins": lambda r: _by_row(calibration.equal_count_bins(r["score"]), r),
    "calibration.reliability_curve": lambda r: calibration.reliability_curve(r["outcome"], r["score"]),
    "calibration.expected_calibration_error": lambda r: calibration.expected_calibration_error(
        r["outcome"], r["score"]
    ),
    "calibration.fit_calibrator": _calibrated,
    "deciles.assign_deciles": lambda r: _by_row(
        deciles.assign_deciles(r["score"], deciles.decile_cuts(r["score"])), r
    ),
    "deciles.lift_by_decile": _lift,
    "metrics.roc_auc": lambda r: metrics.roc_auc(r["outcome"].to_numpy(), r["score"].to_numpy()),
    "metrics.roc_auc_interval": lambda r: metrics.roc_auc_interval(
        r["outcome"].to_numpy(), r["score"].to_numpy()
    ),
    "metrics.average_precision_rarer_class": lambda r: metrics.average_precision_rarer_class(
        r["outcome"].to_numpy(), r["score"].to_numpy()
    ),
    "metrics.average_precision_interval": lambda r: metrics.average_precision_interval(
        r["outcome"].to_numpy(), r["score"].to_numpy(), resamples=20, random=np.random.default_rng(1)
    ),
    "survival.concordance_interval": lambda r: concordance_interval(
        r["duration"].to_numpy(), r["score"].to_numpy(), r["outcome"].to_numpy()
    ),
    "retention_survival.survival_calibration": lambda r: survival_calibration(
        _survival(r), r["duration"].to_numpy(), r["outcome"].to_numpy()
    ),
    "survival.brier_losses": _brier_losses,
    "uplift.qini_curve": lambda r: vars(qini_curve(r["outcome"], r["is_treated"], r["score"])),
    "thresholds.youden_threshold": lambda r: youden_threshold(r["score"], r["outcome"]),
    "thresholds.held_out_threshold": lambda r: vars(held_out_threshold(r["score"], r["outcome"], seed=1)),
    "fairness.fairness_by_group": _fairness,
    "rules.learn_cuts": lambda r: rules.learn_cuts(r, {"score": 0.5, "duration": 0.8}),
    "drift.reference": lambda r: str(drift.reference(r[["score", "duration", "group"]])),
    "bands.named_bands": lambda r: _by_row(named_bands(r["duration"], {1: "early", 3: "late"}), r),
    "impact_by_segment._bands": lambda r: _by_row(impact_by_segment._bands(r["score"]).astype(str), r),
    "typical.describe_population": lambda r: describe_population(r, ["score", "duration"], ["group"]),
    "scorecard.PointsScorecard": lambda r: str(
        vars(PointsScorecard(level=1.0).fit(r[["score", "duration", "group"]], r["outcome"]))
    ),
    "engagement_score.learn_weights": _weights,
    "dip.dip_statistic": lambda r: dip_statistic(r["score"].to_numpy() + r["duration"].to_numpy()),
    "value_ranking.tenths": lambda r: _by_row(value_ranking.tenths(r["score"]), r),
    "value_ranking.spearman": lambda r: value_ranking.spearman(r["gain"], r["score"]),
    "value_ranking.top_tenth_share": lambda r: value_ranking.top_tenth_share(r["gain"], r["score"]),
    "retention_terms.known_countries": lambda r: known_countries(r.rename(columns={"group": "country"})),
    "retention_actions.choose_calls": _offers,
    "targets.choose_targets": _targets,
}

BINS_OR_RANKS = re.compile(
    r"argsort|rankdata|(?<!normal_)quantile\(|qcut|pd\.cut|searchsorted|lexsort|array_split"
)
# What bins or ranks, but no rows of customers in any order, or is tried above by what calls it.
OTHERS = {
    "allocation": "chooses in the order of its offers: choose_calls sets that by chance",
    "budget_plan": "chooses in the order of its offers: whoever calls it sorts them",
    "cell_design": "sums by cell, whose rows it lays beside each other",
    "change_point": "simulated series; the order of the labels is what it looks at",
    "choosing": "arms of one customer by what they earn",
    "classifier": "the order of arrival is what it looks at",
    "cluster_evidence": "simulated rows",
    "clustering": "clusters by size",
    "cross_fitting": "the order of arrival is what it looks at",
    "drivers": "features of one row by size",
    "group_tests": "p-values by size",
    "importance": "drawn at random by row: whoever calls it sorts by key",
    "known_outcomes": "keys are looked up among sorted ones",
    "list_stability": "quantiles of draws",
    "media_plan": "quantiles of draws",
    "mix_tables": "quantiles of draws",
    "names": "traits of a segment by size",
    "pair_logit": "sums by pair, whose rows it lays beside each other",
    "personalisation_policies": "a customer's rarest campaign: the fit sorts by key and campaign",
    "policy_fit": "campaigns by what they earn",
    "policy_sums": "where parts of a log end",
    "preference_pairs": "sorts by key",
    "profit": "the order of arrival is what it looks at",
    "retention_drivers": "topics of one row by size",
    "retention_effects": "quantiles of residuals",
    "shared_terms": "cuts of values, whatever their order",
    "survival_models": "a grid of times",
    "target_reasons": "traits of one row by what they add",
    "value": "thirds by age and tiers by value, equal ones together",
}


def same(one: Any, other: Any) -> None:
    """Compare to the last digits but three: sums of floats differ in the last one by their order."""
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, rtol=1e-12, atol=1e-12)
    elif isinstance(one, pd.Series):
        pd.testing.assert_series_equal(one, other)
    elif isinstance(one, Mapping):
        assert one.keys() == other.keys()
        for name in one:
            same(one[name], other[name])
    elif isinstance(one, str | list):
        assert one == other
    else:
        np.testing.assert_allclose(np.asarray(one, float), np.asarray(other, float), rtol=1e-12, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_ROWS)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_rows_changes_nothing(name, seed):
    rows = tied_rows(seed)
    shuffled = rows.sample(frac=1, random_state=seed)

    same(OF_ROWS[name](rows), OF_ROWS[name](shuffled))


@pytest.mark.slow
def test_profiles_are_bit_for_bit_the_same_for_any_order_of_their_totals():
    random = np.random.default_rng(1)
    totals = pd.DataFrame(
        {
            "segment_id": range(1, 9),
            "segment_name": list("abcdefgh"),
            "method": "rules",
            "model_version": 1,
            "theme": "value",
            "trait": "income_usd",
            "kind": "amount",
            "made_of": "income_usd",
            "n": random.integers(50, 500, 8),
            "mean": random.lognormal(10, 1, 8),
            "variance": random.lognormal(18, 1, 8),
            "third_moment": random.lognormal(27, 1, 8),
            "lowest": 0.0,
        }
    )
    profiles = profile_segments(totals, clusters=(), rules=())

    for seed in range(20):
        shuffled = profile_segments(totals.sample(frac=1, random_state=seed), clusters=(), rules=())
        pd.testing.assert_frame_equal(profiles, shuffled, check_exact=True)


def test_whatever_bins_or_ranks_is_tried():
    """A module that has begun to bin or rank is missing; one of OTHERS that no longer does is in vain."""
    modules = {
        path.stem
        for path in (REPOSITORY / "src" / "bank_marketing").rglob("*.py")
        if BINS_OR_RANKS.search(path.read_text()) and "sampling" not in path.parts
    }
    tried = {name.split(".")[0] for name in OF_ROWS}

    assert modules - tried == set(OTHERS)


# What is fitted on campaign customers, and what is said of it.
OF_CAMPAIGNS = (
    "campaign_impact",
    "campaign_impact_by_segment",
    "campaign_kpis",
    "segment_diagnostics",
    "campaign_segment_profiles",
    "model_fairness",
    "conversion_scores",
    "customer_engagement",
    "engagement_curves",
    "engagement_drivers",
    "calibration_curves",
    "feature_effects",
    "lift_by_decile",
    "model_metrics",
    "campaigns_drift_score",
    "drift_monitor",
)
OTHER_DOMAINS = ("--exclude", "tag:transactions", "tag:sales", "tag:churn")
# Of what is published these tell when it was made and from which bytes, not what is in it.
OF_THE_RUN = {
    "artefact",
    "fitted_at",
    "reference_at",
    "published_at",
    "loaded_at",
    "seconds",
    "fingerprint",
    "seed_fingerprints",
    "git_commit",
}


def public_tables(project: Project) -> dict[str, list[str]]:
    """Return the rows of each public table, sorted, without the columns that tell of the run."""
    tables = project.query(
        "select schema_name || '.' || table_name, list(column_name order by column_index)"
        " from duckdb_columns() where database_name = 'warehouse' and schema_name not in ('raw', 'main')"
        " and schema_name not like '%_private' group by 1",
        project.working,
    )
    return {
        table: sorted(
            map(
                str,
                project.query(
                    f"select {', '.join(sorted(set(columns) - OF_THE_RUN))} from {table}", project.working
                ),
            )
        )
        for table, columns in tables
    }


@pytest.mark.builds
def test_another_order_of_the_campaign_file_makes_the_same_tables(tmp_path, small_sample):
    found = []
    for seed in (None, 1):
        project = copy_project(tmp_path / str(seed))
        keep_only(project.folder, OF_CAMPAIGNS)
        fit_shallowly(project.folder)
        shutil.rmtree(project.folder / "seeds" / "sample")
        shutil.copytree(small_sample, project.folder / "seeds" / "sample")
        file = project.folder / "seeds" / "sample" / "campaigns" / "raw_campaign_responses.csv"
        header, *rows = file.read_text().splitlines()
        if seed is not None:
            np.random.default_rng(seed).shuffle(rows)
        file.write_text("\n".join([header, *rows]) + "\n")
        if found:
            # The same project, which dbt needn't read again.
            (project.folder / "target").mkdir(exist_ok=True)
            shutil.copy2(tmp_path / "None" / "target" / PARSED, project.folder / "target")
            # The key that customers' numbers are hashed with is of the warehouse, not of the file.
            published = project.published.relative_to(project.folder)
            shutil.copy2(key_file(tmp_path / "None" / published), key_file(project.published))
        project.build("--exclude-resource-type", "test", "unit_test", *OTHER_DOMAINS)
        found.append(public_tables(project))

    assert set(found[0]) == set(found[1]) >= {"campaigns.campaign_kpis", "evaluation.feature_effects"}
    differ = [table for table, rows in found[0].items() if rows != found[1][table]]
    assert differ == []
