"""Columns of an export that change what another one means, or of which it can be computed: asked about."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from bank_marketing.importing.converting import CURRENCY, currency_in
from bank_marketing.importing.decisions import TO_FILL, Decision
from bank_marketing.importing.naming import aliases, meant_by, plain_name
from bank_marketing.importing.profiles import Profile, read_as
from bank_marketing.importing.tables import TextTable
from bank_marketing.importing.values import NUMBERS, kind_of, number
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat

# A person rarely becomes a customer before this age: more years than since then are probably months.
YOUNGEST = 14
FEW = 0.02
# A column with more words than these is no side of an account and no currency.
MOST_WORDS = 20
# What counts the rows of a joined file's customers and cards.
JOINED = {"raw_bank_customers": ["client_id", "customer_id"], "raw_cards": ["card_id"]}
TIMES = {("year", "month"): "1/12", ("month", "year"): "12", ("minute", "second"): "1/60"}


@dataclass(frozen=True)
class Proposal:
    """What a column is proposed to be filled by, why, and what a person is asked."""

    decision: Decision
    reason: str
    question: str | None = None
    trust: str = "medium"  # high, medium, low or left out, where nothing is open

    @property
    def confidence(self) -> str:
        """How sure it is."""
        return "to fill" if self.decision.is_open else self.trust


class Neighbours:
    """The columns of an export, beside those that a first look has mapped."""

    def __init__(self, table: TextTable, seed_format: SeedFormat, profiles: Iterable[Profile]) -> None:
        self.table, self.format, self.profiles = table, seed_format, {p.name: p for p in profiles}
        self.counts = {name: found.counts for name, found in self.profiles.items()}
        self.names = list(self.counts)
        self.decisions: dict[str, Decision] = {}

    def changes(self, decisions: dict[str, Decision]) -> dict[str, Proposal]:
        """Return what to say instead of first decisions, by header."""
        self.decisions = dict(decisions)
        found: dict[str, Proposal] = {}
        for column in self.format.columns:
            header = column.header.strip()
            looks = (self._computed, self._currency, self._sign, self._period, self._share, self._tenure)
            for look in (*looks, self._joined, self._card, self._customer):
                if change := look(column, self.decisions[header]):
                    asked = [found[header].question] if header in found else []
                    question = "; ".join(filter(None, [*asked, change.question]))
                    found[header] = replace(change, question=question or None)
                    self.decisions[header] = change.decision
        return found

    def _free(self, decisions: Collection[Decision]) -> list[str]:
        used = {name for decision in decisions for name in decision.columns}
        return [name for name in self.names if name not in used]

    def _sql(self, name: str) -> str:
        return f"c{self.names.index(name)}"

    def _of_key(self, key: str) -> str | None:
        headers = [c.header.strip() for c in self.format.columns if c.key_of == key]
        return self.decisions[headers[-1]].column if headers else None

    def _computed(self, column: ColumnFormat, decision: Decision) -> Proposal | None:
        """Look for what a column without a source can be computed from."""
        if decision.columns:
            return None
        header, known, free = column.header.strip(), aliases(), self._free(self.decisions.values())
        if name := meant_by(free, known["years_since"].get(header, [])):
            question = f"say the day to count the years from {name!r} to, such as 2025-12-31"
            day = replace(column, data_type="date", minimum=None, maximum=None)
            since = self._read(day, name).model_copy(update={"years_since": TO_FILL})
            return Proposal(since, f"years since {name!r}", question)
        other = self.decisions["Quantity"].column if header in known["quotient"] else None
        if other and (name := meant_by(free, known["quotient"][header])):
            return Proposal(self._of_both(column, quotient=(name, other)), f"{name!r} divided by {other!r}")
        if kind_of(column) in ("day", "moment"):
            parts = [meant_by(free, known["joined"][part]) for part in ("year", "month", "day", "time")]
            if all(parts[:3]):
                has_seconds = parts[3] and any(text.count(":") > 1 for text in self.counts[parts[3]])
                time = "" if not parts[3] else " hh:mm:ss" if has_seconds else " hh:mm"
                month = "Mon" if all(map(str.isalpha, self.counts[parts[1] or ""])) else "MM"
                pattern = f"YYYY {month} DD{time}"
                decision = Decision(joined=tuple(filter(None, parts)), date=(pattern,))
                return Proposal(decision, "its parts in columns")
        if column.below_zero in ("debit", "credit"):
            debit, credit = (meant_by(free, known["sides"][side]) for side in ("debit", "credit"))
            if debit and credit:
                pair = (debit, credit) if column.below_zero == "credit" else (credit, debit)
                reason = f"{pair[0]!r} minus {pair[1]!r}: a {column.below_zero} is below zero"
                return Proposal(self._of_both(column, minus=pair), reason)
        return None

    def _read(self, column: ColumnFormat, name: str) -> Decision:
        """Read a column of the export, of which some values may be empty."""
        return read_as(replace(column, is_required=False), self.profiles[name], self.table.rows, 0).decision

    def _of_both(self, column: ColumnFormat, **source: tuple[str, str]) -> Decision:
        """Take over how numbers are written from the columns themselves."""
        read = [self._read(column, name) for pair in source.values() for name in pair]
        signs = {decision.decimal for decision in read if decision.decimal}
        known = {sign for sign in signs if sign != TO_FILL} or signs
        return Decision(
            **source,
            missing=list(dict.fromkeys(word for decision in read for word in decision.missing)),
            decimal=TO_FILL if len(known) > 1 else next(iter(known), None),
            factor=next((decision.factor for decision in read if decision.factor), None),
        )

    def _sign(self, column: ColumnFormat, decision: Decision) -> Proposal | None:
        """Look for a column that says whether an amount is a debit or a credit."""
        if not column.below_zero or not decision.column:
            return None
        amounts = self.counts[decision.column]
        below = sum(n for text, n in amounts.items() if text.lstrip("$€ ").startswith(("-", "(", "\u2212")))
        if below > amounts.total() / 2 and column.below_zero == "credit":
            question = "most amounts are below zero: say `factor: -1` if those are payments, 1 if refunds"
            return _asked(decision, "factor", "but most are below zero", question)
        sides = aliases()["sides"]
        cards = aliases()["beside"]["card"]
        for name in self._free(self.decisions.values()) if not below else ():
            words = [text for text in self.counts[name] if text]
            lower = [w for w in words if _is_of(w, [*sides[column.below_zero], "-"])]
            upper = [w for w in words if w not in lower and _is_of(w, [*chain(*sides.values()), "+"])]
            rest = [word for word in words if word not in (*lower, *upper)]
            is_card = any(word in name.casefold() for word in cards)
            is_other = rest and not any(len(word) > 2 for word in lower)
            if not lower or len(words) > MOST_WORDS or is_card or is_other:
                continue
            rest += [""] if self.counts[name].total() < self.table.rows else []
            sign = {"column": name, "negative": lower, "positive": [*upper, *([TO_FILL] if rest else [])]}
            shown = ", ".join(map(repr, rest[:6])) + (", ..." if len(rest) > 6 else "")
            said = ", ".join(lower)
            question = f"{name!r} says more than {said}: put {shown} into `negative` or `positive`"
            reason = f"{decision.column!r}, below zero where {name!r} says {said}"
            return Proposal(_with(decision, sign_from=sign), reason, question if rest else None)
        return None

    def _currency(self, column: ColumnFormat, decision: Decision) -> Proposal | None:
        """Look for a column of currencies beside an amount."""
        is_amount = kind_of(column) in NUMBERS and (column.unit or "").startswith("USD")
        if not is_amount or not (decision.column or decision.minus or decision.quotient):
            return None
        # Several amounts may be of the currencies in one column.
        others = [d.model_copy(update={"currency_from": None}) for d in self.decisions.values()]
        for name in self._free(others):
            codes = list(self.counts[name])
            is_named = meant_by([name], aliases()["beside"]["currency"]) is not None
            if not codes or len(codes) > MOST_WORDS or not (is_named or all(map(_currency_of, codes))):
                continue
            if all(_currency_of(code) == "USD" for code in codes):
                return None
            codes += [""] if self.counts[name].total() < self.table.rows else []
            rates = {code: "1" if _currency_of(code) == "USD" else TO_FILL for code in codes}
            changed = _with(decision, currency_from={"column": name, "rates": rates}, factor=None)
            open_codes = ", ".join(code or "''" for code in codes if rates[code] == TO_FILL)
            question = f"say in `rates` how many USD one {open_codes} is, 1 if amounts are meant as they are"
            return Proposal(changed, f"the amounts' currencies are in {name!r}", question)
        return None

    def _period(self, column: ColumnFormat, decision: Decision) -> Proposal | None:
        """Hold the unit in a column's name against the raw column's."""
        wanted = re.search(r"(?:^| a )(year|month|day|minute)s?$", column.unit or "")
        if not wanted or column.unit in ("year", "month") or not decision.column or decision.years_since:
            return None
        parts = set(re.split(r"[^a-z0-9]+", plain_name(decision.column)))
        named = [period for period, words in aliases()["periods"].items() if parts & set(words)]
        if not named or wanted[1] in named or decision.factor not in (None, TO_FILL):
            return None
        times = TIMES.get((wanted[1], named[0]))
        times = "12" if times and " a " in (column.unit or "") else times
        example = f", such as {times}," if times else ""
        question = (
            f"its name says {named[0]}, expected {column.unit}: say `factor`{example} or 1 if it is meant so"
        )
        return _asked(decision, "factor", "of another unit", question)

    def _share(self, column: ColumnFormat, decision: Decision) -> Proposal | None:
        """Hold percents against 1."""
        if column.unit != "percent" or not decision.column or decision.factor:
            return None
        texts = self.counts[decision.column]
        values = [float(n) for text in texts if "%" not in text and (n := number(text.replace(",", ".")))]
        if len(values) < len(texts) or not any(values) or max(values) > 1:
            return None
        question = "no value is above 1: say `factor: 100` if these are shares, 1 if percents"
        return _asked(decision, "factor", "but as small as shares", question)

    def _tenure(self, column: ColumnFormat, decision: Decision) -> Proposal | None:
        """Hold years as a customer against ages."""
        age = next((d.column for h, d in self.decisions.items() if h in ("Age", "current_age")), None)
        is_years = column.name == "tenure" and column.unit == "years" and decision.column and age
        if not is_years or decision.factor or decision.years_since:
            return None
        years, ages = (
            f"try_cast({self._sql(name)} as double)" for name in (decision.column or "", age or "")
        )
        is_odd = f"{years} > {ages} - {YOUNGEST}"
        odd, both = self.table.count_where(is_odd, f"{years} + {ages} is not null")
        if odd <= FEW * both:
            return None
        row = self.table.ask(f"{years}, {ages}", f"where {is_odd} limit 1")[0]
        question = (
            f"{odd:,} of {both:,} customers would be so from childhood on ({row[0]:g} beside an age of"
            f" {row[1]:g}): say `factor: 1/12, round: down` if these are months, or `factor: 1`"
        )
        return _asked(decision, "factor", "but not in years", question)

    def _distinct(self, *names: str) -> list[int]:
        """Count the different values of columns, and of all of them together."""
        columns = [self._sql(name) for name in names]
        counted = [*columns, f"({', '.join(columns)})"]
        return list(self.table.ask(", ".join(f"count(distinct {column})" for column in counted))[0])

    def _joined(self, column: ColumnFormat, decision: Decision) -> Proposal | None:
        """Look for the key of a joined file's transactions, taken for that of its customers or cards."""
        own = decision.column
        name = meant_by([n for n in self.names if n != own], JOINED.get(self.format.name, []))
        if not column.key_of or not own or not name or self.format.unique_key != (column.name,):
            return None
        rows, keys, _ = self._distinct(own, name)
        if keys >= rows:
            return None
        question = (
            f"{own!r} has {rows:,} values and {name!r} {keys:,}, so each {column.key_of} is in several rows:"
            f" write a file with one row for each {name!r}, and import that"
        )
        return Proposal(Decision(), f"{own!r} numbers something else", question)

    def _card(self, column: ColumnFormat, decision: Decision) -> Proposal | None:
        """Look for cards that count within their customer."""
        card, customer = decision.column, self._of_key("customer")
        if column.key_of != "card" or not card or not customer:
            return None
        _, cards, both = self._distinct(customer, card)
        if both <= cards:
            return None
        reason = f"{card!r} counts within {customer!r}: {both:,} cards, {cards:,} numbers"
        return Proposal(Decision(key_of=(customer, card)), reason)

    def _customer(self, column: ColumnFormat, decision: Decision) -> Proposal | None:
        """Look for customers that repeat less than their orders."""
        customer, invoice = decision.column, self._of_key("invoice")
        if column.key_of != "customer" or not customer or not invoice:
            return None
        customers, invoices, _ = self._distinct(customer, invoice)
        if customers <= invoices:
            return None
        question = (
            f"{customer!r} has {customers:,} values in {invoices:,} invoices, so it may number something"
            " else: name the column of customers"
        )
        return Proposal(Decision(), f"{customer!r} repeats less than the invoices", question)


def _asked(decision: Decision, name: str, reason: str, question: str) -> Proposal:
    """Leave one thing of a decision to a person."""
    return Proposal(decision.model_copy(update={name: TO_FILL}), f"{decision.column!r}, {reason}", question)


def _with(decision: Decision, **said: Any) -> Decision:
    return Decision.model_validate({**decision.model_dump(exclude_defaults=True), **said})


def _is_of(text: str, words: Collection[str]) -> bool:
    """Tell whether a text is one of some words, or has one of the longer ones in it."""
    key = text.casefold().rstrip(".")
    return key in words or any(len(part) > 2 and part in words for part in re.split(r"[\W_]+", key))


def _currency_of(text: str) -> str | None:
    return currency_in(text) if CURRENCY.fullmatch(text := text.upper()) else None
