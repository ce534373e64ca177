"""What results follow from besides the project's own nodes, for the macros in macros/kept."""

import hashlib
import json
from pathlib import Path

from dbt.flags import get_flags

import bank_marketing
from bank_marketing.project import project_folder
from bank_marketing.seeds.file_content import file_state, read_content
from bank_marketing.serving.published_file import publication_target
from bank_marketing.subject_keys import key_file
from bank_marketing.warehouse.build_inputs import files_below, installed

# How nodes are made: no compiled code shows it.
MAKING = ("macros/kept", "macros/materializations", "macros/seeds")


def surroundings(published: str) -> str:
    """Return what changes with the code and the settings that all nodes share; registered as a SQL function.

    Parameters
    ----------
    published : str
        The file that readers see; its key lies beside it.

    Returns
    -------
    str
        A digest of this package, the macros of `MAKING`, profiles.yml, the key, files beside the seed sets,
        packages, Python and environment variables.
    """
    project = project_folder()
    target = publication_target(Path(published))
    places = [
        Path(bank_marketing.__file__).parent,
        *(project / folder for folder in MAKING),
        *(path for path in sorted((project / "seeds").glob("*")) if path.is_file()),
        Path(get_flags().PROFILES_DIR, "profiles.yml"),
        *dict.fromkeys((key_file(Path(published)), key_file(target))),
    ]
    digest = hashlib.sha256(json.dumps(installed()).encode())
    for path in (path for place in places for path in files_below(place)):
        digest.update(f"{path} ".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def seed_content(path: str, state: str, fingerprint: str) -> list[str]:
    """Look whether a seed's file is as it was when it was loaded; registered as a SQL function.

    Parameters
    ----------
    path : str
        The file.
    state, fingerprint : str
        What was noted of it then (see `seeds.file_content`); empty if nothing was.

    Returns
    -------
    list of str
        Its state now, and its fingerprint; that is empty where the file has to be loaded in any case, so that
        no large file is read for it twice.
    """
    now = file_state(Path(path))
    before = json.loads(state) if state else None
    if now == before:
        return [json.dumps(now), fingerprint]
    has_same_size = before is not None and now[0] == before[0]
    return [json.dumps(now), read_content(path).fingerprint if has_same_size else ""]
