"""Logs to test with: SQLite in a folder, and a database of PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import postgres_server
import pytest

from bank_marketing.service.store import Store


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    with postgres_server.server() as connection:
        yield connection


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'decisions.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the URL of an empty database, of each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
    else:
        with postgres_server.new_database(request.getfixturevalue("postgresql")) as made:
            yield made


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()
