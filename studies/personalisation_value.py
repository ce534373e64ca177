"""Whether the value of personalising is told as often as it says, on logs whose truth is known.

    python studies/personalisation_value.py       # 200 logs a case, to docs/studies/personalisation_value.md

With `make studies`. A small part of it runs in the tests.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from bank_marketing.campaigns import personalisation
from bank_marketing.campaigns.personalisation_policies import BOTH, CHANNELS, TYPES, Plan, choices
from bank_marketing.methods.policy_sums import DOUBLY_ROBUST, policy_sums
from bank_marketing.methods.policy_value import why_refused
from bank_marketing.sampling import campaigns as generator

REPOSITORY = Path(__file__).resolve().parents[1]
LOOKUPS = REPOSITORY / "seeds" / "reference" / "campaigns"
CUSTOMERS = 6_000
NAMES = {
    "CustomerID": "customer_id",
    "Age": "age_years",
    "Gender": "gender",
    "Income": "income_usd",
    "PreviousPurchases": "previous_purchases",
    "LoyaltyPoints": "loyalty_points",
    "CampaignType": "campaign_type",
    "CampaignChannel": "campaign_channel",
    "AdSpend": "ad_spend_usd",
    "Conversion": "has_converted",
}
CASES = {
    "sample": "The generator of the sample as it is",
    "planted": "A gain of twice the half width planted",
    "campaign": "Traits swapped within each campaign: nothing to gain",
    "campaign and outcome": "Swapped within campaign and outcome: the sample's file and its gain, reordered",
}
TRAITS = ["age_years", "gender", "income_usd", "previous_purchases", "loyalty_points", "ad_spend_usd"]
# Found on seeds that aren't reported: with these, choosing by customer gains about twice the half width.
PLANTED = {BOTH: 0.295, TYPES: 0.24, CHANNELS: 0.165}


@dataclass(frozen=True)
class KnownLog:
    """Customers as the task takes them, and what is planted.

    Parameters
    ----------
    frame : DataFrame
        What `personalisation.fit` takes.
    chance : ndarray of shape (customers, types, channels)
        Of conversion under each campaign.
    """

    frame: pd.DataFrame
    chance: np.ndarray


def draw_log(
    seed: int, *, planted: str | None = None, strength: float = 0.0, customers: int = CUSTOMERS
) -> KnownLog:
    """Draw customers, campaigns and outcomes as the sample has them.

    Parameters
    ----------
    seed : int
        Of all draws.
    planted : {'campaign type', 'campaign channel', 'campaign type and channel'}, optional
        For what customers are made to differ further.
    strength : float
        Share of conversions that an unsuitable campaign loses.
    customers : int
        How many.

    Returns
    -------
    KnownLog
        One customer a row.
    """
    rng = np.random.default_rng(seed)
    raw = generator._customers(rng, customers)
    traits = generator._standardised(raw)
    raw["CampaignChannel"] = generator._assigned(
        rng, traits, generator.CHANNEL_ASSIGNMENT, generator.CHANNELS
    )
    raw["CampaignType"] = generator._assigned(rng, traits, generator.TYPE_ASSIGNMENT, generator.TYPES)
    raw["AdSpend"] = generator._spend(rng, traits)
    raw = raw.assign(**generator._engagement(rng, customers))
    chance = chances(raw)
    if planted:
        chance = chance * _planted_loss(raw, planted, strength)
    kind = pd.Categorical(raw["CampaignType"], categories=generator.TYPES).codes
    channel = pd.Categorical(raw["CampaignChannel"], categories=generator.CHANNELS).codes
    own = chance[np.arange(customers), kind, channel]
    raw["Conversion"] = rng.random(customers) < own
    return KnownLog(_with_money(raw.rename(columns=NAMES)[list(NAMES.values())]), chance)


def sample_log() -> KnownLog:
    """Return the sample's own file.

    Returns
    -------
    KnownLog
        As `draw_log` makes it.
    """
    raw = pd.read_csv(REPOSITORY / "seeds" / "sample" / "campaigns" / "raw_campaign_responses.csv")
    raw["Conversion"] = raw["Conversion"] == 1
    return KnownLog(_with_money(raw.rename(columns=NAMES)[list(NAMES.values())]), chances(raw))


def chances(raw: pd.DataFrame) -> np.ndarray:
    """Return the planted chance of conversion under every campaign, as `generator.conversion_probability`.

    Parameters
    ----------
    raw : DataFrame
        The raw columns, one row a customer.

    Returns
    -------
    ndarray of shape (customers, types, channels)
        Spend and engagement as they are.
    """
    rest = _log_odds(raw, generator.SPEND_LOG_ODDS | generator.OTHER_LOG_ODDS)
    of_type = [_log_odds(raw.assign(CampaignType=name), generator.TYPE_LOG_ODDS) for name in generator.TYPES]
    of_channel = [
        _log_odds(raw.assign(CampaignChannel=name), generator.CHANNEL_LOG_ODDS) for name in generator.CHANNELS
    ]
    log_odds = (
        generator.INTERCEPT
        + rest[:, None, None]
        + np.stack(of_type, axis=1)[:, :, None]
        + np.stack(of_channel, axis=1)[:, None, :]
    )
    coin = generator.COIN_FLIP_SHARE
    return coin * 0.5 + (1 - coin) / (1 + np.exp(-log_odds))


def _log_odds(raw: pd.DataFrame, weights: dict[str, float]) -> np.ndarray:
    total = np.zeros(len(raw))
    for condition, weight in weights.items():
        total += weight * np.asarray(raw.eval(condition, engine="python"), dtype=float)
    return total


def _planted_loss(raw: pd.DataFrame, planted: str, strength: float) -> np.ndarray:
    """Return what is left of conversions: the older suit some campaigns, the younger the others."""
    is_older = (raw["Age"] >= 44).to_numpy()[:, None, None]
    late_type = np.isin(generator.TYPES, ("Consideration", "Retention"))[:, None]
    late_channel = np.isin(generator.CHANNELS, ("SEO", "Social Media"))[None, :]
    left = np.ones((len(raw), len(generator.TYPES), len(generator.CHANNELS)))
    if planted != CHANNELS:
        left *= 1 - strength * (is_older != late_type)
    if planted != TYPES:
        left *= 1 - strength * (is_older != late_channel)
    return left


def _with_money(frame: pd.DataFrame) -> pd.DataFrame:
    types, channels = (pd.read_csv(LOOKUPS / f"campaign_{name}.csv") for name in ("types", "channels"))
    actions = types.merge(channels, how="cross")
    actions["cost_if_accepted_usd"] = actions["cost_if_accepted_usd_x"] + actions["cost_if_accepted_usd_y"]
    return personalisation.with_money(frame, actions).sort_values("customer_id", ignore_index=True)


def permuted(frame: pd.DataFrame, *, seed: int, within: str) -> pd.DataFrame:
    """Take away what traits tell of the outcome of a campaign.

    Parameters
    ----------
    frame : DataFrame
        As `draw_log` makes it.
    seed : int
        Of the permutation.
    within : {'campaign', 'campaign and outcome'}
        Among whom customers swap their traits and spend. Who was reached how keeps their kind of customers;
        with the outcome among them nothing but the order of the customers changes.

    Returns
    -------
    DataFrame
        The same, traits swapped.
    """
    rng = np.random.default_rng(seed)
    keys = ["campaign_type", "campaign_channel", *(["has_converted"] if "outcome" in within else [])]
    rows = np.arange(len(frame))
    for members in frame.groupby(keys).indices.values():
        rows[members] = rng.permutation(members)
    swapped = frame.copy()
    swapped[TRAITS] = frame[TRAITS].to_numpy()[rows]
    return swapped.astype(frame.dtypes.to_dict())


def try_log(log: KnownLog, *, seed: int) -> list[dict[str, object]]:
    """Compare choosing by customer with the best single campaign on one log, and with the truth.

    Parameters
    ----------
    log : KnownLog
        As `draw_log` makes it.
    seed : int
        Of the folds.

    Returns
    -------
    list of dict
        A row for types and channels, types alone and channels alone.
    """
    plan, _ = personalisation.plan_of(log.frame)
    earned = log.chance * plan.value - plan.cost
    rows = []
    for chosen, choice in choices(plan, seed=seed).items():
        sums = policy_sums(choice.dollars, choice.by_customer, choice.single)
        gain, support = sums.gain(DOUBLY_ROBUST), sums.support()
        judged = np.flatnonzero(choice.is_judged)
        earns = [
            _earned(plan, earned, chosen, judged, actions) for actions in (choice.by_customer, choice.single)
        ]
        truth = float((earns[0] - earns[1]).mean())
        refused = why_refused(support)
        rows.append(
            {
                "seed": seed,
                "chosen": chosen,
                "is_refused": refused is not None,
                "gain": gain.value,
                "error": gain.error,
                "half_width": (gain.high - gain.low) / 2,
                "truth": truth,
                "is_covered": gain.low <= truth <= gain.high,
                "is_found": refused is None and gain.low > 0,
                "differing": support.differing_subjects,
                "effective": support.effective_subjects,
            }
        )
    return rows


def _earned(plan: Plan, earned: np.ndarray, chosen: str, rows: np.ndarray, actions: np.ndarray) -> np.ndarray:
    if chosen == TYPES:
        return earned[rows, actions, plan.channel[rows]]
    if chosen == CHANNELS:
        return earned[rows, plan.kind[rows], actions]
    return earned.reshape(len(earned), -1)[rows, actions]


def try_case(case: str, seeds: Iterable[int], strength: dict[str, float] | None = None) -> pd.DataFrame:
    """Try some logs of one case.

    Parameters
    ----------
    case : {'sample', 'planted', 'campaign', 'campaign and outcome'}
        The generator as it is; with a gain planted, for each choice in turn; with traits swapped within.
    seeds : iterable of int
        One log each.
    strength : dict of str to float, optional
        In place of `PLANTED`.

    Returns
    -------
    DataFrame
        A row a log and choice, as `try_log` makes it.
    """
    rows = []
    for seed in seeds:
        if case == "planted":
            for chosen, share in (strength or PLANTED).items():
                tried = try_log(draw_log(seed, planted=chosen, strength=share), seed=seed)
                rows += [row for row in tried if row["chosen"] == chosen]
            continue
        log = sample_log() if case == "campaign and outcome" else draw_log(seed)
        if case != "sample":
            # The truth of swapped traits isn't known; that nothing is to be found is.
            log = KnownLog(permuted(log.frame, seed=seed, within=case), log.chance)
        rows += try_log(log, seed=seed)
    return pd.DataFrame(rows)


def summary(tried: pd.DataFrame) -> pd.DataFrame:
    """Return for each choice how it went.

    Parameters
    ----------
    tried : DataFrame
        From `try_case`.

    Returns
    -------
    DataFrame
        By chosen: logs, refused (how many), covered (share of those that weren't), found (how many), and
        means of truth, gain, half_width and effective.
    """
    estimated = tried[~tried["is_refused"]]
    means = estimated.groupby("chosen")[["truth", "gain", "half_width", "effective"]].mean()
    return means.assign(
        logs=tried.groupby("chosen").size(),
        refused=tried.groupby("chosen")["is_refused"].sum(),
        covered=estimated.groupby("chosen")["is_covered"].mean(),
        found=tried.groupby("chosen")["is_found"].sum(),
    ).reindex([BOTH, TYPES, CHANNELS])


def main() -> None:
    """Try all cases and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--logs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=10_000, help="of the first log")
    arguments = parser.parse_args()
    seeds = range(arguments.seed, arguments.seed + arguments.logs)
    sections = []
    for case, title in CASES.items():
        # The same file again and again: half as many show what its order does.
        tried = seeds[: len(seeds) // 2] if case == "campaign and outcome" else seeds
        lines = section(title, try_case(case, tried), is_known=case in ("sample", "planted"))
        print("\n".join(lines), flush=True)
        sections += lines
    page = REPOSITORY / "docs" / "studies" / "personalisation_value.md"
    page.write_text("\n".join([_head(seeds), *sections, ""]))


def section(title: str, tried: pd.DataFrame, *, is_known: bool) -> list[str]:
    """Lay a case out for the page.

    Parameters
    ----------
    title : str
        Of the section.
    tried : DataFrame
        From `try_case`.
    is_known : bool
        Whether the truth is known.

    Returns
    -------
    list of str
        Lines of Markdown.
    """
    lines = [
        "",
        f"## {title}",
        "",
        "| chosen | gain | true | half width | effective customers | refused | interval holds | claimed |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in summary(tried).reset_index().itertuples():
        truth, covered = (f"{row.truth:,.0f}", f"{row.covered:.1%}") if is_known else ("-", "-")
        lines.append(
            f"| {row.chosen} | {row.gain:,.0f} | {truth} | {row.half_width:,.0f} | {row.effective:,.0f} |"
            f" {row.refused} | {covered} | {row.found} of {row.logs} |"
        )
    of_logs = tried.groupby("seed")["is_found"].any()
    return [*lines, "", f"Any of the three is claimed in {of_logs.sum()} of {len(of_logs)} logs."]


def _head(seeds: range) -> str:
    return f"""# How often the value of personalising is told right

On {len(seeds)} logs a case of {CUSTOMERS:,} customers, in the last case half as many (seeds from
{seeds.start}; nothing was tuned on them), made and judged by `studies/personalisation_value.py` (`make
studies`): what choosing by customer earns over the best single campaign, both chosen by earlier folds, in
dollars a customer. The truth is that of the very policies that each log gave, for the customers judged;
intervals are of 95 %. A refused log (the two differ on fewer than 100 customers) claims nothing; other
figures leave it out. A claim is an interval wholly above zero, not corrected for the three choices."""


if __name__ == "__main__":
    main()
