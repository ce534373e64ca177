"""Columns of an export that change what another one means, or of which it can be computed: asked about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from itertools import chain
from typing import Any

from bank_marketing.importing.converting import CURRENCY, currency_in, kind_of
from bank_marketing.importing.deciding import NUMBERS
from bank_marketing.importing.mapping import TO_FILL, Decision
from bank_marketing.importing.naming import aliases, meant_by, plain_name
from bank_marketing.importing.tables import TextTable
from bank_marketing.importing.values import number
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat

# A decision, what a person is asked, and why.
Change = tuple[Decision, str | None, str]

# A person rarely becomes a customer before this age: more years than since then are probably months.
YOUNGEST = 14
FEW = 0.02
# A column with more words than these is no side of an account and no currency.
MOST_WORDS = 20


class Neighbours:
    """The columns of an export, beside those that a first look has mapped."""

    def __init__(
        self,
        table: TextTable,
        names: tuple[str, ...],
        seed_format: SeedFormat,
        counts: dict[str, Counter[str]],
    ) -> None:
        self.table, self.names, self.format, self.counts = table, names, seed_format, counts

    def changes(self, decisions: dict[str, Decision]) -> dict[str, Change]:
        """Return what to say instead of first decisions, by header."""
        found: dict[str, Change] = {}
        for column in self.format.columns:
            header = column.header.strip()
            for look in (self._computed, self._sign, self._currency, self._unit, self._key):
                said = {h: found[h][0] if h in found else decision for h, decision in decisions.items()}
                if change := look(column, said):
                    found[header] = change
        return found

    def _free(self, decisions: dict[str, Decision]) -> list[str]:
        used = {name for decision in decisions.values() for name in decision.columns}
        return [name for name in self.names if name not in used]

    def _computed(self, column: ColumnFormat, decisions: dict[str, Decision]) -> Change | None:
        """Look for what a column without a source can be computed from."""
        header = column.header.strip()
        if decisions[header].columns:
            return None
        free, known = self._free(decisions), aliases()
        if name := meant_by(free, known["years_since"].get(header, [])):
            question = f"say the day to count the years from {name!r} to, such as 2025-12-31"
            return Decision(column=name, years_since=TO_FILL), question, f"years since {name!r}"
        if header in known["quotient"]:
            other = decisions["Quantity"].column
            if other and (name := meant_by(free, known["quotient"][header])):
                decision = self._read_as(decisions, other, quotient=(name, other))
                return decision, None, f"{name!r} divided by {other!r}"
        if kind_of(column) in ("day", "moment"):
            parts = [meant_by(free, known["joined"][part]) for part in ("year", "month", "day", "time")]
            if all(parts[:3]):
                pattern = "YYYY MM DD" + (" hh:mm" if parts[3] else "")
                return Decision(joined=tuple(filter(None, parts)), date=pattern), None, "its parts in columns"
        if column.below_zero:
            debit, credit = (meant_by(free, known["sides"][side]) for side in ("debit", "credit"))
            if debit and credit:
                pair = (debit, credit) if column.below_zero == "credit" else (credit, debit)
                decision = self._read_as(decisions, debit, minus=pair)
                return decision, None, f"{pair[0]!r} minus {pair[1]!r}: a {column.below_zero} is below zero"
        return None

    def _read_as(self, decisions: dict[str, Decision], name: str, **source: tuple[str, ...]) -> Decision:
        """Take over how numbers are written from the columns themselves."""
        comma = any("," in text for names in source.values() for n in names for text in self.counts[n])
        return Decision(**source, decimal="," if comma else None)

    def _sign(self, column: ColumnFormat, decisions: dict[str, Decision]) -> Change | None:
        """Look for a column that says whether an amount is a debit or a credit."""
        decision = decisions[column.header.strip()]
        if not column.below_zero or not decision.column:
            return None
        amounts = self.counts[decision.column]
        below = sum(n for text, n in amounts.items() if text.lstrip("$€ ").startswith(("-", "(", "\u2212")))
        if below > sum(amounts.values()) / 2 and column.below_zero == "credit":
            question = "most amounts are below zero: say `factor: -1` if those are payments, 1 if refunds"
            return (
                decision.model_copy(update={"factor": TO_FILL}),
                question,
                f"{decision.column!r}, but most are below zero",
            )
        if below:
            return None
        sides = {side: aliases()["sides"][side] for side in ("debit", "credit")}
        cards = aliases()["beside"]["card"]
        for name in self._free(decisions):
            words = [text for text in self.counts[name] if text]
            lower = [w for w in words if _is_of(w, [*sides[column.below_zero], "-"])]
            upper = [w for w in words if w not in lower and _is_of(w, [*chain(*sides.values()), "+"])]
            if not lower or len(words) > MOST_WORDS or any(word in name.casefold() for word in cards):
                continue
            rest = [word for word in words if word not in (*lower, *upper)]
            if rest and not any(len(word) > 2 for word in lower):
                continue
            positive = (*upper, *([TO_FILL] if rest else []))
            sign = {"column": name, "negative": tuple(lower), "positive": positive}
            shown = ", ".join(map(repr, rest[:6])) + (", ..." if len(rest) > 6 else "")
            question = f"{name!r} says more than debit or credit: put {shown} into `negative` or `positive`"
            reason = f"{decision.column!r}, below zero where {name!r} says {', '.join(lower)}"
            return _with(decision, sign_from=sign), question if rest else None, reason
        return None

    def _currency(self, column: ColumnFormat, decisions: dict[str, Decision]) -> Change | None:
        """Look for a column of currencies beside an amount."""
        decision = decisions[column.header.strip()]
        is_amount = kind_of(column) in NUMBERS and (column.unit or "").startswith("USD")
        if not is_amount or not (decision.column or decision.minus or decision.quotient):
            return None
        others = {h: d.model_copy(update={"currency_from": None}) for h, d in decisions.items()}
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
            return changed, question, f"the amounts' currencies are in {name!r}"
        return None

    def _unit(self, column: ColumnFormat, decisions: dict[str, Decision]) -> Change | None:
        """Hold a header's unit against the column's, years as a customer against ages, percents against 1."""
        decision = decisions[column.header.strip()]
        if change := self._other_period(column, decision) or self._share(column, decision):
            return change
        age = next((d.column for h, d in decisions.items() if h in ("Age", "current_age")), None)
        if column.name != "tenure" or column.unit != "years" or not decision.column or not age:
            return None
        if decision.factor or decision.years_since:
            return None
        years, ages = (f"try_cast(c{self.names.index(name)} as double)" for name in (decision.column, age))
        odd, both = self.table.count_where(f"{years} > {ages} - {YOUNGEST}", f"{years} + {ages} is not null")
        if odd <= FEW * both:
            return None
        row = self.table.ask(f"{years}, {ages}", f"where {years} > {ages} - {YOUNGEST} limit 1")[0]
        question = (
            f"{odd:,} of {both:,} customers would be so from childhood on ({row[0]:g} beside an age of"
            f" {row[1]:g}): say `factor: 1/12, round: down` if these are months, or `factor: 1`"
        )
        return (
            decision.model_copy(update={"factor": TO_FILL}),
            question,
            f"{decision.column!r}, but not in years",
        )

    def _other_period(self, column: ColumnFormat, decision: Decision) -> Change | None:
        wanted = re.search(r"(?:^| a )(year|month|day|minute)s?$", column.unit or "")
        if not wanted or column.unit in ("year", "month") or not decision.column or decision.years_since:
            return None
        parts = set(re.split(r"[^a-z0-9]+", plain_name(decision.column)))
        named = [period for period, words in aliases()["periods"].items() if parts & set(words)]
        if not named or wanted[1] in named or decision.factor not in (None, TO_FILL):
            return None
        is_rate = " a " in (column.unit or "")
        times = {("year", "month"): "12" if is_rate else "1/12", ("month", "year"): "12"}
        example = f", such as {times[wanted[1], named[0]]}," if (wanted[1], named[0]) in times else ""
        question = (
            f"its name says {named[0]}, expected {column.unit}: say `factor`{example} or 1 if it is meant so"
        )
        changed = decision.model_copy(update={"factor": TO_FILL})
        return changed, question, f"{decision.column!r}, of another unit"

    def _share(self, column: ColumnFormat, decision: Decision) -> Change | None:
        if column.unit != "percent" or not decision.column or decision.factor:
            return None
        texts = self.counts[decision.column]
        values = [float(n) for text in texts if "%" not in text and (n := number(text.replace(",", ".")))]
        if len(values) < len(texts) or not any(values) or max(values) > 1:
            return None
        question = "no value is above 1: say `factor: 100` if these are shares, 1 if percents"
        changed = decision.model_copy(update={"factor": TO_FILL})
        return changed, question, f"{decision.column!r}, but as small as shares"

    def _key(self, column: ColumnFormat, decisions: dict[str, Decision]) -> Change | None:
        """Look for keys that count within another one, and customers that repeat less than their orders."""
        decision = decisions[column.header.strip()]
        if not column.key_of or not decision.column:
            return None
        by_key = {c.key_of: decisions[c.header.strip()].column for c in self.format.columns if c.key_of}
        customer = by_key.get("customer")
        joined = {"raw_bank_customers": ["client_id", "customer_id"], "raw_cards": ["card_id"]}
        others = [name for name in self.names if name != decision.column]
        name = meant_by(others, joined.get(self.format.name, []))
        if name and self.format.unique_key == (column.name,):
            own, other = (f"c{self.names.index(n)}" for n in (decision.column, name))
            rows, keys = self.table.ask(f"count(distinct {own}), count(distinct {other})")[0]
            if keys < rows:
                question = (
                    f"{decision.column!r} has {rows:,} values and {name!r} {keys:,}, so each {column.key_of}"
                    f" is in several rows: write a file with one row for each {name!r}, and import that"
                )
                return Decision(), question, f"{decision.column!r} numbers something else"
        if column.key_of == "card" and customer:
            user, card = (f"c{self.names.index(name)}" for name in (customer, decision.column))
            cards, both = self.table.ask(f"count(distinct {card}), count(distinct ({user}, {card}))")[0]
            if both > cards:
                said = Decision(key_of=(customer, decision.column))
                return (
                    said,
                    None,
                    f"{decision.column!r} counts within {customer!r}: {both:,} cards, {cards:,} numbers",
                )
        invoice = by_key.get("invoice")
        if column.key_of == "customer" and invoice:
            own, other = (f"c{self.names.index(name)}" for name in (decision.column, invoice))
            customers, invoices = self.table.ask(f"count(distinct {own}), count(distinct {other})")[0]
            if customers > invoices:
                question = (
                    f"{decision.column!r} has {customers:,} values in {invoices:,} invoices, so it may number"
                    " something else: name the column of customers"
                )
                return Decision(), question, f"{decision.column!r} repeats less than the invoices"
        return None


def _is_of(text: str, words: Collection[str]) -> bool:
    """Tell whether a text is one of some words, or has one of the longer ones in it."""
    key = text.casefold().rstrip(".")
    return key in words or any(len(part) > 2 and part in words for part in re.split(r"[\W_]+", key))


def _currency_of(text: str) -> str | None:
    return currency_in(text) if CURRENCY.fullmatch(text := text.upper()) else None


def _with(decision: Decision, **said: Any) -> Decision:
    return Decision.model_validate({**decision.model_dump(exclude_defaults=True), **said})
