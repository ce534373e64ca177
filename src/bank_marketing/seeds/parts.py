"""A raw file in parts: a folder of CSV or Parquet files that stand for the CSV of a seed.

The folder lies outside dbt's seed paths, since dbt makes a seed of every CSV below one: for
seeds/<set>/<domain>/<name>.csv it is seeds/parts/<set>/<name>. That CSV is there with its header alone.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import duckdb

from bank_marketing.errors import UserError
from bank_marketing.seeds.file_content import file_state, read_content
from bank_marketing.seeds.formats import declared_format
from bank_marketing.seeds.headers import PARQUET, file_header
from bank_marketing.seeds.line_counts import has_rows
from bank_marketing.seeds.row_sql import select_rows

ENDINGS = (".csv", PARQUET)
# What a name in SQL would end at, or stand for other files.
NOT_IN_NAMES = "'*?["


def parts_folder(seed_file: Path | str) -> Path:
    """Return where the parts of a seed lie.

    Parameters
    ----------
    seed_file : Path or str
        Path of the seed's CSV.

    Returns
    -------
    Path
        The folder; it need not exist.
    """
    path = Path(seed_file)
    seed_set = path.parent.parent
    return seed_set.parent / "parts" / seed_set.name / path.stem


def comes_in_parts(seed_file: Path | str) -> bool:
    """Tell whether there is a folder for the parts of a seed; registered as a SQL function."""
    return parts_folder(seed_file).is_dir()


def list_parts(seed_file: Path | str) -> dict[str, Path]:
    """Return the parts of a seed.

    Parameters
    ----------
    seed_file : Path or str
        Path of the seed's CSV.

    Returns
    -------
    dict of str to Path
        By name (that of the file without its ending), in the order of names: of rows with the same key that
        of the last part counts.

    Raises
    ------
    UserError
        If the folder holds no part, something that is none, or two of a name, or the CSV has rows, too.
    """
    folder = parts_folder(seed_file)
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    if has_rows(Path(seed_file)):
        raise UserError(
            f"{seed_file}: it has rows although {folder} stands for it. Move one of the two away."
        )
    if not files:
        raise UserError(
            f"{folder}: no parts, expected at least one .csv or .parquet. Put it there, or remove the folder."
        )
    for path in files:
        if found := "".join(letter for letter in NOT_IN_NAMES if letter in path.name):
            raise UserError(f"{path}: found {found} in its name, expected none of {NOT_IN_NAMES} Rename it.")
        if path.suffix.lower() not in ENDINGS or not path.is_file():
            raise UserError(
                f"{path}: neither a .csv nor a .parquet file, expected nothing else there. Move it away."
            )
    parts = {path.stem: path for path in files}
    for path in files:
        if parts[path.stem] != path:
            raise UserError(
                f"{path}: {parts[path.stem].name} has the same name, expected one of a name. Move one away."
            )
    return dict(sorted(parts.items()))


def parts_plan(seed_file: str, loaded: str) -> str:
    """Say which parts are to be loaded; registered as a SQL function.

    Trusted is a file whose size, times and inode are those of its load; of any other the content is read.

    Parameters
    ----------
    seed_file : str
        Path of the seed's CSV.
    loaded : str
        JSON: by name of a part that is loaded, its file, state and fingerprint.

    Returns
    -------
    str
        JSON: `problem` (a sentence, with nothing else), or `folder`, `load` (by name the file and state of
        new and changed parts), `drop` (names of parts whose rows go: changed or no longer there) and
        `touched` (by name the state of those that have another one, and the same content).
    """
    try:
        plan = _plan(list_parts(seed_file), json.loads(loaded))
        return json.dumps({"folder": str(parts_folder(seed_file)), **plan})
    except (UserError, duckdb.Error) as error:
        return json.dumps({"problem": str(error)})


def reading_digest(declaration: str) -> str:
    """Return what changes when rows would be read in another way; registered as a SQL function.

    Parameters
    ----------
    declaration : str
        The seed's declaration as dbt has it, in JSON.

    Returns
    -------
    str
        A digest of the SQL of its rows and DuckDB's version.
    """
    declared = declared_format(json.loads(declaration), domain="")
    rows = select_rows(declared, [column.name for column in declared.columns], "")
    return hashlib.sha256(f"{rows} {declared.unique_key} {duckdb.__version__}".encode()).hexdigest()


def _plan(parts: dict[str, Path], known: dict[str, dict[str, str]]) -> dict[str, object]:
    states = {name: " ".join(map(str, file_state(path))) for name, path in parts.items()}
    load: dict[str, dict[str, str]] = {}
    touched: dict[str, str] = {}
    for name, path in parts.items():
        before = known.get(name)
        if before and before["file"] == str(path):
            if before["state"] == states[name]:
                continue
            if before["fingerprint"] == read_content(path).fingerprint:
                touched[name] = states[name]
                continue
        load[name] = {"file": str(path), "state": states[name]}
    if load:
        # Also of those that are loaded: the new one may be the first.
        _refuse_another_header(*parts.values())
    drop = [name for name in known if name in load or name not in parts]
    return {"load": load, "drop": drop, "touched": touched}


def _refuse_another_header(first: Path, *parts: Path) -> None:
    expected = set(file_header(str(first)))
    for path in parts:
        header = set(file_header(str(path)))
        if header != expected:
            more = ", ".join(sorted(header - expected)) or "nothing"
            less = ", ".join(sorted(expected - header)) or "nothing"
            raise UserError(
                f"{path}, line 1: found another header than in {first.name} ({more} more, {less} less),"
                " expected the same columns in all parts. Write one of them anew."
            )
