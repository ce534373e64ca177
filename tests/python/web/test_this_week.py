"""The first page: money is that of the lists, and whatever needs a look is said."""

from datetime import timedelta

import pytest

from bank_marketing.serving.lists import LISTS
from bank_marketing.serving.opened import Opened
from bank_marketing.web.asked import Asked
from bank_marketing.web.evidence import SUMMED
from bank_marketing.web.pages import this_week
from bank_marketing.web.pages.list_fairness import list_fairness
from bank_marketing.web.words import between

NEVER = Asked()


def test_cards_hold_the_money_of_the_lists(opened):
    cards = this_week.list_cards(opened, NEVER)

    assert len(cards) == len(LISTS)
    for card, name in zip(cards, this_week.NAMES, strict=True):
        _, rows = opened.list_rows(LISTS[name])
        assert card.value == pytest.approx(sum(row[LISTS[name].money] for row in rows))
        low, high = (sum(row[f"{LISTS[name].money}_{end}"] for row in rows) for end in ("low", "high"))
        assert low < card.value < high
        assert card.interval == between(low, high, "money", card.currency)
        assert SUMMED in card.note


ALIKE = "update evaluation.list_fairness set verdict = 'within limits'"


def test_nothing_is_warned_of_where_nothing_is_wrong(altered):
    assert [one["level"] for one in this_week.warnings(altered(ALIKE), NEVER)] == ["fine"]


def test_groups_outside_the_limits_are_counted_and_shown(client, opened):
    (warning,) = this_week.warnings(opened, NEVER)
    table = list_fairness(opened, NEVER)
    outside = [row for row in table.rows if row["verdict"] in ("below limits", "above limits")]

    assert warning["level"] == "watch"
    assert warning["word"].startswith(f"{len(outside)} comparisons of groups outside")
    calls = sum(row["list"] == "Retention calls" for row in outside)
    assert f"Retention calls {calls}" in warning["message"]
    assert f"{len(outside)} of {len(table.rows)} comparisons lie outside" in table.title
    assert table.rows[: len(outside)] == outside
    path, _, part = warning["link"].partition("#")
    assert f'id="{part}"' in client.get(path).text


CASES = {
    "old": (
        "update operations.publications set published_at = published_at - interval 9 day",
        "watch",
        "9 days ago",
    ),
    "kept": ("update operations.publications set domains_kept = 'sales'", "watch", "Not built anew: sales."),
    "rejected": (
        "update operations.publication_files set rows_rejected = 7 where seed_name = 'raw_churn_customers'",
        "watch",
        "7 of 8,000 rows",
    ),
    "shrunk": (
        "insert into operations.publication_files select version + 1, domain, seed_name, file, rows_read,"
        " rows_loaded - 1000, rows_rejected, fingerprint from operations.publication_files"
        " where seed_name = 'raw_churn_customers'",
        "watch",
        "1,000 fewer than last time",
    ),
    "drift": (
        "update operations.drift_monitor set needs_action = true, message = 'It moved.'"
        " where domain = 'churn' and subject = 'balance'",
        "act",
        "It moved.",
    ),
}


@pytest.mark.parametrize(("statement", "level", "said"), CASES.values(), ids=CASES)
def test_what_is_wrong_is_warned_of(altered, statement, level, said):
    (warning,) = this_week.warnings(altered(ALIKE, statement), NEVER)

    assert warning["level"] == level
    assert said in warning["word"] + warning["message"]


def test_a_list_that_has_expired_is_not_to_be_used(published, today):
    found = this_week.warnings(Opened(published, today + timedelta(days=7)), NEVER)

    assert [one["word"] for one in found if one["level"] == "act"] == [
        "Retention calls have expired.",
        "Campaign contacts have expired.",
        "Offers have expired.",
    ]


def test_the_funnel_ends_with_the_list(opened):
    for name in this_week.NAMES:
        figure = this_week.funnel(opened, Asked({"funnel": name}))
        _, rows = opened.list_rows(LISTS[name])

        assert figure.rows[-1]["customers"] == len(rows)
        assert f"{len(rows):,} of {figure.rows[0]['customers']:,}" in figure.finding


def test_a_change_since_the_last_publication_is_shown(altered):
    opened = altered(
        "insert into churn.retention_call_history select publication - 1, * exclude (publication)"
        " from churn.retention_call_history"
        " where not is_held_out order by expected_net_gain desc limit 1"
    )
    card = this_week.list_cards(opened, NEVER)[0]

    assert card.before == max(
        row["expected_net_gain"] for row in opened.list_rows(LISTS["retention_call_list"])[1]
    )
    assert card.change.endswith("more than last time")


def test_nothing_is_said_that_may_not_be_said(opened):
    """By default gender, age and country."""
    forbidden = ("gender", "female", "male", "age ", "years old", "France", "Germany", "Spain")
    for part in (this_week.calls, this_week.targets, this_week.offers):
        table = part(opened, NEVER)
        said = {str(row[name]) for row in table.rows for name in ("reason", "talk_about") if row.get(name)}
        assert said
        assert not [one for one in said for word in forbidden if word in one]
