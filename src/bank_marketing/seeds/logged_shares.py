"""The SQL that checks logged probabilities: of all candidates, and of the one that was chosen."""

from __future__ import annotations

from collections.abc import Sequence

NOTHING_CHOSEN = "no contact"
SEPARATOR = "/"
# Of a sum; a log may round to six digits.
TOLERANCE = 1e-5
# Of a probability that is written twice, relative to it.
RELATIVE_TOLERANCE = 1e-3
# A decision with a smaller one would stand for more than a million.
SMALLEST = 1e-6


def share_checks(candidates: str, chosen: Sequence[str], share: str) -> list[tuple[str, str]]:
    """Return what may be wrong with the probabilities of all candidates of a decision.

    Parameters
    ----------
    candidates : str
        SQL of a text: a JSON object of probabilities by candidate, null for one that isn't eligible.
    chosen : sequence of str
        SQL of the texts that name the chosen candidate, joined by `SEPARATOR`; all null or empty for
        `NOTHING_CHOSEN`.
    share : str
        SQL of the number with which it was chosen.

    Returns
    -------
    list of tuple of str
        Condition and words, in the order in which they count.
    """
    shares, written = (
        f"case when json_valid({candidates}) then"
        f" try_cast(cast({candidates} as json) as map(varchar, {kind})) end"
        for kind in ("double", "varchar")
    )
    texts = [f"coalesce(trim({text}), '')" for text in chosen]
    name = f" || '{SEPARATOR}' || ".join(texts)
    is_none, is_partial = (joint.join(f"{text} = ''" for text in texts) for joint in (" and ", " or "))
    own = f"({shares})[case when {is_none} then '{NOTHING_CHOSEN}' else {name} end]"
    values = f"map_values({shares})"
    # Text and yes or no would be read as numbers.
    is_other = (
        f"case when json_valid({candidates}) then"
        f" list_has_any(json_type({candidates}, '$.*'), ['VARCHAR', 'BOOLEAN']) end"
    )
    return [
        (
            f"not ({is_none}) and ({is_partial})",
            "only a part of the chosen one is named",
        ),
        (
            f"{shares} is null or {is_other} or list_count({values}) < list_count(map_values({written}))",
            "not a JSON object of one probability, or null, for each candidate",
        ),
        (
            f"coalesce(list_min({values}), -1) < 0 or abs(list_sum({values}) - 1) > {TOLERANCE}",
            "not probabilities that add up to 1",
        ),
        (
            f"coalesce({own}, 0) = 0 or abs({own} - {share}) > {RELATIVE_TOLERANCE} * {own}",
            "the chosen one isn't among them with its probability",
        ),
        (
            f"{share} < {SMALLEST}",
            f"the chosen one has a probability below {SMALLEST:.6f}",
        ),
    ]
