"""`bank-marketing import-kaggle`: all files of a download or none, and the table of what was found."""

from __future__ import annotations

import argparse
import filecmp
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bank_marketing.errors import UserError
from bank_marketing.importing.afterwards import said_afterwards
from bank_marketing.importing.finding import Candidate, find_candidates
from bank_marketing.importing.naming import project_vars
from bank_marketing.importing.placing import move_into_place
from bank_marketing.importing.preparing import Prepared, judge, prepare
from bank_marketing.importing.recognising import Recognised, UnrecognisedError, recognise
from bank_marketing.importing.staging import staging_folder
from bank_marketing.project import PROGRAM, project_folder
from bank_marketing.seeds.formats import SeedFormat, read_formats
from bank_marketing.seeds.line_counts import has_rows
from bank_marketing.seeds.seed_folders import lay_placeholders

LARGE_FILE = 50_000_000


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
    print("\n".join([_table(outcomes, seed_folder), *(f"Left alone: {file}" for file in left_alone)]))
    imported = {outcome.format.domain for outcome in outcomes if outcome.prepared}
    print(said_afterwards([f for f in formats if f.domain in imported], seed_folder))
    return 0


def import_files(
    paths: Sequence[Path],
    seed_folder: Path,
    formats: list[SeedFormat],
    *,
    copy: bool = False,
    leaves_out: bool = False,
) -> tuple[list[Outcome], list[str]]:
    """Bring Kaggle's files into a seed folder: all that were found, or none if one of them is faulty.

    Returns what became of each raw file, and which files were left alone and why.
    """
    seed_folder.mkdir(parents=True, exist_ok=True)
    seed_folder = seed_folder.resolve()  # it may be a link to a larger disk
    share = float(project_vars(seed_folder.parent.parent)["max_reject_share"])
    flags = {"--copy": copy, "--leave-out-missing": leaves_out}
    said = [flag for flag, is_said in flags.items() if is_said]
    # Wherever the shell stands when it is run again.
    again = shlex.join([PROGRAM, "import-kaggle", *said, *(str(p.absolute()) for p in paths)])
    prepared: dict[str, Prepared] = {}
    problems: list[str] = []
    with staging_folder(seed_folder) as staging:
        scratch = staging / "unpacked"
        scratch.mkdir()
        found, left_alone = _recognise_all(paths, formats, seed_folder, scratch)
        for name, recognised in found.items():
            label, target = recognised.table.candidate.label, recognised.format.path_in(staging)
            target.parent.mkdir(exist_ok=True)
            if (size := recognised.table.candidate.path.stat().st_size) > LARGE_FILE:
                print(f"Reading {label} ({size / 1e6:,.0f} MB) ...", file=sys.stderr, flush=True)
            try:
                made = prepare(
                    recognised,
                    target,
                    seed_folder,
                    scratch,
                    copy=copy,
                    max_reject_share=share,
                    leaves_out=leaves_out,
                )
                prepared[name] = judge(made, label, recognised.format, target, scratch, share)
            except UserError as error:
                problems.append(str(error))
            except OSError as error:
                problems.append(f"{label}: it can't be read or written here ({error.strerror}).")
        _raise_if_any(problems)
        names = [recognised.format.path_in(Path()) for recognised in found.values()]
        move_into_place(staging, seed_folder, names, again)
        lay_placeholders(seed_folder, formats)
    outcomes = [
        Outcome(f, found[f.name].table.candidate, prepared[f.name])
        if f.name in found
        else Outcome(f, is_kept=has_rows(f.path_in(seed_folder)))
        for f in formats
    ]
    return outcomes, left_alone


def _recognise_all(
    paths: Sequence[Path], formats: list[SeedFormat], seed_folder: Path, scratch: Path
) -> tuple[dict[str, Recognised], list[str]]:
    found: dict[str, Recognised] = {}
    others: list[tuple[Candidate, UnrecognisedError]] = []
    problems: list[str] = []
    for candidate in find_candidates(paths, scratch):
        if not candidate.is_extracted and _is_ours(candidate.path, seed_folder.parent):
            ours = "a file of the project itself. Name the folder with Kaggle's files."
            problems.append(f"{candidate.label}: {ours}")
            continue
        try:
            result = recognise(candidate, formats)
        except UnrecognisedError as error:
            others.append((candidate, error))
            continue
        first = found.setdefault(result.format.name, result).table.candidate
        if first is not candidate and not filecmp.cmp(first.path, candidate.path, shallow=False):
            problems.append(
                f"{candidate.label}: another {result.format.kaggle_file} with different content is in"
                f" {first.label}. Name only the one that counts."
            )
    left_alone: list[str] = []
    for candidate, why in others:
        is_fault = candidate.is_named or (why.likely is not None and why.likely.name not in found)
        (problems if is_fault else left_alone).append(f"{candidate.label}: {why}")
    if not found and not problems:
        expected = ", ".join(f.kaggle_file or f.file_name for f in formats)
        problem = f"none of the raw files is in {', '.join(map(str, paths))}. Expected some of: {expected}"
        problems.append("\n  ".join([problem, *left_alone]))
    _raise_if_any(problems)
    return found, left_alone


def _is_ours(path: Path, seeds: Path) -> bool:
    """Tell whether a file, or what it links to, is a seed: the sample never passes for Kaggle's data."""
    return path.resolve().is_relative_to(seeds) or (path.parent.resolve() / path.name).is_relative_to(seeds)


def _raise_if_any(problems: list[str]) -> None:
    if problems:
        raise UserError("nothing was imported.\n  " + "\n  ".join(problems))


def _table(outcomes: list[Outcome], seed_folder: Path) -> str:
    rows = [("file", "", "rows in", "rows out", "what was done")]
    for outcome in outcomes:
        place = f"{seed_folder.name}/{outcome.format.domain}/{outcome.format.file_name}"
        name, made = outcome.format.kaggle_file or outcome.format.file_name, outcome.prepared
        if outcome.source and made:
            done = f"{place} {made.action} {outcome.source.label}"
            rows.append((name, "found", f"{made.rows_in:,}", f"{made.rows_out:,}", done))
            bad = f"{made.bad_lines:,} of the lines can't be read, the build will tell"
            notes = [*([bad] if made.bad_lines else []), *made.notes]
            rows += [("", "", "", "", f"  {note}") for note in notes]
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
