"""Names of columns: which column of a raw file a name in an export may mean."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from bank_marketing.errors import UserError
from bank_marketing.importing.converting import CURRENCY, THOUSANDS
from bank_marketing.project import PROJECT_FILE, declaring_project
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat, read_yaml

# From here on two names are taken for spellings of one: 'Satisfacton Score', 'Wesite_Visits'.
ALIKE = 0.85
NEGATIONS = ("in", "un", "non", "not", "no", "nicht", "kein")
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def name_key(name: str) -> str:
    """Return a name without what doesn't count: case, accents, blanks and signs."""
    return re.sub(r"nr$", "nummer", re.sub(r"[^a-z0-9]", "", plain_name(name)))


def bare_key(name: str) -> str:
    """Return a name without a unit in brackets or a currency, either."""
    without_unit = re.sub(r"[(\[].*", "", name)
    return name_key(CURRENCY.sub("", THOUSANDS.sub("", without_unit))) or name_key(name)


def plain_name(name: str) -> str:
    """Return a name in small letters without accents; a sign or a new capital parts its words."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    plain = unicodedata.normalize("NFKD", parted.casefold().translate(UMLAUTS))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


@cache
def aliases() -> dict[str, dict[str, list[str]]]:
    """Return other names that banks give to columns, by raw file, and what can be computed from others."""
    text = resources.files("bank_marketing.importing").joinpath("aliases.yml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    found: dict[str, dict[str, list[str]]] = yaml.load(text, Loader=loader)  # noqa: S506, `y` is a name
    return found


def project_vars(project: Path | None = None) -> dict[str, Any]:
    """Return what a project's dbt_project.yml sets; without one, that of `declaring_project`."""
    found: dict[str, Any] | None = (project and _vars(project)) or _vars(declaring_project())
    if found is None:
        raise UserError(
            f"{declaring_project() / PROJECT_FILE}: found no vars, expected the project's settings."
        )
    return found


def _vars(project: Path) -> Any:
    path = project / PROJECT_FILE
    said = _read(path.read_text(encoding="utf-8")) if path.is_file() else None
    return said["vars"] if said else None


@cache
def _read(text: str) -> Any:
    """Read YAML once for all imports of a process: it takes as long as a small file."""
    return read_yaml(text)


@cache
def vocabulary(name: str) -> dict[str, str]:
    """Return the words that staging maps, in small letters, and what they stand for: var `vocabularies`."""
    declared = project_vars()["vocabularies"][name]
    return {other: word for word, others in declared.items() for other in (word.lower(), *others)}


def known_names(column: ColumnFormat, seed_format: SeedFormat) -> list[str]:
    """Return other names of a column, the usual ones first; a key may be called `id` alone."""
    named = aliases().get(seed_format.name, {}).get(column.header.strip(), [])
    shared = aliases()["keys"].get(column.key_of or "", [])
    is_key = seed_format.unique_key == (column.name,)
    return [*column.aliases, *shared, *named, *(["id"] if is_key else [])]


def likeness(name: str, column: ColumnFormat, known: Iterable[str]) -> tuple[float, str]:
    """Tell how much a name is like a column's, from 0 to 1, and why; a unit in brackets doesn't count."""
    key, own = bare_key(name), name_key(column.header)
    if own in (key, name_key(name)):
        return 1.0, "the same name"
    others = {name_key(alias): place for place, alias in enumerate(known)}
    if key in others:
        # The first aliases are the usual ones; two columns may both bear one.
        return 0.99 - 0.001 * others[key], f"{name!r} is another name for it"
    ratios = {other: difflib.SequenceMatcher(None, key, other).ratio() for other in (own, *others)}
    closest = max(ratios, key=lambda other: ratios[other])
    # 'Inactive' is spelled like 'active', and says the opposite.
    if any(key == no + other for other in ratios for no in NEGATIONS):
        return 0.0, f"{name!r} says the opposite"
    # Short words are alike by chance.
    return (min(ratios[closest], 0.95) if len(closest) > 4 else 0.0), f"{name!r} is spelled nearly like it"


def meant_by(names: Iterable[str], wanted: Iterable[str]) -> str | None:
    """Return the first of names that is one of those wanted."""
    keys = set(map(name_key, wanted))
    return next((name for name in names if bare_key(name) in keys), None)


def likely_format(names: Iterable[str], formats: list[SeedFormat]) -> SeedFormat | None:
    """Return the raw file that most of the names could be columns of, if one of them could."""
    given = list(names)

    def known(seed_format: SeedFormat) -> float:
        found = 0
        for column in seed_format.columns:
            known = known_names(column, seed_format)
            found += any(likeness(name, column, known)[0] > 0.95 for name in given)
        return found + found / len(seed_format.columns)

    likely = max(formats, key=known)
    return likely if known(likely) else None
