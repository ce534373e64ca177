"""What tells one content of a file from another, and whether it has to be read for that."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from bank_marketing.seeds.line_counts import count_lines


@dataclass(frozen=True)
class Content:
    """What one pass over a file tells.

    Parameters
    ----------
    lines : int
        See `line_counts.count_lines`.
    fingerprint : str
        SHA-1 digest of the bytes, 40 hexadecimal digits.
    """

    lines: int
    fingerprint: str


def read_content(path: Path | str) -> Content:
    """Read a file once, in bounded memory.

    The digest tells whether a file is another one, not whether somebody forged it; it is the fastest at hand.

    Parameters
    ----------
    path : Path or str
        The file.

    Returns
    -------
    Content
        Of all of it.
    """
    digest = hashlib.sha1(usedforsecurity=False)
    lines = count_lines(path, also=digest.update)
    return Content(lines, digest.hexdigest())


def file_state(path: Path) -> list[int]:
    """Return what changes whenever a file is written to or replaced, and maybe when it is only touched.

    Parameters
    ----------
    path : Path
        The file; links are followed.

    Returns
    -------
    list of int
        Size in bytes, times of content and inode in nanoseconds, inode.
    """
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
