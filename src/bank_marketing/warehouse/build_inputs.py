"""What a publication was built from: noted beside the working file, so that nothing is built twice.

Trusted is a file whose size, times and inode are those that were noted; of any other the content is read.
So a file that was only touched is no change, and an edit of the same size is one. A package of the same
version is taken for the same.
"""

import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import bank_marketing
from bank_marketing.seeds.file_content import file_state
from bank_marketing.serving.export_log import log_path
from bank_marketing.serving.published_file import publication_target
from bank_marketing.subject_keys import key_file
from bank_marketing.warehouse.files import size_of

# What dbt reads of the project, besides seeds.
PROJECT = (
    "dbt_project.yml",
    "profiles.yml",
    "selectors.yml",
    ".dbtignore",
    "packages.yml",
    "dependencies.yml",
    "dbt_packages",
    "macros",
    "models",
    "python_models",
    "snapshots",
)
# Of the folder of tests, dbt reads all but this.
PYTHON_TESTS = "python"
# Folders of seeds beside that of the seed set.
SEEDS = ("formats", "reference")
# By what the names of environment variables begin that dbt or the project read.
VARIABLES = ("BANK_MARKETING_", "DBT_", "TZ")
NOTED = ".inputs"


@dataclass(frozen=True)
class Inputs:
    """All that a build is made from.

    Parameters
    ----------
    settings : dict of str to str
        By what they are (the day, packages, ...), their values.
    files : dict of str to (list of int, str)
        By path, what tells without reading whether a file is another one, and the digest of its content.
    """

    settings: dict[str, str]
    files: dict[str, tuple[list[int], str]]


def inputs(
    project: Path, seed_set: str, published: Path, selection: Sequence[str], earlier: Inputs | None
) -> Inputs:
    """Look at all that a build is made from.

    Parameters
    ----------
    project : Path
        The project's folder.
    seed_set : str
        Which raw files.
    published : Path
        The file that readers see; its key and the log of exports lie beside it.
    selection : sequence of str
        What of the project is built, as dbt is told.
    earlier : Inputs, optional
        Those of the last publication: files that look the same aren't read again.

    Returns
    -------
    Inputs
        As they are now.
    """
    settings = {
        "the day": datetime.now(UTC).date().isoformat(),
        "what is built": " ".join(selection),
        **installed(),
    }
    known = earlier.files if earlier else {}
    paths = (str(path) for path in _files(project, seed_set, published))
    return Inputs(settings, {path: _seen(Path(path), known.get(path)) for path in paths})


def installed() -> dict[str, str]:
    """Return what a build runs in.

    Returns
    -------
    dict of str to str
        By what they are (packages, ...), their values.
    """
    variables = sorted(item for item in os.environ.items() if item[0].startswith(VARIABLES))
    return {
        # Only a digest, since a variable may hold a secret.
        "environment variables": hashlib.sha256(json.dumps(variables).encode()).hexdigest(),
        "Python": f"{platform.python_version()} {platform.machine()}",
        "packages": ", ".join(_packages(sys.path)),
    }


def files_below(place: Path) -> Iterator[Path]:
    """Find all files of a folder, in a fixed order.

    Parameters
    ----------
    place : Path
        A folder, whose links are followed; or a file, which stands for itself; or nothing that exists.

    Yields
    ------
    Path
        Each file but those that Python itself writes.
    """
    if place.is_file():
        yield place
    for folder, folders, names in os.walk(place, followlinks=True):
        folders[:] = sorted(set(folders) - {"__pycache__"})
        yield from (path for name in sorted(names) if (path := Path(folder, name)).is_file())


def changes(earlier: Inputs, now: Inputs) -> list[str]:
    """Name what differs between two builds' inputs.

    Parameters
    ----------
    earlier, now : Inputs
        What the last publication was built from, and what this one would be.

    Returns
    -------
    list of str
        Settings and paths; empty if nothing does.
    """
    settings = [name for name, value in now.settings.items() if earlier.settings.get(name) != value]
    before = {path: digest for path, (_, digest) in earlier.files.items()}
    after = {path: digest for path, (_, digest) in now.files.items()}
    paths = sorted({*before, *after})
    return [*settings, *(path for path in paths if not after.get(path) or before.get(path) != after[path])]


def read_noted(working: Path, published: Path) -> Inputs | None:
    """Return what a publication was built from, if both files of the warehouse are as that build left them.

    Parameters
    ----------
    working, published : Path
        The two files.

    Returns
    -------
    Inputs or None
        None where nothing was noted, or one of them is another file or was written to since.
    """
    try:
        noted = json.loads(_note(working).read_text(encoding="utf-8"))
        if noted["warehouse"] != _warehouse(working, published):
            return None
        files = {path: (state, digest) for path, (state, digest) in noted["files"].items()}
        return Inputs(noted["settings"], files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def note(built_from: Inputs, working: Path, published: Path) -> None:
    """Note what a publication was built from.

    Parameters
    ----------
    built_from : Inputs
        Looked at before dbt started: what changed meanwhile is a change to the next build.
    working, published : Path
        The two files, as the build left them.
    """
    noted = {"warehouse": _warehouse(working, published), **asdict(built_from)}
    unfinished = _note(working).with_name(_note(working).name + ".unfinished")
    unfinished.write_text(json.dumps(noted), encoding="utf-8")
    unfinished.replace(_note(working))


def _note(working: Path) -> Path:
    return working.with_name(working.name + NOTED)


def _warehouse(working: Path, published: Path) -> list[list[int]]:
    """Return what changes when one of the two files is written to or replaced."""
    return [*(file_state(path) for path in (working, published)), [size_of(Path(f"{working}.wal"))]]


def _seen(path: Path, known: tuple[list[int], str] | None) -> tuple[list[int], str]:
    """Return a file's state and digest, which is empty if the file changed while it was read."""
    state = file_state(path)
    if known and known[0] == state:
        return known
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return state, digest if file_state(path) == state else ""


def _files(project: Path, seed_set: str, published: Path) -> Iterator[Path]:
    seeds = project / "seeds"
    yield from (path for path in sorted(seeds.glob("*")) if path.is_file())
    profiles = os.environ.get("DBT_PROFILES_DIR")
    places = [
        *(project / name for name in PROJECT),
        *([project / profiles / "profiles.yml"] if profiles else []),
        *(path for path in sorted((project / "tests").glob("*")) if path.name != PYTHON_TESTS),
        *(seeds / name for name in SEEDS),
        seeds / seed_set,
        seeds / "parts" / seed_set,
    ]
    for place in [*places, Path(bank_marketing.__file__).parent]:
        yield from files_below(place)
    for file in dict.fromkeys((published, publication_target(published))):
        yield from (path for path in (key_file(file), log_path(file)) if path.is_file())


def _packages(places: Iterable[str]) -> list[str]:
    """Return the installed packages with their versions, as the names of their folders say."""
    return sorted(
        found.name.removesuffix(".dist-info")
        for place in dict.fromkeys(places)
        for found in Path(place).glob("*.dist-info")
    )
