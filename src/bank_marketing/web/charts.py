"""Kinds of charts, each declared once; no axis that flatters: bars begin at zero, points may not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import fill
from typing import Any

import altair as alt

from bank_marketing.web.figures import SERIES
from bank_marketing.web.tables import Row
from bank_marketing.web.words import text

Drawing = alt.LayerChart | alt.FacetChart
Chart = Callable[[Sequence[Row]], Drawing]
# What is drawn along an axis.
MONEY, NUMBER, PERCENT, POINTS = "money", "number", "percent", "points"
# How its ticks are written, as figures are in `words`.
SHORT = "format(datum.value, '{0}.3~s')"
for letter, word in (("k", "k"), ("M", "m"), ("G", "bn"), ("T", "tn")):
    SHORT = f"replace({SHORT}, '{letter}', ' {word}')"
AMOUNT = f"abs(datum.value) < 1 ? format(datum.value, '{{0}}.3~g') : {SHORT}"
TICKS = {
    MONEY: AMOUNT.format("$"),
    NUMBER: AMOUNT.format(""),
    PERCENT: "format(100 * datum.value, '.3~g') + ' %'",
    POINTS: "(datum.value > 0 ? '+' : '') + format(100 * datum.value, '.3~g')",
}
# Of a name in a line.
LETTERS = 22
RATIOS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]
FIRST, SECOND, INK, PAPER, QUIET = SERIES[0], SERIES[1], "var(--ink)", "var(--paper)", "var(--quiet)"


def _base(rows: Sequence[Row], *words: str) -> alt.Chart:
    """Return a chart of rows, in their order, names in the columns `words` without underscores."""
    values = [
        {**row, **{word: text(row.get(word)) for word in words if word}, "_place": place}
        for place, row in enumerate(rows)
    ]
    return alt.Chart(alt.InlineData(values=values))


def _at(value: float) -> alt.Chart:
    return _base([{"at": value}])


def _named(rows: Sequence[Row], category: str) -> alt.Chart:
    """Return a chart of rows by name, long names in several lines."""
    names = [{**row, category: fill(text(row.get(category)), LETTERS)} for row in rows]
    axis = alt.Axis(domain=False, labelExpr="split(datum.label, '\\n')", labelLineHeight=13)
    return _base(names).encode(y=alt.Y(f"{category}:N").sort(field="_place").title(None).axis(axis))


def _axis(title: str, form: str) -> alt.Axis:
    return alt.Axis(title=title, labelExpr=TICKS[form], tickCount=5)


def _ends(value: str) -> dict[str, str]:
    """Return where the rule of an interval begins and ends."""
    return {"x": f"{value}_low:Q", "x2": f"{value}_high:Q"}


def _colour(series: str) -> dict[str, Any]:
    """Return the colour of a mark: by series, in the order of the rows, if a column tells them apart."""
    if not series:
        return {"color": alt.value(FIRST)}
    return {"color": alt.Color(f"{series}:N").sort(field="_place").scale(range=SERIES)}


def bars(category: str, value: str, title: str, *, form: str = NUMBER, has_interval: bool = False) -> Chart:
    """Return amounts by name, in the order of the rows: bars from zero, with intervals if there are any.

    Parameters
    ----------
    category, value : str
        Columns.
    title : str
        Of the axis, with its unit.
    form : str
        `MONEY`, `NUMBER`, `PERCENT` or `POINTS`.
    has_interval : bool
        Whether columns with _low and _high behind the name of `value` hold one.

    Returns
    -------
    callable
        For `Figure.chart`.
    """

    def chart(rows: Sequence[Row]) -> Drawing:
        base = _named(rows, category)
        x = alt.X(f"{value}:Q").axis(_axis(title, form))
        layers: list[Any] = [base.mark_bar(color=FIRST, height={"band": 0.6}).encode(x=x)]
        if has_interval:
            layers.append(base.mark_rule(color=INK, strokeWidth=1.5).encode(**_ends(value)))
        return alt.layer(*layers)

    return chart


def points(
    category: str,
    value: str,
    title: str,
    *,
    form: str = NUMBER,
    told_apart: str = "",
    reference: float | None = None,
    is_ratio: bool = False,
    second: str = "",
) -> Chart:
    """Return a forest plot: a point with its interval by name, in the order of the rows.

    Parameters
    ----------
    category, value : str
        Columns; the interval is in those with _low and _high behind the name of `value`.
    title : str
        Of the axis, with its unit.
    form : str
        `MONEY`, `NUMBER`, `PERCENT` or `POINTS`.
    told_apart : str
        Column that says whether a row can be told from chance; those that can't are hollow.
    reference : float, optional
        Where a dashed line is drawn, such as no difference.
    is_ratio : bool
        Whether twice and half stand equally far from 1.
    second : str
        Column of another figure, with its interval as `value` has it, drawn fainter above, such as the
        unadjusted one.

    Returns
    -------
    callable
        For `Figure.chart`.
    """

    def chart(rows: Sequence[Row]) -> Drawing:
        base = _named(rows, category)
        layers: list[Any] = []
        if reference is not None:
            line = _at(reference)
            layers.append(line.mark_rule(strokeDash=[4, 4], color=QUIET).encode(x="at:Q"))
        if second:
            layers += [
                base.mark_rule(color=SECOND, opacity=0.7, yOffset=-7).encode(**_ends(second)),
                base.mark_point(shape="diamond", size=45, color=SECOND, yOffset=-7).encode(x=f"{second}:Q"),
            ]
        fill: Any = alt.value(FIRST)
        if told_apart:
            fill = alt.condition(f"datum.{told_apart}", alt.value(FIRST), alt.value(PAPER))
        x = alt.X(f"{value}:Q").axis(_axis(title, form))
        x = x.scale(type="log", nice=False, padding=8) if is_ratio else x.scale(zero=False)
        if is_ratio:
            x = x.axis(title=title, format="~g", values=RATIOS)
        layers += [
            base.mark_rule(color=FIRST, strokeWidth=2).encode(**_ends(value)),
            base.mark_point(size=70, stroke=FIRST, opacity=1).encode(x=x, fill=fill),
        ]
        return alt.layer(*layers)

    return chart


def lines(
    along: str,
    value: str,
    title: str,
    *,
    along_title: str = "",
    form: str = NUMBER,
    along_form: str = "",
    low: str = "",
    high: str = "",
    series: str = "",
    is_time: bool = False,
    is_step: bool = False,
    marks: Sequence[float] = (),
    is_from_zero: bool = True,
) -> Chart:
    """Return lines with bands, one for each value of a column if it is named.

    Parameters
    ----------
    along, value : str
        Columns.
    title, along_title : str
        Of the axes, with their units.
    form, along_form : str
        Of the axes' ticks, as above.
    low, high : str
        Columns of the band.
    series : str
        Column that tells lines apart; at most six.
    is_time, is_step : bool
        Whether it goes along dates; whether it falls in steps.
    marks : sequence of float
        Where an upright dashed line is drawn.
    is_from_zero : bool
        Whether the upright axis has to show zero.

    Returns
    -------
    callable
        For `Figure.chart`.
    """

    def chart(rows: Sequence[Row]) -> Drawing:
        base = _base(rows, series)
        axis: dict[str, Any] = {"title": along_title or None, "tickCount": 6, "grid": False}
        if along_form:
            axis["labelExpr"] = TICKS[along_form]
        x = alt.X(f"{along}:{'T' if is_time else 'Q'}").axis(**axis).scale(nice=False)
        y = alt.Y(f"{value}:Q").axis(_axis(title, form)).scale(zero=is_from_zero)
        colour = _colour(series)
        way: Any = "step-after" if is_step else "linear"
        layers: list[Any] = []
        if low:
            band = base.mark_area(opacity=0.18, interpolate=way)
            layers.append(band.encode(x=x, y=alt.Y(f"{low}:Q").title(title), y2=f"{high}:Q", **colour))
        layers.append(base.mark_line(strokeWidth=2.2, interpolate=way).encode(x=x, y=y, **colour))
        for mark in marks:
            at = _at(mark)
            layers.append(at.mark_rule(strokeDash=[4, 4], color=INK).encode(x="at:Q"))
        return alt.layer(*layers)

    return chart


def calibration(predicted: str, observed: str, *, series: str = "") -> Chart:
    """Return what came of scores beside what they said, both shares; on the diagonal they agree."""

    def chart(rows: Sequence[Row]) -> Drawing:
        base = _base(rows, series)
        x = alt.X(f"{predicted}:Q").axis(_axis("predicted", PERCENT))
        y = alt.Y(f"{observed}:Q").axis(_axis("observed", PERCENT))
        colour = _colour(series)
        top = max((row[name] or 0 for row in rows for name in (predicted, f"{observed}_high")), default=1)
        diagonal = _base([{"x": 0, "y": 0}, {"x": top, "y": top}])
        return alt.layer(
            diagonal.mark_line(strokeDash=[4, 4], color=QUIET, strokeWidth=1).encode(x="x:Q", y="y:Q"),
            base.mark_rule().encode(x=x, y=f"{observed}_low:Q", y2=f"{observed}_high:Q", **colour),
            base.mark_circle(size=60, opacity=1).encode(x=x, y=y, **colour),
        )

    return chart
