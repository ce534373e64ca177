"""`bank-marketing import`: a bank's own export through a mapping into the seed folder, all or nothing."""

from __future__ import annotations

import argparse
import re
import shlex
import tempfile
from dataclasses import replace
from pathlib import Path

from bank_marketing.errors import UserError
from bank_marketing.importing.afterwards import said_afterwards
from bank_marketing.importing.decisions import Mapping
from bank_marketing.importing.deriving import derivable, derive_problems, to_derive, write_derived
from bank_marketing.importing.keys import KeyNumbers, key_problems, keys_path, numbered_keys
from bank_marketing.importing.mapping import mapping_problems, read_mapping
from bank_marketing.importing.naming import project_vars
from bank_marketing.importing.opening import Table, open_export
from bank_marketing.importing.placing import move_into_place
from bank_marketing.importing.preparing import Prepared, judge, open_table, prepare_mapped
from bank_marketing.importing.proposing import proposal_text, propose
from bank_marketing.importing.staging import staging_folder
from bank_marketing.project import PROGRAM, project_folder, seed_set
from bank_marketing.seeds.formats import SeedFormat, find_format, read_formats
from bank_marketing.seeds.seed_folders import lay_placeholders

FILE_SETTINGS = ("delimiter", "encoding", "sheet", "skip_lines", "header")
OWN = "own"
# The sample is made by `bank-marketing sample` alone; the others are no seed sets.
NOT_TO_FILL = ("sample", "formats", "reference")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of ``import`` to its parser."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="the export: CSV, Excel workbook or a .zip with one"
    )
    parser.add_argument(
        "--as",
        required=True,
        dest="format",
        metavar="NAME",
        help="the raw file to make, see bank-marketing formats",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--mapping", type=Path, metavar="YAML", help="import, by this mapping")
    what.add_argument("--propose", action="store_true", help="write a first mapping for you to correct")
    parser.add_argument(
        "--output", type=Path, metavar="YAML", help="with --propose: file to write, not the screen"
    )
    parser.add_argument(
        "--seed-set", metavar="NAME", help=f"folder in seeds to fill (default: SEED_SET, or {OWN})"
    )
    for setting in FILE_SETTINGS:
        parser.add_argument(
            f"--{setting.replace('_', '-')}",
            help="with --propose: how the file is written, if it isn't found out",
        )


def run(args: argparse.Namespace) -> int:
    """Import an export, or propose how to."""
    seeds = project_folder() / "seeds"
    formats = read_formats(seeds / "formats")
    seed_format = find_format(args.format, formats)
    seed_folder = seeds / _chosen_seed_set(args.seed_set)
    if args.propose:
        _propose(args, seed_format, seed_folder, formats)
        return 0
    mapping = read_mapping(args.mapping)
    table, prepared = import_export(args.file, args.mapping, mapping, seed_format, seed_folder, formats)
    print(_report(args.file, table, mapping, seed_format, prepared, seed_folder))
    print(said_afterwards([f for f in formats if f.domain == seed_format.domain], seed_folder))
    return 0


def import_export(
    path: Path,
    mapping_path: Path,
    mapping: Mapping,
    seed_format: SeedFormat,
    seed_folder: Path,
    formats: list[SeedFormat],
) -> tuple[Table, Prepared]:
    """Bring an export into a seed folder; nothing changes there unless all of it fits."""
    target = seed_format.path_in(seed_folder)
    if target.exists() and path.resolve() == target.resolve() and not target.is_symlink():
        raise UserError(f"{path}: this is the file to be written. Name the bank's own export.")
    if mapping.format not in ("", seed_format.name):
        raise UserError(f"{mapping_path}: a mapping to {mapping.format}, expected one to {seed_format.name}.")
    with staging_folder(seed_folder) as staging:
        scratch, made = staging / "unpacked", seed_format.path_in(staging)
        for folder in (scratch, made.parent):
            folder.mkdir()
        table = open_export(path, scratch, mapping.file.said())
        keys = {key: keys_path(seed_folder, seed_format, key) for key in numbered_keys(mapping, seed_format)}
        try:
            problems = mapping_problems(mapping, seed_format, table.header)
            problems += key_problems(mapping, seed_format, seed_folder, formats)
            if problems := [*problems, *derive_problems(mapping, seed_format, seed_folder, formats)]:
                raise UserError("\n  ".join(problems))
            numbers = {key: KeyNumbers(path) for key, path in keys.items()}
            prepared = prepare_mapped(table, mapping, seed_format, made, scratch, numbers)
            share = float(project_vars(seed_folder.parent.parent)["max_reject_share"])
            prepared = judge(prepared, table.candidate.label, seed_format, made, scratch, share)
        except UserError as error:
            refused = f"{mapping_path} doesn't fit {path}; nothing was written."
            raise UserError(f"{refused}\n  {error}") from error
        seed_folder.mkdir(exist_ok=True)
        for key, numbers_path in keys.items():
            numbers[key].write(made.with_name(numbers_path.name))
        # Numbers first: more of them than a killed import used do no harm, fewer would be given to others.
        names = [*(path.relative_to(seed_folder) for path in keys.values()), seed_format.path_in(Path())]
        for name, other in derivable(seed_format, formats).items():
            if name in mapping.derive:
                rows = write_derived(made, seed_format, other, other.path_in(staging))
                note = f"{other.file_name}: derived, nothing but the keys in {rows:,} rows"
                prepared = replace(prepared, notes=(*prepared.notes, note))
                names.append(other.path_in(Path()))
        again = _words(path.absolute(), seed_format, mapping_path.absolute(), seed_folder.name)
        move_into_place(staging, seed_folder, names, again)
        lay_placeholders(seed_folder, formats)
    return table, prepared


def _words(path: Path, seed_format: SeedFormat, mapping: Path, seed_set: str | None) -> str:
    words = [PROGRAM, "import", str(path), "--as", seed_format.name, "--mapping", str(mapping)]
    return shlex.join([*words, *(["--seed-set", seed_set] if seed_set else [])])


def _chosen_seed_set(named: str | None) -> str:
    chosen = named or seed_set()
    if named is None and chosen == "sample":
        return OWN
    if chosen in NOT_TO_FILL or not re.fullmatch(r"[a-z][a-z0-9_]*", chosen):
        raise UserError(
            f"--seed-set {chosen}: expected a name of small letters, digits and _ other than"
            f" {', '.join(NOT_TO_FILL)}, for example {OWN}."
        )
    return chosen


def _propose(
    args: argparse.Namespace, seed_format: SeedFormat, seed_folder: Path, formats: list[SeedFormat]
) -> None:
    """Write a first mapping to a new file, or to the screen."""
    settings = {name: value for name in FILE_SETTINGS if (value := getattr(args, name)) is not None}
    derive = to_derive(seed_format, seed_folder, formats)
    share = float(project_vars(seed_folder.parent.parent)["max_reject_share"])
    with tempfile.TemporaryDirectory() as folder:
        found = open_export(args.file, Path(folder), settings)
        with open_table(found, Path(folder)) as table:
            proposals = propose(table, seed_format, share, derive)
    text = proposal_text(found.candidate.name, seed_format, proposals)
    if args.output is None:
        print(text, end="")
        return
    try:
        with args.output.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        what = f"can't be written ({error.strerror})"
        what = "is there already, and may hold corrections" if isinstance(error, FileExistsError) else what
        raise UserError(f"{args.output}: {what}. Name another file.") from error
    words = _words(args.file, seed_format, args.output, args.seed_set)
    print(f"{proposals.summary()}\nNext: correct {args.output}, then\n  {words}")


def _report(
    path: Path, table: Table, mapping: Mapping, seed_format: SeedFormat, prepared: Prepared, seed_folder: Path
) -> str:
    place = f"{seed_folder.parent.name}/{seed_folder.name}/{seed_format.domain}"
    decisions = {column.header.strip(): mapping.of(column) for column in seed_format.columns}
    width = max(map(len, decisions))
    used = {name for decision in decisions.values() for name in decision.columns}
    unused = [name for name in table.header if name not in used]
    lines = [
        f"{path} ({table}) -> {place}/{seed_format.file_name}",
        f"{prepared.rows_in:,} rows in, {prepared.rows_out:,} rows out",
        *(f"  {header:<{width}}  {decision}" for header, decision in decisions.items()),
        *([f"Not used: {', '.join(unused)}"] if unused else []),
        *prepared.notes,
    ]
    lines += [
        f"{place}/{key}_keys.tsv holds the bank's key of each {key}: it leads scores back. Keep it as you"
        " keep the export."
        for key in numbered_keys(mapping, seed_format)
    ]
    return "\n".join(lines)
