"""Numbers of customers as keyed hashes; the key lies in a file beside the published one, never in it.

Who holds the published file alone could otherwise hash every number there is and look which ones occur.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from bank_marketing.errors import UserError

KEY_BYTES = 32

# Until a warehouse is named (`use_key_of`): that of this process, so that no number is ever kept as it is.
_key = secrets.token_bytes(KEY_BYTES)


def published_beside(working: Path) -> Path:
    """Return the published file of a working file: ``sample.duckdb`` of ``sample_build.duckdb``."""
    return working.with_name(working.name.replace("_build.duckdb", ".duckdb"))


def key_file(published: Path) -> Path:
    """Return the file with the key of a published file: ``sample.key`` beside ``sample.duckdb``."""
    return published.with_suffix(".key")


def fingerprint(key: bytes) -> str:
    """Return 16 hexadecimal digits that tell a key from others and don't give it away."""
    return hashlib.blake2b(b"which key it is", digest_size=8, key=key).hexdigest()


def stored_key(published: Path, expected: str | None = None) -> bytes | None:
    """Return the key of a published file; None if it lies neither beside it nor beside what it links to.

    Parameters
    ----------
    published : Path
        The file that readers see.
    expected : str, optional
        Fingerprint of the key that it was published with, where the file says that.

    Returns
    -------
    bytes or None
        The key.

    Raises
    ------
    UserError
        If the file holds no key, or another one.
    """
    for file in map(key_file, (published, Path(os.path.realpath(published)))):
        if file.is_file():
            text = file.read_text(encoding="ascii", errors="replace").strip()
            if not re.fullmatch(f"[0-9a-f]{{{2 * KEY_BYTES}}}", text):
                raise UserError(
                    f"{file}: found {len(text)} characters that are no key, expected {2 * KEY_BYTES}"
                    " hexadecimal digits. Copy the key that a build wrote beside the published file."
                )
            key = bytes.fromhex(text)
            if expected not in (None, fingerprint(key)):
                raise UserError(
                    f"{file}: found the key {fingerprint(key)} (its fingerprint), expected {expected}, with"
                    " which was published. Put that one there, or build all anew: make build"
                )
            return key
    return None


def use_key_of(published: Path) -> None:
    """Hash with the key of a published file from now on; a new one is drawn where there is none.

    Parameters
    ----------
    published : Path
        The file that readers see; it need not be there yet.
    """
    global _key
    key = stored_key(published)
    if key is None:
        key = secrets.token_bytes(KEY_BYTES)
        published.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(key_file(published), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w", encoding="ascii") as opened:
            opened.write(key.hex())
    _key = key


def key_in_use() -> bytes:
    """Return the key that this process hashes with."""
    return _key


def hashed_subject(subject: int, key: bytes | None = None) -> int:
    """Return the keyed hash of a customer's number.

    Parameters
    ----------
    subject : int
        The number.
    key : bytes, optional
        Another key than the one in use.

    Returns
    -------
    int
        64 bits: of a million customers two share one with a chance of one in 30 million.
    """
    digest = hashlib.blake2b(str(subject).encode(), digest_size=8, key=_key if key is None else key)
    return int.from_bytes(digest.digest(), "big", signed=True)


def hashed_subjects(subjects: Iterable[int], key: bytes | None = None) -> list[int]:
    """Return the keyed hash of each number, see `hashed_subject`."""
    return [hashed_subject(subject, key) for subject in subjects]
