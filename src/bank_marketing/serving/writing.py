"""The file that scores are written to: all or nothing, and never over what it was made of."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd

from bank_marketing.errors import UserError
from bank_marketing.sql_text import sql_text

# What stands beside a published file: keys, exports, decisions, what builds leave.
OURS = re.compile(r"\.(duckdb|key|jsonl|db|sqlite)\b")


def refuse_output(output: Path, file: Path, warehouse: Path, *, overwrite: bool) -> None:
    """Refuse an output that can't be, or that would replace what it is made of."""
    if not output.parent.is_dir():
        raise UserError(f"{output}: no folder {output.parent}. Make it, or name another file with --output.")
    if output.is_dir():
        raise UserError(f"{output}: a folder, expected the name of a file. Name another one with --output.")
    is_there, real = output.exists(), output.resolve()
    for other, what in ((file, "the input"), (warehouse, "the published file")):
        if is_there and other.exists() and output.samefile(other):
            raise UserError(f"{output}: this is {what}. Name another file with --output.")
    if real.parent == warehouse.resolve().parent and OURS.search(real.name):
        raise UserError(f"{output}: a file of the warehouse's own. Name another file with --output.")
    if is_there and not overwrite:
        raise UserError(f"{output}: is there already. Name another file, or add --overwrite.")


def write_scores(scores: pd.DataFrame, output: Path) -> None:
    """Write scores, all or nothing."""
    with whole_file(output) as temporary:
        _write_csv(scores, temporary)


@contextmanager
def whole_file(output: Path) -> Iterator[Path]:
    """Yield another name beside the output to write to, so that the last step is a rename: all or nothing.

    Parameters
    ----------
    output : Path
        The file that is there afterwards, if nothing failed meanwhile.

    Yields
    ------
    Path
        Where to write.

    Raises
    ------
    UserError
        If it can't be written.
    """
    try:
        with tempfile.NamedTemporaryFile(dir=output.parent, prefix=f".{output.name}-", delete=False) as file:
            temporary = Path(file.name)
            try:
                yield temporary
                os.fsync(file.fileno())
                temporary.chmod(0o666 & ~_umask())
                temporary.replace(output)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
    except (OSError, duckdb.IOException) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error).splitlines()[0]
        raise UserError(f"{output}: can't be written ({reason}). Name another file.") from error


def _write_csv(scores: pd.DataFrame, path: Path) -> None:
    """Let DuckDB write, in a third of pandas' time."""
    with duckdb.connect() as connection:
        connection.register("scores", scores)
        columns = ", ".join(
            # As pandas and Python write it.
            f"case {name} when true then 'True' when false then 'False' end as {name}"
            if str(scores[name].dtype).startswith("bool")
            else name
            for name in scores
        )
        connection.execute(
            f"copy (select {columns} from scores) to {sql_text(str(path))}"
            " (format csv, header, use_tmp_file false)"
        )


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
