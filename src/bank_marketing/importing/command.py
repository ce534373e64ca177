"""The command itself: all files or none, and the table of what was found."""

from __future__ import annotations

import argparse
import csv
import filecmp
import glob
import shlex
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from bank_marketing.errors import UserError
from bank_marketing.importing.finding import Candidate, find_candidates
from bank_marketing.importing.naming import vocabulary
from bank_marketing.importing.placing import move_into_place
from bank_marketing.importing.preparing import Prepared, judge, prepare
from bank_marketing.importing.recognising import Recognised, Unrecognised, recognise
from bank_marketing.importing.staging import staging_folder
from bank_marketing.project import PROGRAM, project_folder
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat, read_formats, read_yaml
from bank_marketing.seeds.grammar import value_sql
from bank_marketing.seeds.seed_folders import domains_with_files, has_rows, lay_placeholders
from bank_marketing.sql_text import sql_text

LARGE_FILE = 50_000_000
# What a message lists by name.
MOST_NAMED = 100


@dataclass(frozen=True)
class Outcome:
    """What became of one raw file."""

    format: SeedFormat
    source: Candidate | None = None
    prepared: Prepared | None = None
    is_kept: bool = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of ``import-kaggle`` to its parser."""
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="file, folder or .zip, as downloaded"
    )
    parser.add_argument(
        "--leave-out-missing", action="store_true", help="leave out rows without a value that they must have"
    )
    parser.add_argument("--copy", action="store_true", help="copy CSV files instead of linking to them")


def run(args: argparse.Namespace) -> int:
    """Import what the command line names, and print a table."""
    seed_folder = project_folder() / "seeds" / "kaggle"
    formats = read_formats(seed_folder.parent / "formats")
    outcomes, left_alone = import_files(
        args.paths, seed_folder, formats, copy=args.copy, leaves_out=args.leave_out_missing
    )
    print(_table(outcomes, seed_folder))
    for unrecognised in left_alone:
        print(f"Left alone: {unrecognised.candidate.label}: {unrecognised.reason}")
    imported = {outcome.format.domain for outcome in outcomes if outcome.prepared}
    lacking = unlisted([f for f in formats if f.domain in imported], seed_folder)
    print("\n".join([*lacking, *next_step(seed_folder)]))
    return 0


def import_files(
    paths: Sequence[Path],
    seed_folder: Path,
    formats: list[SeedFormat],
    *,
    copy: bool = False,
    leaves_out: bool = False,
) -> tuple[list[Outcome], list[Unrecognised]]:
    """Bring Kaggle's files into a seed folder: all that were found, or none if one of them is faulty."""
    seed_folder.mkdir(parents=True, exist_ok=True)
    seed_folder = seed_folder.resolve()  # it may be a link to a larger disk
    with staging_folder(seed_folder) as staging:
        scratch = staging / "unpacked"
        scratch.mkdir()
        found, left_alone = _recognise_all(paths, formats, seed_folder, scratch)
        prepared = _prepare_all(found, staging, seed_folder, scratch, copy=copy, leaves_out=leaves_out)
        names = [recognised.format.path_in(Path()) for recognised in found]
        move_into_place(staging, seed_folder, names, _command(paths, copy=copy, leaves_out=leaves_out))
        lay_placeholders(seed_folder, formats)
    sources = {recognised.format.name: recognised.candidate for recognised in found}
    outcomes = [
        Outcome(
            f,
            sources.get(f.name),
            prepared.get(f.name),
            f.name not in sources and has_rows(f.path_in(seed_folder)),
        )
        for f in formats
    ]
    return outcomes, left_alone


def _command(paths: Sequence[Path], *, copy: bool, leaves_out: bool) -> str:
    """Return the words that do the same again, wherever the shell stands by then."""
    flags = {"--copy": copy, "--leave-out-missing": leaves_out}
    said = [flag for flag, is_said in flags.items() if is_said]
    return shlex.join([PROGRAM, "import-kaggle", *said, *(str(p.absolute()) for p in paths)])


def _recognise_all(
    paths: Sequence[Path], formats: list[SeedFormat], seed_folder: Path, scratch: Path
) -> tuple[list[Recognised], list[Unrecognised]]:
    found: dict[str, Recognised] = {}
    others: list[Unrecognised] = []
    problems: list[str] = []
    for candidate in find_candidates(paths, scratch):
        if not candidate.is_extracted and _is_ours(candidate.path, seed_folder.parent):
            problems.append(
                f"{candidate.label}: a file of the project itself. Name the folder with Kaggle's files."
            )
            continue
        result = recognise(candidate, formats)
        if isinstance(result, Unrecognised):
            others.append(result)
        elif (first := found.setdefault(result.format.name, result)) is not result and not filecmp.cmp(
            first.candidate.path, candidate.path, shallow=False
        ):
            problems.append(
                f"{candidate.label}: another {result.format.kaggle_file} with different content is in"
                f" {first.candidate.label}. Name only the one that counts."
            )
    is_fault = [o.candidate.is_named or (o.likely is not None and o.likely.name not in found) for o in others]
    problems += [
        f"{o.candidate.label}: {o.reason}" for o, fault in zip(others, is_fault, strict=True) if fault
    ]
    left_alone = [o for o, fault in zip(others, is_fault, strict=True) if not fault]
    if not found and not problems:
        problems.append(
            f"none of the raw files is in {', '.join(map(str, paths))}. Expected some of: "
            + ", ".join(f.kaggle_file or f.file_name for f in formats)
            + "".join(f"\n  {o.candidate.label}: {o.reason}" for o in left_alone)
        )
    _raise_if_any(problems)
    return list(found.values()), left_alone


def _is_ours(path: Path, seeds: Path) -> bool:
    """Tell whether a file, or what it links to, is a seed: the sample never passes for Kaggle's data."""
    return path.resolve().is_relative_to(seeds) or (path.parent.resolve() / path.name).is_relative_to(seeds)


def _prepare_all(
    found: list[Recognised],
    staging: Path,
    seed_folder: Path,
    scratch: Path,
    *,
    copy: bool,
    leaves_out: bool,
) -> dict[str, Prepared]:
    prepared, problems = {}, []
    max_reject_share = share_that_may_be_bad(seed_folder)
    for recognised in found:
        size = recognised.candidate.path.stat().st_size
        if size > LARGE_FILE:
            print(
                f"Reading {recognised.candidate.label} ({size / 1e6:,.0f} MB) ...",
                file=sys.stderr,
                flush=True,
            )
        target = recognised.format.path_in(staging)
        target.parent.mkdir(exist_ok=True)
        try:
            made = prepare(
                recognised,
                target,
                seed_folder,
                scratch,
                copy=copy,
                max_reject_share=max_reject_share,
                leaves_out=leaves_out,
            )
            prepared[recognised.format.name] = judge(
                made, recognised.candidate.label, recognised.format, target, scratch, max_reject_share
            )
        except UserError as error:
            problems.append(str(error))
        except OSError as error:
            problems.append(
                f"{recognised.candidate.label}: it can't be read or written here ({error.strerror})."
            )
    _raise_if_any(problems)
    return prepared


def share_that_may_be_bad(seed_folder: Path) -> float:
    """Return the share of rows that the build rejects before it refuses a file."""
    for project in (seed_folder.parent.parent, Path(__file__).parents[3]):
        path = project / "dbt_project.yml"
        said = _project_in(path.read_text(encoding="utf-8")) if path.is_file() else None
        if said:
            return float(said["vars"]["max_reject_share"])
    raise UserError(f"{path}: no max_reject_share in it.")


@cache
def _project_in(text: str) -> Any:
    """Read YAML once for all imports of a process: it takes as long as a small file."""
    return read_yaml(text)


def _raise_if_any(problems: list[str]) -> None:
    if problems:
        raise UserError("nothing was imported.\n  " + "\n  ".join(problems))


def _table(outcomes: list[Outcome], seed_folder: Path) -> str:
    rows = [("file", "", "rows in", "rows out", "what was done")]
    for outcome in outcomes:
        place = f"{seed_folder.name}/{outcome.format.domain}/{outcome.format.file_name}"
        name = outcome.format.kaggle_file or outcome.format.file_name
        if outcome.source and outcome.prepared:
            prepared = outcome.prepared
            done = f"{place} {prepared.action} {outcome.source.label}"
            rows.append((name, "found", f"{prepared.rows_in:,}", f"{prepared.rows_out:,}", done))
            if prepared.bad_lines:
                bad = f"{prepared.bad_lines:,} of the lines can't be read, the build will tell"
                rows.append(("", "", "", "", f"  {bad}"))
            rows += [("", "", "", "", f"  {note}") for note in prepared.notes]
        elif outcome.is_kept:
            rows.append((name, "kept", "", "", f"{place} of an earlier import stays"))
        elif outcome.format.may_be_empty:
            rows.append((name, "empty", "0", "0", f"{place} with nothing but its header"))
        else:
            rows.append((name, "missing", "", "", f"{outcome.format.kaggle_dataset} on Kaggle has it"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        f"{name:<{widths[0]}}  {state:<{widths[1]}}  {rows_in:>{widths[2]}}  {rows_out:>{widths[3]}}  {done}"
        for name, state, rows_in, rows_out, done in rows
    )


def next_step(seed_folder: Path) -> list[str]:
    """Say which domains can't be built yet, and how to build the others."""
    missing = domains_with_files(seed_folder)
    lines = [
        f"Not to be built: {domain}, it lacks {', '.join(files)}"
        for domain, files in missing.items()
        if files
    ]
    complete = [domain for domain, files in missing.items() if not files]
    build = f"Next: make build SEED_SET={seed_folder.name} (builds {', '.join(complete)})"
    return [*lines, build] if complete else lines


def unlisted(formats: Iterable[SeedFormat], seed_folder: Path) -> list[str]:
    """Name the words in raw files that a vocabulary, or the file that should list them, lacks."""
    said = []
    with duckdb.connect() as connection:

        def words(path: Path, column: ColumnFormat, name: str | None) -> list[str]:
            with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
                names = next(csv.reader(file))
            if name not in (None, *names):
                return []
            quoted = (name or names[0]).replace('"', '""')
            value = value_sql(column, f'"{quoted}"')
            types = ", ".join(f"{sql_text(name)}: 'varchar'" for name in names)
            found = connection.execute(
                f"select distinct trim(cast({value} as varchar)) as value from"
                f" read_csv({sql_text(glob.escape(str(path)))}, columns = {{{types}}}, auto_detect = false,"
                " header = true, delim = ',', quote = '\"', escape = '\"', ignore_errors = true)"
                " where value <> '' order by 1"
            )
            return [value for (value,) in found.fetchall()]

        for seed_format, column in ((f, c) for f in formats for c in f.columns):
            made, list_name = seed_format.path_in(seed_folder), f"{seed_format.domain}/{column.listed_in}.csv"
            lists = [seed_folder.parent / "reference" / list_name, seed_folder / list_name]
            listed = next(filter(has_rows, lists), None)
            if not (column.vocabulary or listed) or not has_rows(made):
                continue
            known = vocabulary(column.vocabulary) if column.vocabulary else {}
            known |= {word.casefold(): word for word in (words(listed, column, None) if listed else ())}
            if lacking := [w for w in words(made, column, column.header) if w.casefold() not in known]:
                more = f" and {len(lacking) - MOST_NAMED:,} more" if len(lacking) > MOST_NAMED else ""
                shown = ", ".join(lacking[:MOST_NAMED]) + more
                meant = ", ".join(dict.fromkeys(known.values()))
                said.append(
                    f"{column.header}: seeds/{listed.relative_to(seed_folder.parent)} lacks some, add:"
                    f" {shown}"
                    if listed
                    else f"{column.header}: {shown} is none of {meant}; if one of them is meant, say so in"
                    " `values`"
                )
    return said
