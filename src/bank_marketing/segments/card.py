"""The model card of a segmentation: what the segments are, by which verdict, and on what evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

VERDICTS = {
    "natural_clusters": (
        "**These customers fall into natural clusters.** Between every two segments there is a gap, which"
        " customers show who weren't in the fit, and resamples give the same segments."
    ),
    "no_natural_clusters": (
        "**No natural clusters can be told among these customers.** Groups of even size with a clear"
        " gap would have been seen; small groups beside large ones, and long ones, can escape the test"
        " (`docs/studies/segment_verdicts.md`). The segments below are rules: useful to speak of customers in"
        " parts, but nothing says that anybody is of a kind."
    ),
    "insufficient_data": (
        "**There is insufficient data to tell whether these customers fall into natural clusters.** The"
        " segments below are by rules."
    ),
}


def write_card(
    title: str,
    about: str,
    artefact: Mapping[str, Any],
    scores: pd.DataFrame,
    diagnostics: Sequence[Mapping[str, Any]],
) -> str:
    """Write the card.

    Parameters
    ----------
    title, about : str
        Of which population, and what a reader must know of its data.
    artefact : mapping of str to any
        What the fit leaves for scoring.
    scores : DataFrame
        Segments of all customers, with segment_id and segment_name.
    diagnostics : sequence of mapping
        The evidence, as `Diagnostics.records` returns it.

    Returns
    -------
    str
        Markdown.
    """
    counts = scores.value_counts("segment_name")
    segments = "\n".join(
        f"| {number} | {name} | {counts.get(name, 0):,} | {_rule_text(artefact, name)} |"
        for name, number in sorted(artefact["ids"].items(), key=lambda item: item[1])
        if name in artefact["names"] or name in counts
    )
    # All 14 candidates for the number of groups stand in the diagnostics table, not here.
    evidence = "\n".join(
        f"| {row['metric']} | {row['subject']} | {_figure(row)} | {_threshold(row)} | {row['message']} |"
        for row in diagnostics
        if not row["metric"].endswith("_by_groups")
    )
    return f"""# {title}

{VERDICTS[artefact["verdict"]]}

{about}

**Segments** of {len(scores):,} customers, method `{artefact["method"]}`. Cuts and centres stay until the next
fit, which is made when code or settings change, when the customers have drifted, or when it is asked for: a
customer moves only when their own features do. Names stay with their segments from version to version.

| segment_id | segment_name | customers | rule |
|---|---|---|---|
{segments}

**Evidence.** The verdict rests on the metrics with a threshold; the others stand beside it. In brackets:
95 % intervals of the means, over customers for the silhouette, else over random draws.

| metric | of | value | threshold | message |
|---|---|---|---|---|
{evidence}
"""


def _rule_text(artefact: Mapping[str, Any], name: str) -> str:
    if name not in artefact["names"]:
        return "nothing to go by" if name != "too little known" else "a trait that decides is missing"
    if artefact["method"] == "clusters":
        return "nearest centre"
    if len(set(artefact["names"])) == 1:
        return "everybody"
    joined = [rule["is_above"] for rule in artefact["rules"] if rule["name"] == name]
    shared = dict(set.intersection(*(set(conditions.items()) for conditions in joined)))
    told_apart_by = {trait for conditions in joined for trait in conditions} - set(shared)
    # Rules for every side of some traits are one that doesn't look at those.
    if len(joined) == 2 ** len(told_apart_by):
        joined = [{trait: wanted for trait, wanted in joined[0].items() if trait in shared}]
    return "; or ".join(_conditions_text(conditions, artefact["cuts"]) for conditions in joined)


def _conditions_text(is_above: Mapping[str, bool], cuts: Mapping[str, float]) -> str:
    texts = [
        f"{trait} {'above' if wanted else 'up to'} {cuts[trait]:,.2f}" for trait, wanted in is_above.items()
    ]
    return ", ".join(texts) or ("all others" if cuts else "everybody")


def _figure(row: Mapping[str, Any]) -> str:
    if row["value"] is None:
        return ""
    if row["value_low"] is None:
        return f"{row['value']:,.4g}"
    return f"{row['value']:.3f} ({row['value_low']:.3f} to {row['value_high']:.3f})"


def _threshold(row: Mapping[str, Any]) -> str:
    return (
        ""
        if row["threshold"] is None
        else f"{row['threshold']:.4g}, {'kept' if row['is_passed'] else 'missed'}"
    )
