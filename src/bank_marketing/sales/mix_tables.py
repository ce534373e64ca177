"""Tables of the marketing mix: contributions, response curves, splits of a budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.methods.intervals import Z
from bank_marketing.methods.media_mix import FloatArray, Mix, adstock, contributions
from bank_marketing.methods.media_plan import scaled_contributions, splits, steady_response
from bank_marketing.sales.mix_days import CHANNELS, PARTS, Days

LEVELS = 25
# The curve goes on a little beyond what was seen, and says so.
BEYOND = 1.25
# How long after a month its spend is followed: with a decay of .9 less than a five-hundredth is left then.
TAIL_DAYS = 60
PLAN_DAYS = 30
CUTS = (0.1, 0.25, 0.5)


@dataclass(frozen=True)
class FittedMix:
    """A mix with its resamples.

    Attributes
    ----------
    days : Days
        What it was fitted to.
    mix : Mix
        The fit.
    drawn : list of Mix
        Fits to resamples.
    """

    days: Days
    mix: Mix
    drawn: list[Mix]

    @property
    def before(self) -> FloatArray:
        """Adstock at the end of the last day, shape (1 + resamples, 2): of the fit, then of each resample."""
        spend = self.days.spend
        return np.array(
            [[adstock(spend[:, c], mix.decay[c])[-1] for c in range(len(CHANNELS))] for mix in self.all]
        )

    @property
    def all(self) -> list[Mix]:
        """The fit, then the resamples."""
        return [self.mix, *self.drawn]


def with_ends(figures: FloatArray, name: str, least: npt.ArrayLike = -np.inf) -> dict[str, FloatArray]:
    """Return a figure with its 95 % interval: value plus and minus 1.96 standard errors of the resamples.

    Parameters
    ----------
    figures : numpy.ndarray of shape (1 + resamples, ...)
        Of the fit, then of each resample.
    name : str
        Of the column; the ends are `<name>_low` and `<name>_high`.
    least : array_like
        What the figure can't be below.

    Returns
    -------
    dict of str to numpy.ndarray of shape (...)
        By column.
    """
    half = Z * figures[1:].std(axis=0, ddof=1)
    low = np.maximum(figures[0] - half, least)
    return {name: figures[0], f"{name}_low": low, f"{name}_high": figures[0] + half}


def effects_table(fitted: FittedMix) -> pd.DataFrame:
    """Return what each part brought, over all days and by month; the parts sum to the net revenue.

    Parameters
    ----------
    fitted : FittedMix
        The mix.

    Returns
    -------
    pandas.DataFrame
        One row a period ('all' or 'YYYY-MM') and component: net_revenue_usd with its ends, spend_usd,
        return_per_usd with its ends, and, over all days, decay, half_saturation_usd and most_usd_a_day of a
        channel. 'unexplained' is what the fit leaves.
    """
    days = fitted.days
    parts = np.array([_daily_parts(mix, days) for mix in fitted.all])
    names = [*CHANNELS, *dict.fromkeys(PARTS), "unexplained"]
    periods = {"all": np.ones(len(days.dates), dtype=bool)}
    periods |= {str(month): days.months == month for month in np.unique(days.months)}
    tables = []
    for period, inside in periods.items():
        table = pd.DataFrame({"period": period, "component": names})
        sums = parts[:, inside].sum(axis=1)
        least = [0.0 if name in CHANNELS else -np.inf for name in names]
        table = table.assign(**with_ends(sums, "net_revenue_usd", least))
        spend = days.spend[inside].sum(axis=0)
        table["spend_usd"] = pd.Series(spend)
        returns = np.divide(
            sums[:, : len(CHANNELS)], spend, out=np.full((len(sums), 2), np.nan), where=spend > 0
        )
        for column, values in with_ends(returns, "return_per_usd", 0.0).items():
            table[column] = pd.Series(values)
        tables.append(table)
    of_curve = {"decay": "decay", "half_saturation_usd": "half", "most_usd_a_day": "effect"}
    for column, attribute in of_curve.items():
        figures = np.array([getattr(mix, attribute) for mix in fitted.all])
        for name, values in with_ends(figures, column, 0.0).items():
            tables[0][name] = pd.Series(values)
    return pd.concat(tables, ignore_index=True)


def _daily_parts(mix: Mix, days: Days) -> FloatArray:
    """Return what each component brings each day, shape (days, components); they sum to the revenue."""
    columns = days.base * mix.base
    # The constant takes the means of the rest, so that trend, weekday, season and promotion sum to 0.
    means = columns[:, 1:].mean(axis=0)
    columns[:, 0] += means.sum()
    columns[:, 1:] -= means
    base = [columns[:, [name == part for part in PARTS]].sum(axis=1) for name in dict.fromkeys(PARTS)]
    return np.column_stack([contributions(mix, days.spend), *base, days.revenue - mix.fitted])


def curves_table(fitted: FittedMix) -> pd.DataFrame:
    """Return what each channel brings a day, and the next dollar, by what is spent every day."""
    tables = []
    for c, channel in enumerate(CHANNELS):
        seen = fitted.days.spend[:, c].max()
        daily = np.linspace(0.0, BEYOND * seen, LEVELS)
        response, marginal = steady_response(fitted.all, c, daily)
        tables.append(
            pd.DataFrame(
                {
                    "channel": channel,
                    "spend_usd_a_day": daily,
                    **with_ends(response, "net_revenue_usd_a_day", 0.0),
                    **with_ends(marginal, "return_of_next_usd", 0.0),
                    "is_extrapolated": daily > seen,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def split_table(fitted: FittedMix, bounds: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """Return what budgets bring by how they are split, over the observed days and for a month to come.

    Parameters
    ----------
    fitted : FittedMix
        The mix.
    bounds : mapping of str to sequence of two floats
        Least and most of each channel, as multiples of what is spent.

    Returns
    -------
    pandas.DataFrame
        One row a horizon ('observed', 'next_month'), scenario ('as_spent', 'best_split', 'cut_10', 'cut_25',
        'cut_50') and channel ('online', 'offline', 'all').
    """
    limits = np.array([bounds[channel] for channel in CHANNELS], dtype=float)
    nothing = np.zeros((len(fitted.all), len(CHANNELS)))
    daily = fitted.days.spend.mean(axis=0)
    horizons = [
        ("observed", fitted.days.spend, nothing, 0),
        ("next_month", np.tile(daily, (PLAN_DAYS, 1)), fitted.before, TAIL_DAYS),
    ]
    tables = [
        _of_horizon(fitted, name, spend, before, tail, limits).assign(horizon=name)
        for name, spend, before, tail in horizons
    ]
    return pd.concat(tables, ignore_index=True)


def _of_horizon(
    fitted: FittedMix, name: str, spend: FloatArray, before: FloatArray, tail: int, limits: FloatArray
) -> pd.DataFrame:
    now = np.maximum(spend.sum(axis=0), 1e-9)
    ways = splits(float(now.sum()), now, limits)
    factors = np.vstack([ways, now, *[now * (1 - cut) for cut in CUTS], np.zeros(2)]) / now
    in_all = scaled_contributions(fitted.all, spend, factors, before, tail)
    in_time = scaled_contributions(fitted.all, spend, factors, before, 0)
    as_spent, without = len(ways), len(factors) - 1
    totals = in_all[:, : len(ways)].sum(axis=2)
    best = [_best(total, in_all[draw, as_spent].sum(), as_spent) for draw, total in enumerate(totals)]
    chosen = factors[best] * now
    rows = {"as_spent": as_spent, "best_split": best[0]}
    rows |= {f"cut_{cut:.0%}".rstrip("%"): as_spent + 1 + number for number, cut in enumerate(CUTS)}
    tables = []
    for scenario, row in rows.items():
        is_best = scenario == "best_split"
        figures = {
            "net_revenue_usd": in_all[:, row],
            "carried_in_usd": in_all[:, without],
            "later_usd": in_all[:, row] - in_time[:, row],
            "change_usd": in_all[:, row] - in_all[:, as_spent],
        }
        both = {key: np.column_stack([value, value.sum(axis=1)]) for key, value in figures.items()}
        money = np.append(factors[row] * now, (factors[row] * now).sum())
        table = pd.DataFrame({"scenario": scenario, "channel": [*CHANNELS, "all"], "spend_usd": money})
        ends = np.quantile(chosen, [0.025, 0.975], axis=0) if is_best else np.full((2, 2), np.nan)
        for column, end, limit in (("spend_usd_low", ends[0], np.fmin), ("spend_usd_high", ends[1], np.fmax)):
            table[column] = limit(np.append(end, np.nan), money) if is_best else np.nan
        table["least_usd"], table["most_usd"] = (np.append(now * limits[:, i], np.nan) for i in (0, 1))
        for column, value in both.items():
            least = -np.inf if column == "change_usd" else 0.0
            table = table.assign(**with_ends(value, column, least))
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _best(totals: FloatArray, as_spent: float, current: int) -> int:
    """Return the split that brings most; the current one where no split brings more."""
    best = int(np.argmax(totals))
    return best if totals[best] > as_spent * (1 + 1e-9) else current
