"""The pipe: a table of text, one decision a column, a canonical raw file, and the loader's own checks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bank_marketing.errors import UserError
from bank_marketing.importing.deciding import BY_MAPPING, Verdict, decide_columns, first_look
from bank_marketing.importing.filling import append_bad_lines, convert_values, inferred, mapped, write_rows
from bank_marketing.importing.keys import KeyNumbers
from bank_marketing.importing.opening import NO_TEXT, Table
from bank_marketing.importing.reading import write_with_commas
from bank_marketing.importing.recognising import Recognised
from bank_marketing.importing.tables import PlainFile, TextTable, plain_file
from bank_marketing.project import PROGRAM
from bank_marketing.seeds.formats import SeedFormat
from bank_marketing.seeds.row_checks import Repeats, broken_rules, find_repeats

# What checks decisions takes long to import, and a file as it should be needs none.
if TYPE_CHECKING:
    from bank_marketing.importing.decisions import Mapping

LEAVE_OUT = '; `missing: ""` there, or `import-kaggle --leave-out-missing`, leaves out rows without a value'


@dataclass(frozen=True)
class Prepared:
    """What was made of a file.

    `bad_lines` can't be split into the declared columns; the build quarantines them. `notes` say what was
    converted, left out or missing, and which rows the build will reject. The loader takes every row of a file
    that `is_sound` if it can be read; no key is known to repeat in one that `has_own_keys`.
    """

    bad_lines: int
    action: str  # linked to, copied from, unpacked from or converted from
    notes: tuple[str, ...]
    rows_in: int
    rows_out: int  # in the canonical file, bad lines included
    is_sound: bool = False
    has_own_keys: bool = False


def prepare(
    recognised: Recognised,
    target: Path,
    seed_folder: Path,
    scratch: Path,
    *,
    copy: bool,
    max_reject_share: float = 0.01,
    leaves_out: bool = False,
) -> Prepared:
    """Lay a file whose header is known at the target, by decisions inferred from its values.

    A link made there must hold in the seed folder, so both lie equally deep; `scratch` is on their file
    system. Single values that can't be read are left to the build, up to `max_reject_share`; `leaves_out`
    leaves out rows without a value that they must have. A `UserError` says why a file isn't taken: it has
    no rows, is cut off, can't be read, or a column can't be read without guessing.
    """
    label, columns = recognised.table.candidate.label, recognised.columns
    plain = plain_file(recognised.table, scratch / f"plain-{recognised.format.name}", columns)
    looks, asked = first_look(columns, recognised.format, plain.table.delimiter)
    with TextTable(plain, scratch, looks=looks, asked=asked) as table:
        if table.rows == 0 and not recognised.format.may_be_empty:
            raise UserError(f"{label}: a header, but no rows after it. Download it again.")
        verdicts = decide_columns(table, columns, max_reject_share, leaves_out=leaves_out)
        of_column = [
            (f", column {c.header.strip()}" if c else "", v) for c, v in zip(columns, verdicts, strict=True)
        ]
        if problems := [f"{label}{name}: {v.problem}" for name, v in of_column if v.problem]:
            raise UserError("\n  ".join(problems))
        notes = [*plain.notes, *_notes(recognised, verdicts), *_swallowed(table)]
        rows = rows_out = table.rows + table.bad_lines
        lacks_values = leaves_out and table.counted[0]
        is_as_it_is = not lacks_values and not any(verdict.decision for verdict in verdicts)
        action = _place(recognised, plain, target, seed_folder, copy=copy) if is_as_it_is else None
        if action is None:
            action = "converted from"
            kept = [n for n, column in enumerate(columns) if column]
            fills = [
                inferred(n, column, verdicts[n].decision, leaves_out=leaves_out)
                for n, column in enumerate(columns)
                if column
            ]
            convert_values(table, fills)
            rows_out = write_rows(table, fills, target) + table.bad_lines
            append_bad_lines(table, kept, target)
            notes += [note for fill in fills for note in fill.notes]
            if rows_out < rows:
                left_out = rows - rows_out
                notes.append(f"rows left out, since they lack a value that they must have: {left_out:,}")
        is_sound, has_own_keys = (is_as_it_is and not table.counted[place] for place in (0, -1))
        return Prepared(table.bad_lines, action, tuple(notes), rows, rows_out, is_sound, has_own_keys)


def prepare_mapped(
    found: Table,
    mapping: Mapping,
    seed_format: SeedFormat,
    target: Path,
    scratch: Path,
    numbers: dict[str, KeyNumbers],
) -> Prepared:
    """Write an export in the form of a raw file, by a mapping in which `mapping_problems` finds nothing.

    The mapping speaks of every value: a `UserError` names those that can't be read, column by column. The
    numbers given so far to each of `numbered_keys` come in; new keys are added to them.
    """
    with open_table(found, scratch) as table:
        decisions = [(column, mapping.of(column)) for column in seed_format.columns]
        fills = [
            mapped(found.header, column, decision, numbers)
            for column, decision in decisions
            if not (decision.leave_out and column.is_optional)
        ]
        convert_values(table, fills)
        if problems := [problem for fill in fills for problem in fill.problems]:
            raise UserError("\n  ".join(["values can't be read.", *problems]))
        rows = write_rows(table, fills, target)
        if not rows:
            raise UserError("no row is left: each lacks a value that it must have. Map other columns.")
        notes = [note for fill in fills for note in fill.notes]
        return Prepared(0, "converted from", tuple(notes), table.rows, rows)


def open_table(found: Table, scratch: Path) -> TextTable:
    """Open a bank's own export, of which every line must be readable; rows without any value don't count."""
    plain = plain_file(found, scratch / "plain", [None] * len(found.header))
    label = found.candidate.label
    if plain.file_bytes.bad_letters:
        example = plain.file_bytes.example
        raise UserError(
            f"{label}: no readable utf-8 text, the first letters that are none in {example}. {NO_TEXT}"
        )
    table = TextTable(plain, scratch, skips_empty=True)
    problem = "" if table.rows else f"{label}: a header, but no rows after it. Export the table again."
    if table.rejects:
        line, text, error = table.rejects[0]
        what = (
            "a quotation mark opens in this row and doesn't close where it should. Close it, write it twice"
            " if it belongs to the text, or export the table again."
            if "QUOTE" in error
            else f"found {len(table.values_in(text))} values, expected {table.width}, one for each column."
            " Mend the line, or say how the file is written (file: delimiter) in the mapping."
        )
        problem = f"{label}, line {line}: {what}"
    if problem:
        table.close()
        raise UserError(problem)
    return table


def judge(
    prepared: Prepared,
    label: str,
    seed_format: SeedFormat,
    target: Path,
    scratch: Path,
    max_reject_share: float,
) -> Prepared:
    """Note the rows that the build will reject; refuse a file that has more than it lets through."""
    has_bad_lines, rows, share = prepared.bad_lines > 0, prepared.rows_out, f"{100 * max_reject_share:g}%"
    broken = (
        [] if prepared.is_sound else broken_rules(target, seed_format, scratch, has_bad_lines=has_bad_lines)
    )
    repeats = (
        Repeats(0, "")
        if prepared.has_own_keys
        else find_repeats(target, seed_format, scratch, has_bad_lines=has_bad_lines)
    )
    most = max(1, int(rows * max_reject_share))
    if repeats.count > most:
        raise UserError(
            f"{label}, {repeats.headers}: {repeats.count:,} of {rows:,} rows repeat a key"
            f" ({repeats.example}), at most {share} may. Take the copies out, or download the file again: it"
            " may have been appended to itself."
        )
    rejected = [str(rule) for rule in broken]
    if repeats.count:
        of_rows = f"{repeats.count:,} row{'s' * (repeats.count > 1)}"
        rejected.append(f"{repeats.reason} in {of_rows} ({repeats.example})")
    bad = prepared.bad_lines + repeats.count + sum(rule.rows for rule in broken)
    if rejected and bad > most:
        reasons = "".join(f"\n    {reason}" for reason in rejected)
        lacks_values = any(rule.reason.endswith(": missing") for rule in broken)
        raise UserError(
            f"{label}: the build would refuse it: {bad:,} of {rows:,} rows break what `{PROGRAM} formats"
            f" {seed_format.name}` says; at most {share} may:{reasons}\n    Mend them in the file, or say in"
            f" a mapping how they are meant {BY_MAPPING}{LEAVE_OUT if lacks_values else ''}."
        )
    notes = [f"{why}: the build will reject {'it' if ' 1 row ' in why else 'them'}" for why in rejected]
    return replace(prepared, notes=(*prepared.notes, *notes))


def _notes(recognised: Recognised, verdicts: Sequence[Verdict]) -> list[str]:
    notes = []
    for name, column, verdict in zip(recognised.table.header, recognised.columns, verdicts, strict=True):
        if column and name != column.header:
            notes.append(f"column {name!r} named {column.header!r}")
        if verdict.note:
            notes.append(verdict.note if column is None else f"{column.header.strip()}: {verdict.note}")
    notes += [
        f"without {column.header.strip()}, which is optional: nothing is known of it"
        for column in recognised.format.columns
        if column.name not in {column.name for column in recognised.columns if column}
    ]
    return list(dict.fromkeys(notes))


def _swallowed(table: TextTable) -> list[str]:
    """Say that two stray marks close each other: no line is lost from the count of lines, but rows are."""
    note = (
        f"line {table.first_swallowing:,}: a quotation mark opens there and takes in lines after it;"
        f" {table.swallowed_lines:,} more than the rows counted here can't be read. Close it, or write it"
        " twice if it belongs to the text"
    )
    return [note] if table.swallowed_lines else []


def _place(
    recognised: Recognised, plain: PlainFile, target: Path, seed_folder: Path, *, copy: bool
) -> str | None:
    """Place a file whose values are as they should be without reading them again, if that can be done."""
    candidate, written = recognised.table.candidate, plain.table
    # dbt reads small seeds itself, and nothing but UTF-8.
    if written.rows_above or not written.has_header or plain.file_bytes.bad_letters:
        return None
    if list(written.header) != [column.header if column else None for column in recognised.columns]:
        return None
    if written.delimiter != ",":
        return "converted from" if write_with_commas(plain.path, target, written.delimiter) else None
    if not plain.is_found or candidate.is_extracted:
        plain.path.replace(target)
        return "unpacked from" if plain.is_found else "converted from"
    # Relative, since dbt writes below target/run/<path of the seed>; an absolute path is the input itself.
    if not copy and candidate.path.stat().st_dev == seed_folder.stat().st_dev:
        try:
            target.symlink_to(os.path.relpath(candidate.path.resolve(), target.parent.resolve()))
            return "linked to"
        except OSError:  # a file system without links
            pass
    shutil.copyfile(candidate.path, target)
    return "copied from"
