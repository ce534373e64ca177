"""Days of the marketing mix: what was sold and spent, and what else moves sales."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.methods.media_mix import FloatArray, LiftTests

CHANNELS = ("online", "offline")
SPEND = [f"{channel}_spend_usd" for channel in CHANNELS]
# Parts of the base, in the order of its columns.
PARTS = ("baseline", "trend", *["weekday"] * 6, "promotion", *["season"] * 6)
WAVES = 3
YEAR = 365.25
# As many days of no effect: what was seen once, a season or a cycle of offers, isn't carried on for certain.
SLOW_PENALTY = 30.0
PROMOTION_PENALTY = 150.0


@dataclass(frozen=True)
class Days:
    """Days of the mix, without gaps.

    Attributes
    ----------
    dates : pandas.DatetimeIndex of length n
        One a day.
    revenue : numpy.ndarray of shape (n,)
        Net revenue in USD.
    spend : numpy.ndarray of shape (n, 2)
        USD by channel, in the order of `CHANNELS`.
    offered : numpy.ndarray of shape (n,)
        Discount that coupons offered, as a share.
    lifts : LiftTests
        Experiments within these days.
    """

    dates: pd.DatetimeIndex
    revenue: FloatArray
    spend: FloatArray
    offered: FloatArray
    lifts: LiftTests

    @property
    def base(self) -> FloatArray:
        """What else moves sales, shape (n, columns), as `base_columns` says."""
        return base_columns(self.dates, self.offered, self.dates[0])

    @property
    def months(self) -> npt.NDArray[np.str_]:
        """Month of each day, as 'YYYY-MM'."""
        return np.asarray(self.dates.strftime("%Y-%m"), dtype=str)

    def until(self, day: int) -> Days:
        """Return the first `day` days, with the experiments that lie within them."""
        lifts = self.lifts
        inside = ~lifts.days[:, day:].any(axis=1)
        kept = LiftTests(
            lifts.channel[inside],
            lifts.days[inside, :day],
            lifts.change[inside],
            lifts.lift[inside],
            lifts.error[inside],
        )
        return Days(self.dates[:day], self.revenue[:day], self.spend[:day], self.offered[:day], kept)


def read_days(frame: pd.DataFrame) -> Days:
    """Lay out the rows of `features_marketing_mix`.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of the kinds 'day' and 'lift_test', in any order.

    Returns
    -------
    Days
        From the first day to the last; a day without a row had neither revenue nor spend. Experiments outside
        are left out.
    """
    known = frame[frame["kind"] == "day"]
    if not len(known):
        return _laid_out(pd.DataFrame(columns=["net_revenue_usd", *SPEND, "offered_discount_share"]), frame)
    days = known.assign(date=pd.to_datetime(known["from_date"])).set_index("date").sort_index()
    columns = ["net_revenue_usd", *SPEND, "offered_discount_share"]
    return _laid_out(days[columns].astype(float).asfreq("D"), frame)


def _laid_out(days: pd.DataFrame, frame: pd.DataFrame) -> Days:
    tests = frame[frame["kind"] == "lift_test"]
    tests = tests.sort_values([*("from_date", "channel", "to_date"), "revenue_change_usd"], ignore_index=True)
    dates = pd.DatetimeIndex(days.index)
    begin, end = (pd.to_datetime(tests[name]).to_numpy() for name in ("from_date", "to_date"))
    on = (dates.to_numpy()[None, :] >= begin[:, None]) & (dates.to_numpy()[None, :] <= end[:, None])
    inside = on.any(axis=1) & (on.sum(axis=1) == (end - begin) // np.timedelta64(1, "D") + 1)
    changes = ("spend_change_usd", "revenue_change_usd", "revenue_change_error_usd")
    change, lift, error = (tests.loc[inside, name].to_numpy(dtype=float) for name in changes)
    channel = tests.loc[inside, "channel"].map(CHANNELS.index).to_numpy(dtype=np.int64)
    return Days(
        dates,
        days["net_revenue_usd"].fillna(0.0).to_numpy(dtype=float),
        days[SPEND].fillna(0.0).to_numpy(dtype=float),
        days["offered_discount_share"].ffill().fillna(0.0).to_numpy(dtype=float),
        LiftTests(channel, on[inside], change, lift, error),
    )


def base_columns(dates: pd.DatetimeIndex, offered: npt.ArrayLike, first: pd.Timestamp) -> FloatArray:
    """Return what else moves sales: a constant, years since the first day, weekdays, offers, waves of a year.

    Parameters
    ----------
    dates : pandas.DatetimeIndex of length n
        Days, also ones to come.
    offered : array_like of shape (n,)
        Discount that coupons offer, as a share.
    first : pandas.Timestamp
        Day from which the trend counts.

    Returns
    -------
    numpy.ndarray of shape (n, 15)
        In the order of `PARTS`.
    """
    weekday = np.eye(7)[np.asarray(dates.dayofweek)][:, 1:]
    angle = 2 * np.pi * np.asarray(dates.dayofyear, dtype=float)[:, None] * np.arange(1, WAVES + 1) / YEAR
    years = np.asarray((dates - first).days, dtype=float) / YEAR
    return np.column_stack([np.ones(len(dates)), years, weekday, offered, np.sin(angle), np.cos(angle)])


def base_penalty() -> FloatArray:
    """Return what a coefficient of each column of the base costs, shape (15,)."""
    costs = {"trend": SLOW_PENALTY, "season": SLOW_PENALTY, "promotion": PROMOTION_PENALTY}
    return np.array([costs.get(part, 0.0) for part in PARTS])
