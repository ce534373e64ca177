"""Invalid UTF-8 in a seed file stops dbt at its start without a name: `bank-marketing build` looks first."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bank_marketing.errors import UserError

# dbt reads the text of files up to this size at its start (dbt.constants.MAXIMUM_SEED_SIZE).
LARGEST_READ = 1 << 20


def refuse_other_encodings(folders: Iterable[Path]) -> None:
    """Refuse seed files that dbt can't read as text.

    Parameters
    ----------
    folders : iterable of Path
        Folders with seed files; those that aren't there are passed over.

    Raises
    ------
    UserError
        If small CSV files hold invalid UTF-8, with all of them and the first bytes that are none.
    """
    problems = [
        f"{path}, {problem}"
        for folder in folders
        for path in sorted(folder.rglob("*.csv"))
        if (problem := _no_utf_8(path))
    ]
    if problems:
        raise UserError(
            "seed files must be UTF-8, or dbt can't start.\n  "
            + "\n  ".join(problems)
            + "\nSave them as UTF-8, or import them: bank-marketing import-kaggle PATH"
        )


def _no_utf_8(path: Path) -> str | None:
    """Return where a small file has invalid UTF-8."""
    if not path.is_file() or path.stat().st_size > LARGEST_READ:
        return None
    content = path.read_bytes()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        start = max(error.start - 10, content.rfind(b"\n", 0, error.start) + 1)
        return f"line {line}: found {content[start : error.start + 10]!r}"
    return None
