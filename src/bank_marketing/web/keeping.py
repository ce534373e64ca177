"""Files that somebody sent and wants to be kept; none that is there is replaced."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from bank_marketing.service.running import utc_now

MOST_KEPT = 100


def sent_folder(warehouse: Path) -> Path:
    """Return where files stay that are to be kept: warehouse/sample_sent."""
    return warehouse.with_name(f"{warehouse.stem}_sent")


def kept(content: bytes, folder: Path, name: str) -> str:
    """Keep a file under a name that no other has, for its owner alone.

    Parameters
    ----------
    content : bytes
        Of the file.
    folder : Path
        Where it stays; made if it isn't there.
    name : str
        What its name begins with.

    Returns
    -------
    str
        Where it is, or why it wasn't kept, for people.
    """
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if len(list(folder.iterdir())) >= MOST_KEPT:
            return f"The file isn't kept: {MOST_KEPT} are in {folder.name}. Take some out."
        begins = f"{name}_{utc_now():%Y%m%d_%H%M%S}_"
        handle, path = tempfile.mkstemp(prefix=begins, suffix=".csv", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
        except OSError:
            Path(path).unlink()
            raise
    except OSError as error:
        return f"The file isn't kept: {folder.name} can't be written ({error.strerror})."
    return f"The file is kept as {Path(path).name} in {folder.name}, beside the published file."
