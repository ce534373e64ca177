"""A published file that is open for questions."""

import threading
from datetime import date
from pathlib import Path

import duckdb

from bank_marketing.errors import UserError
from bank_marketing.serving.opened import Opened


def test_a_file_without_publications_is_refused_and_nobody_waits_for_it(tmp_path: Path):
    path, said = tmp_path / "sample.duckdb", []
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema campaigns")

    def open_it() -> None:
        try:
            Opened(path, date(2026, 11, 30))
        except UserError as error:
            said.append(str(error))

    # Beside this thread, since it once waited for itself.
    thread = threading.Thread(target=open_it, daemon=True)
    thread.start()
    thread.join(60)
    assert len(said) == 1
    assert "make build" in said[0]
