"""Model card of campaign impact."""

import pandas as pd


def impact_card(impact: pd.DataFrame, groups: pd.DataFrame) -> str:
    """Write what was found, on what it rests and what it can't say.

    Parameters
    ----------
    impact : pandas.DataFrame
        Contrasts with `bank_marketing.campaigns.impact.COLUMNS`.
    groups : pandas.DataFrame
        Effects by group.

    Returns
    -------
    str
        Markdown.
    """
    found = impact[impact["is_distinguishable"].eq(True)]
    lines = [
        f"- {row.arm} against {row.against}: {100 * row.difference:+.1f} points"
        f" ({100 * row.difference_joint_low:+.1f} to {100 * row.difference_joint_high:+.1f})"
        for row in found.itertuples()
    ] or ["- none"]
    told = groups[groups["is_grouping_distinguishable"].eq(True)].drop_duplicates(["arm", "group_name"])
    differing = [f"{row.arm} by {row.group_name}" for row in told.itertuples()]
    return "\n".join(
        [
            "# Campaign impact",
            "",
            f"{len(impact)} contrasts of campaign types and channels. Told from no difference, all intervals"
            " of a dimension holding together:",
            "",
            *lines,
            "",
            f"Effects differ among customers for: {', '.join(differing) or 'none that could be told'}.",
            "",
            "What isn't listed can't be told from chance, which is not the same as absent:"
            " smallest_detectable_difference says in each row what would have been found in 80 of 100 such"
            " files.",
            "",
            "The evidence is adjusted, not randomised: a common cause of plan and conversion that isn't among"
            " the features is not accounted for; the E-value says how strong it would have to be. Nobody went"
            " untreated, so nothing here says what a campaign does against none. Differences include what"
            " works by way of engagement; they are between customers and plans alike in"
            f" {'; '.join(impact['adjusted_for'].dropna().drop_duplicates()) or 'nothing'}.",
            "",
        ]
    )
