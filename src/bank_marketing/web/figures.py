"""Charts with all that stands around them, and how they are drawn: to SVG, once for each publication."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import vl_convert

from bank_marketing.web.evidence import Evidence
from bank_marketing.web.tables import Column, Row, Table

WIDTHS = {"wide": 600, "narrow": 340, "whole": 1200}
# As the stylesheet has them; a chart that is shown as an image brings its own.
LIGHT = {
    **{"ink": "#1b2330", "quiet": "#566176", "line": "#dfe4ec", "paper": "#ffffff"},
    **{"c1": "#0067a5", "c2": "#c4560a", "c3": "#00785a", "c4": "#8e4585", "c5": "#7a5c00", "c6": "#5b6776"},
}
DARK = {
    **{"ink": "#e8ecf3", "quiet": "#a3aec0", "line": "#303a4a", "paper": "#171d27"},
    **{"c1": "#5ab4f0", "c2": "#ff9d5c", "c3": "#3fcfa0", "c4": "#dd9ad6", "c5": "#e3c251", "c6": "#a3aec0"},
}
SERIES = [f"var(--c{place})" for place in range(1, 7)]
FONT = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
AXIS = {
    **{"labelColor": "var(--quiet)", "titleColor": "var(--quiet)", "titleFontWeight": "normal"},
    **{"domainColor": "var(--line)", "tickColor": "var(--line)", "gridColor": "var(--line)"},
    **{"labelFontSize": 12, "titleFontSize": 12, "labelLimit": 160, "ticks": False, "labelPadding": 6},
}
THEME: dict[str, Any] = {
    **{"background": None, "aria": False, "font": FONT, "view": {"stroke": None}},
    "axis": AXIS,
    "axisQuantitative": {"labelSeparation": 8},
    # Numbers are read along lines, names aren't.
    "axisBand": {"grid": False},
    "legend": {
        **{"labelColor": "var(--ink)", "titleColor": "var(--quiet)", "labelFontSize": 12, "orient": "top"},
        **{"title": None, "symbolStrokeWidth": 3, "symbolOpacity": 1},
    },
    "range": {"category": SERIES},
    "text": {"color": "var(--ink)", "font": FONT, "fontSize": 12},
    "rule": {"color": "var(--quiet)"},
}


@dataclass(frozen=True)
class Figure:
    """A chart: what it finds is its title, and its data stand behind it as a table.

    Parameters
    ----------
    name : str
        Of the part of the page.
    finding : str
        What it shows, computed from the rows.
    rows : sequence of mapping
        Its data.
    columns : sequence of Column
        Of the table behind it.
    chart : callable
        Takes the rows, returns an Altair chart without size.
    unit : str
        Of what is drawn.
    source : str
        The table of the published file.
    interval : str
        What bars or bands around figures are.
    evidence : Evidence or None
        How sure it is.
    note : str
        What else a reader should know.
    height : int
        Of the chart in pixels.
    is_whole : bool
        Whether it has the width of the page for itself.
    empty : str
        What is said if there is no row.
    """

    name: str
    finding: str
    rows: Sequence[Row]
    columns: Sequence[Column]
    chart: Callable[[Sequence[Row]], alt.LayerChart | alt.FacetChart]
    unit: str
    source: str
    interval: str = "95 % interval"
    evidence: Evidence | None = None
    note: str = ""
    height: int = 260
    is_whole: bool = False
    empty: str = "Nothing here."

    @property
    def table(self) -> Table:
        """What stands behind the chart."""
        return Table(self.name, self.finding, self.rows, self.columns, self.source, rows_a_page=60)


def draw(figure: Figure, size: str, *, is_inline: bool = False) -> str:
    """Draw a figure.

    Parameters
    ----------
    figure : Figure
        With at least a row.
    size : str
        Of `WIDTHS`.
    is_inline : bool
        Whether it stands within a page, whose stylesheet gives the colours.

    Returns
    -------
    str
        SVG.
    """
    chart = figure.chart(figure.rows).properties(width=WIDTHS[size], height=figure.height)
    spec: dict[str, Any] = chart.to_dict()
    # Names of four lines don't stand beside each other on a telephone.
    legend = {**THEME["legend"], "columns": 2} if size == "narrow" else THEME["legend"]
    spec["config"] = {**THEME, "legend": legend}
    spec["autosize"] = {"type": "fit", "contains": "padding"}
    svg: str = vl_convert.vegalite_to_svg(spec)
    if is_inline:
        return svg
    return svg.replace(">", f"><style>{_colours()}</style>", 1)


def _colours() -> str:
    light, dark = (";".join(f"--{name}:{value}" for name, value in one.items()) for one in (LIGHT, DARK))
    return f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def warm_up() -> None:
    """Load what draws, so that the first chart doesn't wait for it."""
    vl_convert.vegalite_to_svg(
        {"data": {"values": [{"a": 1}]}, "mark": "point", "encoding": {"x": {"field": "a"}}}
    )
