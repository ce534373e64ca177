"""Other files of a domain out of the keys of one: customers, cards and categories of an account statement."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path

import duckdb

from bank_marketing.importing.decisions import TO_FILL, Mapping
from bank_marketing.seeds.formats import SeedFormat
from bank_marketing.seeds.seed_folders import is_there
from bank_marketing.sql_text import sql_text


def derivable(seed_format: SeedFormat, formats: Iterable[SeedFormat]) -> dict[str, SeedFormat]:
    """Return the raw files of the domain of which one has all that they can't lack: their keys."""
    return {
        other.name: other
        for other in formats
        if other.domain == seed_format.domain and other is not seed_format and not other.may_be_empty
        if set(_needed(other)) <= set(_sources(seed_format, other))
    }


def to_derive(seed_format: SeedFormat, seed_folder: Path, formats: list[SeedFormat]) -> tuple[str, ...]:
    """Return the raw files to ask about: without any of them, and with them all, the domain is complete."""
    same = [f for f in formats if f.domain == seed_format.domain and f is not seed_format]
    lacking = [f.name for f in same if not _holds_more(f, seed_folder) and not f.may_be_empty]
    return tuple(lacking) if set(lacking) <= set(derivable(seed_format, formats)) else ()


def derive_problems(
    mapping: Mapping, seed_format: SeedFormat, seed_folder: Path, formats: list[SeedFormat]
) -> list[str]:
    """Say what can't be derived, and what would be lost."""
    known, problems = derivable(seed_format, formats), []
    for name in mapping.derive:
        if name == TO_FILL:
            problems.append(f"derive: still to fill, expected some of {', '.join(known)}, or none: `[]`.")
        elif name not in known:
            expected = f"some of {', '.join(known)}" if known else "none: no file follows from these keys"
            problems.append(f"derive: found {name}, expected {expected}.")
        elif _holds_more(known[name], seed_folder):
            path = known[name].path_in(seed_folder)
            problems.append(
                f"derive: found {name}, but {path} holds more than keys. Take it out of the list."
            )
    return problems


def write_derived(made: Path, seed_format: SeedFormat, other: SeedFormat, target: Path) -> int:
    """Write a raw file of the keys in another one, each once, and nothing else; return how many there are."""
    sources = _sources(seed_format, other)
    (key,) = [column.header for column in other.columns if column.name in other.unique_key]
    selected = ", ".join(
        (f'min("{sources[header]}")' if header in sources else "null") + f' as "{header}"'
        for header in other.required_headers
    )
    read = f"read_csv({sql_text(glob.escape(str(made)))}, header = true, delim = ',', all_varchar = true)"
    source = f'"{sources[key]}"'
    with duckdb.connect(config={"memory_limit": "1GB"}) as connection:
        return connection.execute(
            f"copy (select {selected} from {read} where {source} is not null group by {source}"
            f" order by length({source}), {source}) to {sql_text(str(target))} (format csv, header)"
        ).fetchall()[0][0]


def _needed(other: SeedFormat) -> list[str]:
    return [c.header for c in other.columns if c.is_required and not c.is_optional]


def _sources(seed_format: SeedFormat, other: SeedFormat) -> dict[str, str]:
    """Tell from which column each one can be taken: the same key, or a key of the same name."""
    found: dict[str, str] = {}
    for column in other.columns:
        is_key = column.key_of or column.name in other.unique_key
        for source in seed_format.columns if is_key else ():
            if source.key_of == column.key_of if column.key_of else source.header == column.header:
                found.setdefault(column.header, source.header)
    return found


def _holds_more(other: SeedFormat, seed_folder: Path) -> bool:
    """Tell whether a file is there that wasn't derived."""
    if not is_there(other, seed_folder):
        return False
    with other.path_in(seed_folder).open(encoding="utf-8-sig") as file:
        return file.readline().strip().replace('"', "") != ",".join(other.required_headers)
