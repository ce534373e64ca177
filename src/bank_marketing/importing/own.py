"""`bank-marketing import`: a bank's own export through a mapping into the seed folder, all or nothing."""

from __future__ import annotations

import argparse
import re
import shlex
import tempfile
from pathlib import Path

import yaml

from bank_marketing.errors import UserError
from bank_marketing.importing.exports import Export, open_export
from bank_marketing.importing.keys import KeyNumbers, key_problems, keys_path, numbered_keys
from bank_marketing.importing.mapping import FILE_SETTINGS, Mapping, mapping_problems, read_mapping
from bank_marketing.importing.placing import domains_with_files, lay_stand_ins, move_into_place
from bank_marketing.importing.proposing import proposal_text, propose
from bank_marketing.importing.staging import staging_folder
from bank_marketing.importing.translating import Translation, translate
from bank_marketing.project import PROGRAM, project_folder, seed_set
from bank_marketing.seeds.formats import SeedFormat, find_format, read_formats

OWN = "own"
# The sample is made by `bank-marketing sample` alone; the others are no seed sets.
NOT_TO_FILL = ("sample", "formats", "reference")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of ``import`` to its parser.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        The sub-parser.
    """
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
    """Import an export, or propose how to.

    Parameters
    ----------
    args : argparse.Namespace
        file, format, mapping or propose, output, seed_set and how the file is written.

    Returns
    -------
    int
        0; what doesn't fit is a `UserError`.
    """
    seeds = project_folder() / "seeds"
    formats = read_formats(seeds / "formats")
    seed_format = find_format(args.format, formats)
    if args.propose:
        settings = {name: value for name in FILE_SETTINGS if (value := getattr(args, name)) is not None}
        text, summary = _proposal(args.file, seed_format, settings)
        if args.output is None:
            print(text, end="")
        else:
            _write_new(args.output, text)
            words = [PROGRAM, "import", str(args.file), "--as", seed_format.name]
            words += ["--mapping", str(args.output)]
            words += ["--seed-set", args.seed_set] if args.seed_set else []
            print(f"{summary}\nNext: correct {args.output}, then\n  {shlex.join(words)}")
        return 0
    seed_folder = seeds / _chosen_seed_set(args.seed_set)
    mapping = read_mapping(args.mapping)
    export, translation = import_export(args.file, args.mapping, mapping, seed_format, seed_folder, formats)
    print(_report(export, mapping, seed_format, translation, seed_folder))
    return 0


def import_export(
    path: Path,
    mapping_path: Path,
    mapping: Mapping,
    seed_format: SeedFormat,
    seed_folder: Path,
    formats: list[SeedFormat],
) -> tuple[Export, Translation]:
    """Bring an export into a seed folder; nothing changes there unless all of it fits.

    Parameters
    ----------
    path : Path
        The export; only read.
    mapping_path : Path
        Name of the mapping, for messages.
    mapping : Mapping
        What fills each column.
    seed_format : SeedFormat
        The raw file to make.
    seed_folder : Path
        Folder of the seed set; its parent takes the temporary folder.
    formats : list of SeedFormat
        All raw files, for the stand-ins of those that are missing.

    Returns
    -------
    export : Export
        The file and how it was read.
    translation : Translation
        Rows in and out.

    Raises
    ------
    UserError
        If the mapping doesn't fit, column by column.
    """
    target = seed_format.path_in(seed_folder)
    if target.exists() and path.resolve() == target.resolve() and not target.is_symlink():
        raise UserError(f"{path}: this is the file to be written. Name the bank's own export.")
    if mapping.format_name not in ("", seed_format.name):
        raise UserError(
            f"{mapping_path}: a mapping to {mapping.format_name}, expected one to {seed_format.name}."
        )
    refused = f"{mapping_path} doesn't fit {path}; nothing was written."
    with staging_folder(seed_folder) as staging:
        scratch = staging / "unpacked"
        scratch.mkdir()
        export = open_export(path, scratch, mapping.file)
        problems = mapping_problems(mapping, seed_format, export.columns)
        problems += key_problems(mapping, seed_format, seed_folder, formats)
        if problems:
            raise UserError("\n  ".join([refused, *problems]))
        keys = {key: keys_path(seed_folder, seed_format, key) for key in numbered_keys(mapping, seed_format)}
        numbers = {key: KeyNumbers(path) for key, path in keys.items()}
        prepared = seed_format.path_in(staging)
        prepared.parent.mkdir()
        try:
            translation = translate(
                export, mapping, seed_format, prepared, _max_reject_share(seed_folder), numbers
            )
        except UserError as error:
            raise UserError(f"{refused}\n  {error}") from error
        seed_folder.mkdir(exist_ok=True)
        for key, path in keys.items():
            numbers[key].write(prepared.with_name(path.name))
        # Numbers first: more of them than a killed import used do no harm, fewer would be given to others.
        names = [*(path.relative_to(seed_folder) for path in keys.values()), seed_format.path_in(Path())]
        move_into_place(staging, seed_folder, names)
        lay_stand_ins(seed_folder, formats)
    return export, translation


def _max_reject_share(seed_folder: Path) -> float:
    project = yaml.safe_load((seed_folder.parent.parent / "dbt_project.yml").read_text(encoding="utf-8"))
    return float(project["vars"]["max_reject_share"])


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


def _proposal(path: Path, seed_format: SeedFormat, settings: dict[str, str]) -> tuple[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        export = open_export(path, Path(folder), settings)
        proposals = propose(export, seed_format)
        return proposal_text(export, seed_format, proposals), proposals.summary()


def _write_new(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UserError(f"{path}: is there already, and may hold corrections. Name another file.") from error
    except OSError as error:
        raise UserError(f"{path}: can't be written ({error.strerror}). Name another file.") from error


def _report(
    export: Export, mapping: Mapping, seed_format: SeedFormat, translation: Translation, seed_folder: Path
) -> str:
    place = f"{seed_folder.parent.name}/{seed_folder.name}/{seed_format.domain}/{seed_format.file_name}"
    settings = ", ".join(f"{name} {value!r}" for name, value in export.settings.items())
    lines = [
        f"{export.label} ({settings}) -> {place}",
        f"{translation.rows_in:,} rows in, {translation.rows_out:,} rows out",
    ]
    width = max(len(header.strip()) for header in seed_format.headers)
    headers = [column.header.strip() for column in seed_format.columns]
    lines += [f"  {header:<{width}}  {_source(mapping, header)}" for header in headers]
    used = {of_column.column for of_column in mapping.columns.values()}
    if unused := [name for name in export.columns if name not in used]:
        lines.append(f"Not used: {', '.join(unused)}")
    lines += translation.notes
    lines += [f"The build will put aside: {reason}, {seen}" for reason, seen in translation.bad.items()]
    lines += [
        f"{keys_path(Path(place).parents[1], seed_format, key)} holds the bank's key of each {key}:"
        " it leads scores back. Keep it as you keep the export."
        for key in numbered_keys(mapping, seed_format)
    ]
    missing = domains_with_files(seed_folder)
    lines += [
        f"Not to be built: {domain}, it lacks {', '.join(files)}"
        for domain, files in missing.items()
        if files
    ]
    complete = [domain for domain, files in missing.items() if not files]
    if complete:
        lines.append(f"Next: make build SEED_SET={seed_folder.name} (builds {', '.join(complete)})")
    return "\n".join(lines)


def _source(mapping: Mapping, header: str) -> str:
    of_column = mapping.columns.get(header)
    if of_column is None or of_column.leave_out:
        return "left out, so null"
    if of_column.row_number:
        return "number of the row"
    if of_column.constant is not None:
        return f"constant {of_column.constant}"
    reading = of_column.reading
    how = [f"{code or repr('')} is {text or 'nothing'}" for code, text in list(reading.values.items())[:6]]
    how += [f"{len(reading.values) - 6} more codes"] if len(reading.values) > 6 else []
    how += [f"nothing for {', '.join(map(repr, reading.missing))}"] if reading.missing else []
    how += [f"dates {reading.date}"] if reading.date else []
    how += [f"decimal sign {reading.decimal}"] if reading.decimal else []
    how += ["each key numbered"] if reading.numbered else []
    how += [f"times {reading.factor}"] if reading.factor else []
    return f"{of_column.column}" + (f" ({'; '.join(how)})" if how else "")
