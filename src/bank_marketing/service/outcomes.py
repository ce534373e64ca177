"""What came of a decision: which outcome is taken, which is refused, and when silence is a no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, exists, select

from bank_marketing.service.errors import RefusedError
from bank_marketing.service.schema import DECISIONS, OUTCOMES
from bank_marketing.service.statements import inserting

Outcome = Literal["converted", "declined", "not_delivered", "unsubscribed", "complained"]
WITHDRAWALS = ("unsubscribed", "complained")
SILENT = "silent"
# A conversion corrects these.
NOES = (SILENT, "declined")
MOST_SILENT = 1000

_ADD = inserting(OUTCOMES)
_NEEDED = select(
    DECISIONS.c.decision_id,
    DECISIONS.c.customer_id,
    DECISIONS.c.campaign_channel,
    DECISIONS.c.decided_at,
    DECISIONS.c.answer_until,
    DECISIONS.c.correction_until,
)


@dataclass(frozen=True)
class Report:
    """An outcome as somebody reports it.

    Parameters
    ----------
    decision_id : str
        Of which decision.
    outcome : str
        What happened.
    value_usd : float or None
        What a conversion brought.
    """

    decision_id: str
    outcome: Outcome
    value_usd: float | None = None


def judge(
    decision: Mapping[str, Any] | None, earlier: Mapping[str, str], report: Report, now: datetime
) -> list[tuple[str, str]]:
    """Tell what the log takes of a report.

    Parameters
    ----------
    decision : mapping or None
        campaign_channel, answer_until and correction_until; None if there is none.
    earlier : mapping of str to str
        Outcomes of the decision by their place.
    report : Report
        What is reported.
    now : datetime.datetime
        UTC, without a zone.

    Returns
    -------
    list of tuple of str
        Places and outcomes to add, in their order.

    Raises
    ------
    RefusedError
        If it can't be taken.
    """
    if decision is None:
        raise RefusedError(404, "unknown_decision", f"No decision {report.decision_id!r} is in the log.")
    if decision["campaign_channel"] is None:
        raise RefusedError(409, "no_contact", "That decision was no contact, so nothing can come of it.")
    if report.outcome in WITHDRAWALS:
        withdrawn = earlier.get("complaint") or earlier.get("withdrawal")
        if withdrawn == "unsubscribed" and report.outcome == "complained":
            # It withdraws all channels, not that one alone.
            return [("complaint", "complained")]
        if withdrawn:
            raise _second(withdrawn)
        return [("withdrawal", report.outcome)]
    answer_until, correction_until = decision["answer_until"], decision["correction_until"]
    answer = earlier.get("answer")
    if answer is None and now <= answer_until:
        return [("answer", report.outcome)]
    silence = [] if answer else [("answer", SILENT)]
    corrects = report.outcome == "converted" and (answer or SILENT) in NOES and "correction" not in earlier
    if corrects and now <= correction_until:
        return [*silence, ("correction", "converted")]
    if corrects or silence:
        until = correction_until if report.outcome == "converted" else answer_until
        raise RefusedError(
            409, "too_late", f"It came after {until:%Y-%m-%d %H:%M:%S} UTC, until when it would have counted."
        )
    raise _second(earlier.get("correction") or answer or SILENT)


def record(connection: Connection, reports: Sequence[Report], now: datetime) -> list[str | RefusedError]:
    """Write outcomes into the log.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Of a transaction that alone writes.
    reports : sequence of Report
        In the order in which they came.
    now : datetime.datetime
        UTC, without a zone.

    Returns
    -------
    list
        For each report the place that it has, or why it was refused.
    """
    ids = list({report.decision_id for report in reports})
    found = connection.execute(_NEEDED.where(DECISIONS.c.decision_id.in_(ids)))
    decisions: dict[str, dict[str, Any]] = {row.decision_id: row._asdict() for row in found}
    places: dict[str, dict[str, str]] = {one: {} for one in ids}
    known = select(OUTCOMES.c.decision_id, OUTCOMES.c.place, OUTCOMES.c.outcome)
    for row in connection.execute(known.where(OUTCOMES.c.decision_id.in_(ids))):
        places[row.decision_id][row.place] = row.outcome
    answers: list[str | RefusedError] = []
    rows: list[dict[str, Any]] = []
    for report in reports:
        decision, earlier = decisions.get(report.decision_id), places[report.decision_id]
        try:
            taken = judge(decision, earlier, report, now)
        except RefusedError as error:
            answers.append(error)
            continue
        earlier.update(taken)
        rows += [_row(decision or {}, place, outcome, report.value_usd, now) for place, outcome in taken]
        answers.append(taken[-1][0])
    if rows:
        _ADD.run_each(connection, rows)
    return answers


def end_of_wait(connection: Connection, now: datetime) -> int:
    """Write silence for decisions whose answer didn't come in time, the oldest first; return how many."""
    answered = exists().where(OUTCOMES.c.decision_id == DECISIONS.c.decision_id, OUTCOMES.c.place == "answer")
    due = _NEEDED.where(DECISIONS.c.answer_until < now, ~answered)
    oldest = due.order_by(DECISIONS.c.answer_until, DECISIONS.c.position).limit(MOST_SILENT)
    rows = [_row(row._asdict(), "answer", SILENT, None, now) for row in connection.execute(oldest)]
    if rows:
        _ADD.run_each(connection, rows)
    return len(rows)


def _row(
    decision: Mapping[str, Any], place: str, outcome: str, value_usd: float | None, now: datetime
) -> dict[str, Any]:
    return {
        "decision_id": decision["decision_id"],
        "place": place,
        "outcome": outcome,
        "value_usd": value_usd if outcome == "converted" else None,
        "customer_id": decision["customer_id"],
        "campaign_channel": decision["campaign_channel"],
        # No outcome comes before its decision, though the clock was set back.
        "recorded_at": max(now, decision["decided_at"]),
    }


def _second(earlier: str) -> RefusedError:
    return RefusedError(409, "second_outcome", f"The log has an outcome of that decision already: {earlier}.")
